"""Who joined, moved or left: seen by a reading, decided right by right, ended by one plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import ldap3
import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.access.turnover.actions import give_back, plan_leaver
from app.access.turnover.queries import (
    TurnoverWanted,
    leftover_weeks,
    leftovers,
    turnover_lines,
)
from app.access.turnover.rules import (
    HeldThrough,
    PersonTurn,
    left_over_on,
    usual_rights,
)
from app.core.errors import Refused
from app.core.settings import Settings
from app.directory.rules.reading import person_changes
from app.models.access.kept import AccessException
from app.models.directory import PastEnd, PastMembership, Reading, ReadingChange
from app.models.people import Person
from tests.access.builders import MONDAY, DemoWorld, demo_world, person_dn
from tests.acting import acting
from tests.conftest import Clock, runner_for
from tests.pages import Pages


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    """A company in which, seen by the second reading, Joe joined, Ben moved and Cyd left."""
    with demo_world(settings, clock) as world:
        with world.database.write() as session:
            for name, department in (("ada", "Finance"), ("ben", "Finance")):
                session.get_one(Person, world.people[name]).department = department
        clock.forward(days=1)
        seen(world, "cyd", "person disabled", "The account of Cyd was switched off.")
        seen(world, "ben", "person changed", "Ben (ben): department Sales → Finance.")
        seen(world, "dot", "person new", "Dot (dot) is new.")
        with world.database.write() as session:
            session.get_one(Person, world.people["cyd"]).disabled = True
        yield world


def seen(world: DemoWorld, name: str, kind: str, text: str) -> None:
    with world.database.write() as session:
        reading = session.query(Reading).order_by(Reading.id.desc()).first()
        assert reading is not None
        reading.ended_at = world.now()
        change = ReadingChange(reading_id=reading.id, kind=kind, text=text)
        change.person_id = world.people[name]
        session.add(change)
        session.info["audit_events"] = 1


def number(world: DemoWorld, turn: PersonTurn) -> int:
    with world.database.read() as session:
        wanted = TurnoverWanted(world.now(), turn=turn, done="all")
        return max(line.id for line in turnover_lines(session, wanted))


@pytest.fixture
def anna(world: DemoWorld) -> Pages:
    return Pages(world.app).as_operator("anna")


def test_the_inbox_says_who_came_moved_and_left(anna: Pages) -> None:
    text = anna.get("/turnover").root.one("main").text
    assert "1 joined, 1 moved, 1 left" in text
    assert "department Sales → Finance" in text
    assert "Cyd" not in anna.get("/turnover?turn=moved").root.one("main").text
    assert "Joined, moved, left" in anna.get("/").root.one(id="waits").text


def test_what_is_looked_at_no_longer_waits(anna: Pages, world: DemoWorld) -> None:
    joined = number(world, PersonTurn.JOINED)
    assert "Plan into a role" in anna.get(f"/turnover/{joined}").content
    anna.post(f"/turnover/{joined}/done")
    assert "Dot" not in anna.get("/turnover").root.one("main").text
    assert "Dot" in anna.get("/turnover?done=all").root.one("main").text


def test_a_mover_keeps_what_is_not_decided(
    anna: Pages, world: DemoWorld, settings: Settings
) -> None:
    moved = number(world, PersonTurn.MOVED)
    page = anna.get(f"/turnover/{moved}")
    form = page.root.one(id="mover-form")
    heads = [one.text for one in form.all("th") if one.attrs.get("scope") == "col"]
    assert heads[1:4] == ["Before", "Now", "Should be: colleagues"]
    chosen = [
        one.attrs for one in form.walk() if {"checked", "selected"} & {*one.attrs}
    ]
    assert chosen == [], "nothing is decided before somebody did"
    mail, post = world.rights["mail"], world.rights["post"]
    anna.post(
        f"/turnover/{moved}/moved",
        {
            f"right-{mail}": "stop",
            f"right-{post}": "until",
            f"until-{post}": "2026-05-01",
        },
    )
    world.approve(1, settings)
    world.apply(1, settings)
    world.run()
    assert world.groups_of("ben") == {"post"}
    with world.database.read() as session:
        kept = session.query(AccessException).one()
        assert (kept.entitlement_id, kept.until) == (post, date(2026, 5, 1))


def test_a_day_nobody_can_read_is_said(anna: Pages, world: DemoWorld) -> None:
    moved, post = number(world, PersonTurn.MOVED), world.rights["post"]
    said = {f"right-{post}": "until", f"until-{post}": "some day"}
    page = anna.post(f"/turnover/{moved}/moved", said, status=422)
    assert "Say until which day" in page.content
    assert "some day" in page.html


def test_a_leaver_loses_all_by_one_plan_and_gets_it_back_only_when_here_again(
    world: DemoWorld, settings: Settings, clock: Clock
) -> None:
    before = world.everything()
    left = number(world, PersonTurn.LEFT)
    with world.database.write() as session:
        act = acting(session, "anna", world.now(), settings)
        wave = plan_leaver(act, left).id
    world.approve(wave, settings)
    world.apply(wave, settings)
    world.run()
    assert world.groups_of("cyd") == set()
    with pytest.raises(Refused) as refused, world.database.write() as session:
        give_back(acting(session, "anna", world.now(), settings), left)
    assert "still off" in str(refused.value)
    clock.forward(days=3)
    with world.database.write() as session:
        session.get_one(Person, world.people["cyd"]).disabled = False
    seen(world, "cyd", "person enabled", "The account of Cyd was switched on again.")
    again = number(world, PersonTurn.JOINED)
    with world.database.write() as session:
        give_back(acting(session, "anna", world.now(), settings), again)
    world.run()
    assert world.everything() == before


def test_leftovers_are_told_now_and_week_after_week(world: DemoWorld) -> None:
    today = world.now().date()
    with world.database.read() as session:
        assert [(one.uid, one.right) for one in leftovers(session)] == [
            ("cyd", "mail"),
            ("cyd", "post"),
            ("cyd", "wiki"),
        ]
        weeks = leftover_weeks(session, today)
    assert (weeks[-1].day, weeks[-1].rights, weeks[0].rights) == (today, 3, 0)
    told = runner_for(world.app)("leftovers", "--json").json
    assert len(told["leftovers"]) == 3
    assert told["weeks"][-1]["rights"] == 3


def test_the_page_of_leftovers_names_them(anna: Pages) -> None:
    page = anna.get("/turnover/leftovers")
    text = page.root.one("main").text
    assert "3 rights are still held" in text
    assert "3 rights are held by people who left; 11 weeks ago there were 0." in text
    assert page.root.one("main").all("svg"), "the weeks are drawn as a chart"


def test_a_reading_sees_another_department(settings: Settings, clock: Clock) -> None:
    with demo_world(settings, clock) as world:
        with world.others() as connection:
            change = {"title": [(ldap3.MODIFY_REPLACE, ["Lead"])]}
            assert connection.modify(person_dn("ada"), change), connection.result
        clock.forward(hours=1)
        done = runner_for(world.app)("sync")
        assert done.code == 0, done.err
        with world.database.read() as session:
            (line,) = turnover_lines(session, TurnoverWanted(world.now()))
    assert (line.turn, line.uid) == (PersonTurn.MOVED, "ada")
    assert "– → Lead" in line.text


FACTS = some.fixed_dictionaries(
    {
        name: some.sampled_from(["", "a", "b"])
        for name in ("department", "title", "site")
    }
)


@given(FACTS, FACTS)
def test_each_change_of_duties_is_told_once(was, now):
    old, new = (
        Person(dn="uid=a,dc=x", uid="a", name="A", disabled=False, **facts)
        for facts in (was, now)
    )
    changes = person_changes(old, new)
    assert [kind for kind, _ in changes] == ["person changed"] * (was != now)


@given(some.lists(some.tuples(some.integers(0, 30), some.integers(0, 30))))
def test_leftovers_only_count_after_somebody_left(spans):
    held = [
        HeldThrough(MONDAY + timedelta(days=begin), None, MONDAY + timedelta(days=left))
        for begin, left in spans
    ]
    for day in range(31):
        expected = sum(begin <= day and left <= day for begin, left in spans)
        assert left_over_on(held, (MONDAY + timedelta(days=day)).date()) == expected


def test_what_half_of_the_colleagues_hold_is_usual() -> None:
    direct = {1: frozenset({7, 8}), 2: frozenset({7}), 3: frozenset({9})}
    usual = usual_rights(direct, [1, 2, 3], also=[5])
    assert {right for right, how in usual.items() if how.is_usual} == {7}
    assert usual[5].held_by == 0


def test_the_command_line_lists_shows_and_decides_as_the_page_does(
    world: DemoWorld, settings: Settings
) -> None:
    rung = runner_for(world.app)
    with world.database.write() as session:
        day = timedelta(days=1)
        gone = PastMembership(
            entitlement_id=world.rights["wiki"],
            person_id=world.people["ben"],
            since=world.now() - 2 * day,
            until=world.now() + day,
            last_seen=world.now(),
            ended=PastEnd.TAKEN,
        )
        session.add(gone)
        session.info["audit_events"] = 1
    lines = rung("turnover", "list", "--json").json["turnover"]
    assert [one["turn"] for one in lines] == ["left", "moved", "joined"]
    left, moved, joined = (str(one["turnover"]) for one in lines)
    page = rung("turnover", "show", moved, "--json").json
    told = {one["right"]: (one["before"], one["held"]) for one in page["rights_told"]}
    assert told["mail"] == (True, True)
    assert told["wiki"] == (True, False), "what was taken off since is told too"
    assert rung("turnover", "done", joined, "--json").json["done_by"]
    assert rung("turnover", "decide", moved, "--stop", "nothing").code == 1
    assert rung("turnover", "decide", moved, "--until", "post", "soon").code == 1
    words = ("--stop", "mail", "--until", "post", "2026-05-01")
    wave = rung("turnover", "decide", moved, *words, "--json").json["wave"]
    world.approve(wave, settings)
    world.apply(wave, settings)
    world.run()
    assert world.groups_of("ben") == {"post"}
    assert rung("turnover", "back", left).code == 1
    assert rung("turnover", "leave", left, "--json").json["state"] == "planned"
    assert rung("turnover", "list", "--json").json["turnover"] == []
    everything = rung("turnover", "list", "--all", "--turn", "joined", "--json").json
    assert [str(one["turnover"]) for one in everything["turnover"]] == [joined]
