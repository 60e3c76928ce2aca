"""The page of mails that made no incident: why, and what can be done about each."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.incidents.mailbox import actions as mailbox_actions
from app.incidents.mailbox.actions import set_aside, take_or_set_aside, try_again_due
from app.models.incidents.desk import MailSeen
from app.models.incidents.incident import Incident
from tests.conftest import Clock
from tests.incidents.builders import rows
from tests.incidents.letters.hostile_mails import mail
from tests.pages import Pages

AWAY = mail(
    b"Back on Monday",
    "text/plain",
    "Auto-Submitted: auto-replied",
    "Message-ID: <1@x>",
    subject="Away",
)
BOUNCE = mail(
    b"Not delivered",
    "text/plain",
    "Return-Path: <>",
    "Message-ID: <2@x>",
    subject="<script>alert(1)</script>",
)


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


def numbers(pages: Pages) -> list[int]:
    return rows(pages.parts.database, select(MailSeen.id).order_by(MailSeen.id))


def test_an_empty_page_says_what_will_stand_there(pages: Pages) -> None:
    page = pages.get("/desk/mail")
    assert page.h1 == "Mail left alone" and "Nothing is left alone" in page.content
    assert "No mail fits" in pages.get("/desk/mail?q=klingon").content


def test_what_is_left_alone_stands_there_with_its_reason_and_is_counted_on_the_desk(
    pages: Pages,
) -> None:
    for raw in (AWAY, BOUNCE):
        take_or_set_aside(pages.parts, raw)
    page = pages.get("/desk/mail")
    assert [row[0].split()[0] for row in page.rows("Mails that made no incident")] == [
        "<script>alert(1)</script>",
        "Away",
    ]
    assert "automatic answer" in page.content and "kept until" in page.content
    assert "Calls Mail 2 Messages" in pages.get("/desk").text
    assert "Away" not in pages.get("/desk/mail?q=script").content


def test_one_click_makes_an_incident(pages: Pages) -> None:
    take_or_set_aside(pages.parts, AWAY)
    (number,) = numbers(pages)
    page = pages.post(f"/desk/mail/{number}/incident")
    assert (
        page.h1.endswith(" Away") and "An incident was made of the mail." in page.told
    )
    assert "Nothing is left alone" in pages.get("/desk/mail").content
    assert rows(pages.parts.database, select(Incident.description)) == [
        "Back on Monday"
    ]
    assert "already" in pages.post(f"/desk/mail/{number}/incident", status=409).content


def test_what_is_to_be_left_is_left_one_by_one_or_all_that_were_seen(
    pages: Pages,
) -> None:
    take_or_set_aside(pages.parts, AWAY)
    (first,) = numbers(pages)
    pages.post(f"/desk/mail/{first}/leave")
    take_or_set_aside(pages.parts, BOUNCE)
    second = numbers(pages)[-1]
    set_aside(pages.parts, b"Subject: broken\n\nx", KeyError("x"))
    take_or_set_aside(pages.parts, AWAY.replace(b"<1@x>", b"<3@x>"))
    page = pages.post("/desk/mail/leave", {"up_to": second})
    assert "1 mail is left alone." in page.told
    subjects = [row[0].split()[0] for row in page.rows("Mails that made no incident")]
    assert subjects == ["Away", "broken"], (
        "what came meanwhile, and what could not be read, still waits"
    )
    assert "left by dora" in pages.get("/desk/mail?view=all").content
    pages.post("/desk/mail/leave", {"up_to": "9" * 30})
    told = rows(
        pages.parts.database,
        select(AuditEvent.action).where(AuditEvent.action.like("mail.%")),
    )
    assert told == ["mail.leave"] * 3


def test_what_could_not_be_read_is_told_to_management_and_tried_again(
    pages: Pages, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_aside(
        pages.parts, mail(b"please help", subject="poison"), RecursionError("too deep")
    )
    page = pages.get("/desk/mail?view=set+aside")
    assert "RecursionError: too deep" in page.content and "1 attempt" in page.content
    assert "1 mail could not be read" in pages.get("/desk/management").text
    (number,) = numbers(pages)
    page = pages.post(f"/desk/mail/{number}/again")
    assert page.h1.endswith(" poison") and "The mail was taken." in page.told
    assert "could not be read and" not in pages.get("/desk/management").text
    assert not try_again_due(pages.parts)


def test_trying_again_in_vain_says_so(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_aside(pages.parts, mail(), KeyError("x"))
    (number,) = numbers(pages)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(mailbox_actions, "take_mail", broken)
    page = pages.post(f"/desk/mail/{number}/again")
    assert (
        "could not be taken this time either" in page.told
        and "2 attempts" in page.content
    )
    assert pages.post(f"/desk/mail/{number}/incident").h1.endswith(" hi")


def test_there_are_pages_of_them(pages: Pages) -> None:
    for number in range(60):
        take_or_set_aside(pages.parts, AWAY.replace(b"<1@x>", b"<%d@many>" % number))
    assert "1–50 of 60" in pages.get("/desk/mail").content
    assert len(pages.get("/desk/mail?page=2").rows("Mails that made no incident")) == 10


def test_only_who_works_at_the_desk_may(app: Flask) -> None:
    pages = Pages(app).as_operator("rita", permissions=("read",))
    pages.get("/desk/mail", status=403)
    for act in ("1/incident", "1/again", "1/leave", "leave"):
        pages.post(f"/desk/mail/{act}", status=403)
