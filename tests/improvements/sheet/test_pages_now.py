"""The first tab of an improvement says what counts now; the sheet beside it is changed in place."""

from __future__ import annotations

import pytest
from flask import Flask

from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.register.actions import move
from app.improvements.rungs import closing
from app.models.improvements.words import (
    DecisionKind,
    FindingKind,
    ImprovementState,
    MetricRole,
)
from tests.improvements.builders import Room
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def primary(page: Page) -> list[str]:
    """Return the labels of the primary buttons in the content."""
    return [node.text for node in page.root.one("main").all(class_="primary")]


def lead(page: Page) -> str:
    """Return the sentence under the title."""
    return page.root.all(class_="lead")[0].text


def test_the_one_action_follows_the_state_of_the_iteration(
    app: Flask, pages: Pages, room: Room, clock
) -> None:
    number, metric = room.begun()
    here = f"/improvements/{number}"
    assert primary(pages.get(here)) == ["Try it with one person"]
    rung = room.planned(number, metric)
    assert primary(pages.get(here)) == ["Start with 1 person"]
    page = pages.submit(f"/iterations/{rung}/start")
    page = pages.get(here)
    assert primary(page) == ["Add values"]
    assert lead(page) == "Rung 1 is running with 1 person until 16 Mar 2026."
    clock.forward(days=20)
    assert primary(pages.as_operator().get(here)) == ["Review it"]
    page = pages.submit(f"/iterations/{rung}/review")
    page = pages.get(here)
    assert primary(page) == [page.root.one(id="going").all(class_="primary")[0].text]
    assert lead(page) == "Rung 1 with 1 person waits for its decision."


def test_an_open_gate_offers_its_decision_and_what_was_adopted_is_embedded_next(
    pages: Pages, room: Room, clock
) -> None:
    number, metric = room.begun()
    rung = room.climbed(number, metric)
    clock.time = room.now
    page = pages.as_operator().get(f"/improvements/{number}")
    assert primary(page) == ["Scale to 5 people"]
    assert "Nothing stands in the way." in page.root.one(id="going").text
    room.do(closing.decide, rung, DecisionKind.ADOPT, "Nobody else needs it.")
    assert primary(pages.get(f"/improvements/{number}")) == ["Embed it"]


def test_what_stands_in_the_way_is_counted_and_named(pages: Pages, room: Room) -> None:
    number, metric = room.begun()
    rung = room.running(number, metric)
    draft = FindingDraft("The screen is too small", FindingKind.FIX)
    room.do(raise_finding, number, draft, iteration_id=rung)
    going = pages.get(f"/improvements/{number}").root.one(id="going").text
    assert "things stand in the way:" in going
    assert "“The screen is too small” (fix before scaling) is open." in going


def test_a_step_is_opened_and_changed_in_place_by_address_alone(
    pages: Pages, room: Room
) -> None:
    number = room.raised(vision="Nobody waits", objective="Loyal customers")
    page = pages.get(f"/improvements/{number}")
    assert "Nobody waits" in page.root.one(id="outline").text
    opened = pages.get(f"/improvements/{number}?step=3&change=1")
    assert opened.root.one("textarea", id="where_to")
    page = pages.submit(
        f"/improvements/{number}/edit/goal", where_to="A call is one call"
    )
    assert page.told == "Saved."
    assert page.url == f"/improvements/{number}"
    (shown,) = [
        node
        for node in page.root.one(id="outline").all("li")
        if "open" in node.attrs.get("class", "").split()
    ]
    assert "A call is one call" in shown.text


def test_who_may_only_read_gets_no_form_in_the_outline(app: Flask, room: Room) -> None:
    number = room.raised()
    rita = Pages(app).as_operator("rita", permissions=("read",))
    page = rita.get(f"/improvements/{number}?step=1&change=1")
    assert page.root.one(id="outline").all("form") == []


@pytest.mark.parametrize("asked", ["0", "8", "-1", "x", "99999999999999999999"])
def test_an_address_with_another_step_opens_the_one_that_is_due(
    pages: Pages, room: Room, asked: str
) -> None:
    number = room.raised()
    page = pages.get(f"/improvements/{number}?step={asked}")
    assert "Say what will be better" in page.root.one(id="outline").text


def test_metrics_without_values_are_rows_and_those_with_values_are_pictures(
    pages: Pages, room: Room
) -> None:
    number, _metric = room.begun()
    room.metric(number, "Angry calls", role=MetricRole.GUARDRAIL)
    page = pages.get(f"/improvements/{number}/measures")
    assert [row[0] for row in page.rows("Not measured yet")] == ["Angry calls"]
    assert len(page.root.all(class_="metric")) == 1


def test_the_tabs_have_addresses_and_tell_how_many_findings_are_open(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    for title in ("One", "Two"):
        room.do(raise_finding, number, FindingDraft(title))
    tabs = pages.get(f"/improvements/{number}").root.one(
        "nav", **{"aria-label": "This improvement"}
    )
    assert [node.text for node in tabs.all("a")] == [
        "Now",
        "Sheet",
        "Measures",
        "Findings 2",
        "People and stories",
        "Stakeholders",
        "Money",
        "Roll-outs",
        "History",
    ]
    assert pages.get(f"/improvements/{number}/stakeholders").root.all(
        "a", href=f"/improvements/{number}"
    )
    others = ("Stakeholders", "Roll-outs")
    for node in (tab for tab in tabs.all("a") if tab.text not in others):
        there = pages.get(node.attrs["href"]).root.one(
            "nav", **{"aria-label": "This improvement"}
        )
        lit = [link.text for link in there.all("a") if "aria-current" in link.attrs]
        assert lit == [node.text]


def test_an_improvement_that_ended_asks_for_nothing(pages: Pages, room: Room) -> None:
    number = room.raised("A new ticket tool")
    room.do(move, number, ImprovementState.STOPPED, reason="The old one can do it.")
    page = pages.get(f"/improvements/{number}")
    assert lead(page) == "Stopped with learning on 2 Mar 2026. That is a success."
    assert primary(page) == []
