"""A page of an incident asks the database little, however much hangs on the incident."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.incidents.articles.actions import use_article
from app.incidents.hands import responsibility
from app.incidents.hands.actions import HandOver, hand_over
from app.incidents.hands.responsibility import order
from app.incidents.links.actions import link
from app.incidents.work.actions import be_present, note, step
from app.knowledge import actions as knowledge
from app.models.incidents.incident import Attachment, Escalation
from app.models.incidents.words import Doing, FileKind, LinkKind
from tests.catalog.builders import a_fact
from tests.improvements.builders import Room, counted
from tests.incidents.builders import Desk
from tests.pages import Pages

MOST = 15


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def asked(pages: Pages, path: str) -> int:
    pages.get(path)
    with counted(pages.parts.database) as statements:
        pages.get(path)
    return len(statements)


def test_a_quiet_incident_takes_few_statements(pages: Pages, desk: Desk) -> None:
    number = desk.reported(service_id=desk.service(), site_id=desk.site())
    assert asked(pages, f"/desk/{number}") <= MOST


def test_an_incident_with_everything_takes_as_few(pages: Pages, desk: Desk) -> None:
    number = with_everything(desk)
    assert asked(pages, f"/desk/{number}") <= MOST
    shown = pages.get(f"/desk/{number}").content
    for words in (
        "Till number",
        "first call.txt",
        "Restart the server",
        "The target is over.",
        "ben is answering",
        "Restart the till",
        "Better tills",
    ):
        assert words in shown, words


def with_everything(desk: Desk) -> int:
    """An incident on which one of everything hangs."""
    team, admins = desk.team("Tills", "dora"), desk.team("Admins")
    service = desk.service(owner="olga", team_id=team)
    a_fact(desk.database, service, "Till number")
    number = desk.reported(
        service_id=service, site_id=desk.site(), person_id=desk.person()
    )
    desk.do(note, number, "Looked at it", public=True)
    desk.do(step, number, "Restarted", 1)
    desk.do(hand_over, number, HandOver(admins, "The server is full", unknown=True))
    desk.do(responsibility.basics_failed, number)
    later = desk.now + timedelta(hours=2)
    desk.do(order, number, admins, "Restart the server", later, by="olga")
    article = desk.do(knowledge.add, {"title": "Restart the till"})
    desk.do(use_article, number, article.id)
    desk.do(
        link,
        number,
        f"improvement:{Room(desk.database).raised('Better tills')}",
        LinkKind.CAUSE,
    )
    desk.do(be_present, number, Doing.ANSWERING, by="ben")
    with desk.database.write() as session:
        session.add(a_file(number, desk))
        session.add(
            Escalation(
                incident_id=number, rule="x", why="The target is over.", at=desk.now
            )
        )
        session.info["audit_events"] = 1
    return number


def a_file(number: int, desk: Desk) -> Attachment:
    return Attachment(
        incident_id=number,
        kind=FileKind.FILE,
        name="first call.txt",
        type="text/plain",
        size=12,
        sha256="0" * 64,
        at=desk.now,
        by="dora",
    )
