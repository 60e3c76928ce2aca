"""What watches the processes: when it starts one again, and how it ends one that does not hear."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from app.upkeep import watcher

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); "


class Clock:
    """A time that is set by hand."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(watcher, "time", clock)
    monkeypatch.setattr(watcher, "_started", lambda _command: 7)
    return clock


def test_one_that_keeps_dying_is_started_ever_later(clock: Clock) -> None:
    kept = watcher.Kept("worker", 5, [])
    pauses = []
    for _time in range(8):
        pauses.append(kept.note_death(1)["restarted_in_seconds"])
        assert kept.start_when_due() == pauses[-1]
        clock.now += kept.start_when_due()
        assert kept.start_when_due() == watcher.LONGEST_PAUSE
        assert kept.pid == 7
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


def test_after_a_steady_run_it_is_started_at_once(clock: Clock) -> None:
    kept = watcher.Kept("worker", 5, [])
    kept.note_death(1)
    clock.now += 1
    kept.start_when_due()
    clock.now += watcher.STEADY_AFTER + 1
    assert kept.note_death(-9) == {"exit_code": -9, "restarted_in_seconds": 0.5}


def test_one_that_does_not_hear_is_ended_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watcher, "ENDS_WITHIN", 0.5)
    command = [sys.executable, "-c", DEAF + "time.sleep(60)"]
    deaf = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert deaf.stdout is not None
    deaf.stdout.readline()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watcher.HEARD)
    began = time.monotonic()
    try:
        watcher._end({deaf.pid})
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    assert time.monotonic() - began < 5
    with pytest.raises(ProcessLookupError):
        os.kill(deaf.pid, 0)
    deaf.stdout.close()
    deaf.returncode = -signal.SIGKILL


def test_who_ends_when_all_are_told_to_has_not_died(capsys: Any) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watcher.HEARD)
    try:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        watcher.watch([watcher.Kept("worker", ended.pid, [])], False)
        signal.sigwait({signal.SIGTERM})
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    ended.returncode = 0
    assert capsys.readouterr().err == ""


def test_a_death_is_told_as_the_log_tells_it(capsys: Any) -> None:
    watcher.tell("web-1.died", {"exit_code": 1, "restarted_in_seconds": 0.5}, False)
    line = capsys.readouterr().err
    assert "[warning  ] web-1.died" in line
    assert line.endswith("exit_code=1 restarted_in_seconds=0.5\n")
