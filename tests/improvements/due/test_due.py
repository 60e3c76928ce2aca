"""This week's values: which are due, one sheet for all, what is good is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.improvements.due.rules import DueEntry, DueProblem, answered, due_day
from app.improvements.statistics.periods import end_of
from app.models.improvements.metric import Measurement
from app.models.improvements.words import MetricRole, Period, Tally
from tests.conftest import Rung
from tests.improvements.builders import Room, rows
from tests.pages import Pages

TODAY = date(2026, 3, 4)
"""A Wednesday."""


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


@pytest.mark.parametrize(
    ("period", "today", "last", "due"),
    [
        (Period.WEEK, TODAY, None, date(2026, 2, 23)),
        (Period.WEEK, TODAY, date(2026, 2, 16), date(2026, 2, 23)),
        (Period.WEEK, TODAY, date(2026, 2, 23), None),
        (Period.MONTH, TODAY, date(2026, 1, 1), date(2026, 2, 1)),
        (Period.MONTH, TODAY, date(2026, 2, 1), None),
        (Period.DAY, TODAY, date(2026, 3, 2), date(2026, 3, 3)),
        (Period.DAY, date(2026, 3, 9), date(2026, 3, 5), date(2026, 3, 6)),
        (Period.DAY, date(2026, 3, 9), date(2026, 3, 6), None),
        (Period.DAY, date(2026, 3, 9), date(2026, 3, 7), date(2026, 3, 8)),
        (Period.GROUP, TODAY, None, None),
    ],
)
def test_the_latest_period_that_is_over_is_due(
    period: Period, today: date, last: date | None, due: date | None
) -> None:
    assert due_day(period, last, today) == due


@given(
    st.sampled_from([Period.DAY, Period.WEEK, Period.MONTH]),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 90),
)
def test_what_is_due_is_over_and_asked_once(
    period: Period, today: date, ago: int
) -> None:
    day = due_day(period, today - timedelta(days=ago), today)
    if day is not None:
        assert end_of(day, period) < today
        assert due_day(period, day, today) is None


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (DueEntry(1, TODAY, value="x"), "value"),
        (DueEntry(1, TODAY, whole="4"), "value"),
        (DueEntry(1, TODAY, value="3", missing=True), "missing"),
        (DueEntry(1, TODAY, missing=True), "reason"),
        (DueEntry(1, TODAY, reason="Holidays"), "missing"),
        (DueEntry(1, TODAY, value="3", whole="many"), "whole"),
    ],
)
def test_what_cannot_be_used_names_its_field(entry: DueEntry, field: str) -> None:
    with pytest.raises(DueProblem) as told:
        answered(entry, Tally.SHARE)
    assert told.value.field == field


def test_a_share_may_be_typed_in_one_field() -> None:
    told = answered(DueEntry(1, TODAY, value="12 of 40"), Tally.SHARE)
    assert (told.value, told.whole) == (12, 40)


def sheet(room: Room) -> tuple[int, dict[str, int]]:
    """An improvement in progress with a daily, a weekly and a monthly metric, all of them due."""
    room.forward(days=-4)
    number, daily = room.begun()
    more = {"role": MetricRole.OTHER, "target": None}
    share = {"tally": Tally.SHARE, "unit": "%", "period": Period.WEEK, **more}
    weekly = room.metric(number, "By phone", **share)
    monthly = room.metric(number, "Complaints", period=Period.MONTH, **more)
    room.forward(days=4)
    return number, {"daily": daily, "weekly": weekly, "monthly": monthly}


@pytest.fixture
def at(pages: Pages, room: Room) -> Pages:
    """The pages, with the room at the time of their clock."""
    room.now = pages.parts.now()
    return pages


def values(room: Room, metric_id: int) -> list[tuple[float | None, str]]:
    chosen = select(Measurement).where(Measurement.metric_id == metric_id)
    found = rows(room.database, chosen.order_by(Measurement.id.desc()).limit(1))
    return [(one.value, one.reason) for one in found]


def test_all_that_is_good_is_saved_and_the_rest_keeps_its_typing(
    room: Room, at: Pages
) -> None:
    _, ids = sheet(room)
    page = at.get("/improvements/values")
    assert "3 metrics want their value" in page.content
    told = {
        f"value-{ids['daily']}": "37,5",
        f"value-{ids['weekly']}": "41",
        f"whole-{ids['weekly']}": "40",
    }
    again = at.submit(status=422, **told)
    assert "1 value is written down; the rest keeps its place." in again.content
    assert again.errors == ["41 of 40 is no share of cases."]
    kept = again.root.one("input", id=f"value-{ids['weekly']}")
    assert kept.attrs["value"] == "41"
    assert not again.root.all("input", id=f"value-{ids['daily']}")
    assert values(room, ids["daily"]) == [(37.5, "")]
    at.submit(
        **{
            f"value-{ids['weekly']}": "12/40",
            f"whole-{ids['weekly']}": "",
            f"missing-{ids['monthly']}": "1",
            f"reason-{ids['monthly']}": "Nobody counted",
        }
    )
    assert values(room, ids["weekly"]) == [(30.0, "")]
    assert values(room, ids["monthly"]) == [(None, "Nobody counted")]
    assert "Every value is there" in at.get("/improvements/values").content


def test_a_number_that_may_mean_two_is_asked_about_in_its_row(
    room: Room, at: Pages
) -> None:
    _, ids = sheet(room)
    at.get("/improvements/values")
    name = f"value-{ids['daily']}"
    page = at.submit(**{name: "2,345"}, status=422)
    assert "between 2 and 3" in page.content
    assert page.root.one("input", id=name).attrs["value"] == "2,345"
    at.submit(**{f"{name}-decimals": "point"})
    assert values(room, ids["daily"]) == [(2345.0, "")]


def test_one_improvement_has_its_own_sheet_and_today_leads_to_all(
    room: Room, at: Pages
) -> None:
    number, _ = sheet(room)
    assert "3 metrics want" in at.get(f"/improvements/{number}/values").content
    today = at.get("/")
    links = {one.attrs.get("href") for one in today.root.all("a")}
    assert "/improvements/values" in links
    assert "3 metrics want their value" in today.content


def test_sheets_of_others_are_shown_when_asked_for(room: Room, at: Pages) -> None:
    number, _ = sheet(room)
    room.put(number, owner="ben", owner_operator_id=None, owner_person_id=None)
    assert "3 metrics want" in at.get("/improvements/values?whose=all").content
    at.submit()


def test_the_command_line_says_what_is_due_and_takes_a_value(
    room: Room, at: Pages, rung: Rung
) -> None:
    _, ids = sheet(room)
    due = rung("measure", "due", "--json").json["due"]
    assert [one["metric"] for one in due] == [
        ids["daily"],
        ids["weekly"],
        ids["monthly"],
    ]
    day = due[1]["day"]
    asked = ("measure", "add", str(ids["weekly"]), day)
    assert rung(*asked, "12", "--of", "40", "--json").json["value"] == 30
    assert rung(*asked, "12", "--of", "40").code == 1
    missing = ("measure", "missing", str(ids["monthly"]), due[2]["day"])
    assert rung(*missing, "--reason", "Nobody counted").code == 0
    assert len(rung("measure", "due", "--json").json["due"]) == 1
