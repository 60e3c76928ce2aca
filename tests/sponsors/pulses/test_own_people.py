"""Our own people are asked whether they are for a change, and one sees how that went."""

from __future__ import annotations

import pytest
from flask import Flask

from app.models.sponsors.words import PulseKind
from app.sponsors.pulses.actions import PulseAbout
from app.sponsors.pulses.closing import close_pulse
from tests.improvements.builders import Room
from tests.improvements.crowd.builders import mailing
from tests.pages import Pages
from tests.sponsors.pulses.builders import a_pulse, invitations, people, say


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    made = Room(pages.parts.database, settings=pages.parts.settings)
    mailing(made, pages)
    return made


def asked_and_answered(room: Room, improvement: int, *given: int) -> int:
    about = PulseAbout(f"staff:{improvement}", improvement)
    number = a_pulse(room, people(6), kind=PulseKind.STAFF, about=about)
    for invitation, value in zip(invitations(room, number), given, strict=False):
        say(room, invitation, value)
    room.do(close_pulse, number)
    return number


def test_our_own_people_go_from_unsure_to_bought_in(pages: Pages, room: Room) -> None:
    improvement = room.raised("Chat first")
    asked_and_answered(room, improvement, 3, 3, 2, 4, 3)
    asked_and_answered(room, room.raised("Another"), 1, 1, 1, 1, 1)
    latest = asked_and_answered(room, improvement, 4, 5, 3, 5, 4)
    found = pages.get(f"/pulses/{latest}").rows(
        "How our own people see it, time after time"
    )
    assert [row[1:] for row in found] == [
        ["1 of 5", "3", "1"],
        ["4 of 5", "1", "0"],
    ]


def test_of_too_few_of_us_nothing_is_shown(pages: Pages, room: Room) -> None:
    number = asked_and_answered(room, room.raised("Chat first"), 1, 2)
    page = pages.get(f"/pulses/{number}")
    assert "From unsure to bought in" not in page.content


def test_our_own_people_are_asked_in_the_browser(pages: Pages, room: Room) -> None:
    improvement = room.raised("Chat first")
    pages.get("/pulses")
    pages.get(f"/pulses/new/staff?improvement_id={improvement}")
    names = "\n".join(f"Colleague {number}" for number in range(5))
    missing = pages.submit(names="", signed_by="Anna", status=422)
    assert "Say whom to ask." in missing.content
    page = pages.submit(names=names, signed_by="Anna")
    assert "Our own people: Chat first" in page.content
    assert "I am for this change." in page.content
