"""Dates that may mean two days are asked about, on pages and by an option; what was sent stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.improvements.metrics.rules import parse
from app.models.improvements.improvement import Improvement
from app.models.improvements.metric import Measurement
from tests.conftest import Rung
from tests.improvements.builders import Room
from tests.pages import Page, Pages

PASTED = "1/2/2026 11\n2/2/2026 12\n2026-01-20 20\n"


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def metric(pages: Pages) -> int:
    room = Room(pages.parts.database)
    return room.metric(room.raised("Calls are answered faster"))


def pasted(page: Page) -> str:
    """Return what stands in the field for pasted lines."""
    return "".join(
        child for child in page.root.one(id="text").children if isinstance(child, str)
    ).strip()


def days(pages: Pages) -> list[date]:
    with pages.parts.database.read() as session:
        return list(
            session.scalars(select(Measurement.day).order_by(Measurement.value))
        )


def test_pasted_values_ask_what_stands_first_and_keep_what_was_pasted(
    pages: Pages, metric: int
) -> None:
    address = f"/metrics/{metric}/values"
    page = pages.post(address, {"text": PASTED})
    assert "1 line waits for it: its date may mean two days." in page.content
    assert (
        "Line 1: 1/2/2026 11" in page.content and "cannot be used" not in page.content
    )
    assert pasted(page) == PASTED.strip()
    for order, first in (("day", "1 Feb 2026"), ("month", "2 Jan 2026")):
        page = pages.post(address, {"text": PASTED, "dates": order, "do": "look"})
        assert page.rows("Values to be added")[0][0] == first
        assert "waits for it" not in page.content and pasted(page) == PASTED.strip()
    pages.post(address, {"text": PASTED, "dates": "month", "keep": "1"})
    assert days(pages) == [date(2026, 1, 2), date(2026, 2, 2), date(2026, 1, 20)]


def test_where_only_open_dates_were_pasted_the_question_is_all_there_is(
    pages: Pages, metric: int
) -> None:
    page = pages.post(f"/metrics/{metric}/values", {"text": "1/2/2026 11"})
    assert (
        "1 line waits for it" in page.content
        and "There is no value to add." not in page.content
    )
    page = pages.post(
        f"/metrics/{metric}/values", {"text": "1/2/2026 11", "dates": "day"}
    )
    assert page.rows("Values to be added")[0][0] == "1 Feb 2026"


def test_what_cannot_be_read_at_all_is_said_at_the_form_that_holds_it(
    pages: Pages, metric: int
) -> None:
    text = "2026-01-02 1\n" * 20_001
    page = pages.post(f"/metrics/{metric}/values", {"text": text}, status=422)
    assert page.errors == ["These are 20,001 lines; 20,000 are taken at once."]
    assert pasted(page) == text.strip()


def test_the_other_lines_tell_what_stands_first() -> None:
    found = parse("1/2/2026 11\n1/25/2026 12\n", months_first=False)
    assert [row.day for row in found.rows] == [date(2026, 1, 2), date(2026, 1, 25)]


@pytest.mark.parametrize(
    ("option", "first"),
    [("--month-first", date(2026, 1, 2)), ("--day-first", date(2026, 2, 1))],
)
def test_values_of_a_file_are_read_as_the_command_says(
    rung: Rung, pages: Pages, metric: int, tmp_path: Path, option: str, first: date
) -> None:
    file = tmp_path / "values.csv"
    file.write_text("1/2/2026,11\n")
    refused = rung("measure", "load", str(metric), str(file))
    assert refused.code == 1 and "say whether the month stands first" in refused.err
    assert rung("measure", "load", str(metric), str(file), option).code == 0
    assert days(pages) == [first]


@pytest.mark.parametrize(
    ("option", "due"),
    [("--month-first", date(2026, 5, 6)), ("--day-first", date(2026, 6, 5))],
)
def test_a_register_is_read_as_the_command_says(
    rung: Rung, pages: Pages, tmp_path: Path, option: str, due: date
) -> None:
    file = tmp_path / "register.csv"
    file.write_text("title,required by\nFaster,5/6/2026\n")
    refused = rung("improvement", "import", str(file))
    assert refused.code == 1 and "may mean two different days" in refused.err
    assert rung("improvement", "import", str(file), option).code == 0
    with pages.parts.database.read() as session:
        assert session.scalars(select(Improvement.required_by)).one() == due
