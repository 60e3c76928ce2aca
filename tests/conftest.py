"""What every test may ask for: a migrated database, settings, a clock that stands still, and the app."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.db import Database
from app.settings import Settings
from tests.databases import fresh_database, template_database


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


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def migrated_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with template_database(tmp_path_factory.mktemp("template")) as url:
        yield url


@pytest.fixture
def database_url(migrated_template: str, tmp_path: Path) -> Iterator[str]:
    with fresh_database(migrated_template, tmp_path / "home") as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", database_url=database_url, secret_key="only for tests " * 3)
