"""What the tests of the demo's stories share."""

from __future__ import annotations

import pytest

from app.core.db import Database
from app.core.settings import Settings
from tests.improvements.builders import Room
from tests.incidents.builders import Desk


@pytest.fixture
def room(database: Database, settings: Settings) -> Room:
    return Room(database, settings=settings)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
