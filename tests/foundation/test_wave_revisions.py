"""What the revisions about waves make of waves that were there before, up and down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core import schema
from app.core.db import Database
from tests.foundation.test_past_revisions import MONDAY, Old

BEFORE, NOW = "0103", "0088"


@pytest.fixture
def old(empty_url: str) -> Iterator[Old]:
    database = Database(empty_url)
    yield Old(database, BEFORE)
    database.dispose()


def test_a_wave_says_what_its_plan_said_of_versions_and_duties_go_with_their_table(
    old: Old,
) -> None:
    role = {"id": 1, "directory_id": 1, "name": "Clerk", "realisation": "nested"}
    old.add("role", role)
    old.add("role_version", {"id": 1, "role_id": 1, "number": 1})
    mine = {"role_id": 1, "version_id": 1, "state": "soaking", "created_at": MONDAY}
    plans = ('{"versions":true}', '{"name":"versions"}', "{}")
    waves = [
        {**mine, "id": number, "number": number, "plan": plan}
        for number, plan in enumerate(plans, 1)
    ]
    old.add("wave", *waves)
    for _ in range(2):
        schema.upgrade(old.database, NOW)
        assert old.rows("wave", "brings_version") == [(True,), (False,), (False,)]
        schema.downgrade(old.database, BEFORE)
    assert old.rows("wave", "plan") == [(plan,) for plan in plans]
