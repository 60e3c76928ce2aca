"""Values, corrections and charts of a metric in the browser."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from tests.improvements.builders import Room
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


@pytest.fixture
def begun(room: Room) -> tuple[int, int]:
    return room.begun()


def test_values_come_by_hand_pasted_and_from_a_file(
    pages: Pages, begun: tuple[int, int]
) -> None:
    metric = begun[1]
    pages.get(f"/metrics/{metric}/values")
    page = pages.post(
        f"/metrics/{metric}/values", {"one-day": "2026-03-02", "one-value": "31,5"}
    )
    assert "31.5 minutes" in page.rows("Values, the latest first")[0][1]
    page = pages.post(
        f"/metrics/{metric}/values", {"text": "2026-02-01 40\n2026-02-02 soon\n"}
    )
    assert "Line 2: “soon” is no number." in page.content
    page = pages.post(
        f"/metrics/{metric}/values",
        {"text": "2026-02-01 40\n2026-02-02 soon\n", "keep": "1"},
    )
    assert page.told == "1 value is written down."
    file = (io.BytesIO(b"day;minutes\n2026-02-03;39\n"), "values.csv")
    page = pages.post(f"/metrics/{metric}/values", {"file": file})
    assert page.rows("Values to be added") == [["3 Feb 2026", "39 minutes"]]


def test_a_correction_stands_beside_the_wrong_value(
    pages: Pages, begun: tuple[int, int]
) -> None:
    page = pages.get(f"/metrics/{begun[1]}")
    link = next(
        node.attrs["href"]
        for node in page.root.all("a")
        if "/correct" in node.attrs.get("href", "")
    )
    pages.get(link)
    page = pages.submit(value="39", status=422)
    assert page.errors == ["Say why the value was wrong."]
    page = pages.submit(value="39", reason="Read from the wrong day")
    rows = page.rows("Values, the latest first")
    assert [row[1] for row in rows[:2]] == ["39 minutes", "41 minutes"]


def test_a_chart_has_its_sentence_its_table_and_its_csv(
    pages: Pages, begun: tuple[int, int]
) -> None:
    page = pages.get(f"/metrics/{begun[1]}")
    figure = page.root.one("figure")
    assert figure.one("figcaption").text
    assert len(figure.one("table").all("tr")) == 13
    csv = pages.get(f"/metrics/{begun[1]}/values.csv").response.text
    assert csv.count("\n") == 13
