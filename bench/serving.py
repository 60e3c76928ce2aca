"""What a second web process gives and costs. Run ``python -m bench.serving``.

Starts ``rung serve`` with the demo company and one, then two web processes, asks the queue, an
incident and the first page from eight signed-in clients in turn, and prints answers a second, the
middle and the slowest twentieth in milliseconds. What memory they take says ``serve_memory``.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from app.core.settings import PROJECT

CLIENTS = 8
SECONDS = 8.0
PAGES = ("/desk", "/desk/1", "/")
ROUNDS = 2
MOST_WALKED = 250
Ask = Callable[[], object]
LINK = re.compile(r'<a [^>]*href="(/[^"#?]*)"')


def main() -> None:
    """Print a line for every number of processes and page, interleaved."""
    with (
        TemporaryDirectory() as folder,
        served(Path(folder, "one"), 1) as one,
        served(Path(folder, "two"), 2) as two,
    ):
        for page in PAGES * ROUNDS:
            for count, rung in ((1, one), (2, two)):
                print(f"{count} web, {page}: {rung.asked(page)}", flush=True)


class ServedRung:
    """A running Rung, and browsers that are signed in."""

    def __init__(self, pid: int, address: str, name: str, password: str) -> None:
        self.pid = pid
        self.address = address
        self.clients: list[OpenerDirector] = []
        self._come_in = partial(sign_in, address, name, password)
        browser().open(f"{address}/sign-in").read()  # until then nobody answers

    def let_in(self, people: int) -> None:
        """Sign so many browsers in."""
        self.clients += [self._come_in() for _one in range(people)]

    def asked(self, page: str, seconds: float = SECONDS) -> Asked:
        """Have every client ask for ``page`` again and again, and say how that went."""
        asks = [asking(each, self.address + page) for each in self.clients]
        return asked(asks, seconds)

    def walk(self) -> int:
        """Open every page that the rail, the tabs and their pages lead to; return how many."""
        known, ahead = {"/"}, ["/"]
        for page in ahead:
            with suppress(HTTPError):
                answer = self.clients[len(known) % len(self.clients)].open(
                    self.address + page
                )
                if "html" in answer.headers["Content-Type"]:
                    found = set(LINK.findall(answer.read().decode())) - known
                    new = sorted(found)[: MOST_WALKED - len(known)]
                    known.update(new)
                    ahead += new
        return len(known)


class Asked(NamedTuple):
    """How often there was an answer in a second, how many milliseconds one took, and how often
    there was an error instead.
    """

    rate: float
    p50: float
    p95: float
    failed: int

    def __str__(self) -> str:
        text = f"{self.rate:.1f} a second, p50 {self.p50:.0f} ms, p95 {self.p95:.0f} ms"
        return f"{text}, {self.failed} errors" if self.failed else text


def asked(asks: Sequence[Ask], seconds: float = SECONDS) -> Asked:
    """Let each client ask again and again, all at once."""
    times: list[float] = []
    failed: list[HTTPError] = []
    ends = time.monotonic() + seconds

    def repeat(ask: Ask) -> None:
        while time.monotonic() < ends:
            began = time.perf_counter()
            try:
                ask()
            except HTTPError as error:
                failed.append(error)
            else:
                times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=repeat, args=(each,)) for each in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cuts = [1000 * cut for cut in quantiles(times, n=20)]
    return Asked(len(times) / seconds, cuts[9], cuts[18], len(failed))


def browser() -> OpenerDirector:
    """Return a client that keeps its cookies."""
    return build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))


def asking(client: OpenerDirector, address: str) -> Ask:
    """Return what opens a page and reads all of it."""
    return lambda: client.open(address).read()


def sign_in(address: str, name: str, password: str) -> OpenerDirector:
    """Return a client that is signed in to a Rung."""
    client = browser()
    page = client.open(f"{address}/sign-in").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    form = {"csrf_token": token[1], "name": name, "password": password}
    client.open(f"{address}/sign-in", urlencode(form).encode()).read()
    return client


@contextmanager
def served(home: Path, processes: int, people: int = CLIENTS) -> Iterator[ServedRung]:
    """Run ``rung serve`` in a folder that holds the demo company, with so many signed in."""
    with _rung(home, 0, "demo") as making:
        first = _told(making)["sign_in"][0]
        making.wait()
    with serving(home, processes) as (pid, address):
        rung = ServedRung(pid, address, first["name"], first["password"])
        rung.let_in(people)
        yield rung


@contextmanager
def serving(home: Path, processes: int) -> Iterator[tuple[int, str]]:
    """Run ``rung serve`` on a free port; yields its process and its address."""
    process = _rung(home, processes, "serve", "--port", "0")
    try:
        yield process.pid, _told(process)["address"]
    finally:
        process.terminate()
        process.communicate()


def _rung(home: Path, processes: int, *words: str) -> subprocess.Popen[str]:
    own = {"RUNG_HOME": str(home)}
    if processes:
        own["RUNG_WEB_PROCESSES"] = str(processes)
    return subprocess.Popen(
        (sys.executable, "-m", "app.cli", *words, "--json"),
        cwd=PROJECT,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def children(pid: int) -> list[int]:
    """Return the processes that one has forked."""
    return [
        int(child)
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ]


def pss(pid: int) -> int:
    """Return the memory of a process in kB, what it shares counted in part."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(found) for found in re.findall(r"^Pss:\s+(\d+)", rollup, re.M))


def _told(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line.startswith("}"):
            break
    return json.loads(text)


if __name__ == "__main__":
    main()
