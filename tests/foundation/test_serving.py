"""The real processes: web server and worker start together, survive, and end together leaving
nothing behind.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.core.addresses import address_file
from app.core.errors import Refused
from app.core.heartbeat import heartbeat_file
from app.core.settings import PROJECT, Settings
from app.upkeep.supervisor import alone

PROCESSES = 3  # two answer, one works
SMALL = 20_000  # kB; with Rung in it a process has more than 100,000
SOON = 90.0  # a machine under load is slow to start three processes


class Served:
    """A running `rung serve`; ``output`` is what it printed in the end."""

    def __init__(self, settings: Settings, port: int, **own: str) -> None:
        self.settings = settings
        self.address = f"http://127.0.0.1:{port}"
        rung = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
        command = [
            "sh",
            "-c",
            "trap '' INT; exec \"$@\"",
            "sh",
            *rung,
        ]  # as a shell starts it in the background
        self.process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=environment(settings) | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.address + path, timeout=5) as answer:
            return str(answer.read().decode())

    def answers(self) -> bool:
        try:
            return "pass" in self.get("/readyz")
        except OSError:  # nobody listens yet, or it is slow to answer
            return False

    @property
    def worker(self) -> int:
        """The process id of the worker, 0 while there is none."""
        try:
            return int(json.loads(heartbeat_file(self.settings).read_text())["pid"])
        except FileNotFoundError:
            return 0

    @property
    def children(self) -> set[int]:
        """The process ids of what was forked: the worker and those that answer."""
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in task.read_text().split()}

    def end(self, how: signal.Signals) -> str:
        self.process.send_signal(how)
        output, _ = self.process.communicate(timeout=SOON)
        return output


def environment(settings: Settings) -> dict[str, str]:
    ours = {"RUNG_HOME": str(settings.home), "RUNG_DATABASE_URL": settings.database_url}
    return {**os.environ, **ours, "RUNG_SECRET_KEY": settings.secret_key}


def eventually(true: Callable[[], object]) -> bool:
    deadline = time.monotonic() + SOON
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]


def seconds_of_processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def all_are_up(served: Served) -> bool:
    """Tell whether every process is there, and which of them is the worker."""
    there = served.children
    return len(there) == PROCESSES and served.worker in there and served.answers()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def served(settings: Settings) -> Iterator[Served]:
    served = Served(settings, free_port())
    yield served
    if served.process.poll() is None:
        served.end(signal.SIGKILL)
    assert eventually(lambda: not lives(served.worker) if served.worker else True)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_server_and_worker_start_and_end_together(
    served: Served, settings: Settings, how: signal.Signals
) -> None:
    assert eventually(served.answers)
    assert eventually(lambda: served.worker)
    worker = served.worker
    output = served.end(how)
    assert served.process.returncode == 0
    assert f"Rung is ready at {served.address} (Ctrl-C ends it)." in output
    assert "Traceback" not in output
    assert not lives(worker)
    assert not heartbeat_file(settings).exists()


def test_a_killed_worker_is_started_again(served: Served) -> None:
    assert eventually(lambda: served.worker)
    killed = served.worker
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: served.worker not in (0, killed))
    assert served.answers()
    assert "worker.died" in served.end(signal.SIGTERM)


def test_when_the_server_is_killed_its_worker_ends(served: Served) -> None:
    assert eventually(lambda: served.worker)
    worker = served.worker
    served.end(signal.SIGKILL)
    assert eventually(lambda: not lives(worker))


def test_a_killed_web_process_is_started_again_and_the_other_answers_meanwhile(
    served: Served,
) -> None:
    assert eventually(lambda: all_are_up(served))
    before = served.children
    killed = next(pid for pid in before if pid != served.worker)
    os.kill(killed, signal.SIGKILL)
    assert served.answers()
    assert eventually(lambda: len(served.children - before) == 1)
    assert "web-" in served.end(signal.SIGTERM)
    assert not any(lives(pid) for pid in before)


def test_when_the_server_is_killed_nothing_is_left_on_its_port(served: Served) -> None:
    assert eventually(lambda: len(served.children) == PROCESSES)
    children = served.children
    served.end(signal.SIGKILL)
    assert eventually(lambda: not any(lives(pid) for pid in children))
    assert not served.answers()


def test_who_watches_is_small_and_holds_nothing_that_is_not_needed(
    served: Served,
) -> None:
    assert eventually(lambda: all_are_up(served))
    status = Path(f"/proc/{served.process.pid}/status").read_text()
    assert int(status.partition("VmRSS:")[2].split()[0]) < SMALL
    opened = [
        file.readlink() for file in Path(f"/proc/{served.process.pid}/fd").iterdir()
    ]
    assert not [file for file in opened if file.suffix in (".db", ".db-wal")]


def test_all_of_them_killed_at_once_come_back_on_the_same_port(served: Served) -> None:
    assert eventually(lambda: all_are_up(served))
    before = served.children
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: all_are_up(served) and not before & served.children)
    again = served.children
    output = served.end(signal.SIGTERM)
    assert served.process.returncode == 0
    assert all(f"{name}.died" in output for name in ("worker", "web-1", "web-2"))
    assert "Traceback" not in output
    assert not any(lives(pid) for pid in again)


def test_what_was_started_again_ends_with_the_one_that_watches(served: Served) -> None:
    assert eventually(lambda: all_are_up(served))
    killed = served.worker
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: served.worker not in (0, killed))
    children = served.children
    served.end(signal.SIGKILL)
    assert eventually(lambda: not any(lives(pid) for pid in children))


def test_the_data_is_in_use_and_the_address_noted_until_the_end(
    served: Served, settings: Settings
) -> None:
    assert eventually(lambda: all_are_up(served))
    assert address_file(settings).read_text() == served.address
    with pytest.raises(Refused, match="Rung is running"), alone(settings, "test"):
        pass
    served.end(signal.SIGTERM)
    assert not address_file(settings).exists()
    with alone(settings, "test"):
        pass


def test_a_death_is_told_as_json_where_the_log_is(settings: Settings) -> None:
    served = Served(settings, free_port(), RUNG_LOG_FORMAT="json")
    assert eventually(lambda: served.worker)
    killed = served.worker
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: served.worker not in (0, killed))
    output = served.end(signal.SIGTERM)
    told = next(line for line in output.splitlines() if "worker.died" in line)
    assert json.loads(told)["exit_code"] == -signal.SIGKILL


def test_both_web_processes_answer(served: Served) -> None:
    assert eventually(lambda: all_are_up(served))
    web = served.children - {served.worker}
    assert len(web) == PROCESSES - 1
    before = {pid: seconds_of_processor(pid) for pid in web}

    def both_worked() -> bool:
        # Asked one after the other, all may well be answered by the one that is awake.
        with ThreadPoolExecutor(8) as clients:
            list(clients.map(served.get, ["/healthz"] * 40))
        return all(seconds_of_processor(pid) > before[pid] for pid in web)

    assert eventually(both_worked)


def test_a_port_in_use_is_one_clear_line(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        served = Served(settings, port)
        output, _ = served.process.communicate(timeout=SOON)
    assert served.process.returncode == 1
    expected = (
        f"rung: Cannot listen on port {port} on 127.0.0.1: Address already in use."
    )
    assert output == f"{expected} Choose another with --port or --host.\n"
    assert not heartbeat_file(settings).exists()
