"""Thousands and decimals as people write them: read by the whole column, asked where it tells
nothing.
"""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.numbers_in import (
    MARKS,
    TwoNumbers,
    decimal_mark,
    number_of,
    two_readings,
    unmistakable,
)
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


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("1.234", (("point", "between 1 and 2"), ("comma", "1234"))),
        ("12,345", (("comma", "between 12 and 13"), ("point", "12345"))),
        ("-1.234", (("point", "between -2 and -1"), ("comma", "-1234"))),
    ],
)
def test_both_readings_of_a_number_are_offered(
    text: str, means: tuple[tuple[str, str], ...]
) -> None:
    assert two_readings(text) == means
    for mark, shown in means:
        value = number_of(text, MARKS[mark], ask=True)
        assert str(value).removesuffix(".0") == shown or shown.startswith("between")
    with pytest.raises(TwoNumbers):
        number_of(text, ask=True)


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 3)))
def test_a_number_in_a_field_is_read_as_the_same_again(value: float) -> None:
    assert number_of(unmistakable(value), ask=True) == value


def test_one_value_that_may_mean_two_is_asked_about_and_keeps_what_was_typed(
    room: Room, pages: Pages
) -> None:
    metric_id = room.metric(room.raised())
    address = f"/metrics/{metric_id}/values"
    pages.get(address)
    typed = {"one-day": "2026-02-23", "one-value": "1.234"}
    page = pages.post(address, typed, status=422)
    assert "“1.234” may mean two numbers; choose one." in page.errors
    assert page.root.one(name="one-value").attrs["value"] == "1.234"
    assert rows(room.database, select(Measurement)) == []
    pages.post(address, {**typed, "one-value-decimals": "comma"})
    [kept] = rows(room.database, select(Measurement))
    assert kept.value == 1234
    pages.get(f"/measurements/{kept.id}/correct?metric={metric_id}")
    pages.submit(value="1.234", reason="A slip", status=422)
    pages.submit(**{"value-decimals": "point"})
    last = rows(room.database, select(Measurement).order_by(Measurement.id))[-1]
    assert last.value == 1.234


def test_per_cent_has_no_thousands_and_is_not_asked_about(
    room: Room, pages: Pages
) -> None:
    metric_id = room.metric(room.raised(), unit="%", target=99)
    address = f"/metrics/{metric_id}/values"
    known = pages.get(address).root.one("input", name="one-value-decimals")
    typed = {"one-day": "2026-02-23", "one-value": "99.995"}
    pages.post(address, {**typed, "one-value-decimals": known.attrs["value"]})
    assert rows(room.database, select(Measurement))[0].value == 99.995
