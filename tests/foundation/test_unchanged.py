"""Values kept until the audit trail goes on: never an old one, never somebody else's."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import record
from app.core.db import Database
from app.core.unchanged import unchanged
from app.models.people import Team
from tests.access.builders import counted
from tests.catalog.builders import a_team


def names(database: Database, made: list[str], until: object = "") -> list[str]:
    """Return the names of all teams, and note in ``made`` when they are asked for."""
    with database.read() as session:

        def asked() -> list[str]:
            made.append("once more")
            return list(session.scalars(select(Team.name).order_by(Team.name)))

        return unchanged(session, "names of teams", asked, until)


def renamed(database: Database, name: str) -> None:
    with database.write() as session:
        team = session.scalars(select(Team)).one()
        team.name = name
        record(session, "anna", "team.change", f"team:{team.id}", f"Called it {name}")


def test_a_value_is_made_once_until_something_changes(database: Database) -> None:
    a_team(database, "Tills")
    made: list[str] = []
    assert [names(database, made) for _ in range(3)] == [["Tills"]] * 3
    assert len(made) == 1
    renamed(database, "Counters")
    assert [names(database, made) for _ in range(3)] == [["Counters"]] * 3
    assert len(made) == 2


def test_a_value_that_depends_on_the_time_is_made_anew_in_time(
    database: Database,
) -> None:
    made: list[str] = []
    for second in (1, 1, 2, 2):
        names(database, made, until=second)
    assert len(made) == 2


def test_what_was_taken_back_leaves_the_value(database: Database) -> None:
    a_team(database, "Tills")
    made: list[str] = []
    names(database, made)
    with pytest.raises(LookupError):
        renamed_then_raises(database)
    assert names(database, made) == ["Tills"]
    assert len(made) == 1


def renamed_then_raises(database: Database) -> None:
    with database.write() as session:
        session.scalars(select(Team)).one().name = "Never"
        record(session, "anna", "team.change", "team:1", "Called it Never")
        raise LookupError


def test_who_writes_sees_what_he_wrote_and_keeps_it_to_himself(
    database: Database,
) -> None:
    a_team(database, "Tills")
    made: list[str] = []
    names(database, made)
    with database.write() as session:
        session.scalars(select(Team)).one().name = "Counters"
        session.flush()
        now = unchanged(
            session, "names of teams", lambda: list(session.scalars(select(Team.name)))
        )
        session.rollback()
    assert now == ["Counters"]
    assert names(database, made) == ["Tills"]


def test_a_change_by_another_process_is_seen(database: Database) -> None:
    a_team(database, "Tills")
    made: list[str] = []
    names(database, made)
    other = Database(
        database.url.render_as_string(hide_password=False),
        audit_key=database.audit_key,
    )
    renamed(other, "Counters")
    other.dispose()
    assert names(database, made) == ["Counters"]


def test_one_page_asks_how_far_the_trail_is_once_and_again_after_its_own_change(
    app: Flask, database: Database
) -> None:
    a_team(database, "Tills")
    made: list[str] = []
    with app.test_request_context():
        with counted(database) as asked:
            assert [names(database, made) for _ in range(3)] == [["Tills"]] * 3
        assert len([one for one in asked if "audit_head" in one]) == 1
        renamed(database, "Counters")
        assert names(database, made) == ["Counters"]
    renamed(database, "Desks")
    with app.test_request_context():
        assert names(database, made) == ["Desks"]
