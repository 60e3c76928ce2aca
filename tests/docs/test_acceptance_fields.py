"""Rows of the acceptance table that are one field or one choice: it can be filled in on its page
and is shown there.
"""

from __future__ import annotations

from urllib.parse import urlencode

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


FIELDS = [
    pytest.param(
        "now",
        {"nothing_cost": "40 hours a month", "nothing_risk": "Trust goes"},
        id="S3-1, S3-2",
    ),
    pytest.param("goal", {"expected_return": "Two hours a week"}, id="S3-10"),
    pytest.param(
        "way",
        {"funding": "granted", "funding_note": "From the training budget"},
        id="S3-11",
    ),
    pytest.param(
        "way",
        {"existing_tool": "Chat", "later_candidate": "A desk product"},
        id="S3-12",
    ),
    pytest.param("way", {"tool_limit": "It has no queue"}, id="S3-17"),
    pytest.param("way", {"channel_fit": "Questions yes, standstill no"}, id="S3-18"),
    pytest.param("way", {"success_needs": "Two more days of the desk"}, id="S3-24"),
    pytest.param("vision", {"objective": "Loyal customers"}, id="S2-5"),
    pytest.param("standing", {"service": "Canteen menu"}, id="S2-1"),
    pytest.param(
        "now",
        {"desk_involved": "yes", "desk_note": "They want a second screen"},
        id="S2-7",
    ),
]


@pytest.mark.parametrize(("part", "typed"), FIELDS)
def test_a_field_is_filled_in_and_shown(
    pages: Pages, room: Room, part: str, typed: dict[str, str]
) -> None:
    number = room.raised()
    pages.get(f"/improvements/{number}/edit/{part}")
    page = pages.submit(**typed)
    assert page.told == "Saved."
    for text in typed.values():
        assert text in page.text


@pytest.mark.parametrize(
    "kind", ["channel shift", "customer service", "behaviour", "relationship"]
)
def test_a_kind_is_chosen_shown_and_searched_for(
    pages: Pages, room: Room, kind: str
) -> None:
    number = room.raised("Greet first")
    pages.get(f"/improvements/{number}/edit/standing")
    assert pages.submit(kind=kind).told == "Saved."
    [row] = pages.get(f"/improvements/list?{urlencode({'kind': kind})}").rows(
        "Improvements"
    )
    assert "Greet first" in row[0]


NOTES = [
    pytest.param(
        {"kind": "learn", "text": "Callers say their name anyway"}, id="S3-41 learn"
    ),
    pytest.param({"kind": "unlearn", "text": "Faster is better"}, id="S3-41 unlearn"),
    pytest.param(
        {
            "kind": "link",
            "text": "How others did it",
            "url": "https://example.org/kata",
        },
        id="S3-44",
    ),
    pytest.param(
        {
            "kind": "presentation",
            "who": "The shops",
            "text": "Shown in the canteen",
            "happened_on": "2026-03-01",
        },
        id="S1-63",
    ),
    pytest.param(
        {"kind": "picture", "who": "Cashiers", "text": "Nobody waits at the till"},
        id="S1-64",
    ),
    pytest.param({"kind": "volunteer", "who": "Ada"}, id="S2-6"),
    pytest.param(
        {"kind": "article", "text": "Reset the till", "url": "https://example.org/7"},
        id="S2-8",
    ),
    pytest.param(
        {"kind": "stakeholder", "who": "Sales", "text": "Fewer calls", "answer": "yes"},
        id="S2-10",
    ),
    pytest.param(
        {
            "kind": "practice",
            "who": "Kanban",
            "text": "Two people need no board",
            "answer": "no",
        },
        id="S2-21",
    ),
    pytest.param({"kind": "success", "text": "A quiet Monday"}, id="S4-16"),
]


@pytest.mark.parametrize("typed", NOTES)
def test_a_note_is_added_and_shown(
    pages: Pages, room: Room, typed: dict[str, str]
) -> None:
    number = room.raised()
    kind = {"unlearn": "learn"}.get(typed["kind"], typed["kind"])
    pages.get(f"/improvements/{number}/notes/new?kind={kind}")
    fields = typed if kind == "learn" else {**typed, "kind": None}
    page = pages.submit(**{name: one for name, one in fields.items() if one})
    assert page.url == f"/improvements/{number}/beside"
    assert (typed.get("text") or typed["who"]) in page.text


def test_a_rung_states_its_risk_and_its_cost(pages: Pages, room: Room) -> None:
    number = room.raised()
    pages.get(f"/improvements/{number}/iterations/new")
    page = pages.submit(what_changes="Ada chats", risk_level="low", cost_level="low")
    pages.get(f"{page.url}/edit")
    shown = pages.page
    assert shown is not None
    chosen = [
        option.attrs["value"]
        for option in shown.root.all("option")
        if "selected" in option.attrs
    ]
    assert chosen.count("low") == 2


def test_a_finding_says_whom_it_helps(pages: Pages, room: Room) -> None:
    number = room.raised()
    pages.get(f"/improvements/{number}/findings/new")
    page = pages.submit(title="The screen is too small", kind="note", for_whom="desk")
    assert "desk" in page.text


@pytest.mark.parametrize(
    ("desk", "serves"),
    [("log and dispatch", "many customers"), ("first level", "one customer")],
)
def test_a_desk_says_what_it_does_and_for_whom(
    pages: Pages, desk: str, serves: str
) -> None:
    pages.get("/teams/new")
    page = pages.submit(name="Desk", kind="internal", desk=desk, serves=serves)
    assert desk in page.text and serves in page.text
