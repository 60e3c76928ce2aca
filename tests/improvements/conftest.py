"""What the tests of this room share."""

from __future__ import annotations

import pytest

from app.core.db import Database
from tests.improvements.builders import Room


@pytest.fixture
def room(database: Database) -> Room:
    return Room(database)
