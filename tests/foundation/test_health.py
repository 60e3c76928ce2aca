"""Health tells the truth: worker, each lane, space, key, tables; and the worker survives a full
disk.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.core.errors import Away
from app.core.heartbeat import (
    TOO_LONG,
    Beat,
    LaneSigns,
    heartbeat_file,
    last_beat,
    write_beat,
)
from app.core.jobs import Worker
from app.core.parts import KEY, Parts
from app.core.settings import PROJECT, Settings
from app.core.spoken_times import said_at
from tests.conftest import Clock, Rung, shut
from tests.foundation.test_jobs import at_work
from tests.foundation.test_serving import environment, eventually

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AGES = timedelta(minutes=1) + TOO_LONG


def ready(app: Flask) -> tuple[int, list[str]]:
    answer = app.test_client().get("/readyz")
    said: dict[str, Any] = answer.json or {}
    return answer.status_code, said.get("problems", [])


def beating(settings: Settings, clock: Clock, **lanes: LaneSigns) -> None:
    write_beat(settings, Beat(clock(), 1, "here", lanes))


def test_a_fresh_web_server_waits_for_its_worker_and_then_misses_it(
    app: Flask, clock: Clock
) -> None:
    assert ready(app) == (200, [])
    clock.forward(minutes=2)
    assert ready(app) == (503, ["worker: no worker runs"])


def test_a_silent_worker_is_no_worker(
    app: Flask, settings: Settings, clock: Clock
) -> None:
    clock.forward(minutes=5)
    beating(settings, clock)
    assert ready(app) == (200, [])
    clock.forward(minutes=1)
    assert ready(app) == (503, ["worker: the worker is silent"])


@pytest.mark.parametrize(
    "torn",
    [b"", b"{", b"[]", b'{"at": 7}', b'{"at": "now"}', b"\xff\x00", b'{"at": null}'],
)
def test_a_torn_sign_of_life_is_no_sign_and_no_traceback(
    app: Flask, rung: Rung, settings: Settings, clock: Clock, torn: bytes
) -> None:
    heartbeat_file(settings).write_bytes(torn)
    assert last_beat(settings) is None
    assert "No worker runs" in rung("doctor").out
    clock.forward(minutes=2)
    assert ready(app)[0] == 503


def test_where_all_workers_run_elsewhere_none_is_missed(
    settings: Settings, clock: Clock
) -> None:
    app = create_app(replace(settings, expect_worker=False), now=clock)
    clock.forward(minutes=2)
    assert ready(app) == (200, [])
    shut(app)


TROUBLES = {
    "fails": (
        LaneSigns(failing_since=NOW - AGES, problem="secret words"),
        "has failed since",
    ),
    "hangs": (LaneSigns(busy_since=NOW - AGES, sign=NOW - AGES), "hangs since"),
    "sleeps": (LaneSigns(success=NOW - AGES), "has not looked for work since"),
}


@pytest.mark.parametrize("how", TROUBLES)
def test_a_lane_that_does_not_work_is_named_without_its_words(
    app: Flask, rung: Rung, settings: Settings, clock: Clock, how: str
) -> None:
    signs, expected = TROUBLES[how]
    clock.time = NOW
    beating(settings, clock, deliveries=signs, waves=LaneSigns(success=NOW))
    status, [problem] = ready(app)
    assert status == 503 and expected in problem and "deliveries" in problem
    assert "secret words" not in problem
    assert expected in rung("doctor").out
    assert rung("doctor").code == 0
    assert rung("doctor", "--strict").code == 1


@pytest.mark.parametrize("how", TROUBLES)
def test_since_when_a_lane_does_not_work_is_said_in_the_zone_of_the_site(
    settings: Settings, clock: Clock, how: str
) -> None:
    app = create_app(replace(settings, timezone="Asia/Kolkata"), now=clock)
    clock.time = NOW
    beating(settings, clock, deliveries=TROUBLES[how][0])
    [problem] = ready(app)[1]
    assert said_at(NOW - AGES, "Asia/Kolkata") in problem and " IST" in problem
    shut(app)


@pytest.mark.parametrize(
    "signs",
    [
        LaneSigns(
            busy_since=NOW - timedelta(hours=5),
            sign=NOW,
            success=NOW - timedelta(hours=6),
        ),
        LaneSigns(failing_since=NOW - timedelta(minutes=2), problem="asleep"),
        LaneSigns(started=NOW),
    ],
)
def test_long_work_that_goes_on_and_a_short_fault_are_no_problem(
    app: Flask, settings: Settings, clock: Clock, signs: LaneSigns
) -> None:
    clock.time = NOW
    beating(settings, clock, waves=signs)
    assert ready(app) == (200, [])


def test_a_mailbox_that_cannot_be_read_for_long_is_told(
    app: Flask, settings: Settings, clock: Clock
) -> None:
    clock.time = NOW
    beating(
        settings,
        clock,
        mail=LaneSigns(failing_since=NOW - AGES, problem="imaps://desk:secret@mail"),
    )
    [problem] = ready(app)[1]
    assert "the mailbox has failed since" in problem and "secret" not in problem


def test_too_little_space_and_an_empty_key_are_told(
    settings: Settings, clock: Clock, rung: Rung
) -> None:
    (settings.home / "secret_key").touch()
    app = create_app(replace(settings, least_free_mb=1_000_000_000), now=clock)
    assert ready(app)[1] == [
        "data folder: no space is left in the data folder",
        "secret key: there is no secret key",
    ]
    assert "is empty: nobody can sign in" in rung("doctor").out
    assert app.test_client().get("/healthz").status_code == 200
    shut(app)


def test_each_lane_shows_its_last_success_and_why_it_fails(
    app: Flask, settings: Settings
) -> None:
    parts: Parts = app.extensions[KEY]

    def asleep(_parts: Parts) -> bool:
        raise Away("The directory is asleep.")

    def broken(_parts: Parts) -> bool:
        raise ZeroDivisionError

    works: dict[str, Any] = {
        "good": lambda _: False,
        "waits": asleep,
        "broken": broken,
        "idle": lambda _: None,
    }
    with at_work(parts, works, sweep_seconds=0.2):
        Worker(parts, {})._beat()

        def told() -> bool:
            lanes = (last_beat(settings) or Beat(NOW)).lanes
            return lanes.keys() == works.keys() and all(
                (
                    lanes["good"].success,
                    lanes["waits"].failing_since,
                    lanes["broken"].failing_since,
                )
            )

        assert eventually(told)
        lanes = (last_beat(settings) or Beat(NOW)).lanes
    assert lanes["waits"].problem == "The directory is asleep."
    assert lanes["broken"].problem == "ZeroDivisionError"
    assert lanes["idle"].success is None and lanes["good"].problem == ""


def test_asking_for_the_time_is_a_sign_that_work_goes_on(app: Flask) -> None:
    seen: list[tuple[datetime | None, datetime | None]] = []
    worker = Worker(app.extensions[KEY], {})
    done = threading.Event()

    def long(parts: Parts) -> bool:
        pulse = worker._lanes["long"].pulse
        before = pulse.sign
        parts.now()
        seen.append((before, pulse.sign))
        done.set()
        return True

    worker._works = {"long": long}
    worker.wake()
    assert done.wait(30)
    worker._stop.set()
    worker.wake()
    [(before, after)] = seen
    assert before and after and after > before


@pytest.fixture
def working(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "app.cli", "worker"]
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment(settings),
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def test_the_worker_survives_a_disk_that_takes_nothing_and_goes_on_by_itself(
    settings: Settings, working: subprocess.Popen[str]
) -> None:
    """No byte can be written to any file, then again: the sign of life grows old and young, the
    process stays.
    """
    assert eventually(lambda: last_beat(settings))
    usual = resource.prlimit(working.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(working.pid, resource.RLIMIT_FSIZE, (0, usual[1]))
    full = datetime.now(UTC)
    assert eventually(lambda: datetime.now(UTC) - full > timedelta(seconds=18))
    stale = last_beat(settings)
    assert stale is None or stale.at - full < timedelta(seconds=6)
    assert working.poll() is None, "it lives"
    resource.prlimit(working.pid, resource.RLIMIT_FSIZE, usual)
    room = datetime.now(UTC)

    def again() -> bool:
        beat = last_beat(settings)
        return beat is not None and beat.at > room and beat.pid == working.pid

    assert eventually(again)
    working.send_signal(signal.SIGTERM)
    _, told = working.communicate(timeout=60)
    assert "heartbeat.unwritten" in told
    assert working.returncode == 0
    assert os.getpid()
