"""The period of a metric changes although it has values: shown first, kept, taken back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.errors import Conflict, Invalid, Refused
from app.improvements.board.listing import latest_values
from app.improvements.metrics import leaving, measuring
from app.improvements.metrics.actions import change_metric
from app.improvements.metrics.period import actions as period_change
from app.improvements.metrics.period.regrouping import put_together, regrouped
from app.improvements.metrics.queries import (
    Value,
    left_out_of,
    metric_page,
    series_of,
    values_of,
)
from app.models.improvements.metric import Measurement, Metric, PeriodChange
from app.models.improvements.words import Joining, MetricRole, Period, Tally
from tests.conftest import Rung
from tests.improvements.builders import USUAL, Room, rows
from tests.pages import Pages

WHY = "The numbers come once a week"
FIRST = date(2026, 2, 18)
"""The day of the first usual value, a Wednesday."""

AMOUNTS = some.lists(some.integers(0, 400), min_size=1, max_size=60)
SHARES = some.lists(
    some.tuples(some.integers(0, 30), some.integers(30, 90)),
    min_size=1,
    max_size=60,
)
LONGER = some.sampled_from([Period.WEEK, Period.MONTH])


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def daily(amounts: list[float]) -> list[Value]:
    return [
        Value(place, FIRST + timedelta(days=place), "", amount, 1)
        for place, amount in enumerate(amounts)
    ]


def weekly(room: Room, metric_id: int) -> PeriodChange:
    made: PeriodChange = room.do(
        period_change.change_period,
        metric_id,
        Period.WEEK,
        WHY,
    )
    return made


def values(room: Room, metric_id: int) -> list[tuple[object, ...]]:
    found = room.ask(values_of, [metric_id]).get(metric_id, [])
    return [(one.day, one.label, one.value, one.part, one.whole) for one in found]


def period_of(room: Room, metric_id: int) -> Period:
    found: Period = room.ask(metric_page, metric_id).metric.period
    return found


@given(AMOUNTS, LONGER)
def test_the_sum_of_counts_stays(amounts: list[float], period: Period) -> None:
    found = regrouped(daily(amounts), Tally.COUNT, period, Joining.SUM)
    assert sum(one.counted.value or 0 for one in found) == sum(amounts)
    assert sum(len(one.made_of) for one in found) == len(amounts)


@given(SHARES)
def test_a_pooled_share_is_that_of_all_cases(cases: list[tuple[int, int]]) -> None:
    made_of = [
        Value(place, FIRST, str(place), 100 * part / whole, 1, part, whole)
        for place, (part, whole) in enumerate(cases)
    ]
    found = put_together(made_of, Tally.SHARE, Joining.POOL)
    part, whole = (sum(column) for column in zip(*cases, strict=True))
    assert (found.part, found.whole) == (part, whole)
    assert found.value == pytest.approx(100 * part / whole)


def test_a_mean_is_of_what_was_measured_and_the_last_is_the_last() -> None:
    three = daily([10, 20, 60])
    assert put_together(three, Tally.MEASURED, Joining.MEAN).value == 30
    assert put_together(three, Tally.MEASURED, Joining.LAST).value == 60


def test_days_become_weeks_and_nothing_is_lost(room: Room) -> None:
    _, metric_id = room.begun()
    before = values(room, metric_id)
    weekly(room, metric_id)
    assert period_of(room, metric_id) is Period.WEEK
    found = values(room, metric_id)
    assert [day for day, *_ in found] == [date(2026, 2, 16), date(2026, 2, 23)]
    assert found[0][2] == pytest.approx(sum(USUAL[:5]) / 5)
    kept = rows(
        room.database,
        select(Measurement)
        .where(
            Measurement.metric_id == metric_id,
            Measurement.origin == "pasted",
        )
        .order_by(Measurement.day),
    )
    assert [(one.day, "", one.value, None, None) for one in kept] == before


def test_taking_it_back_restores_exactly(room: Room) -> None:
    _, metric_id = room.begun()
    before = values(room, metric_id)
    made = weekly(room, metric_id)
    assert values(room, metric_id) != before
    room.do(period_change.take_back_period, made.id, by="ben")
    assert values(room, metric_id) == before
    assert period_of(room, metric_id) is Period.DAY
    with pytest.raises(Refused, match="newer stands"):
        room.do(period_change.take_back_period, made.id)


def test_history_tells_both_with_the_reason(room: Room) -> None:
    _, metric_id = room.begun()
    made = weekly(room, metric_id)
    room.do(period_change.take_back_period, made.id, by="ben")
    told = rows(
        room.database,
        select(AuditEvent)
        .where(AuditEvent.action.in_(("metric.period", "metric.period-back")))
        .order_by(AuditEvent.id),
    )
    assert [(one.actor, one.reason) for one in told] == [("anna", WHY), ("ben", "")]
    assert "one value a week, no longer a day" in told[0].label


def test_weekly_values_in_a_daily_metric_stay_on_their_days(room: Room) -> None:
    improvement_id = room.raised()
    metric_id = room.metric(improvement_id, period=Period.WEEK)
    room.do(measuring.measure_pasted, metric_id, "2026-02-16 40\n2026-02-23 38")
    before = values(room, metric_id)
    plan = room.ask(period_change.plan_period, metric_id, Period.DAY)
    assert (plan.had, len(plan.periods), plan.written) == (2, 2, ())
    assert len(plan.missing) == 4  # working days alone
    room.do(period_change.change_period, metric_id, Period.DAY, WHY)
    assert values(room, metric_id) == before


def test_months_become_weeks_on_their_monday(room: Room) -> None:
    improvement_id = room.raised()
    metric_id = room.metric(improvement_id, period=Period.MONTH)
    room.do(measuring.measure_pasted, metric_id, "2026-01-05 40\n2026-02-09 38")
    made = weekly(room, metric_id)
    days = [day for day, *_ in values(room, metric_id)]
    assert days == [date(2025, 12, 29), date(2026, 1, 26)]
    room.do(period_change.take_back_period, made.id)
    days = [day for day, *_ in values(room, metric_id)]
    assert days == [date(2026, 1, 1), date(2026, 2, 1)]


def test_an_earlier_day_knows_the_period_and_the_values_of_its_time(
    room: Room,
) -> None:
    _, metric_id = room.begun()
    days = room.now
    room.forward(hours=1)
    made = weekly(room, metric_id)
    weeks = room.now
    room.forward(hours=1)
    room.do(period_change.take_back_period, made.id)

    def known(moment: datetime) -> tuple[Period, int]:
        with room.database.read() as session:
            metric = session.get_one(Metric, metric_id)
            [series] = series_of(session, [metric], moment)
            return series.metric.period, len(series.points())

    assert known(days) == (Period.DAY, 12)
    assert known(weeks) == (Period.WEEK, 2)
    assert known(room.now) == (Period.DAY, 12)


def test_a_newer_value_keeps_the_change(room: Room) -> None:
    _, metric_id = room.begun()
    made = weekly(room, metric_id)
    room.do(measuring.measure, metric_id, room.now.date(), 40)
    with pytest.raises(Refused, match="newer stands"):
        room.do(period_change.take_back_period, made.id)


def test_a_day_that_went_into_a_week_is_corrected_there(room: Room) -> None:
    _, metric_id = room.begun()
    [sunday] = rows(
        room.database,
        select(Measurement).where(
            Measurement.metric_id == metric_id,
            Measurement.day == date(2026, 3, 1),
        ),
    )
    weekly(room, metric_id)
    with pytest.raises(Refused, match="correct the value of 23 Feb 2026"):
        room.do(measuring.correct, sunday.id, 12, "Typed wrong")


def test_the_register_shows_the_week_and_not_the_day_that_went_into_it(
    room: Room,
) -> None:
    improvement_id, metric_id = room.begun()
    weekly(room, metric_id)
    latest = room.ask(latest_values, [improvement_id])[improvement_id]
    assert latest.day == date(2026, 2, 23)
    assert latest.value == pytest.approx(sum(USUAL[5:]) / 7)


def test_a_rung_under_way_keeps_the_period_of_what_judges_it(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    guard = room.metric(improvement_id, "Calls lost", role=MetricRole.GUARDRAIL)
    other = room.metric(improvement_id, "Calls", role=MetricRole.OTHER)
    room.running(improvement_id, metric_id)
    for judging in (metric_id, guard):
        with pytest.raises(Refused, match="Rung 1 is under way and judged by"):
            weekly(room, judging)
    assert weekly(room, other).after is Period.WEEK


def test_it_is_not_taken_back_under_a_rung_that_it_judges(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    made = weekly(room, metric_id)
    room.running(improvement_id, metric_id)
    with pytest.raises(Refused, match="Rung 1 is under way"):
        room.do(period_change.take_back_period, made.id)


def test_what_cannot_be_changed_is_said_plainly(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    groups = room.metric(
        improvement_id,
        "Groups",
        role=MetricRole.OTHER,
        period=Period.GROUP,
    )
    with pytest.raises(Refused, match="no calendar"):
        weekly(room, groups)
    with pytest.raises(Refused, match="for a day already"):
        room.ask(period_change.plan_period, metric_id, Period.DAY)
    with pytest.raises(Invalid, match="not put together like that"):
        room.ask(
            period_change.plan_period,
            metric_id,
            Period.WEEK,
            Joining.POOL,
        )
    with pytest.raises(Invalid, match="Say why"):
        room.do(period_change.change_period, metric_id, Period.WEEK, " ")


def gone(room: Room, metric_id: int) -> list[tuple[date, str]]:
    """Return what is left out now, with its reason."""
    found = room.ask(left_out_of, [metric_id]).get(metric_id, [])
    return [(one.day, one.reason) for one in found]


def test_a_mean_is_made_without_the_points_left_out_and_they_come_back_with_it(
    room: Room,
) -> None:
    _, metric_id = room.begun()
    out = [(date(2026, 2, 23), "Power cut"), (date(2026, 2, 24), "Power cut")]
    for day, why in out:
        room.do(leaving.leave_out, metric_id, day, why)
    before = values(room, metric_id)
    made = weekly(room, metric_id)
    assert gone(room, metric_id) == []
    assert values(room, metric_id)[1][2] == pytest.approx(sum(USUAL[7:]) / 5)
    room.do(period_change.take_back_period, made.id)
    assert (values(room, metric_id), gone(room, metric_id)) == (before, out)


def test_a_week_of_nothing_that_counts_is_left_out_with_its_reasons(
    room: Room,
) -> None:
    _, metric_id = room.begun()
    for place in range(5):
        why = "Power cut." if place else "Moved house"
        room.do(leaving.leave_out, metric_id, FIRST + timedelta(days=place), why)
    made = weekly(room, metric_id)
    assert gone(room, metric_id) == [(date(2026, 2, 16), "Moved house; Power cut")]
    room.do(period_change.take_back_period, made.id)
    assert [day for day, _ in gone(room, metric_id)] == [
        FIRST + timedelta(days=place) for place in range(5)
    ]


def test_a_sum_that_lacks_a_point_is_left_out_and_the_preview_says_why(
    room: Room, pages: Pages, rung: Rung
) -> None:
    _, metric_id = room.begun()
    room.do(leaving.leave_out, metric_id, date(2026, 2, 24), "Power cut")
    asked = f"/metrics/{metric_id}/period?period=week&together="
    shown = pages.get(f"{asked}their+mean").content
    assert "1 period counts without the points that are left out of it." in shown
    assert "nobody can say" not in shown
    shown = pages.get(f"{asked}their+sum").content
    assert "23 Feb 2026 is left out: Power cut" in shown and "nobody can say" in shown
    asked = ("measure", "period", str(metric_id), "week", "--together", "sum")
    told = rung(*asked, "--dry-run", "--json").json["left_out"]
    assert told == [{"day": "2026-02-23", "why": "Power cut", "in_part": True}]
    assert rung(*asked, "--reason", WHY).code == 0
    assert gone(room, metric_id) == [(date(2026, 2, 23), "Power cut")]


def test_of_two_changes_only_the_newest_is_taken_back_and_that_is_said_before(
    room: Room, pages: Pages
) -> None:
    _, metric_id = room.begun()
    first = weekly(room, metric_id)
    weeks = values(room, metric_id)
    shown = pages.get(f"/metrics/{metric_id}/period?period=month").content
    assert "from one a day on 2 Mar 2026 can then not be taken back" in shown
    second = room.do(period_change.change_period, metric_id, Period.MONTH, WHY)
    with pytest.raises(Refused, match="Only the newest change"):
        room.do(period_change.take_back_period, first.id)
    room.do(period_change.take_back_period, second.id)
    assert values(room, metric_id) == weeks
    with pytest.raises(Refused, match="Only the newest change"):
        room.do(period_change.take_back_period, first.id)


def test_a_point_left_out_after_the_change_keeps_it(room: Room) -> None:
    _, metric_id = room.begun()
    made = weekly(room, metric_id)
    room.do(leaving.leave_out, metric_id, date(2026, 2, 23), "Power cut")
    with pytest.raises(Refused, match="newer stands"):
        room.do(period_change.take_back_period, made.id)


def test_the_form_of_the_metric_says_where_it_is_done(room: Room) -> None:
    _, metric_id = room.begun()
    with pytest.raises(Invalid, match="“Change the period” on its page"):
        room.do(change_metric, metric_id, {"period": Period.WEEK})


def test_who_is_second_is_told(room: Room) -> None:
    _, metric_id = room.begun()
    plan = room.ask(period_change.plan_period, metric_id, Period.MONTH)
    room.do(measuring.measure, metric_id, room.now.date(), 40)
    with pytest.raises(Conflict, match="changed this meanwhile"):
        room.do(
            period_change.change_period,
            metric_id,
            Period.MONTH,
            WHY,
            began_at=plan.revision,
        )


def test_the_page_shows_it_changes_it_and_takes_it_back(
    room: Room, pages: Pages
) -> None:
    _, metric_id = room.begun()
    before = values(room, metric_id)
    address = f"/metrics/{metric_id}/period"
    assert address in {
        link.attrs.get("href")
        for link in pages.get(f"/metrics/{metric_id}").root.all("a")
    }
    assert "Look at it first" in pages.get(address).content
    asked = f"{address}?period=week&together=their+mean"
    shown = pages.get(asked)
    assert "12 values there are; 2 they would be, one a week." in shown.content
    assert "In 2 periods several values fall together" in shown.content
    assert values(room, metric_id) == before
    asked = f"{address}?period=week"
    pages.get(asked)
    refused = pages.submit(asked, status=422, reason="")
    assert refused.errors == ["Say why the period changes."]
    pages.submit(asked, reason=WHY)
    told = pages.get(f"/metrics/{metric_id}")
    assert f"One value a day became one a week on 2 Mar 2026: {WHY}" in told.content
    [made] = rows(room.database, select(PeriodChange))
    pages.submit(f"/metrics/periods/{made.id}/take-back")
    assert values(room, metric_id) == before
    assert "became one a week" not in pages.get(f"/metrics/{metric_id}").content


def test_the_page_says_why_it_cannot_be(room: Room, pages: Pages) -> None:
    improvement_id, metric_id = room.begun()
    room.running(improvement_id, metric_id)
    shown = pages.get(f"/metrics/{metric_id}/period?period=week")
    assert "Rung 1 is under way and judged by Minutes to answer" in shown.content
    assert "Why the period changes" not in shown.content


def test_the_command_line_shows_changes_and_takes_back(room: Room, rung: Rung) -> None:
    improvement_id, metric_id = room.begun()
    before = values(room, metric_id)
    asked = ("measure", "period", str(metric_id), "week")
    dry = rung(*asked, "--dry-run", "--json").json
    assert (dry["had"], dry["become"], dry["done"]) == (12, 2, False)
    assert [one["values"] for one in dry["joined"]] == [5, 7]
    assert values(room, metric_id) == before
    assert rung(*asked).code == 1
    done = rung(*asked, "--reason", WHY, "--json").json
    assert rung("measure", "period-back", str(done["change"])).code == 0
    assert values(room, metric_id) == before
    room.running(improvement_id, metric_id)
    assert rung(*asked, "--dry-run", "--json").code == 1
