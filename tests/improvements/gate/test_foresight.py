from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from app.improvements.gate.ahead import untold
from app.improvements.gate.foresight import (
    Foreseen,
    RungAhead,
    cannot_tell,
    periods_between,
)
from app.improvements.gate.queries import standing_of
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import MetricScope, Period
from tests.improvements.builders import GUARDRAIL, Room
from tests.pages import Pages

OURS = Foreseen("Minutes", MetricScope.PARTICIPANTS, 12, True)
ITS = Foreseen("All minutes", MetricScope.SERVICE, 12, True)
RUNG = RungAhead(20, 26, 300, OURS, minimum_points=8, periods=8)


def test_a_rung_that_can_show_everything_is_told_nothing() -> None:
    assert cannot_tell(RUNG) == ()
    assert cannot_tell(replace(RUNG, size=120, metric=ITS)) == ()


def test_participants_who_are_everybody_count_as_the_service() -> None:
    large = replace(RUNG, size=120, reached=151)
    [told] = cannot_tell(large)
    assert told.startswith("Above 25 people the gate asks for a metric of the whole")
    assert "151 of 300 people" in told
    assert cannot_tell(replace(large, eligible=151)) == ()


def test_a_service_hardly_moves_while_few_take_part() -> None:
    [told] = cannot_tell(replace(RUNG, metric=replace(ITS, instead="Minutes")))
    assert told == (
        "“All minutes” counts the whole service and hardly moves while 26 of 300 people "
        "take part. Predict “Minutes” instead."
    )
    assert cannot_tell(replace(RUNG, size=5, metric=ITS)) == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"metric": replace(OURS, points=3, enough=False)}, "has 3 points before"),
        ({"unjudged": ("Reopened",)}, "no target: give it one"),
        ({"periods": 2}, "room for 2 values; the verdict asks for 8"),
    ],
)
def test_what_no_waiting_can_answer_is_said_before_the_start(
    changed: dict[str, object], told: str
) -> None:
    [found] = cannot_tell(replace(RUNG, **changed))  # type: ignore[arg-type]
    assert told in found


def test_a_full_count_needs_no_past() -> None:
    count = replace(OURS, points=0, enough=False, full_count=True)
    assert cannot_tell(replace(RUNG, metric=count)) == ()


@pytest.mark.parametrize(
    ("first", "last", "period", "count"),
    [
        (date(2026, 3, 2), date(2026, 3, 15), Period.WEEK, 2),
        (date(2026, 3, 3), date(2026, 3, 15), Period.WEEK, 1),
        (date(2026, 3, 2), date(2026, 3, 11), Period.DAY, 10),
        (date(2026, 3, 1), date(2026, 4, 30), Period.MONTH, 2),
        (date(2026, 3, 2), date(2026, 4, 30), Period.GROUP, None),
    ],
)
def test_only_whole_periods_fit_into_a_window(
    first: date, last: date, period: Period, count: int | None
) -> None:
    assert periods_between(first, last, period) == count


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def told(room: Room, iteration_id: int) -> tuple[str, ...]:
    """Return what an iteration is told before it starts."""
    with room.database.read() as session:
        iteration = session.get_one(Iteration, iteration_id)
        improvement = session.get_one(Improvement, iteration.improvement_id)
        return untold(standing_of(session, improvement, iteration, room.now.date()))


def test_the_page_of_a_plan_warns_and_starts_all_the_same(
    pages: Pages, room: Room
) -> None:
    improvement_id, metric_id = room.begun()
    room.metric(improvement_id, "Wrong person", role=GUARDRAIL, target=None)
    iteration_id = room.planned(improvement_id, metric_id)
    page = pages.get(f"/iterations/{iteration_id}")
    assert "Its gate will ask what this rung cannot show" in page.text
    assert "Wrong person has fewer than 5 points before the change" in page.text
    assert [one for one in told(room, iteration_id) if "Wrong person" in one]
    sheet = pages.get(f"/improvements/{improvement_id}")
    assert "Wrong person has fewer than 5 points before the change" in sheet.text
    pages.post(f"/iterations/{iteration_id}/start", {"day": room.now.date()})
    assert told(room, iteration_id) == ()
