"""The page on which a small rung begins, without JavaScript."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.improvements.rungs import closing
from app.improvements.rungs.actions import review
from app.models.improvements.iteration import Decision, Iteration
from app.models.improvements.words import (
    DecisionKind,
    IterationState,
    ParticipationState,
)
from tests.improvements.builders import Room, row, rows
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def value(page: Page, field: str) -> str | None:
    return page.root.one("input", id=field).attrs.get("value")


def test_an_idea_runs_after_two_forms(pages: Pages) -> None:
    pages.get("/improvements/new")
    page = pages.submit(title="Calls go to one number")
    assert page.root.all("a", class_="primary")[0].text == "Try it with one person"
    page = pages.get("/improvements/1/try")
    assert value(page, "ends_on") == "2026-03-16"
    page = pages.submit(names="Ada", what_changes="Ada calls one number")
    assert page.h1 == "Rung 1"
    assert page.told.startswith("Started.")
    assert "No number yet: from 6 people on one is needed." in page.content
    page = pages.get("/improvements/1")
    assert "See how it goes for Ada" in page.content


def test_what_is_missing_stands_at_its_field_and_what_was_typed_stays(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    pages.get(f"/improvements/{number}/try")
    page = pages.submit(
        names="",
        what_changes="",
        next_what="Call Ada",
        ends_on="2026-03-20",
        status=422,
    )
    assert set(page.errors) == {"Say what changes.", "Name who takes part."}
    assert value(page, "next_what") == "Call Ada"
    assert value(page, "ends_on") == "2026-03-20"
    page = pages.submit(names="Ada", what_changes="x", ends_on="2026-03-01", status=422)
    assert page.errors == ["The last day comes after today."]


def test_a_full_board_asks_why_and_says_so_at_the_field(
    pages: Pages, room: Room
) -> None:
    for title in ("One", "Two"):
        room.begun(title)
    number = room.raised("Three")
    page = pages.get(f"/improvements/{number}/try")
    assert page.root.all("input", id="reason")
    page = pages.submit(names="Ada", what_changes="It is tried", status=422)
    assert page.errors == [
        "2 improvements in progress, the limit is 2: finish one first, or say why not."
    ]
    page = pages.submit(reason="They only wait.")
    assert page.h1 == "Rung 1"


def test_a_template_fills_in_what_changes_and_offers_the_next_rung(
    pages: Pages, room: Room
) -> None:
    pages.get("/improvements/templates/chat-with-existing-tool")
    page = pages.submit("/improvements/templates/chat-with-existing-tool")
    assert "Begin this rung" in page.content
    pages.get("/improvements/1/try")
    page = pages.submit(names="Ada")
    rung = row(room.database, Iteration, 1)
    assert rung.state is IterationState.RUNNING
    assert rung.what_changes.startswith("One user who volunteered")
    room.everybody(1, ParticipationState.SWITCHED, ParticipationState.ACCEPTED)
    room.do(review, 1)
    room.do(closing.decide, 1, DecisionKind.SCALE, "It works.")
    pages.get("/iterations/1")
    page = pages.submit("/iterations/1/carry")
    assert page.told == "The next rung is planned. Say who tries it."
    changes = page.root.one("textarea", id="what_changes").text
    assert changes == "One team, named, with one agent on chat."
    page = pages.get("/iterations/2")
    assert "Nobody yet. The first rung" not in page.content


def test_a_rung_on_its_way_and_a_large_one_are_led_to_their_pages(
    pages: Pages, room: Room
) -> None:
    number, metric = room.begun()
    rung = room.running(number, metric)
    there = pages.client.get(f"/improvements/{number}/try").headers["Location"]
    assert there == f"/iterations/{rung}"
    other = room.raised()
    large = room.planned(other, room.metric(other), planned_size=25)
    there = pages.client.get(f"/improvements/{other}/try").headers["Location"]
    assert there == f"/iterations/{large}"


def test_a_plan_of_yesterday_is_offered_with_a_window_from_today(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    room.planned(number, room.metric(number), ends_on=date(2026, 2, 1))
    page = pages.get(f"/improvements/{number}/try")
    assert value(page, "ends_on") == "2026-03-16"
    assert "Takes part already: Ada" in page.content


def test_of_two_who_decide_at_once_the_second_is_told_and_keeps_what_was_typed(
    pages: Pages, room: Room
) -> None:
    rung = room.climbed(*room.begun())
    pages.get(f"/iterations/{rung}")
    room.do(closing.decide, rung, DecisionKind.SCALE, "Ada is happy.", by="ben")
    page = pages.post(
        f"/iterations/{rung}/decide",
        {"kind": "hold", "reason": "Ben is away until Friday."},
        status=409,
    )
    alert = page.root.one(role="alert").text
    assert "ben decided meanwhile: scale. Ada is happy." in alert
    assert "Not taken: hold." in alert
    assert "Ben is away until Friday." in alert
    assert len(rows(room.database, select(Decision))) == 1
