"""Rows of the acceptance table walked by the owner of an improvement, who may read and improve and
nothing else (docs/acceptance.md).
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.improvements.metrics.actions import watch
from app.improvements.rungs import closing
from app.models.improvements.words import DecisionKind
from tests.conftest import Clock
from tests.improvements.builders import Room
from tests.improvements.crowd.test_pages_crowd import Clicks
from tests.pages import Page, Pages

REGISTER = "Summary;Status;Assignee\nFewer calls;Open;\nQuicker mail;Open;\n"


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna", permissions=("read", "improve"))


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database, pages.parts.now())


def written(pages: Pages, number: int, part: str, **typed: str) -> None:
    """Fill in one part of an improvement on its page."""
    pages.get(f"/improvements/{number}/edit/{part}")
    assert pages.submit(**typed).told == "Saved."


def tried(pages: Pages, number: int, *names: str) -> Page:
    """Begin the next rung with three answers on its page."""
    pages.get(f"/improvements/{number}/try")
    people = "\n".join(names)
    return pages.submit(names=people, what_changes="They ask in the chat first")


def test_a_register_and_values_of_two_tools_come_in(pages: Pages) -> None:
    pages.get("/improvements/import")
    page = pages.post("/improvements/import", {"text": REGISTER, "do": "keep"})
    assert page.told == "2 improvements are brought in."
    pages.get("/improvements/1/metrics/new")
    pages.submit(name="Calls", period="week")
    values = "week;calls\n2026-02-09;1.240,0\n2026-02-16;1 180\n"
    page = pages.post("/metrics/1/values", {"text": values})
    assert [row[1] for row in page.rows("Values to be added")] == ["1,240", "1,180"]


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ("chat-with-existing-tool", "channel shift"),
        ("inform-button", "customer service"),
    ],
)
def test_a_template_tells_what_kind_of_improvement_it_is(
    pages: Pages, template: str, kind: str
) -> None:
    pages.get(f"/improvements/templates/{template}")
    page = pages.submit(title="Ask us here")
    assert page.h1 == "Ask us here"
    assert kind in pages.get(f"{page.url}/sheet").text


def test_a_case_tells_what_was_decided_about_money_tools_and_limits(
    pages: Pages, room: Room
) -> None:
    number = room.raised(owner="anna")
    case = f"/improvements/{number}/case"
    assert "Not known yet: how sure we are and the return" in pages.get(case).content
    written(
        pages,
        number,
        "way",
        funding="granted",
        funding_note="From the training budget",
        existing_tool="Chat",
        later_candidate="A desk product",
        tool_limit="It has no queue",
        channel_fit="Questions yes, standstill no",
        success_needs="Two more days of the desk",
    )
    written(pages, number, "goal", expected_return="Two hours a week", confidence="60")
    told = pages.get(case).content
    for words in (
        "Chat is there already",
        "A later option, not needed now: A desk product",
        "What suits which channel: Questions yes, standstill no",
        "Known limit of the tool: It has no queue",
        "Two more days of the desk",
        "From the training budget",
    ):
        assert words in told
    assert "Not known yet" not in told


def test_a_named_pilot_says_what_was_found_and_it_is_settled_before_scaling(
    pages: Pages,
) -> None:
    pages.get("/improvements/new")
    pages.submit(title="Ask us in the chat")
    rung = tried(pages, 1, "Ada")
    assert "Ada" in rung.content
    for whom, kind in (("desk", "note"), ("users", "fix before scaling")):
        pages.get("/improvements/1/findings/new")
        pages.submit(title=f"Found by {whom}", kind=kind, for_whom=whom)
    found = pages.get("/improvements/1/findings").content
    assert "desk" in found and "users" in found
    pages.post(f"{rung.url}/review")
    page = pages.post(f"{rung.url}/decide", {"kind": "scale"}, status=409)
    assert "Found by users" in page.content


def test_it_is_not_closed_until_everybody_has_it(pages: Pages, room: Room) -> None:
    room.now -= timedelta(days=8)
    number, metric = room.begun(eligible=1)
    rung = room.climbed(number, metric)
    room.do(closing.decide, rung, DecisionKind.ADOPT)
    room.do(watch, metric)
    to_embedded = (f"/improvements/{number}/move", {"to": "embedded"})
    pages.get(f"/improvements/{number}")
    page = pages.post(*to_embedded)
    assert "Confirm that those it is for have it, internal ones too." in page.content
    written(pages, number, "momentum", everyone_has_it_on=f"{room.now.date()}")
    pages.get(f"/improvements/{number}/move?to=embedded")
    pages.submit(f"/improvements/{number}/move")
    found = pages.get("/improvements/list?state=embedded").rows("Improvements")
    assert len(found) == 1


def test_how_far_it_has_come_is_seen_over_time(
    pages: Pages, room: Room, clock: Clock
) -> None:
    room.scaled(*room.begun(eligible=31))
    clock.time = room.now
    pages.as_operator("anna")
    spread = pages.get("/improvements/1/spread").content
    assert "30 to go in 2 rungs" in spread
    assert "1 of 31" in pages.get("/improvements/progress").content


def test_an_idea_is_tried_in_four_clicks_and_decided_in_nine(pages: Pages) -> None:
    hand = Clicks(pages, "/improvements")
    hand.link("Raise an improvement")
    hand.press(title="Ask us in the chat")
    hand.link("Try it with one person")
    rung = hand.press(names="Ada", what_changes="She asks in the chat first").url
    assert hand.count == 4
    presses = (
        ("/participants/1/move", {"to": "switched"}),
        (f"{rung}/rehearse", {"seconds": "60"}),
        ("/participants/1/move", {"to": "accepted", "confirmed_by": "Ada"}),
        (f"{rung}/review", {}),
        (f"{rung}/decide", {"kind": "scale", "reason": "It works"}),
    )
    for action, fields in presses:
        assert pages.page is not None
        standing = [one.attrs["action"] for one in pages.page.root.all("form")]
        assert action in standing, (action, standing)
        page = pages.post(action, fields)
    assert page.told.startswith("Decided: scale.")
    assert "Overridden" not in page.content
