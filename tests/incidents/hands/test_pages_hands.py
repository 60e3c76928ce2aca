"""Hand-overs, responsibility and work orders in the browser, without script."""

from __future__ import annotations

import pytest
from flask import Flask

from app.incidents.hands import responsibility
from app.incidents.hands.actions import HandOver, hand_over
from app.incidents.work.actions import note, step
from app.models.incidents.words import EventKind
from tests.catalog.builders import a_fact
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def test_an_incident_is_handed_over_with_reason_and_a_gentle_word_about_tone(
    pages: Pages, desk: Desk
) -> None:
    front, dev = desk.team("Service desk", "dora"), desk.team("Development")
    service = desk.service(team_id=front)
    fact = a_fact(desk.database, service, "Till number")
    number = desk.reported(service_id=service)
    pages.get(f"/desk/{number}/do/hand-over")
    page = pages.submit(team_id="development", reason="", status=422)
    assert "Give the reason" in page.content
    page = pages.submit(team_id="development", reason="Not on my side, as usual")
    assert (
        "“Not on my side”: better say what was checked, and what was found."
        in page.content
    )
    assert page.root.one("textarea", name="reason").text == "Not on my side, as usual"
    page = pages.submit(status=422)
    assert "The service needs: Till number" in page.content
    page = pages.submit(**{f"fact-{fact}": "12"})
    assert page.told == "Handed over."
    assert desk.incident(number).team_id == dev
    assert "Till number 12" in page.root.one(id="facts").text


def test_what_was_typed_is_kept_when_somebody_else_was_quicker(
    app: Flask, pages: Pages, desk: Desk
) -> None:
    number = desk.reported(team_id=desk.team("Service desk", "dora"))
    dev = desk.team("Development")
    desk.team("Admins")
    ben = Pages(app).as_operator("ben")
    pages.get(f"/desk/{number}/do/hand-over")
    ben.get(f"/desk/{number}/do/hand-over")
    ben.submit(team_id="Admins", reason="The server is full")
    page = pages.submit(team_id="development", reason="A lock in the log", status=409)
    assert page.root.one("textarea", name="reason").text == "A lock in the log"
    assert "The server is full" in page.content and "ben" in page.content
    pages.submit()
    assert desk.incident(number).team_id == dev


def test_steps_then_the_owner_then_work_orders(
    app: Flask, pages: Pages, desk: Desk
) -> None:
    team = desk.team("Tills", "dora")
    number = desk.reported(service_id=desk.service(owner="olga", team_id=team))
    pages.get(f"/desk/{number}")
    page = pages.submit(
        f"/desk/{number}/note",
        button="Write the step down",
        **{"say-text": "Restarted the till", "say-level": "2"},
    )
    assert "level 2 Restarted the till" in page.root.one(id="conversation").text
    page = pages.submit(f"/desk/{number}/now/basics-failed")
    assert "Finally responsible until it is restored: olga." in page.content
    pages.get(f"/desk/{number}/do/cancel")
    page = pages.submit(reason="Nothing there", status=422)
    assert "olga is finally responsible until it is restored" in page.content
    olga = Pages(app).as_operator("olga")
    olga.get(f"/desk/{number}/do/order")
    desk.team("Admins")
    olga.get(f"/desk/{number}/do/order")
    page = olga.submit(
        team_id="Admins", what="Restart the server", due_at="2026-03-02T15:00"
    )
    assert "Admins : Restart the server" in page.root.one(id="orders").text
    pages.get("/work-orders/1/refuse")
    assert "Give the reason" in pages.submit(answer="", status=422).content
    page = pages.submit(answer="Backup is running")
    assert "dora refused the work order" in page.content


def test_missing_information_goes_back_with_one_click_for_the_next_time(
    pages: Pages, desk: Desk
) -> None:
    front, dev = desk.team("Service desk"), desk.team("Development")
    service = desk.service(team_id=front)
    number = desk.reported(service_id=service)
    desk.do(hand_over, number, HandOver(dev, "A lock in the log"))
    pages.get(f"/desk/{number}/do/send-back")
    page = pages.submit(fact="Error text", ask_always="y")
    assert "asked at intake from now on" in page.content
    assert "Error text missing" in page.root.one(id="facts").text


def test_through_the_owner_it_is_asked_and_confirmed(
    app: Flask, pages: Pages, desk: Desk
) -> None:
    front, dev = desk.team("Service desk"), desk.team("Development")
    number = desk.reported(
        service_id=desk.service(owner="olga", through_owner=True, team_id=front)
    )
    desk.do(hand_over, number, HandOver(dev, "A lock in the log"))
    assert (
        "olga is asked to hand it to Development."
        in pages.get(f"/desk/{number}").content
    )
    olga = Pages(app).as_operator("olga")
    olga.get(f"/desk/{number}")
    assert olga.submit(f"/desk/{number}/now/confirm").told == "Handed over as asked."
    assert desk.incident(number).team_id == dev


def test_internal_reasons_are_not_marked_for_the_requester(desk: Desk) -> None:
    front, dev = desk.team("Service desk"), desk.team("Development")
    number = desk.reported(service_id=desk.service(owner="olga", team_id=front))
    desk.do(step, number, "Restarted", 1)
    desk.do(hand_over, number, HandOver(dev, "A lock in the log"))
    desk.do(responsibility.basics_failed, number)
    desk.do(note, number, "We look at the database.", public=True)
    public = [event.kind for event in desk.events(number) if event.public]
    assert public == [EventKind.REPORTED, EventKind.NOTE]
