"""A clock that was wrong for a day: said on the page, and put right with a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.errors import Invalid, Refused
from app.improvements.metrics import measuring
from app.improvements.people import actions as people_actions
from app.improvements.rungs import closing
from app.improvements.rungs.actions import rehearse_undo, review
from app.improvements.rungs.days import WindowDays, correct_days
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.metric import Measurement
from app.models.improvements.words import DecisionKind, ParticipationState
from tests.conftest import Rung
from tests.improvements.builders import MONDAY, Room, rows
from tests.pages import Pages

TODAY = MONDAY.date()
AHEAD = timedelta(days=5)


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


@pytest.fixture
def early(room: Room) -> int:
    """A rung that was started, and somebody switched, while the clock ran five days ahead."""
    begun = room.begun()
    room.now += AHEAD
    rung = room.running(*begun, "Ada", observe_days=2)
    room.everybody(rung, ParticipationState.SWITCHED)
    room.do(measuring.measure, begun[1], TODAY + timedelta(days=4), 30)
    room.now -= AHEAD
    return rung


def the(room: Room) -> Iteration:
    return rows(room.database, select(Iteration))[0]


def test_a_rung_started_by_a_clock_that_ran_ahead_says_so_and_is_put_right(
    pages: Pages, room: Room, early: int
) -> None:
    page = pages.get(f"/iterations/{early}")
    assert "The clock ran ahead here" in page.content
    assert "its change holds from 7 Mar 2026 on" in page.content
    pages.get(f"/iterations/{early}/days")
    days = {"changed_on": "2026-03-02", "ends_on": "2026-03-16"}
    page = pages.submit(**days, why="", status=422)
    assert page.errors == ["Say why the days are put right."]
    assert page.root.one(name="changed_on").attrs["value"] == "2026-03-02"
    page = pages.submit(why="The clock ran ahead")
    assert page.told.startswith("The days are put right")
    assert "The clock ran ahead here" not in page.content
    rung = the(room)
    assert (rung.changed_on, rung.ends_on) == (TODAY, date(2026, 3, 16))
    [ada] = rows(room.database, select(Participation))
    assert rung.started_at == ada.switched_at == pages.parts.now()


def test_after_that_who_was_switched_is_observed_from_today(
    room: Room, early: int
) -> None:
    wanted = WindowDays(TODAY, date(2026, 3, 16), None, "The clock")
    room.do(correct_days, early, wanted)
    [ada] = room.people(early)
    works = (people_actions.move, ada, ParticipationState.ACCEPTED)
    room.forward(days=2)
    room.do(*works, confirmed_by="Ada")


@pytest.mark.parametrize(
    ("days", "field"),
    [
        (WindowDays(None, date(2026, 3, 16), None, "x"), "changed_on"),
        (WindowDays(TODAY, TODAY, None, "x"), "ends_on"),
        (WindowDays(TODAY, None, None, "x"), "ends_on"),
        (WindowDays(TODAY, date(2026, 3, 16), None, " "), "why"),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_field(
    room: Room, early: int, days: WindowDays, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        room.do(correct_days, early, days)
    assert refused.value.field == field


def test_a_rung_decided_ahead_is_no_dead_end_for_the_next(
    pages: Pages, room: Room, early: int
) -> None:
    room.now += AHEAD + timedelta(days=2)
    room.everybody(early, ParticipationState.ACCEPTED)
    room.do(rehearse_undo, early, 30)
    room.do(review, early)
    room.do(closing.decide, early, DecisionKind.SCALE, "It works for Ada")
    room.now -= AHEAD + timedelta(days=2)
    content = pages.get(f"/iterations/{early}").content
    assert "the decision holds all the same" in content
    following = room.planned(1, 1, "Ben")
    pages.get(f"/iterations/{following}")
    page = pages.submit(f"/iterations/{following}/start", day="2026-03-02", status=422)
    assert "holds from 7 Mar 2026" in page.content
    pages.get(f"/iterations/{early}/days")
    pages.submit(changed_on="2026-03-01", why="The clock ran ahead")
    pages.get(f"/iterations/{following}")
    page = pages.submit(f"/iterations/{following}/start", day="2026-03-02")
    assert page.told == "Started. The prediction is locked."
    assert "still the same" in pages.get(f"/iterations/{early}").content
    with pytest.raises(Refused, match="It is closed"):
        room.do(correct_days, early, WindowDays(TODAY, why="Again"))


def test_values_of_days_to_come_are_named_and_taken_out(
    pages: Pages, room: Room, early: int
) -> None:
    page = pages.get("/metrics/1")
    assert "1 value is of a day that has not come yet" in page.content
    page = pages.submit("/metrics/1/ahead", reason="The clock ran ahead")
    assert page.told == "1 value is taken out."
    assert "has not come yet" not in page.content
    last = rows(room.database, select(Measurement).order_by(Measurement.id))[-1]
    assert (last.value, last.reason) == (None, "The clock ran ahead")
    room.forward(days=6)
    room.do(measuring.correct, last.id, 31, "Measured now")


def test_both_are_put_right_in_the_terminal(rung: Rung, room: Room, early: int) -> None:
    why = ("--reason", "The clock ran ahead")
    done = rung("iteration", "days", "1", "--since", "2026-03-02", *why, "--json")
    assert done.json["state"] == "running" and the(room).changed_on == TODAY
    assert rung("measure", "ahead", "1", *why, "--json").json == {"taken_out": 1}
    again = rung("measure", "ahead", "1", *why)
    assert again.code == 1 and "lies ahead" in again.err
