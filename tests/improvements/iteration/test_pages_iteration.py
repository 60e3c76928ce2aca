"""An iteration in the browser: plan, start, people, gate, override, freeze, check-in."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from app.improvements.findings.actions import FindingDraft, raise_finding
from app.models.improvements.words import (
    FindingKind,
    ParticipationState,
)
from tests.conftest import Clock
from tests.improvements.builders import Room
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


@pytest.fixture
def begun(room: Room) -> tuple[int, int]:
    return room.begun()


def primary(page: Page) -> list[str]:
    """Return the labels of the primary buttons in the content."""
    return [node.text for node in page.root.one("main").all(class_="primary")]


def alert(page: Page) -> str:
    """Return what was refused."""
    return page.root.one(role="alert").text


def test_a_rung_is_planned_with_the_advised_size_and_says_what_is_missing(
    pages: Pages, begun: tuple[int, int]
) -> None:
    pages.get(f"/improvements/{begun[0]}/iterations/new")
    assert pages.page is not None
    assert pages.page.root.one("input", id="planned_size").attrs["value"] == "1"
    page = pages.submit(what_changes="Ada sees who calls")
    assert page.told == "The rung is planned. Now say who takes part."
    assert primary(page) == ["Begin this rung"]
    assert "Name who takes part." in page.content
    assert "Predict: which metric" not in page.content


def test_inviting_nobody_is_refused_and_a_double_keeps_what_was_typed(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.planned(*begun)
    pages.get(f"/iterations/{number}")
    page = pages.submit(
        f"/iterations/{number}/invite", names="Ada", technique="demo", status=422
    )
    assert page.errors == ["Ada takes part already."]
    assert page.root.one("input", id="technique").attrs["value"] == "demo"
    page = pages.submit(f"/iterations/{number}/invite", names="Grace\nAlan")
    assert page.told == "2 people are invited."


def test_starting_locks_the_prediction(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.planned(*begun)
    page = pages.get(f"/iterations/{number}")
    assert primary(page) == ["Start with 1 person"]
    assert "This pilot can tell." in page.content
    page = pages.submit(f"/iterations/{number}/start")
    assert primary(page) == ["Review it"]
    assert "Predicted 35 minutes" in page.root.one(class_="predicted").text
    pages.get(f"/iterations/{number}/edit")
    assert "is locked" in pages.submit(expected="20", status=422).content


def test_a_rung_too_large_needs_a_reason_in_writing(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.planned(*begun, "Ada", "Ben", "Cleo")
    page = pages.get(f"/iterations/{number}")
    assert "3 people at once; the first rung is 1." in page.content
    assert primary(page) == ["Begin this rung"]
    pages.get(f"/iterations/{number}/edit")
    page = pages.submit(size_reason="The three share one telephone")
    assert primary(page) == ["Start with 3 people"]


def test_one_person_is_made_ready_uses_it_and_says_that_it_works(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.running(*begun)
    (ada,) = room.people(number)
    pages.get(f"/iterations/{number}")
    for state, word in (("prepared", "ready"), ("switched", "using it")):
        page = pages.post(f"/participants/{ada}/move", {"to": state})
        assert page.told == f"Ada: {word}."
    page = pages.post(f"/participants/{ada}/move", {"to": "accepted"}, status=409)
    assert "Say who confirmed that it works" in alert(page)
    page = pages.post(
        f"/participants/{ada}/move", {"to": "accepted", "confirmed_by": "Ada herself"}
    )
    assert "confirmed by Ada herself" in page.content


def test_the_clock_of_an_undo_runs_from_the_wish(
    pages: Pages, room: Room, begun: tuple[int, int], clock
) -> None:
    number = room.running(*begun)
    (ada,) = room.people(number)
    room.everybody(number, ParticipationState.PREPARED, ParticipationState.SWITCHED)
    pages.get(f"/iterations/{number}")
    pages.post(f"/participants/{ada}/ask-undo")
    clock.forward(seconds=95)
    page = pages.post(
        f"/participants/{ada}/move", {"to": "undone", "reason": ""}, status=409
    )
    assert "Say why it is undone." in alert(page)
    page = pages.post(
        f"/participants/{ada}/move", {"to": "undone", "reason": "Too small a screen"}
    )
    assert "back after 1 min 35 s: Too small a screen" in page.content


def test_an_open_gate_offers_to_scale_and_freezes_what_it_saw(
    pages: Pages, room: Room, begun: tuple[int, int], clock
) -> None:
    number = room.climbed(*begun)
    clock.time = room.now
    page = pages.as_operator().get(f"/iterations/{number}")
    assert primary(page) == ["Scale to 5 people"]
    page = pages.post(f"/iterations/{number}/decide", {"kind": "scale"})
    assert "Decided: scale." in page.content
    assert "still the same" in page.root.one(id="frozen").text
    assert primary(page) == ["Go on with the next rung"]
    frozen = json.loads(pages.get(f"/iterations/{number}/snapshot.json").response.text)
    assert frozen["decision"]["kind"] == "scale"
    page = pages.submit(f"/iterations/{number}/carry")
    assert page.h1 == "Begin a small rung"
    assert page.told == "The next rung is planned. Say who tries it."


def test_scaling_through_a_closed_gate_answers_409_with_every_blocker(
    pages: Pages, room: Room, begun: tuple[int, int], clock
) -> None:
    number = room.climbed(*begun)
    clock.time = room.now
    draft = FindingDraft("The screen is too small", FindingKind.FIX)
    room.do(raise_finding, begun[0], draft, iteration_id=number)
    browser = pages.as_operator()
    page = browser.get(f"/iterations/{number}")
    assert primary(page) == ["Hold: 1 thing missing"]
    page = browser.post(f"/iterations/{number}/decide", {"kind": "scale"}, status=409)
    assert "“The screen is too small” (fix before scaling) is open." in alert(page)
    data = {"kind": "scale", "reason": "Two people have large screens"}
    page = browser.post(f"/iterations/{number}/decide", data)
    assert "Overridden:" in page.content
    case = browser.get(f"/improvements/{begun[0]}/case")
    assert "Overridden: “The screen is too small”" in case.content


def test_a_finding_that_says_stop_cannot_be_overridden(
    pages: Pages, room: Room, begun: tuple[int, int], clock
) -> None:
    number = room.climbed(*begun)
    clock.time = room.now
    room.do(
        raise_finding,
        begun[0],
        FindingDraft("A stranger's data", FindingKind.STOP),
    )
    browser = pages.as_operator()
    data = {"kind": "scale", "reason": "Because"}
    page = browser.post(f"/iterations/{number}/decide", data, status=409)
    assert "gives way to nothing but its own solution" in alert(page)
    assert primary(browser.get(f"/iterations/{number}")) == ["Roll back 1 person"]


def test_a_check_in_asks_all_five_questions(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.running(*begun)
    pages.get(f"/iterations/{number}/check-in")
    page = pages.submit(target="Greets by name", status=422)
    assert page.errors == ["Answer all five questions; “nothing” is an answer."]
    assert page.root.one("textarea", id="target").text == "Greets by name"
    page = pages.submit(
        actual="Half", obstacle="Withheld numbers", next_step="Ask", learned="nothing"
    )
    assert "Withheld numbers" in page.root.one(id="check-ins").text


def test_the_decision_stands_first_with_what_is_in_its_way(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.running(*begun)
    page = pages.get(f"/iterations/{number}")
    assert page.root.one("main").all("section")[0].attrs["id"] == "gate"
    gate = page.root.one(id="gate").text
    assert "things stand in the way:" in gate and "Review it" in gate


def test_buttons_of_several_people_are_told_apart_by_name(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    names = ("Ada", "Ben", "Cleo")
    number = room.running(*begun, *names, size_reason="They share one telephone")
    page = pages.get(f"/iterations/{number}")
    labels = [
        node.text
        for seat in page.root.all(class_="seat")
        for node in (*seat.all("button"), *seat.all("a"))
    ]
    assert labels and len(set(labels)) == len(labels)
    assert {f"Ready {name}" for name in names} <= set(labels)


def test_many_people_are_folded_those_with_something_to_do_first(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    names = [f"Person {place}" for place in range(12)]
    number = room.planned(*begun, *names)
    page = pages.get(f"/iterations/{number}")
    assert len(page.root.all(class_="seat")) == 12
    assert "and 7 more" in page.root.one(id="people").text


def test_each_record_of_evidence_is_a_link(
    pages: Pages, room: Room, begun: tuple[int, int], clock: Clock
) -> None:
    number = room.scaled(*begun)
    clock.time = room.now
    page = pages.as_operator().get(f"/iterations/{number}")
    links = page.root.one("details", class_="evidence").all("a")
    kinds = {link.attrs["href"].split("/")[2] for link in links}
    assert {"measurement", "participation"} <= kinds
    assert pages.as_operator().get(links[0].attrs["href"]).status == 200
