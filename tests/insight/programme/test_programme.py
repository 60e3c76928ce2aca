"""The programme: how far the change to roles is, counted once a person, equal to what the trail
tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.access.undo.actions import undo
from app.access.waves.confirming import confirm
from app.core.audit import AuditEvent
from app.core.settings import Settings
from app.insight.programme.rules import (
    ExceptionAge,
    MoveSeen,
    SpanHeld,
    age_of,
    counted,
    finish_days,
    finish_of,
    moved_people,
    next_role,
    scope_on,
    week_ends,
    weeks_of,
)
from tests.access.builders import DemoWorld, demo_world
from tests.conftest import Clock, Rung, runner_for
from tests.pages import Pages

MONDAY = date(2026, 3, 2)


def move(person: int, week: int, *, role: int = 1, back: bool = False) -> MoveSeen:
    """Return a move that was switched on the Monday of a week and seen a day later."""
    day = MONDAY + timedelta(weeks=week)
    seen = day + timedelta(days=1)
    return MoveSeen(
        person, role, day, None if back else seen, seen if back else None, not back
    )


def test_a_person_counts_once_however_many_roles_and_not_after_the_way_back() -> None:
    moves = [move(1, 0), move(1, 2, role=2), move(2, 1), move(3, 1, back=True)]
    waiting = MoveSeen(4, 1, MONDAY, None, None, holds=True)
    count = counted([*moves, waiting], direct={1, 3, 4, 5, 6}, inside={6})
    assert (count.moved, count.moving, count.direct) == (2, 1, 2)
    assert (count.scope, count.left) == (5, 3)
    assert (count.moves, count.undone, count.undo_rate) == (5, 1, 0.2)
    assert moved_people(moves)[1] == MONDAY + timedelta(days=1)
    assert counted([], direct=()).undo_rate is None


def test_the_end_is_a_range_and_none_while_little_is_known() -> None:
    few = [move(1, 0)]
    today = MONDAY + timedelta(weeks=2)
    short = finish_of(few, counted(few, range(20)), today)
    assert short.refusal and finish_days(short, today) == (None, None)
    moves = [move(number, number // 2) for number in range(14)]
    today = MONDAY + timedelta(weeks=7)
    found = finish_of(moves, counted(moves, range(30)), today)
    early, late = finish_days(found, today)
    assert early is not None and late is not None
    assert today < early <= late
    weeks = weeks_of(moves, {MONDAY: 30, MONDAY + timedelta(weeks=2): 28}, today)
    assert [week.done for week in weeks][:3] == [2, 4, 6]
    assert [week.scope for week in weeks][:4] == [30, 30, 28, 28]


def test_the_scope_follows_who_comes_and_goes_and_who_is_in_a_role() -> None:
    joined, left = MONDAY + timedelta(days=8), MONDAY + timedelta(days=9)
    spans = [
        SpanHeld(1, False, MONDAY, None),
        SpanHeld(2, False, joined, None),
        SpanHeld(3, False, MONDAY, left),
        SpanHeld(4, False, MONDAY, None),
        SpanHeld(4, True, MONDAY, None),
        SpanHeld(5, False, MONDAY, MONDAY),
    ]
    moves = [move(1, 0), move(5, 0), move(6, 0, back=True)]
    days = [MONDAY, joined, left, left + timedelta(days=7)]
    assert [scope_on(spans, moves, day) for day in days] == [4, 4, 3, 3]
    assert week_ends(MONDAY, joined) == [MONDAY + timedelta(days=6)]


def test_exceptions_are_told_by_age_and_past_their_end() -> None:
    today = MONDAY
    later = today + timedelta(days=5)
    ages = [age_of(today - timedelta(days=old), later, today) for old in (30, 31, 91)]
    assert ages == [ExceptionAge.NEW, ExceptionAge.OLDER, ExceptionAge.OLD]
    assert age_of(today, today - timedelta(days=1), today) is ExceptionAge.OVERDUE


def test_the_next_role_is_the_one_on_its_way_else_the_easiest() -> None:
    assert next_role({1: 0, 2: 7, 3: 7}, []) == 2
    assert next_role({1: 0, 2: 7}, [1]) == 1
    assert next_role({1: 0}, []) is None


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    with demo_world(settings, clock) as world:
        yield world


@pytest.fixture
def rung(world: DemoWorld) -> Rung:
    return runner_for(world.app)


UNDONE = "switch.undone"
"""What the trail calls it that somebody is back where he or she was."""


def told_by_the_trail(world: DemoWorld) -> tuple[set[str], set[str]]:
    """Return who was confirmed and who was taken back, by what the trail says alone."""
    confirmed: set[str] = set()
    back: set[str] = set()
    with world.database.read() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    for event in events:
        name = event.label.removeprefix("Confirmed ").partition(" in wave")[0]
        if event.action == "switch.confirm":
            confirmed.add(name)
        elif event.action == UNDONE:
            back.add(event.label.split()[0])
    return confirmed, back


def test_the_page_and_the_terminal_count_what_the_trail_tells(
    world: DemoWorld, settings: Settings, rung: Rung
) -> None:
    wave = world.wave(world.role(), "ada", "ben")
    world.approve(wave, settings)
    world.apply(wave, settings)
    world.run()
    with world.parts.acting("carl") as act:
        confirm(act, wave, world.people["ada"], note="signed in")
    with world.parts.acting("carl") as act:
        undo(act, wave, world.people["ben"], reason="his mail is gone")
    world.run()
    world.read()
    told = rung("programme", "--json")
    assert told.code == 0, told.err
    confirmed, back = told_by_the_trail(world)
    assert confirmed == {"Ada"}
    counts = len(confirmed - back), len(back)
    assert (told.json["moved"], told.json["undone"]) == counts
    assert back == {"Ben"}
    assert told.json["undo_rate"] == 0.5
    assert told.json["direct"] == 4
    assert told.json["roles"][0]["rungs"][0] == "running"
    assert told.json["next_role"] == "Clerk"
    assert told.json["weeks"][-1]["scope"] == told.json["scope"] == 5
    chief = Pages(world.app).as_operator("chief")
    page = chief.get("/programme")
    assert "1 of 5 people moved to a role for good" in page.content
    assert page.rows("Roles in use")[0][0].startswith("Clerk")
    ready = rung("programme", "--ready", "--json").json["ready"]
    assert [one["person"] for one in ready] == ["ben"]
    assert told.json["zero_change_today"] == len(ready)
    assert page.root.one("a", href="/programme/ready").text.startswith("1")
    listed = chief.get("/programme/ready")
    assert [row[0].split()[-1] for row in listed.rows("Who can move")] == ["ben"]
    there = f"/roles/1/plan?person={world.people['ben']}"
    assert len(listed.root.all("a", href=there)) == 2, "alone, and with all of the role"
    assert "Nobody fits" in chief.get("/programme/ready?q=nobody-there").content
    csv = Pages(world.app).as_operator("chief").client.get("/programme/weeks.csv")
    assert csv.status_code == 200 and b"2026-03-08" in csv.data


def test_before_the_first_role_the_page_says_what_is_to_come(world: DemoWorld) -> None:
    page = Pages(world.app).as_operator("chief").get("/programme")
    assert "0 of 5 people moved to a role for good" in page.content
    assert "There is no role yet." in page.content
