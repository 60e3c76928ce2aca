"""The card of a call: who it is, what is open, what was promised, before anybody picks up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app import create_app
from app.core.settings import Settings
from app.models.incidents.desk import Call
from app.models.incidents.words import CallState
from app.people.actions import add_number
from tests.conftest import Clock, shut
from tests.incidents.builders import Desk
from tests.pages import Pages

NUMBER = "+41 31 555 01 17"


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    made = create_app(
        replace(settings, cti_secret="a secret of the telephone"), now=clock
    )
    yield made
    shut(made)


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora", permissions=("read", "desk"))


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database, pages.parts.now())


def rings(
    desk: Desk, number: str = NUMBER, agent: str = "dora", person_id: int | None = None
) -> int:
    with desk.database.write() as session:
        call = Call(
            key=f"c{number}{agent}",
            number=number,
            agent=agent,
            person_id=person_id,
            state=CallState.RINGING,
        )
        call.started_at, call.answered_at, call.ended_at = desk.now, None, None
        session.add(call)
        session.flush()
        return call.id


def test_the_desk_asks_for_calls_and_is_told_nothing_while_none_rings(
    pages: Pages,
) -> None:
    assert "/desk/calls/ringing" in pages.get("/desk").html
    assert "/desk/calls/ringing" not in pages.get("/people").html
    pages.get("/desk/calls/ringing", status=204, fragment=True)


def test_a_known_caller_shows_with_what_is_open_and_promised(
    pages: Pages, desk: Desk
) -> None:
    person = desk.person()
    desk.do(add_number, person, NUMBER)
    number = desk.reported("The till does not start", person_id=person)
    with desk.database.write() as session:
        at = (desk.now - timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M:%S")
        session.connection().exec_driver_sql(
            f"UPDATE incident SET next_update_at='{at}+00:00' WHERE id={number}"
        )
    rings(desk, person_id=person)
    card = pages.get("/desk/calls/ringing", fragment=True)
    assert "Carla Cash" in card.text and "The till does not start" in card.text
    assert "overdue" in card.text and "number 41315550117" in card.text
    seen = card.root.one(id="ringing").attrs["hx-get"]
    pages.get(seen, status=204, fragment=True)
    page = pages.get("/desk/calls")
    page = pages.submit(f"/desk/{number}/contact", text="Still dark")
    assert page.told == "The contact is noted."
    assert desk.incident(number).contacts == 2


def test_two_who_may_be_meant_are_offered_with_reasons(
    pages: Pages, desk: Desk
) -> None:
    for name in ("Carla Cash", "Cleo Cash"):
        desk.do(add_number, desk.person(name), NUMBER)
    call = rings(desk)
    card = pages.get(f"/desk/calls/{call}")
    assert "One of 2 people" in card.content and "Cleo Cash" in card.content
    assert (
        "Nothing is open for them." in pages.get(f"/desk/calls/{call}?person=1").content
    )


@pytest.mark.parametrize(
    ("number", "says"),
    [("anonymous", "Number withheld"), ("+49 40 999 99 99", "Unknown caller")],
)
def test_who_is_not_known_is_said_so(
    pages: Pages, desk: Desk, number: str, says: str
) -> None:
    desk.person()
    call = rings(desk, number)
    assert says in pages.get(f"/desk/calls/{call}").content


def test_calls_of_others_and_forgotten_ones_are_not_shown(
    pages: Pages, desk: Desk, clock: Clock
) -> None:
    rings(desk, agent="otto")
    assert "0 calls are under way." in pages.get("/desk/calls").content
    rings(desk, agent="")
    assert "1 call is under way." in pages.get("/desk/calls").content
    clock.forward(minutes=4)
    assert "0 calls are under way." in pages.get("/desk/calls").content
