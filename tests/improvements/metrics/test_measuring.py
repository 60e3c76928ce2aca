"""Metrics and their values: what is chosen, typed, pasted, corrected; and what a series says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.core.db import Database
from app.core.errors import Invalid, NotFound, Refused
from app.core.numbers_in import number_of
from app.core.texts import decoded
from app.improvements.metrics import measuring
from app.improvements.metrics.actions import change_metric, rebase, retire_metric, watch
from app.improvements.metrics.queries import metrics_of, series_of, values_of
from app.improvements.metrics.rules import parse
from app.improvements.statistics.control import About
from app.improvements.statistics.periods import start_of, with_gaps
from app.improvements.statistics.reading import read_metric
from app.improvements.statistics.series import Point
from app.improvements.statistics.skew import ChartKind
from app.models.improvements.improvement import Improvement
from app.models.improvements.metric import Measurement, Metric
from app.models.improvements.words import Direction, MetricRole, Period
from tests.improvements.builders import BETTER, GUARDRAIL, USUAL, Room, row, rows

DAY = date(2026, 2, 24)


@pytest.fixture
def metric_id(room: Room) -> int:
    return room.metric(room.raised())


def values(room: Room, metric_id: int) -> list[tuple[date, float]]:
    return [(one.day, one.value) for one in room.ask(values_of, [metric_id])[metric_id]]


def test_there_is_one_primary_metric_and_up_to_three_guardrails(
    room: Room, metric_id: int
) -> None:
    with pytest.raises(Invalid, match="one is enough"):
        room.metric(1, "Second")
    for number in range(3):
        room.metric(1, f"Guardrail {number}", role=GUARDRAIL)
    with pytest.raises(Invalid, match="up to 3"):
        room.metric(1, "Guardrail 4", role=GUARDRAIL)
    with pytest.raises(Invalid, match="There is a metric Minutes to answer already"):
        room.metric(1, role=MetricRole.OTHER)


def test_another_metric_may_become_the_primary_one(
    room: Room, metric_id: int, database: Database
) -> None:
    other = room.metric(1, "Calls", role=MetricRole.OTHER)
    with pytest.raises(Invalid, match="one is enough"):
        room.do(change_metric, other, {"role": MetricRole.PRIMARY})
    room.do(change_metric, metric_id, {"role": MetricRole.OTHER})
    room.do(change_metric, other, {"role": "primary"})
    assert [one.id for one in room.ask(metrics_of, 1)] == [other, metric_id]
    assert row(database, Metric, metric_id).primary_of is None


def test_what_gives_values_their_meaning_stays_once_there_are_any(
    room: Room, metric_id: int
) -> None:
    room.do(change_metric, metric_id, {"direction": Direction.UP})
    room.do(measuring.measure, metric_id, DAY, 41)
    room.do(change_metric, metric_id, {"target": 25, "definition": "Median of the day"})
    with pytest.raises(Refused, match="its direction stays"):
        room.do(change_metric, metric_id, {"direction": "down"})


def test_a_retired_metric_makes_room_but_not_while_it_is_watched(
    room: Room, metric_id: int
) -> None:
    room.do(watch, metric_id)
    with pytest.raises(Refused, match="under watch"):
        room.do(retire_metric, metric_id, reason="Unclear")
    other = room.metric(1, "Calls", role=MetricRole.OTHER)
    room.do(watch, other)
    room.do(retire_metric, metric_id, reason="Unclear")
    assert [one.id for one in room.ask(metrics_of, 1)] == [other]
    room.metric(1, "Seconds to answer")


def test_new_limits_are_a_judgement_with_a_reason(room: Room, metric_id: int) -> None:
    with pytest.raises(Invalid, match="limits do not move by themselves"):
        room.do(rebase, metric_id, DAY, " ")
    room.do(rebase, metric_id, DAY, "The phone system changed")
    with pytest.raises(Invalid, match="decided already"):
        room.do(rebase, metric_id, DAY, "Again")
    room.measured(metric_id)
    [series] = room.ask(lambda session: series_of(session, metrics_of(session, 1)))
    assert series.about(None).rebased == (DAY,)


def test_a_period_has_one_value_until_it_is_corrected_with_a_reason(
    room: Room, metric_id: int, database: Database
) -> None:
    first = room.do(measuring.measure, metric_id, DAY, 41)
    with pytest.raises(Invalid, match="24 Feb 2026 has 41 already") as told:
        room.do(measuring.measure, metric_id, DAY, 42)
    assert told.value.field == "day"
    with pytest.raises(Invalid, match="why the value was wrong"):
        room.do(measuring.correct, first.id, 42, "")
    room.do(measuring.correct, first.id, 42, "Typing error")
    assert values(room, metric_id) == [(DAY, 42)]
    room.do(measuring.correct, first.id, None, "It was a holiday")
    assert values(room, metric_id) == []
    kept = rows(database, select(Measurement).order_by(Measurement.id))
    assert [(one.value, one.attempt) for one in kept] == [(41, 1), (42, 2), (None, 3)]


def test_labels_tell_several_values_of_a_day_apart(room: Room, metric_id: int) -> None:
    room.do(measuring.measure, metric_id, DAY, 41, label="early shift")
    room.do(measuring.measure, metric_id, DAY, 39, label="late shift")
    assert values(room, metric_id) == [(DAY, 41), (DAY, 39)]


def test_values_of_the_future_and_below_what_can_be_are_refused(room: Room) -> None:
    metric_id = room.metric(room.raised(), floor=0)
    with pytest.raises(Invalid, match="3 Mar 2026 has not come yet") as told:
        room.do(measuring.measure, metric_id, date(2026, 3, 3), 1)
    assert told.value.field == "day"
    with pytest.raises(Invalid, match="It cannot be below 0") as told:
        room.do(measuring.measure, metric_id, DAY, -1)
    assert told.value.field == "value"
    with pytest.raises(NotFound, match="There is no metric 9"):
        room.do(measuring.measure, 9, DAY, 1)


def test_today_in_the_east_is_no_future(room: Room, metric_id: int) -> None:
    room.forward(hours=14)
    room.do(measuring.measure, metric_id, date(2026, 3, 3), 41)


def test_a_weekly_value_belongs_to_the_week_whatever_day_is_given(room: Room) -> None:
    metric_id = room.metric(room.raised(), period=Period.WEEK)
    room.do(measuring.measure, metric_id, date(2026, 2, 26), 7)
    assert values(room, metric_id) == [(date(2026, 2, 23), 7)]
    with pytest.raises(Invalid, match=r"the week that begins then\) has 7 already"):
        room.do(measuring.measure, metric_id, date(2026, 2, 23), 8)


def test_pasted_lines_are_all_kept_or_none_and_each_wrong_one_is_named(
    room: Room, metric_id: int
) -> None:
    room.do(measuring.measure, metric_id, DAY, 41)
    pasted = (
        "Day\tMinutes\n2026-02-24\t40\n25.2.2026\t41,5\n2026-02-26\t\n2026-02-25\t3\n"
        "2026-03-09\t1\nsoon\t2\n"
    )
    with pytest.raises(Invalid, match="4 lines cannot be used") as told:
        room.do(measuring.measure_pasted, metric_id, pasted)
    assert told.value.details == (
        "Line 2: 24 Feb 2026 has 41 already; correct it there, with a reason.",
        "Line 5: 2026-02-25 stands in line 3 already.",
        "Line 6: 9 Mar 2026 has not come yet.",
        "Line 7: “soon” is no day; write it as 2026-03-02.",
    )
    assert values(room, metric_id) == [(DAY, 41)]
    found = room.do(measuring.measure_pasted, metric_id, pasted, keep_good=True)
    assert [(one.day.day, one.value) for one in found.rows] == [(25, 41.5)]
    assert [one.day.day for one in found.missing] == [26]
    assert values(room, metric_id)[-1] == (date(2026, 2, 25), 41.5)


def test_two_days_of_one_week_are_not_two_values(room: Room) -> None:
    metric_id = room.metric(room.raised(), period=Period.WEEK)
    found = room.ask(
        measuring.preview_values, metric_id, "2026-02-23 7\n2026-02-25 8", now=room.now
    )
    assert [line.sentence for line in found.wrong] == [
        "Line 2: 23 Feb 2026 (the week that begins then) has 7 already; correct it there, "
        "with a reason."
    ]


def test_nothing_to_add_is_told(room: Room, metric_id: int) -> None:
    with pytest.raises(Invalid, match="no value to add"):
        room.do(measuring.measure_pasted, metric_id, "Day Value\n")


@pytest.mark.parametrize(
    "statement", ["UPDATE measurement SET value = 1", "DELETE FROM measurement"]
)
def test_the_database_itself_keeps_values_as_they_were(
    room: Room, metric_id: int, database: Database, statement: str
) -> None:
    room.do(measuring.measure, metric_id, DAY, 41)
    with (
        pytest.raises(Exception, match="measurement is append-only"),
        database.write() as session,
    ):
        session.execute(text(statement))


def test_values_can_be_read_as_they_were_known_then(room: Room, metric_id: int) -> None:
    first = room.do(measuring.measure, metric_id, DAY, 41)
    then = room.now
    room.forward(days=1)
    room.do(measuring.correct, first.id, 42, "Typing error")
    assert [one.value for one in room.ask(values_of, [metric_id], then)[metric_id]] == [
        41
    ]


def test_a_series_reads_what_the_worked_example_says(
    room: Room, metric_id: int
) -> None:
    changed = room.now.date()
    room.measured(metric_id, USUAL)
    room.forward(days=8)
    room.measured(metric_id, BETTER)
    [series] = room.ask(lambda session: series_of(session, metrics_of(session, 1)))
    reading = series.read(changed)
    assert reading.control is not None
    [stretch] = reading.control.stretches
    assert (stretch.mean, stretch.lower, stretch.upper) == pytest.approx(
        (41.3333, 29.9679, 52.6988), abs=1e-4
    )
    assert (reading.helped, reading.enough) == (True, True)
    assert (
        reading.sentence
        == "8 of 8 points below the old average; unlikely to be chance."
    )


@pytest.mark.parametrize(
    ("line", "day", "value"),
    [
        ("2026-03-02;41.5", date(2026, 3, 2), 41.5),
        ("2026-03-02 41,5", date(2026, 3, 2), 41.5),
        ("2026-W10\t41", date(2026, 3, 2), 41),
        ("2026-03\t41", date(2026, 3, 1), 41),
        ("2 Mar 2026;1,234.5", date(2026, 3, 2), 1234.5),
        ('2026-03-02,"1,234.5"', date(2026, 3, 2), 1234.5),
        ("2.3.2026;-3", date(2026, 3, 2), -3),
        ("2026-03-02;90 %", date(2026, 3, 2), 90),
        ("2026-03-02;n/a", date(2026, 3, 2), None),
    ],
)
def test_days_and_numbers_are_understood_as_people_write_them(
    line: str, day: date, value: float | None
) -> None:
    [found] = parse(line).rows
    assert (found.day, found.value) == (day, value)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2026-03-02", "needs a day and a value"),
        ("03/02/2026;4", "may mean two different days"),
        ("2026-03-02;1,234", "may mean 1.234 or 1234"),
        ("2026-03-02,41,5", "put the number in quotes"),
        ("2026-02-30;4", "is no day"),
        ("2026-03-02;nan", "is no number that can be charted"),
        ("2026-03-02;1e999", "is no number that can be charted"),
    ],
)
def test_what_may_mean_two_things_is_refused_and_not_guessed(
    line: str, why: str
) -> None:
    [wrong] = parse(line).wrong
    assert why in wrong.why


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_number_written_by_python_is_read_back(value: float) -> None:
    assert number_of(repr(value)) == value


@given(st.text())
def test_no_pasted_text_breaks_the_reader(pasted: str) -> None:
    found = parse(pasted)
    assert len(found.rows) + len(found.wrong) <= len(pasted.splitlines())


def test_files_of_other_systems_are_decoded() -> None:
    assert (
        decoded("Größe".encode())
        == decoded("Größe".encode("utf-16"))
        == decoded("Größe".encode("cp1252"))
    )
    assert decoded(b"\xef\xbb\xbfday") == "day"


@given(
    st.dates(min_value=date(2000, 1, 1)),
    st.sampled_from([Period.DAY, Period.WEEK, Period.MONTH]),
)
def test_a_period_begins_where_it_begins(day: date, period: Period) -> None:
    start = start_of(day, period)
    assert start <= day
    assert start_of(start, period) == start


@given(
    st.sets(st.integers(0, 60), min_size=1),
    st.sampled_from([Period.DAY, Period.WEEK, Period.MONTH]),
)
def test_missing_periods_stay_missing_and_none_is_lost(
    places: set[int], period: Period
) -> None:
    starts = sorted(
        {start_of(DAY + timedelta(days=7 * place), period) for place in places}
    )
    found = with_gaps([Point(day, 1.0) for day in starts], period)
    assert [point.when for point in found if point.value is not None] == starts
    assert [point.when for point in found] == sorted({point.when for point in found})


def test_weekends_are_no_gaps_of_a_metric_of_working_days() -> None:
    friday, monday = date(2026, 2, 27), date(2026, 3, 2)
    assert len(with_gaps([Point(friday, 1), Point(monday, 1)], Period.DAY)) == 2
    saturday = with_gaps(
        [Point(friday, 1), Point(friday + timedelta(days=1), 1), Point(monday, 1)],
        Period.DAY,
    )
    assert [point.value for point in saturday] == [1, 1, None, 1]


def test_a_slip_in_the_year_makes_no_endless_chart() -> None:
    assert len(with_gaps([Point(date(1026, 2, 24), 1), Point(DAY, 1)], Period.DAY)) == 2


def test_groups_of_tickets_have_no_calendar() -> None:
    assert (
        len(
            with_gaps([Point(DAY, 1), Point(DAY + timedelta(days=90), 1)], Period.GROUP)
        )
        == 2
    )


def reading(numbers: list[float], pilot: int, *, skewed: bool, **about: Any) -> Any:
    points = [
        Point(DAY + timedelta(days=place), value) for place, value in enumerate(numbers)
    ]
    return read_metric(
        points,
        About(Direction.DOWN, pilot_from=DAY + timedelta(days=pilot), **about),
        skewed=skewed,
    )


def test_durations_are_logged_and_their_usual_value_is_the_geometric_mean() -> None:
    found = reading([10, 1000] * 6 + [5, 4, 5, 4, 5, 4, 5, 4], 12, skewed=True)
    assert found.choice.kind is ChartKind.LOG
    assert found.usual == pytest.approx(100)
    assert found.helped is True


def test_durations_with_zeros_are_read_on_a_run_chart() -> None:
    found = reading([5, 6, 0, 7, 5, 8, 6, 5, 7, 6, 5, 6] + [1] * 12, 12, skewed=True)
    assert (found.choice.kind, found.control, found.helped) == (
        ChartKind.RUN,
        None,
        True,
    )
    assert (
        reading([5, 6, 0, 7, 5, 8, 6, 5, 7, 6, 5, 6] + [9] * 12, 12, skewed=True).helped
        is False
    )
    steady = reading([5, 7, 0, 7, 5, 7, 5, 7, 5, 7, 5, 7] * 2, 12, skewed=True)
    assert (steady.helped, steady.enough) == (None, True)


@pytest.mark.parametrize("skewed", [True, False])
def test_a_metric_without_values_says_so(skewed: bool) -> None:
    found = read_metric([], About(Direction.DOWN), skewed=skewed)
    assert (found.sentence, found.usual, found.helped, found.enough) == (
        "Nothing measured yet.",
        None,
        None,
        False,
    )


def test_values_of_an_improvement_count_as_its_sign_of_life(
    room: Room, metric_id: int
) -> None:
    room.forward(days=3)
    room.measured(metric_id, [41])
    assert row(room.database, Improvement, 1).touched_at == room.now
