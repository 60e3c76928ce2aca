"""Inform and the log of messages in the browser."""

from __future__ import annotations

import pytest
from flask import Flask

from app.incidents.mass.actions import declare_mass
from app.messages.actions.channels import ChannelDraft, add_channel
from app.models.incidents.words import IncidentState
from app.models.messages import ChannelKind
from tests.catalog.builders import a_person
from tests.conftest import Clock
from tests.incidents.builders import Desk
from tests.pages import Pages

MAIL = "mailto://mail.demo.example?from=desk@demo.example&to={address}"


WORDS = {
    "text": "The tills do not start. The team is at it.",
    "subject": "Tills: we look into it",
}


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def desk(pages: Pages, clock: Clock) -> Desk:
    desk = Desk(pages.parts.database, now=clock())
    desk.do(add_channel, ChannelDraft("Mail", ChannelKind.MAIL, MAIL))
    return desk


@pytest.fixture
def outage(desk: Desk) -> int:
    """A mass incident at the harbour, where Ada works."""
    site = desk.site()
    a_person(desk.database, "Ada", "Harbour outlet")
    number = desk.reported(service_id=desk.service(), site_id=site, impact=1)
    desk.do(declare_mass, number, [site])
    return number


def test_inform_shows_who_gets_it_sends_and_leads_to_the_board(
    pages: Pages, desk: Desk, outage: int
) -> None:
    page = pages.get(f"/desk/{outage}")
    assert "The first message is owed by" in page.content
    page = pages.get(f"/desk/{outage}/inform")
    assert "2 people, 1 of them by phone only" in page.content
    assert "works at Harbour outlet; Mail" in page.content
    page = pages.submit(**WORDS)
    assert page.told == "The message is on its way."
    assert [row[:2] for row in page.rows("Told and not told")] == [
        ["Carla Cash", "to call"],
        ["Ada", "on its way"],
    ]
    page = pages.get(f"/desk/{outage}")
    assert "The tills do not start." in page.content
    assert "Next message promised for" in page.content
    assert desk.incident(outage).first_response_at is None, "nothing has left yet"
    assert (
        "0 of 2 people were told at least once"
        in pages.get(f"/desk/{outage}/told").content
    )


def test_the_preview_changes_with_the_audience_and_sends_nothing(
    pages: Pages, desk: Desk, outage: int
) -> None:
    pages.get(f"/desk/{outage}/inform")
    page = pages.submit(
        button="Show who gets it", scope="who reported it", subject="Mine"
    )
    assert "1 person" in page.content
    assert 'value="Mine"' in page.html
    assert "Nobody was informed so far." in pages.get(f"/desk/{outage}").content


def test_words_that_promise_are_refused_and_guesses_are_asked_about_once(
    pages: Pages, outage: int
) -> None:
    pages.get(f"/desk/{outage}/inform")
    page = pages.submit(text="It will be fixed by 14:00.", status=422)
    assert "promises an end" in page.content
    assert "I have read this" not in page.content
    page = pages.submit(text="It is probably the network.", status=422)
    assert "is a guess" in page.content
    assert (
        pages.submit(text="It is probably the network.", as_it_stands="y").told
        == "The message is on its way."
    )


def test_the_message_of_restoration_needs_no_next_one_and_restores_all(
    pages: Pages, desk: Desk, outage: int
) -> None:
    child = desk.reported(
        service_id=desk.incident(outage).service_id,
        site_id=desk.incident(outage).site_id,
    )
    page = pages.get(f"/desk/{outage}/inform?kind=restored")
    assert "The next message comes in" not in page.content
    pages.submit(text="The tills work again since 10:00. Nothing was lost.")
    assert [desk.incident(one).state for one in (outage, child)] == [
        IncidentState.RESTORED,
        IncidentState.RESTORED,
    ]


def test_the_log_shows_facts_by_unit_with_denominators_and_no_names(
    pages: Pages, desk: Desk, clock: Clock
) -> None:
    team = desk.team("Tills", "tom")
    service = desk.service(team_id=team)
    silent = desk.reported("Silent", service_id=service, impact=1)
    clock.forward(hours=1)
    page = pages.get("/messages/log")
    assert "No message was sent." in page.content
    [row] = page.rows("By unit")
    assert row[:3] == ["Tills", "1", "1 of 1"]
    assert not any(name in page.content for name in ("Carla", "olga", "tom"))
    assert f"{silent},Tills,P1" in pages.get("/messages/log.csv").html
    assert "Nothing fits" in pages.get("/messages/log?kind=not+everyone").content
