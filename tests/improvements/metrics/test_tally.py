"""Counts and shares with their denominator: typed, pasted, from a file, corrected, drawn."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.errors import Invalid, Refused
from app.improvements.metrics import actions, measuring
from app.improvements.metrics.rules import parse
from app.improvements.metrics.tally import Counted, counted
from app.models.improvements.metric import Measurement
from app.models.improvements.words import Period, Tally
from app.models.incidents.words import DeskFigure
from tests.conftest import Rung
from tests.improvements.builders import Room, rows
from tests.pages import Pages

SHARE, RATE, COUNT = Tally.SHARE, Tally.RATE, Tally.COUNT


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


def shares(room: Room, tally: Tally = SHARE) -> tuple[int, int]:
    """An improvement with a weekly counted metric: the numbers of both."""
    number = room.raised()
    more = {"tally": tally, "unit": "%", "period": Period.WEEK, "target": None}
    return number, room.metric(number, "Answered by phone", **more)


@pytest.mark.parametrize(
    ("tally", "typed", "whole", "value"),
    [
        (SHARE, 12, 40, Counted(30, 12, 40)),
        (RATE, 3, 2.5, Counted(1.2, 3, 2.5)),
        (COUNT, 3, None, Counted(3)),
        (Tally.MEASURED, 3.5, None, Counted(3.5)),
        (SHARE, None, None, Counted(None)),
    ],
)
def test_a_value_is_made_of_what_was_counted(
    tally: Tally, typed: float, whole: float, value: Counted
) -> None:
    assert counted(tally, typed, whole) == value


@pytest.mark.parametrize(
    ("tally", "typed", "whole", "why"),
    [
        (SHARE, 12, None, "Say of how many"),
        (SHARE, 12, 0, "Say of how many"),
        (SHARE, 41, 40, "41 of 40 is no share"),
        (SHARE, 1.5, 40, "is no count"),
        (RATE, -1, 40, "is no count"),
        (COUNT, 3, 40, "takes one number"),
        (Tally.MEASURED, 3, 40, "takes one number"),
    ],
)
def test_what_cannot_have_been_counted_is_refused(
    tally: Tally, typed: float, whole: float | None, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        counted(tally, typed, whole)


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-02 12/40",
        "2026-03-02\t12\t40",
        "2026-03-02;12 of 40",
        "2026-03-02 12 of 40",
        "2.3.2026 12 von 40",
        "2026-03-02,12,40",
        "2026-03-02, 12 / 40",
        "2026-03-02 12 / 40",
        "2 Mar 2026\t12\t40",
    ],
)
def test_of_how_many_is_pasted_as_people_write_it(line: str) -> None:
    [row] = parse(line, of_cases=True).rows
    assert (row.day, row.value, row.whole) == (date(2026, 3, 2), 12, 40)


def test_a_label_follows_the_number_of_cases() -> None:
    [row] = parse("2026-03-02\t12\t40\tgroup 7", of_cases=True).rows
    assert (row.whole, row.label) == (40, "group 7")
    [row] = parse("2026-03-02\t12/40\tgroup 7", of_cases=True).rows
    assert (row.whole, row.label) == (40, "group 7")


def test_a_missing_value_needs_no_number_of_cases() -> None:
    [row] = parse("2026-03-02 -", of_cases=True).rows
    assert (row.value, row.whole) == (None, None)


def test_what_was_counted_is_kept_beside_the_value(room: Room) -> None:
    _, metric_id = shares(room)
    room.do(measuring.measure_pasted, metric_id, "2026-02-16 12/40\n2026-02-23 9/36")
    [first, second] = rows(room.database, select(Measurement).order_by(Measurement.id))
    assert (first.value, first.part, first.whole) == (30, 12, 40)
    made = room.do(measuring.correct, second.id, 10, "Miscounted", 40)
    assert (made.value, made.part, made.whole) == (25, 10, 40)


def test_lines_that_cannot_be_a_share_are_named(room: Room) -> None:
    _, metric_id = shares(room)
    with pytest.raises(Invalid, match="41 of 40 is no share of cases") as told:
        room.do(measuring.measure_pasted, metric_id, "2026-02-16 41/40\n2026-02-23 9")
    assert len(told.value.details) == 2
    assert rows(room.database, select(Measurement)) == []


def test_the_kind_of_number_stays_once_there_are_values(room: Room) -> None:
    _, metric_id = shares(room)
    room.do(actions.change_metric, metric_id, {"tally": COUNT})
    room.do(measuring.measure, metric_id, date(2026, 2, 16), 4)
    with pytest.raises(Refused, match="its tally stays"):
        room.do(actions.change_metric, metric_id, {"tally": SHARE})


def test_a_figure_of_the_desk_is_no_count(room: Room) -> None:
    _, metric_id = shares(room)
    with pytest.raises(Invalid, match="A figure of the desk is measured"):
        figure = {"desk_figure": DeskFigure.REPORTED}
        room.do(actions.change_metric, metric_id, figure)


def test_a_share_is_typed_drawn_and_taken_away(pages: Pages, room: Room) -> None:
    _, metric_id = shares(room)
    address = f"/metrics/{metric_id}/values"
    assert "Of how many" in pages.get(address).text
    sent = {"one-value": "12", "one-whole": "40", "one-day": "2026-02-23"}
    pages.post(address, sent)
    wrong = {**sent, "one-whole": "", "one-day": "2026-02-16"}
    bad = pages.post(address, wrong, status=422)
    assert "Say of how many" in bad.text
    page = pages.get(f"/metrics/{metric_id}").text
    assert "12/40" in page
    assert "Share of cases (p chart): few cases have wide limits." in page
    csv = pages.get(f"/metrics/{metric_id}/values.csv").response.text
    assert "Period,%,Counted,Of how many" in csv.splitlines()[0]
    assert "2026-02-23,30.0,12.0,40.0" in csv


def test_a_preview_shows_of_how_many(pages: Pages, room: Room) -> None:
    _, metric_id = shares(room)
    sent = {"text": "2026-02-16 12/40", "do": "look"}
    found = pages.post(f"/metrics/{metric_id}/values", sent).text
    assert "12/40" in found and "Keep 1 value" in found


def test_rare_events_are_drawn_as_the_time_between_them(
    pages: Pages, room: Room
) -> None:
    _, metric_id = shares(room, COUNT)
    first = date(2025, 11, 3)
    counts = (0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0)
    lines = (f"{first + timedelta(weeks=at)} {one}" for at, one in enumerate(counts))
    room.do(measuring.measure_pasted, metric_id, "\n".join(lines))
    page = pages.get(f"/metrics/{metric_id}").text
    assert "4 events in 15 periods." in page
    assert "Answered by phone: weeks between events" in page
    assert "Rare: fewer than one a period" in page


def test_a_file_of_shares_is_loaded_on_the_command_line(
    rung: Rung, room: Room, tmp_path: Path
) -> None:
    _, metric_id = shares(room)
    file = tmp_path / "shares.csv"
    file.write_text("Week;Calls;All\n2026-02-16;12;40\n2026-02-23;9;36\n")
    found = rung("measure", "load", str(metric_id), str(file), "--json")
    assert found.json == {"added": 2, "missing": 0, "rejects": []}
    kept = rows(room.database, select(Measurement.whole).order_by(Measurement.id))
    assert kept == [40, 36]
