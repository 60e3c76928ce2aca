"""What watches the processes of `rung serve`: starts again what dies, ends all when it is told to.

`rung serve` becomes this program once all of them run, in the same process: a Python without Rung,
which takes 4 MB where Rung takes 60. So nothing of Rung may be imported here.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import suppress

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
STEADY_AFTER = 30.0
ENDS_WITHIN = 10.0
ENDINGS = (signal.SIGTERM, signal.SIGINT)
HEARD = (*ENDINGS, signal.SIGCHLD)


class Kept:
    """A process that is started again when it dies: at once after a steady run, ever later when it
    keeps dying.
    """

    def __init__(self, name: str, pid: int, command: list[str]) -> None:
        self.name = name
        self.pid = pid
        self._command = command
        self._pause = FIRST_PAUSE
        self._began = self._due = time.monotonic()

    def start_when_due(self) -> float:
        """Start it where it is due; return in how many seconds to look again at the latest."""
        now = time.monotonic()
        if not self.pid and now >= self._due:
            self._began, self.pid = now, _started(self._command)
        return LONGEST_PAUSE if self.pid else self._due - now

    def note_death(self, code: int) -> dict[str, object]:
        """Note that it died; return what the log is told."""
        now = time.monotonic()
        steady = now - self._began > STEADY_AFTER
        self._pause = FIRST_PAUSE if steady else min(self._pause * 2, LONGEST_PAUSE)
        self._due, self.pid = now + self._pause, 0
        return {"exit_code": code, "restarted_in_seconds": self._pause}


def watch(kept: list[Kept], as_json: bool) -> None:
    """Keep the processes until SIGTERM or SIGINT, which are blocked; then end them all."""
    try:
        # A service manager tells all of them at once: who ends then has not died.
        while not signal.sigpending() & set(ENDINGS):
            for pid, code in _gone():
                for each in kept:
                    if each.pid == pid:
                        tell(f"{each.name}.died", each.note_death(code), as_json)
            pause = min(each.start_when_due() for each in kept)
            told = signal.sigtimedwait(HEARD, max(0.0, pause))
            if told is not None and told.si_signo in ENDINGS:
                return
    finally:
        _end({each.pid for each in kept if each.pid})


def tell(event: str, values: dict[str, object], as_json: bool) -> None:
    """Write a warning as Rung's own log has it."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + "Z"
    if as_json:
        told = {**values, "event": event, "level": "warning", "timestamp": at}
        line = json.dumps(told)
    else:
        shown = " ".join(f"{name}={value}" for name, value in values.items())
        line = f"{at} [warning  ] {event:30} {shown}"
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _started(command: list[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        # A session of its own keeps Ctrl-C in the terminal from reaching it before it is told.
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
        os.execv(command[0], command)  # noqa: S606 (our own program)
    finally:
        os._exit(1)


def _gone() -> list[tuple[int, int]]:
    """Return the processes that have ended since, and how; whoever they were."""
    found = []
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            found.append((ended[0], os.waitstatus_to_exitcode(ended[1])))
    return found


def _end(pids: set[int]) -> None:
    """End processes, gently first, and wait until they are gone."""
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + ENDS_WITHIN
    while pids and (left := deadline - time.monotonic()) > 0:
        pids -= {pid for pid, _code in _gone()}
        if pids:
            signal.sigtimedwait((signal.SIGCHLD,), min(left, 1.0))
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def main(order: str) -> None:
    """Watch what the order names, as `app.upkeep.processes` writes it; forget the address then."""
    told = json.loads(order)
    for number in told["own"]:
        os.set_inheritable(number, False)
    kept = [Kept(name, pid, command) for name, pid, command in told["kept"]]
    try:
        watch(kept, told["json"])
    finally:
        with suppress(FileNotFoundError):
            os.unlink(told["address"])  # noqa: PTH108 (pathlib takes another MB)


if __name__ == "__main__":
    main(sys.argv[1])
