"""What the work is worth: opt-in per figure, with its purpose, and nobody's league table."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask

from app.sponsors.value.actions import ThanksDraft, publish_figure, write_thanks
from app.sponsors.value.rules import LEAST, PURPOSES, ValueFacts, figures_from
from tests.improvements.builders import Room
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna", permissions=("read", "improve"))


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def test_a_figure_is_public_when_somebody_says_so_and_what_it_is_for(
    app: Flask, pages: Pages
) -> None:
    visitor = Pages(app)
    assert "Nothing is published yet." in visitor.get("/open/figures").content
    pages.get("/value/figures/thanks")
    assert pages.submit("/value/figures/thanks", purpose=" ", status=422).errors
    page = pages.submit("/value/figures/thanks", purpose="So that it is seen.")
    assert page.told == "Everybody may read it now."
    shown = visitor.get("/open/figures").content
    assert "Thank-yous" in shown and "So that it is seen." in shown
    assert "Reports a day" not in shown
    page = pages.post("/value/figures/thanks/withdraw")
    assert page.told == "Withdrawn."
    assert "Thank-yous" not in visitor.get("/open/figures").content
    pages.get("/value/figures/nobody", status=404)


def test_a_figure_of_too_few_is_not_shown_in_public(app: Flask, room: Room) -> None:
    desk = Desk(room.database)
    for key in PURPOSES:
        room.do(publish_figure, key, "So that all see it.")
    desk.reported()
    page = Pages(app).get("/open/figures").content
    assert "Reports a day" not in page
    for number in range(LEAST):
        desk.reported(f"The till {number} does not start")
    assert "Reports a day" in Pages(app).get("/open/figures").content


def test_no_page_of_figures_names_a_person_and_no_figure_ranks_any(
    app: Flask, pages: Pages, room: Room
) -> None:
    desk = Desk(room.database, by="Zacharias Agent")
    for number in range(LEAST):
        desk.reported(f"Till {number}")
    for key in PURPOSES:
        room.do(publish_figure, key, "So that all see it.")
    thanks = ThanksDraft("You saved my day.", said_by="Berta Caller", open=True)
    room.do(write_thanks, thanks)
    file = pages.client.get("/value/export/en.zip")
    with ZipFile(BytesIO(file.data)) as folder:
        written = folder.read("index.html").decode()
    for text in (
        Pages(app).get("/open/figures").content,
        pages.get("/value").root.one(id="figures").text,
        written,
    ):
        assert "Zacharias" not in text and "Berta" not in text and "anna" not in text
    assert "You saved my day." in written and "<script" not in written
    assert "attachment" in file.headers["Content-Disposition"]
    figures = figures_from(ValueFacts(*[9] * 10))
    assert {one.key for one in figures} == set(PURPOSES)
    assert all(one.definition and PURPOSES[one.key] for one in figures)


def test_thanks_are_written_down_and_struck_out(pages: Pages, room: Room) -> None:
    pages.get("/value/thanks/new")
    tomorrow = pages.parts.now().date() + timedelta(days=1)
    sent = {"text": "Thank you!", "said_on": f"{tomorrow}"}
    assert pages.submit("/value/thanks/new", status=422, **sent).errors
    page = pages.submit("/value/thanks/new", **sent | {"said_on": ""})
    assert "“Thank you!”" in page.content
    assert "Somebody said thank you 1 time." in page.content
    page = pages.post("/value/thanks/1/strike")
    assert "Thank you!" not in page.content


def test_thanks_for_how_we_are_stand_beside_those_for_what_we_did(pages: Pages) -> None:
    pages.get("/value/thanks/new")
    pages.submit("/value/thanks/new", text="The printer works again, thank you.")
    assert "how we are with people" not in pages.get("/value").content
    pages.get("/value/thanks/new")
    page = pages.submit(
        "/value/thanks/new", text="You always have an ear for us.", manner="y"
    )
    told = page.root.one(id="report").text
    assert "Somebody said thank you 2 times." in told
    assert "1 of these thanks was for how we are with people." in told
    assert page.root.one(id="thanks").text.count("for how we are") == 1
