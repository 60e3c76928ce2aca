"""What the tests of this room share."""

from __future__ import annotations

import pytest

from app.core.db import Database
from tests.incidents.builders import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
