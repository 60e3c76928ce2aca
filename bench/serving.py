"""What a second web process gives and costs. Run ``python -m bench.serving``.

Starts ``rung serve`` with the demo company and one, then two web processes, asks the queue, an
incident and the first page from eight signed-in clients in turn, and prints answers a second, the
middle and the slowest twentieth in milliseconds, and the memory of all its processes (PSS, MB): at
rest, and after a walk over all rooms.
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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from app.core.settings import PROJECT

CLIENTS = 8
SECONDS = 8.0
PAGES = ("/desk", "/desk/1", "/")
ROUNDS = 2
MOST_WALKED = 250
LINK = re.compile(r'<a [^>]*href="(/[^"#?]*)"')


def main() -> None:
    """Print a line for every number of processes and page, interleaved."""
    with (
        TemporaryDirectory() as folder,
        served(Path(folder, "one"), 1) as one,
        served(Path(folder, "two"), 2) as two,
    ):
        for count, rung in ((1, one), (2, two)):
            print(f"{count} web: {rung.memory():.0f} MB PSS at rest")
        for page in PAGES * ROUNDS:
            for count, rung in ((1, one), (2, two)):
                print(f"{count} web, {page}: {rung.asked(page)}", flush=True)
        for count, rung in ((1, one), (2, two)):
            walked = rung.walk()
            print(f"{count} web: {rung.memory():.0f} MB PSS after {walked} pages")


class ServedRung:
    """A running Rung and eight browsers that are signed in."""

    def __init__(self, pid: int, address: str, name: str, password: str) -> None:
        self.pid = pid
        self.address = address
        self.clients = [self._signed_in(name, password) for _ in range(CLIENTS)]

    def asked(self, page: str) -> str:
        """Have every client ask for ``page`` again and again, and say how that went."""
        times: list[float] = []
        ends = time.monotonic() + SECONDS

        def ask(client: OpenerDirector) -> None:
            while time.monotonic() < ends:
                began = time.perf_counter()
                client.open(self.address + page).read()
                times.append(time.perf_counter() - began)

        threads = [threading.Thread(target=ask, args=(each,)) for each in self.clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cuts = [1000 * cut for cut in quantiles(times, n=20)]
        rate = len(times) / SECONDS
        return f"{rate:.1f} a second, p50 {cuts[9]:.0f} ms, p95 {cuts[18]:.0f} ms"

    def walk(self) -> int:
        """Open every page that the rail, the tabs and their pages lead to; return how many."""
        known, ahead = {"/"}, ["/"]
        for page in ahead:
            with suppress(HTTPError):
                answer = self.clients[len(known) % CLIENTS].open(self.address + page)
                if "html" in answer.headers["Content-Type"]:
                    found = set(LINK.findall(answer.read().decode())) - known
                    new = sorted(found)[: MOST_WALKED - len(known)]
                    known.update(new)
                    ahead += new
        return len(known)

    def memory(self) -> float:
        """Return what all processes take together, in MB, shared memory counted once."""
        return sum(pss(pid) for pid in (self.pid, *children(self.pid))) / 1000

    def _signed_in(self, name: str, password: str) -> OpenerDirector:
        client = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
        page = client.open(f"{self.address}/sign-in").read().decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        form = {"csrf_token": token[1], "name": name, "password": password}
        client.open(f"{self.address}/sign-in", urlencode(form).encode()).read()
        return client


@contextmanager
def served(home: Path, processes: int) -> Iterator[ServedRung]:
    """Run ``rung serve`` on a free port, in a folder that holds the demo company already."""
    own = {"RUNG_HOME": str(home), "RUNG_WEB_PROCESSES": str(processes)}
    with _rung(own, "demo") as making:
        first = _told(making)["sign_in"][0]
        making.wait()
    process = _rung(own, "serve", "--port", "0")
    try:
        address = _told(process)["address"]
        yield ServedRung(process.pid, address, first["name"], first["password"])
    finally:
        process.terminate()
        process.communicate()


def _rung(own: dict[str, str], *words: str) -> subprocess.Popen[str]:
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
