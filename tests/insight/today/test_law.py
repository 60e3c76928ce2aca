"""The law of Today: what can wait for a person has a line, and every line leads to its deed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Enum

from app.auth.rules import NAMES
from app.core.db import Base, Database
from app.core.settings import Settings
from app.core.waiting import (
    MOMENTS,
    SOURCES,
    STATES,
    Wait,
    Waiter,
    WaitingLine,
    waiting_for,
)
from app.models.auth import Operator
from tests.incidents.builders import MONDAY
from tests.insight.today.scenes import ME, SCENES
from tests.pages import Pages

MOMENT = re.compile(
    r"(settled_at|answered_at|read_at|asked_at|asked_team_id|due_at|next_due|"
    r"next_update_at|promised_at|until|required_by|ends_on|look_at|try_at|delete_on)$"
)
"""How a column is called in which an answer is noted, or a day or moment is due."""
SEEN = ("escalation.seen_at", "presence.seen_at")


def lines_of(
    database: Database, settings: Settings, *permissions: str
) -> list[WaitingLine]:
    with database.read() as session:
        me = session.query(Operator).filter_by(name=ME).one()
        who = Waiter(me.id, ME, permissions or NAMES, MONDAY, settings)
        return list(waiting_for(session, who).lines)


def states_in_tables() -> Iterator[tuple[str, type]]:
    for table in Base.metadata.sorted_tables:
        kind = table.columns["state"].type if "state" in table.columns else None
        if isinstance(kind, Enum) and kind.enum_class:
            yield table.name, kind.enum_class


def test_every_state_of_every_table_says_whether_it_waits_for_a_person(
    app: Flask,
) -> None:
    silent = [
        f"{table}: {state}"
        for table, states in states_in_tables()
        for state in states
        if state not in STATES.get(states, {})
    ]
    assert len(list(states_in_tables())) > 15
    assert not silent, "say in waiting.py of the room for whom this waits"


def test_every_moment_that_is_due_or_answered_says_whether_it_waits_for_a_person(
    app: Flask,
) -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if MOMENT.search(column.name) or f"{table.name}.{column.name}" in SEEN
    }
    assert len(found) > 20
    assert not found - set(MOMENTS), "say in waiting.py of the room for whom this waits"


def test_every_kind_has_a_source_and_a_scene_that_shows_it(app: Flask) -> None:
    assert {kind for kinds in SOURCES.values() for kind in kinds} == set(Wait)
    assert set(SCENES) == set(Wait)


def test_every_kind_is_declared_by_what_makes_it_wait(app: Flask) -> None:
    declared = {
        *MOMENTS.values(),
        *(said for says in STATES.values() for said in says.values()),
    }
    kinds = {said for said in declared if isinstance(said, Wait)}
    assert kinds == set(Wait)
    assert all(declared), "why nobody is waited for is a sentence"


@pytest.mark.parametrize("kind", list(Wait))
def test_what_waits_has_one_line_that_leads_to_its_deed(
    kind: Wait, app: Flask, settings: Settings
) -> None:
    pages = Pages(app)
    database = pages.parts.database
    SCENES[kind](database, settings)
    (line,) = [one for one in lines_of(database, settings) if one.wait is kind]
    page = pages.as_operator(ME).get("/")
    (shown,) = [
        item
        for item in page.root.one(id="waits").all("li")
        if any(link.attrs["href"] == line.page for link in item.all("a"))
        and str(line.what) in item.text
    ]
    assert shown.all("a", class_="button") or shown.one("form").one("button")
    assert pages.get(line.page.partition("#")[0]).h1


@pytest.mark.parametrize("kind", list(Wait))
def test_who_may_not_do_it_is_not_waited_for(
    kind: Wait, app: Flask, settings: Settings
) -> None:
    database = Pages(app).parts.database
    SCENES[kind](database, settings)
    found = {one.wait for one in lines_of(database, settings, "read")}
    # What bears one's own name waits for its bearer, whatever he may do besides.
    assert found <= {Wait.EXCEPTION, Wait.STEP, Wait.DRIFT, Wait.MENTION}
