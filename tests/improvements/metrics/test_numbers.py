"""Thousands and decimals as people write them: read by the whole column, asked where it tells
nothing.
"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.numbers_in import TwoNumbers, decimal_mark, number_of
from app.improvements.metrics.rules import Pasted, parse
from app.models.improvements.metric import Measurement
from tests.conftest import Rung
from tests.improvements.builders import Room, rows
from tests.pages import Pages


def column(*numbers: str) -> Pasted:
    return parse("\n".join(f"2026-03-0{n}\t{one}" for n, one in enumerate(numbers, 2)))


@pytest.mark.parametrize(
    "text",
    ["1,234.5", "1.234,5", "1 234,5", "1 234.5", "1'234.5", "1\u202f234,5", "1234,5"],
)
def test_a_number_that_can_be_read_in_one_way_is(text: str) -> None:
    assert number_of(text) == 1234.5


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (("1,234", "1,234.5"), "."),
        (("1,234", "12,5"), ","),
        (("1.234", "1.234.567"), ","),
        (("1,234", "0,125"), ","),
        (("1,234", "12"), None),
        (("1,5", "1.5"), None),
    ],
)
def test_the_column_tells_the_mark(texts: tuple[str, ...], mark: str | None) -> None:
    assert decimal_mark(texts) == mark


def test_an_ambiguous_number_is_read_as_the_others_of_its_column() -> None:
    assert [row.value for row in column("1,234", "1,234.5").rows] == [1234, 1234.5]
    assert [row.value for row in column("1,234", "12,5").rows] == [1.234, 12.5]
    assert [row.value for row in column("1.234", "1.234,5").rows] == [1234, 1234.5]


def test_a_column_that_tells_nothing_is_asked_about_and_never_guessed() -> None:
    found = column("1.234", "2,345", "12")
    assert [row.value for row in found.rows] == [12]
    assert [line.either for line in found.wrong] == [True, True]
    with pytest.raises(TwoNumbers, match=r"may mean 1.234 or 1234"):
        number_of("1,234")


def test_thousands_may_be_set_apart_by_spaces_behind_a_day() -> None:
    [row] = parse("2026-03-02 1 234,5").rows
    assert row.value == 1234.5


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def test_the_page_asks_and_keeps_what_was_meant(room: Room, pages: Pages) -> None:
    metric_id = room.metric(room.raised())
    address = f"/metrics/{metric_id}/values"
    pages.get(address)
    sent = {"text": "2026-02-02 1.234\n2026-02-03 2.345"}
    asked = pages.post(address, sent)
    assert "Say what the mark means" in asked.content
    again = pages.post(address, {**sent, "decimals": "comma"})
    assert "Say what the mark means" not in again.content
    pages.post(address, {**sent, "decimals": "comma", "keep": "1"})
    values = rows(room.database, select(Measurement).order_by(Measurement.day))
    assert [one.value for one in values] == [1234, 2345]


def test_a_file_is_loaded_with_the_mark_that_is_said(
    room: Room, rung: Rung, tmp_path: object
) -> None:
    metric_id = room.metric(room.raised())
    file = tmp_path / "values.csv"  # type: ignore[operator]
    file.write_text("2026-03-01;1,234\n")
    asked = ("measure", "load", str(metric_id), str(file))
    assert rung(*asked).code == 1
    assert rung(*asked, "--decimals", "point", "--json").json["added"] == 1
