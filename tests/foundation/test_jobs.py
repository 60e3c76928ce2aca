"""The bell and the worker: work is done when the bell rings, and at the next sweep when it does
not.
"""

from __future__ import annotations

import gc
import importlib.util
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask

from app.core.errors import Away, Invalid
from app.core.heartbeat import heartbeat_file, last_beat
from app.core.jobs import Bell, Worker, open_queue
from app.core.parts import KEY, Parts
from app.core.settings import Settings

NEVER = 1000.0


class Diary:
    """Work that notes each time it is done; ``then`` is what happens the first time."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.times = 0
        self._then = then

    def __call__(self, _parts: Parts) -> bool:
        self.times += 1
        if self.times == 1:
            self._then()
        return True

    def reaches(self, times: int, seconds: float = 30.0) -> bool:
        deadline = time.monotonic() + seconds
        while self.times < times and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.times >= times


@pytest.fixture
def parts(app: Flask) -> Parts:
    made: Parts = app.extensions[KEY]
    return made


@contextmanager
def at_work(
    parts: Parts, works: dict[str, Diary], sweep_seconds: float = NEVER
) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(
        target=Worker(parts, works, sweep_seconds=sweep_seconds).run, args=(stop,)
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def test_a_worker_looks_for_work_as_soon_as_it_starts(parts: Parts) -> None:
    diary = Diary()
    with at_work(parts, {"x": diary}):
        assert diary.reaches(1)


def test_the_bell_wakes_the_worker(parts: Parts, settings: Settings) -> None:
    diary = Diary()
    with at_work(parts, {"x": diary}):
        assert diary.reaches(1)
        Bell(settings).ring()
        assert diary.reaches(2)


def test_a_ring_before_the_worker_starts_is_not_needed(
    parts: Parts, settings: Settings
) -> None:
    Bell(settings).ring()
    diary = Diary()
    with at_work(parts, {"x": diary}):
        assert diary.reaches(1)


def test_without_a_ring_the_sweep_finds_the_work(parts: Parts) -> None:
    diary = Diary()
    with at_work(parts, {"x": diary}, sweep_seconds=0.3):
        assert diary.reaches(3)


def test_long_work_does_not_hold_up_other_work(
    parts: Parts, settings: Settings
) -> None:
    leave, short = threading.Event(), Diary()
    long = Diary(lambda: bool(leave.wait(10)) and None)
    with at_work(parts, {"long": long, "short": short}):
        assert long.reaches(1)
        Bell(settings).ring()
        assert short.reaches(2)
        assert long.times == 1
        leave.set()
        assert long.reaches(2)  # the ring it slept through is answered afterwards


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_work_that_ends_in_a_mistake_is_tried_again(
    parts: Parts, settings: Settings
) -> None:
    diary = Diary(lambda: 1 // 0 and None)
    with at_work(parts, {"x": diary}, sweep_seconds=0.3):
        assert diary.reaches(3)


def test_work_that_cannot_go_on_now_is_told_in_the_log(
    parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    def unreachable() -> None:
        raise Away("The directory is asleep.")

    diary = Diary(unreachable)
    with (
        caplog.at_level(logging.WARNING),
        at_work(parts, {"x": diary}, sweep_seconds=0.3),
    ):
        assert diary.reaches(2)
    assert "The directory is asleep." in caplog.text


def test_a_worker_shows_that_it_is_alive_and_takes_the_sign_away_when_it_ends(
    parts: Parts, settings: Settings
) -> None:
    assert last_beat(settings) is None
    diary = Diary()
    with at_work(parts, {"x": diary}):
        assert diary.reaches(1)
        time.sleep(0.3)
        assert last_beat(settings) is not None
    assert not heartbeat_file(settings).exists()


def test_a_bell_that_cannot_ring_disturbs_nobody(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (settings.home / "queue.db").mkdir()
    with caplog.at_level(logging.WARNING):
        Bell(settings).ring()
    assert "bell.silent" in caplog.text


def test_making_a_bell_touches_nothing(settings: Settings) -> None:
    Bell(settings)
    assert not (settings.home / "queue.db").exists()


# huey leaves the connections of its threads to the end of the process.
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_the_bell_rings_through_the_database_server_too(
    parts: Parts, settings: Settings
) -> None:
    if parts.database.is_sqlite:
        pytest.skip("there is no server to ring through")
    several_machines = replace(settings, queue_url=settings.database_url)
    diary = Diary()
    with at_work(replace(parts, settings=several_machines), {"x": diary}):
        assert diary.reaches(1)
        Bell(several_machines).ring()
        assert diary.reaches(2)
    gc.collect()


def test_a_queue_server_that_is_away_is_told(settings: Settings) -> None:
    with pytest.raises(Away, match="queue cannot be reached"):
        open_queue(replace(settings, queue_url="postgresql://127.0.0.1:9/rung"))


@pytest.mark.skipif(
    importlib.util.find_spec("redis") is not None, reason="redis is installed here"
)
def test_redis_is_asked_for_by_name_when_it_is_missing(settings: Settings) -> None:
    with pytest.raises(Invalid, match="pip install redis"):
        open_queue(replace(settings, queue_url="redis://localhost"))


def test_a_queue_server_that_is_away_keeps_nobody_from_ringing(
    settings: Settings,
) -> None:
    Bell(replace(settings, queue_url="postgresql://127.0.0.1:9/rung")).ring()


def test_a_worker_whose_queue_is_away_works_by_its_sweeps(
    parts: Parts, settings: Settings
) -> None:
    lonely = replace(settings, queue_url="postgresql://127.0.0.1:9/rung")
    diary = Diary()
    with at_work(replace(parts, settings=lonely), {"x": diary}, sweep_seconds=0.3):
        assert diary.reaches(3)
