"""An answer leaves as a mail in its thread: who gets it answers, and nothing is lost."""

from __future__ import annotations

import io
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from app.incidents.articles.actions import use_article
from app.incidents.mail.actions import TakenMail, take_mail
from app.incidents.work.actions import wait
from app.knowledge.actions import add
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.actions.delivering import run_due_deliveries
from app.messages.actions.settling import count_as_told
from app.models.incidents.incident import Attachment, Incident
from app.models.incidents.words import EventKind, IncidentState, WaitingOn
from app.models.knowledge import Audience
from app.models.messages import ChannelKind, Delivery, DeliveryState, Message
from tests.conftest import Clock
from tests.incidents.builders import Desk, rows
from tests.incidents.mail.test_mail import a_mail
from tests.messages.receivers import MailServer, mail_server
from tests.pages import Pages

CARLA = "carla.cash@demo.example"


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def desk(pages: Pages, clock: Clock, smtp: MailServer) -> Desk:
    desk = Desk(pages.parts.database, now=clock())
    desk.do(add_channel, ChannelDraft("Mail", ChannelKind.MAIL, smtp.url))
    return desk


def answered(pages: Pages, number: int, text: str, **more: object) -> str:
    """Answer in the composer of the incident's page; what was said of it."""
    pages.get(f"/desk/{number}")
    given = {"say-text": text, **more}
    return pages.submit(f"/desk/{number}/note", button="Answer", **given).told


def by_mail(pages: Pages, mail: EmailMessage) -> TakenMail:
    taken = take_mail(pages.parts, mail.as_bytes())
    run_due_deliveries(pages.parts)  # the confirmation is out before anybody answers
    return taken


def sent(pages: Pages, smtp: MailServer) -> EmailMessage:
    """Let the worker send what is due; the last mail that arrived."""
    run_due_deliveries(pages.parts)
    return smtp.mails[-1]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_an_answer_goes_out_in_the_thread_with_the_agents_name(
    pages: Pages, desk: Desk, smtp: MailServer
) -> None:
    number = by_mail(pages, a_mail()).incident_id or 0
    told = answered(pages, number, "We look at the plug first.")
    assert told == "The answer is on its way by mail."
    mail = sent(pages, smtp)
    incident = desk.incident(number)
    assert mail["To"] == CARLA and mail["In-Reply-To"] == "<1@demo>"
    assert mail["From"] == "dora <desk@demo.example>"
    assert mail["Auto-Submitted"] is None
    mark = f"[#{number}-{incident.mail_token}]"
    assert mail["Subject"] == f"{mark} Re: The till is dark"
    assert text_of(mail).startswith("We look at the plug first.\n\ndora")
    assert (
        "Mail to carla.cash@demo.example left" in pages.get(f"/desk/{number}").content
    )


def test_what_the_requester_answers_comes_back_to_the_same_incident(
    pages: Pages, desk: Desk, smtp: MailServer
) -> None:
    number = by_mail(pages, a_mail()).incident_id or 0
    answered(pages, number, "Is it plugged in?")
    ours = sent(pages, smtp)
    answer = a_mail("AW: till", "It is.", Message_ID="<2@demo>", In_Reply_To="")
    del answer["In-Reply-To"]
    answer["In-Reply-To"] = ours["Message-ID"]
    assert by_mail(pages, answer) == TakenMail("answer", number)
    answered(pages, number, "Then we come.")
    again = sent(pages, smtp)
    assert again["In-Reply-To"] == "<2@demo>"
    assert again["References"] == "<1@demo> <2@demo>"


def test_the_first_response_counts_when_the_mail_has_left(
    pages: Pages, desk: Desk, smtp: MailServer, clock: Clock
) -> None:
    number = by_mail(pages, a_mail()).incident_id or 0
    run_due_deliveries(pages.parts)
    assert desk.incident(number).first_response_at is None, "a program confirmed it"
    smtp.busy_for.add(CARLA)
    answered(pages, number, "We look at it.")
    run_due_deliveries(pages.parts)
    assert desk.incident(number).first_response_at is None
    assert "is on its way." in pages.get(f"/desk/{number}").content
    smtp.busy_for.clear()
    left = clock.forward(hours=1)
    run_due_deliveries(pages.parts)
    assert desk.incident(number).first_response_at == left


def test_an_answer_that_never_left_is_no_response_and_the_page_says_why(
    pages: Pages, desk: Desk, smtp: MailServer
) -> None:
    number = by_mail(pages, a_mail()).incident_id or 0
    smtp.refuses.add(CARLA)
    answered(pages, number, "We look at it.")
    run_due_deliveries(pages.parts)
    assert desk.incident(number).first_response_at is None
    page = pages.get(f"/desk/{number}")
    assert "Mail to carla.cash@demo.example did not leave" in page.content


def test_what_may_have_arrived_counts_once_somebody_says_so(
    pages: Pages, desk: Desk, clock: Clock
) -> None:
    number = desk.reported(requester_mail=CARLA)
    answered(pages, number, "We look at it.")
    with pages.parts.database.write() as session:
        [delivery] = session.scalars(select(Delivery))
        delivery.state = DeliveryState.MAYBE
        delivery_id = delivery.id
    moment = clock.forward(minutes=5)
    desk.do(count_as_told, delivery_id, now=moment)
    assert desk.incident(number).first_response_at == moment


def test_whom_no_mail_reaches_is_told_and_that_counts_only_where_it_was_done(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    assert "No mail reaches them" in pages.get(f"/desk/{number}").content
    told = answered(pages, number, "It is plugged in again.")
    assert told == "Written down; the requester reads it on their page."
    assert desk.incident(number).first_response_at is None
    answered(pages, number, "Carla heard it from me.", **{"say-told": "y"})
    assert desk.incident(number).first_response_at is not None
    assert rows(desk.database, select(Message)) == []


def test_files_and_articles_go_along(
    pages: Pages, desk: Desk, smtp: MailServer
) -> None:
    number = by_mail(pages, a_mail()).incident_id or 0
    article = desk.do(
        add,
        {
            "title": "Till does not start",
            "issue": "Dark",
            "resolution": "Hold the button for ten seconds.",
            "audience": Audience.USERS,
        },
    )
    desk.do(use_article, number, article.id)
    pages.get(f"/desk/{number}/attach")
    pages.submit(file=(io.BytesIO(b"plan of the plugs"), "plugs.txt"))
    [file] = [
        one
        for one in rows(desk.database, select(Attachment))
        if one.name == "plugs.txt"
    ]
    answered(
        pages,
        number,
        "See the plan.",
        **{"say-files": str(file.id), "say-articles": str(article.id)},
    )
    mail = sent(pages, smtp)
    [part] = list(mail.iter_attachments())
    assert part.get_filename() == "plugs.txt"
    assert part.get_payload(decode=True) == b"plan of the plugs"
    assert "Hold the button for ten seconds." in text_of(mail)


def test_nothing_typed_is_asked_for_again_and_stays_an_answer(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported(requester_mail=CARLA)
    pages.get(f"/desk/{number}")
    page = pages.submit(
        f"/desk/{number}/note", button="Answer", status=422, **{"say-text": " "}
    )
    assert page.errors == ["Write something."]
    assert rows(desk.database, select(Message)) == []


def test_that_it_works_again_is_told_in_the_same_form(
    pages: Pages, desk: Desk, smtp: MailServer
) -> None:
    number = by_mail(pages, a_mail()).incident_id or 0
    page = pages.get(f"/desk/{number}/do/restore")
    assert "Please tell us if it does not." in page.html
    pages.submit(what="The plug was loose")
    mail = sent(pages, smtp)
    assert text_of(mail).startswith("It works again.")
    assert "loose" not in text_of(mail)
    assert desk.incident(number).state is IncidentState.RESTORED


def test_it_can_be_restored_without_a_word(
    pages: Pages, desk: Desk, smtp: MailServer
) -> None:
    number = desk.reported(requester_mail=CARLA)
    pages.get(f"/desk/{number}/do/restore")
    pages.submit(what="The plug was loose", tell="")
    assert rows(desk.database, select(Message)) == []
    assert desk.events(number)[-1].kind is EventKind.RESTORED


def test_an_answer_of_the_requester_ends_the_wait_for_it(
    pages: Pages, desk: Desk, clock: Clock
) -> None:
    number = by_mail(pages, a_mail()).incident_id or 0
    pages.get(f"/desk/{number}")
    pages.submit(f"/desk/{number}/now/start")
    later = clock.forward(hours=1)
    desk.now = later
    until = desk.forward(days=2)
    desk.now = later
    desk.do(wait, number, WaitingOn.REQUESTER, until, "Is it plugged in?")
    by_mail(
        pages, a_mail("Re: till", "It is.", Message_ID="<2@x>", References="<1@demo>")
    )
    found = desk.incident(number)
    assert (found.state, found.waiting_on) == (IncidentState.IN_PROGRESS, None)


def test_two_desks_that_write_to_each_other_come_to_an_end(
    pages: Pages, desk: Desk, smtp: MailServer
) -> None:
    """The other desk confirms each of our mails as a program does, and we take its confirmations:
    both say so in the head of the mail, and neither confirms a confirmation.
    """
    number = by_mail(pages, a_mail(From="desk@other.example")).incident_id or 0
    answered(pages, number, "We look at it.")
    run_due_deliveries(pages.parts)
    seen = 0
    for _round in range(10):
        fresh, seen = smtp.mails[seen:], len(smtp.mails)
        for place, ours in enumerate(fresh):
            theirs = a_mail(
                f"Re: {ours['Subject']}",
                "We have your message.",
                From="desk@other.example",
                Message_ID=f"<{_round}-{place}@other.example>",
                Auto_Submitted="auto-replied",
            )
            theirs["In-Reply-To"] = ours["Message-ID"]
            by_mail(pages, theirs)
        run_due_deliveries(pages.parts)
    assert len(smtp.mails) == 2, "a confirmation and an answer"
    assert len(rows(desk.database, select(Incident))) == 1
