"""What every test may ask for: a migrated database, settings, a clock that stands still, and the
app.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import structlog
from click.testing import CliRunner
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from app import create_app
from app.cli import cli
from app.core.db import Database
from app.core.parts import DEMO, KEY
from app.core.settings import Settings
from app.factory import connect_signals
from tests.databases import Shelf, empty_database, share_statements, shelf

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Machines under load must not turn a true property into a failure.
hypothesis.settings.register_profile(
    "rung", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("rung")

# Our log lines go where pytest looks for them, not to the standard output of the commands under
# test; as in the program without the rich traceback, which takes a second a fault.
structlog.configure(
    logger_factory=structlog.stdlib.LoggerFactory(),
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ],
)


def pytest_collection_finish() -> None:
    """Let the garbage collector rest: to look through all that was imported, each time an app is
    made, took more than a third of the whole run.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


class Compiled(BytecodeCache):
    """What Jinja compiled, for all apps of a process: most tests make an app of their own, and each
    would compile its pages anew.
    """

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._kept.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
share_statements()


class Clock:
    """A clock that moves only when told to. Calling it tells the time, as ``Parts.now`` does."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **duration: float) -> datetime:
        """Move on, as in ``clock.forward(hours=4)``, and tell the new time."""
        self.time += timedelta(**duration)
        return self.time


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Rung = Callable[..., Done]


@pytest.fixture(scope="session", autouse=True)
def heard() -> None:
    """Connect what a room tells those above it, as ``create_app`` does, for tests that need no
    app.
    """
    connect_signals()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with shelf(tmp_path_factory.mktemp("template")) as databases:
        yield databases


@pytest.fixture
def database_url(databases: Shelf, tmp_path: Path) -> Iterator[str]:
    with databases.copy(tmp_path / "home") as url:
        yield url


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    database = Database(database_url, audit_key=tmp_path / "home" / "audit_key")
    yield database
    database.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    (home / "secrets").mkdir(exist_ok=True)
    return Settings(
        home=home,
        database_url=database_url,
        secret_key="only for tests " * 3,
        idle_hours=12,
        secrets_env="MAIL_URL, SMS_URL, CHAT_URL",
        channel_nets="mail, 127.0.0.0/8",  # where the receivers of tests listen
    )


@pytest.fixture
def empty_url(tmp_path: Path) -> Iterator[str]:
    with empty_database(tmp_path) as url:
        yield url


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The whole app on a fresh database, at a time that stands still.

    It owns ``database`` of its parts.
    """
    app = create_app(settings, now=clock)
    yield app
    shut(app)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without what it would like to fetch by itself."""
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 (only few tests need it, and it takes a while)

    expect.set_options(timeout=15_000)

    flags = (
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=flags
        )
        yield browser
        browser.close()


@pytest.fixture
def rung(app: Flask) -> Rung:
    """Run a command in this process, as in ``rung("operator", "list", "--json").json``."""
    return runner_for(app)


@pytest.fixture
def rung_as(settings: Settings, clock: Clock) -> Iterator[Callable[[str], Rung]]:
    """Run commands as an operator, as in ``rung_as("anna")("wave", "list")``."""
    apps: list[Flask] = []

    def acting(operator: str) -> Rung:
        apps.append(create_app(replace(settings, operator=operator), now=clock))
        return runner_for(apps[-1])

    yield acting
    for app in apps:
        shut(app)


def shut(app: Flask) -> None:
    """Let go of what an app holds: the database's connections and the demo directory."""
    app.extensions[DEMO].close()
    app.extensions[KEY].database.dispose()


def runner_for(app: Flask) -> Rung:
    def run(*arguments: str, answers: str = "") -> Done:
        done = CliRunner().invoke(
            cli, arguments, obj=lambda: app, input=answers, prog_name="rung"
        )
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Done(done.exit_code, done.stdout, done.stderr)

    return run
