"""What was changed past the audit trail is named: permissions, disabled operators, approvals."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.core.db import Database
from tests.conftest import Rung

PERMISSIONS = (
    "UPDATE operator SET permissions = '[\"read\", \"approve\"]' WHERE name = 'bert'"
)
TAMPERINGS = [
    (PERMISSIONS, "no event gave bert approve"),
    (
        "UPDATE operator SET permissions = '[]' WHERE name = 'bert'",
        "no event took read from bert",
    ),
    (
        "UPDATE operator SET disabled_at = created_at WHERE name = 'bert'",
        "no event tells that bert was disabled",
    ),
    (
        "UPDATE operator SET disabled_at = NULL WHERE name = 'carl'",
        "no event tells that carl was enabled",
    ),
    (
        "DELETE FROM operator WHERE name = 'bert'",
        "operator:2 is in the audit trail, and not there any more",
    ),
    (
        "UPDATE operator SET id = 99 WHERE name = 'bert'",
        "no event tells that bert was added",
    ),
]


@pytest.fixture
def staffed(rung: Rung, database: Database) -> Database:
    for name in ("anna", "bert", "carl"):
        permissions = (
            ("--permission", "operators")
            if name == "anna"
            else ("--permission", "read")
        )
        assert rung("operator", "add", name, *permissions).code == 0
    assert rung("operator", "disable", "carl").code == 0
    assert rung("audit", "verify").code == 0
    return database


@pytest.mark.parametrize(("statement", "sentence"), TAMPERINGS)
def test_what_no_event_tells_of_is_named(
    staffed: Database, rung: Rung, statement: str, sentence: str
) -> None:
    with staffed.engine.begin() as connection:
        connection.execute(text("DELETE FROM setup_link"))
        connection.execute(text(statement))
    done = rung("audit", "verify")
    assert done.code == 1
    assert sentence in done.out
    looked = rung("doctor")
    assert looked.code == 1
    assert sentence in " ".join(looked.out.split())
