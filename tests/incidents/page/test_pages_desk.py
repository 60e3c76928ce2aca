"""The page of an incident in the browser, without script."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from app.core.acting import Acting
from app.incidents.events import happened
from app.incidents.work.actions import assign, note
from app.models.incidents.incident import Escalation, Incident
from app.models.incidents.words import EventKind
from tests.incidents.builders import Desk
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def primary(page: Page) -> list[str]:
    return [node.text for node in page.root.one("main").all(class_="primary")]


def test_the_one_primary_action_is_what_comes_next(pages: Pages, desk: Desk) -> None:
    number = desk.reported(service_id=desk.service())
    assert primary(pages.get(f"/desk/{number}")) == ["Take it"]
    assert primary(pages.submit(f"/desk/{number}/now/take")) == ["It works again"]
    pages.get(f"/desk/{number}/do/wait")
    page = pages.submit(on="provider", why="A spare part", until="2026-03-03T09:00")
    assert primary(page) == ["Go on"]
    assert primary(pages.submit(f"/desk/{number}/now/start")) == ["It works again"]
    pages.get(f"/desk/{number}/do/restore")
    page = pages.submit(what="A new cable", at="2026-03-02T09:00")
    assert primary(page) == ["Close"]
    assert primary(pages.submit(f"/desk/{number}/now/close")) == []


def test_what_somebody_else_works_on_urges_nobody(
    app: Flask, pages: Pages, desk: Desk
) -> None:
    Pages(app).as_operator("ben")
    number = desk.reported()
    desk.do(assign, number, "ben")
    page = pages.get(f"/desk/{number}")
    assert primary(page) == []
    menu = page.root.one("details", class_="menu")
    assert "Take it" in menu.text and "Hand over" in menu.text


def test_the_callers_words_stand_first_then_one_place_to_write_then_the_story(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported(
        service_id=desk.service(),
        description="It hangs after the receipt.",
        effect="The cashier cannot sell.",
    )
    text = pages.get(f"/desk/{number}").content
    places = [
        text.index(words)
        for words in (
            "It hangs after the receipt.",
            "The cashier cannot sell.",
            "Step tried",
            "What happened",
            "Caller",
        )
    ]
    assert places == sorted(places)


def test_of_all_that_is_wrong_one_thing_stands_in_a_box(
    app: Flask, pages: Pages, desk: Desk
) -> None:
    service, site = desk.service(), desk.site()
    for title in ("One", "Two", "Three"):
        number = desk.reported(title, service_id=service, site_id=site, impact=1)
    with desk.database.write() as session:
        session.add(told_management(number, desk.now))
        session.info["audit_events"] = 1
    page = pages.get(f"/desk/{number}")
    boxes = page.root.one("main").all(role="note")
    assert ["One mass incident?" in box.text for box in boxes] == [True]
    lines = page.root.all(class_="alarm-line")
    assert ["Management was told" in line.text for line in lines] == [True]


def test_an_answer_is_marked_for_the_requester_and_a_note_is_not(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    pages.get(f"/desk/{number}")
    write = f"/desk/{number}/note"
    pages.submit(write, button="Save the note", **{"say-text": "Looked at it"})
    pages.submit(write, button="Answer", **{"say-text": "Please try again"})
    assert [(event.text, event.public) for event in desk.events(number)][1:] == [
        ("Looked at it", False),
        ("Please try again", True),
    ]


def test_the_level_of_the_last_step_is_proposed_for_the_next(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    page = pages.get(f"/desk/{number}")
    assert level(page) == "1st level"
    page = pages.submit(
        f"/desk/{number}/note",
        button="Write the step down",
        **{"say-text": "Restarted the server", "say-level": "2"},
    )
    assert level(page) == "2nd level"
    assert desk.events(number)[-1].data["level"] == 2


def test_what_nobody_wrote_is_folded_where_it_stands(pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    desk.do(note, number, "Before")
    for _ in range(3):
        desk.do(tell_management, number, by="rung")
    desk.do(note, number, "After")
    story = pages.get(f"/desk/{number}").root.one(id="conversation")
    assert "3 automatic" in story.one("summary").text
    text = story.text
    assert text.index("After") < text.index("3 automatic") < text.index("Before")


def test_who_called_is_dialled_and_written_to(pages: Pages, desk: Desk) -> None:
    number = desk.reported(
        requester_phone="+41 (0)31 555 01 23", requester_mail="carla@demo.example"
    )
    links = [
        link.attrs["href"]
        for link in pages.get(f"/desk/{number}").root.one(id="caller").all("a")
    ]
    assert {"tel:+41315550123", "mailto:carla@demo.example"} <= set(links)


def level(page: Page) -> str:
    chosen = page.root.one("select", name="say-level").all("option", selected="")
    return chosen[0].text


def told_management(number: int, at: datetime) -> Escalation:
    return Escalation(
        incident_id=number, rule="target 1", why="The target is over.", at=at
    )


def tell_management(act: Acting, number: int) -> None:
    incident = act.session.get_one(Incident, number)
    happened(act, incident, EventKind.RAISED, "It was raised", touches=False)


def test_two_notes_at_once_are_both_kept(app: Flask, pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    ben = Pages(app).as_operator("ben")
    for browser in (pages, ben):
        browser.get(f"/desk/{number}")
    for browser, text in ((pages, "From Dora"), (ben, "From Ben")):
        browser.submit(f"/desk/{number}/note", **{"say-text": text})
    assert [event.text for event in desk.events(number)][1:] == [
        "From Dora",
        "From Ben",
    ]


def test_an_empty_note_is_said_beside_the_field(pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    pages.get(f"/desk/{number}")
    page = pages.submit(f"/desk/{number}/note", status=422)
    assert page.errors == ["Write something."]


def test_what_cannot_be_done_and_what_is_not_there_is_said(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    pages.get(f"/desk/{number}/do/dance", status=404)
    pages.post(f"/desk/{number}/now/dance", status=404)
    assert (
        "Only a restored one can be closed"
        in pages.post(f"/desk/{number}/now/close", status=409).content
    )
