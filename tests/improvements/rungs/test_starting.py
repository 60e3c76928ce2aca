"""The day from which a change holds is said when its rung starts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.improvements.gate.queries import standing_of
from app.improvements.metrics import measuring
from app.improvements.metrics.queries import metric_page
from app.improvements.queries import first_start, get_improvement
from app.improvements.rungs.rules import Begun, day_objection
from app.improvements.rungs.starting import ChangeDay, start
from app.models.improvements.words import IterationState, Period
from tests.improvements.builders import BETTER, MONDAY, USUAL, Room
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


TODAY = MONDAY.date()
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(DAYS, DAYS, DAYS)
def test_a_day_between_the_last_change_and_the_end_of_the_window_is_taken(
    day: date, last: date, ends: date
) -> None:
    taken = not day_objection(day, TODAY, ends, [Begun(1, last)], "It was so.")
    assert taken == (last <= day <= ends)


def test_a_past_day_needs_a_reason_and_today_none() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert "say why" in day_objection(yesterday, TODAY, None, [])
    assert not day_objection(yesterday, TODAY, None, [], "It began at the fair.")
    assert not day_objection(TODAY, TODAY, None, [])


def test_a_rung_starts_today_unless_another_day_is_named(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    iteration_id = room.running(improvement_id, metric_id)
    assert room.iteration(iteration_id).changed_on == TODAY


def test_a_pilot_that_began_last_week_is_noted_with_its_reason(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    iteration_id = room.planned(improvement_id, metric_id)
    began = TODAY - timedelta(days=5)
    with pytest.raises(Invalid) as refused:
        room.do(start, iteration_id, ChangeDay(began))
    assert refused.value.field == "why"
    assert room.iteration(iteration_id).state is IterationState.PLANNED
    room.do(start, iteration_id, ChangeDay(began, "The desk began by itself."))
    found = room.iteration(iteration_id)
    assert (found.changed_on, found.changed_why) == (began, "The desk began by itself.")
    assert room.ask(first_start, improvement_id) == began
    # What was measured since does not make the baseline that it is judged against.
    assert found.baseline == pytest.approx(sum(USUAL[:7]) / 7)


def test_the_day_is_the_one_from_which_values_count_as_after(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    iteration_id = room.planned(improvement_id, metric_id)
    day = TODAY + timedelta(days=3)
    room.do(start, iteration_id, ChangeDay(day))
    room.forward(days=8)
    room.measured(metric_id, BETTER)
    page = room.ask(metric_page, metric_id)
    reading = page.series.read(page.pilot_from)
    assert page.pilot_from == day
    assert len(reading.after) == 5


def test_a_change_does_not_begin_after_its_window(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    iteration_id = room.planned(improvement_id, metric_id)
    with pytest.raises(Invalid, match="window ends") as refused:
        room.do(start, iteration_id, ChangeDay(TODAY + timedelta(days=15)))
    assert refused.value.field == "day"


def test_a_rung_does_not_begin_before_the_one_below_it(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    room.scaled(improvement_id, metric_id)
    second = room.planned(improvement_id, metric_id, "Ada", "Ben")
    with pytest.raises(Invalid, match="cannot be earlier"):
        room.do(start, second, ChangeDay(TODAY - timedelta(days=1), "By mistake."))


def _judged(room: Room, period: Period, first: date, began: date) -> tuple[int, int]:
    improvement_id, _ = room.begun()
    metric_id = room.metric(improvement_id, "Calls", role="guardrail", period=period)
    step = timedelta(days=7 if period is Period.WEEK else 31)
    days = [first + n * step for n in range(-12, 1)]
    lines = [f"{day} {40 + n % 3}" for n, day in enumerate(days)]
    room.now = MONDAY.replace(year=2026, month=4, day=20)
    room.do(measuring.measure_pasted, metric_id, "\n".join(lines))
    iteration_id = room.planned(improvement_id, metric_id, expected=30)
    room.do(start, iteration_id, ChangeDay(began, "Written down late."))
    with room.database.read() as session:
        one = get_improvement(session, improvement_id)
        standing = standing_of(session, one, room.iteration(iteration_id), TODAY)
        assert standing.judged is not None
        reading = standing.judged.reading
        return len(reading.before), len(reading.after)


def test_a_week_that_the_change_cuts_counts_on_neither_side(room: Room) -> None:
    monday, tuesday = date(2026, 3, 30), date(2026, 3, 31)
    assert _judged(room, Period.WEEK, monday, tuesday) == (12, 0)


def test_a_month_that_the_change_cuts_counts_on_neither_side(room: Room) -> None:
    assert _judged(room, Period.MONTH, date(2026, 4, 1), date(2026, 4, 2)) == (12, 0)


def test_a_week_that_begins_with_the_change_counts_as_after(room: Room) -> None:
    monday = date(2026, 3, 30)
    assert _judged(room, Period.WEEK, monday, monday) == (12, 1)


def test_the_first_day_of_the_plan_stands_in_the_form(room: Room, pages: Pages) -> None:
    improvement_id, metric_id = room.begun()
    day = TODAY + timedelta(days=2)
    number = room.planned(improvement_id, metric_id, starts_on=day)
    page = pages.get(f"/iterations/{number}")
    assert page.root.one("input", id="start-day").attrs["value"] == day.isoformat()
    pages.submit(f"/iterations/{number}/start")
    assert room.iteration(number).changed_on == day


def test_a_past_day_without_a_reason_keeps_what_was_typed(
    room: Room, pages: Pages
) -> None:
    improvement_id, metric_id = room.begun()
    number = room.planned(improvement_id, metric_id)
    pages.get(f"/iterations/{number}")
    page = pages.submit(f"/iterations/{number}/start", day="2026-02-27", status=422)
    assert "27 Feb 2026 is past; say why it is noted only now." in page.content
    assert page.root.one("input", id="start-day").attrs["value"] == "2026-02-27"
    pages.submit(f"/iterations/{number}/start", why="It was a holiday.")
    assert room.iteration(number).changed_on == date(2026, 2, 27)


def test_a_day_that_is_none_is_told_and_kept(room: Room, pages: Pages) -> None:
    improvement_id, metric_id = room.begun()
    number = room.planned(improvement_id, metric_id)
    pages.get(f"/iterations/{number}")
    page = pages.submit(f"/iterations/{number}/start", day="soon", status=422)
    assert "Give the day as 2026-03-14." in page.content
    assert page.root.one("input", id="start-day").attrs["value"] == "soon"
