"""Mail in: what is read of it, what is left alone, where it goes."""

from __future__ import annotations

import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.incidents.letters.answers import only_thanks, without_quotes
from app.incidents.letters.html import plain_of_html
from app.incidents.letters.rules import LARGEST, parsed
from app.incidents.mail.actions import (
    AS_IT_CAME,
    MOST_CONFIRMED,
    TOO_MANY,
    TakenMail,
    take_mail,
)
from app.incidents.restoration.actions import restore
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.actions.delivering import run_due_deliveries
from app.models.incidents.desk import MailSeen
from app.models.incidents.incident import Attachment, Contact, Incident
from app.models.incidents.words import IncidentState, Via
from app.models.messages import ChannelKind, Message
from tests.conftest import Clock
from tests.incidents.builders import Desk, rows
from tests.incidents.letters.hostile_mails import NESTED, html
from tests.messages.receivers import mail_server
from tests.pages import Pages


def a_mail(
    subject: str = "The till is dark", text: str = "Since nine.", **headers: str
) -> EmailMessage:
    mail = EmailMessage()
    usual = {
        "From": "Carla Cash <carla.cash@demo.example>",
        "To": "desk@demo.example",
        "Message_ID": "<1@demo>",
    }
    for name, value in {**usual, "Subject": subject, **headers}.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def mail_channel(desk: Desk) -> None:
    url = "mailto://127.0.0.1:1?from=desk@demo.example&to={address}"
    desk.do(add_channel, ChannelDraft("Mail", ChannelKind.MAIL, url))


@pytest.fixture
def desk(app: Flask, clock: Clock) -> Desk:
    return Desk(Pages(app).parts.database, now=clock())


@pytest.fixture
def take(app: Flask) -> Any:
    def taking(mail: EmailMessage | bytes) -> TakenMail:
        return take_mail(
            Pages(app).parts, mail if isinstance(mail, bytes) else mail.as_bytes()
        )

    return taking


def test_scripts_in_html_are_not_even_text() -> None:
    html = (
        "<style>p{}</style><p>Till &amp; <b>scale</b></p><script>alert(1)</script><img src=x "
        "onerror=y><div>dark</div>"
    )
    assert plain_of_html(html) == "Till & scale\n\ndark"


def test_only_what_is_new_of_an_answer_is_kept() -> None:
    text = (
        "Still dark.\n\nOn Mon, 2 Mar 2026 at 09:00, Desk <desk@demo.example> wrote:\n> Try "
        "again.\n> Bye"
    )
    assert without_quotes(text) == "Still dark."
    assert without_quotes("Ja.\n-----Ursprüngliche Nachricht-----\nVon: x") == "Ja."
    assert without_quotes("> only a quote") == "> only a quote"


def test_thanks_are_told_from_objections() -> None:
    assert only_thanks("Thank you, works!") and only_thanks("Danke")
    assert not only_thanks("Thanks, but it is still dark") and not only_thanks(
        "It is dark"
    )


@given(st.binary(max_size=2000))
def test_no_mail_is_broken_enough_to_stop_us(raw: bytes) -> None:
    mail = parsed(raw)
    assert mail.message_id and len(mail.message_id) <= 200
    (mail.text + mail.subject + mail.name + mail.sender).encode()


@given(
    st.sampled_from(
        ["From", "Subject", "Content-Type", "Content-Disposition", "Message-ID", "To"]
    ),
    st.binary(max_size=80).filter(
        lambda value: b"\n" not in value and b"\r" not in value
    ),
)
def test_no_header_is_broken_enough_to_stop_us(name: str, value: bytes) -> None:
    raw = b"From: a@b.example\r\n" + name.encode() + b": " + value + b"\r\n\r\nhello"
    parsed(raw).subject.encode()


def test_a_broken_encoding_loses_no_letter_that_can_be_read() -> None:
    raw = b"From: a@b.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\nKasse \xe4 dunkel"
    assert parsed(raw).text == "Kasse ä dunkel"


def test_of_a_huge_mail_the_beginning_is_taken() -> None:
    mail = parsed(a_mail(text="first words\n").as_bytes() + b"x" * LARGEST)
    assert mail.text.startswith("first words") and not mail.files
    assert "larger than 30 MB" in mail.left_out[0]


MACHINES: tuple[tuple[dict[str, str], str], ...] = (
    ({"Auto_Submitted": "auto-replied"}, "automatic answer"),
    ({"Auto_Submitted": "auto-replied; owner-email=a@b.example"}, "automatic answer"),
    ({"Precedence": "auto_reply"}, "automatic answer"),
    ({"X_Autoreply": "yes"}, "automatic answer"),
    (
        {"X_Auto_Response_Suppress": "All", "subject": "Automatic reply: till"},
        "automatic answer",
    ),
    (
        {"Auto_Submitted": "auto-generated", "subject": "Abwesenheitsnotiz: till"},
        "automatic answer",
    ),
    (
        {"Auto_Submitted": "auto-generated", "subject": "Re: [#12-0123456789] till"},
        "automatic answer",
    ),
    ({"Return_Path": "<>"}, "no sender"),
    ({"From": "MAILER-DAEMON@demo.example"}, "bounce"),
    ({"X_Failed_Recipients": "x@demo.example"}, "bounce"),
    ({"From": "Desk <desk@demo.example>"}, "own mail"),
    ({"From": ""}, "no sender"),
)


@pytest.mark.parametrize(("headers", "why"), MACHINES)
def test_bounces_null_senders_and_automatic_answers_are_left_alone(
    headers: dict[str, str], why: str
) -> None:
    assert parsed(a_mail(**headers).as_bytes(), ("desk@demo.example",)).machine == why
    assert parsed(a_mail(Auto_Submitted="no").as_bytes()).machine == ""


QUIET: tuple[tuple[dict[str, str], str], ...] = (
    ({"Precedence": "list", "List_Id": "<desk.demo.example>"}, "list or bulk mail"),
    ({"Precedence": "bulk"}, "list or bulk mail"),
    ({"List_Id": "<desk.demo.example>"}, "list or bulk mail"),
    ({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, "wants no automatic answer"),
    ({"Auto_Submitted": "auto-generated"}, "sent by a program"),
)


@pytest.mark.parametrize(("headers", "why"), QUIET)
def test_who_wants_no_automatic_answer_gets_an_incident_and_no_confirmation(
    desk: Desk, take: Any, headers: dict[str, str], why: str
) -> None:
    mail_channel(desk)
    mail = a_mail(**headers)
    assert parsed(mail.as_bytes()).quiet == why
    assert take(mail).outcome == "new"
    assert rows(desk.database, select(Message.id)) == []


def test_a_new_incident_is_confirmed(desk: Desk, take: Any) -> None:
    mail_channel(desk)
    assert take(a_mail()).outcome == "new"
    assert rows(desk.database, select(Message.subject)) == ["The till is dark"]


def test_a_mail_becomes_an_incident_of_the_person_with_that_address(
    desk: Desk, take: Any
) -> None:
    site, person = (
        desk.site("Harbour outlet", 7),
        desk.person("Carla Cash", site="Harbour outlet"),
    )
    mail = a_mail()
    mail.add_attachment(
        b"%PDF-1.7", maintype="application", subtype="pdf", filename="../bill.pdf"
    )
    taken = take(mail)
    found = desk.incident(taken.incident_id)
    assert (taken.outcome, found.person_id, found.site_id, found.via) == (
        "new",
        person,
        site,
        Via.MAIL,
    )
    assert (found.title, found.description, found.requester) == (
        "The till is dark",
        "Since nine.",
        "Carla Cash",
    )
    assert rows(desk.database, select(Attachment.name)) == ["bill.pdf", AS_IT_CAME]


def test_the_same_mail_twice_is_taken_once(desk: Desk, take: Any) -> None:
    first, second = take(a_mail()), take(a_mail())
    assert second == TakenMail("seen before", first.incident_id)
    assert len(rows(desk.database, select(Incident.id))) == 1


def test_a_mail_of_a_machine_makes_nothing_and_is_noted(desk: Desk, take: Any) -> None:
    assert take(a_mail(Auto_Submitted="auto-replied")) == TakenMail("automatic answer")
    assert rows(desk.database, select(Incident.id)) == []
    assert rows(desk.database, select(MailSeen.outcome)) == ["automatic answer"]


@pytest.mark.parametrize("where", ["subject", "address", "thread"])
def test_an_answer_finds_its_incident(desk: Desk, take: Any, where: str) -> None:
    number = take(a_mail()).incident_id
    mark = f"{number}-{desk.incident(number).mail_token}"
    headers = {
        "subject": {"subject": f"Re: [#{mark}] till"},
        "address": {"To": f"desk+{mark}@demo.example"},
        "thread": {"In_Reply_To": "<1@demo>"},
    }[where]
    answer = a_mail(
        text="It smells.\n> Since nine.", **{"Message_ID": "<2@demo>", **headers}
    )
    assert take(answer) == TakenMail("answer", number)
    assert (
        rows(desk.database, select(Contact.text).order_by(Contact.id))[-1]
        == "It smells."
    )


def test_a_wrong_mark_never_leads_into_an_incident(desk: Desk, take: Any) -> None:
    number = desk.reported()
    for attempt, mark in enumerate((f"{number}-0000000000", f"{number}-", f"{number}")):
        taken = take(a_mail(f"[#{mark}] hello", Message_ID=f"<{attempt}@x>"))
        assert taken.outcome == "new" and taken.incident_id != number
    other = a_mail(From="eve@evil.example", In_Reply_To="<0@x>", Message_ID="<9@x>")
    assert take(other).outcome == "new", "somebody else's thread opens nothing"


def test_an_answer_opens_what_was_restored_unless_it_says_thanks(
    desk: Desk, take: Any
) -> None:
    number = take(a_mail()).incident_id
    mark = f"[#{number}-{desk.incident(number).mail_token}]"
    desk.do(restore, number, "New cable")
    assert take(a_mail(mark, "Thank you!", Message_ID="<2@x>")).outcome == "answer"
    assert desk.incident(number).state is IncidentState.RESTORED
    take(a_mail(mark, "Dark once more", Message_ID="<3@x>"))
    assert desk.incident(number).state is IncidentState.NEW


def test_a_confirmation_says_that_a_program_wrote_it_and_what_it_answers(
    app: Flask, desk: Desk, take: Any
) -> None:
    with mail_server() as smtp:
        desk.do(add_channel, ChannelDraft("Mail", ChannelKind.MAIL, smtp.url))
        take(a_mail(Message_ID="<a&b=c+d%@demo.example>"))
        run_due_deliveries(Pages(app).parts)
    (sent,) = smtp.mails
    assert (
        sent["Auto-Submitted"] == "auto-replied"
        and sent["To"] == "carla.cash@demo.example"
    )
    assert sent["In-Reply-To"] == sent["References"] == "<a&b=c+d%@demo.example>"
    assert parsed(sent.as_bytes()).machine == "automatic answer", (
        "another desk would leave it alone"
    )


@pytest.mark.parametrize(
    "message_id",
    ["<" + "x" * 5000 + "@x>", "no brackets", "<a@b>\r\n Bcc: <eve@evil.example>"],
)
def test_no_message_id_writes_into_the_head_of_the_confirmation(
    app: Flask, desk: Desk, take: Any, message_id: str
) -> None:
    with mail_server() as smtp:
        desk.do(add_channel, ChannelDraft("Mail", ChannelKind.MAIL, smtp.url))
        take(
            b"From: carla@demo.example\r\nMessage-ID: "
            + message_id.encode()
            + b"\r\nSubject: till\r\n\r\nx"
        )
        run_due_deliveries(Pages(app).parts)
    (sent,) = smtp.mails
    assert sent["Auto-Submitted"] == "auto-replied" and sent["Bcc"] is None
    assert [recipient for recipient, _ in smtp.taken] == ["carla@demo.example"]


def test_of_one_sender_twenty_mails_an_hour_are_taken_every_hour(
    desk: Desk, take: Any, clock: Clock
) -> None:
    for hour in range(2):
        outcomes = [
            take(a_mail(Message_ID=f"<{hour}-{n}@x>")).outcome for n in range(22)
        ]
        assert outcomes[19:] == ["new", TOO_MANY, TOO_MANY]
        clock.forward(minutes=61)


def test_two_programs_that_thank_each_other_end(desk: Desk, take: Any) -> None:
    """The other side answers every confirmation as a person would: no header, another subject."""
    mail_channel(desk)
    sent = 0
    for turn in range(15):
        take(a_mail(f"Ticket {turn} was opened", Message_ID=f"<{turn}@other>"))
        now_sent = len(rows(desk.database, select(Message.id)))
        if now_sent == sent:
            break
        sent = now_sent
    assert sent == MOST_CONFIRMED


def test_a_pipe_hands_over_a_mail(app: Flask, desk: Desk) -> None:
    settings = Pages(app).parts.settings
    env = {
        "RUNG_HOME": str(settings.home),
        "RUNG_DATABASE_URL": settings.database_url,
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, "-m", "app.cli", "mail", "take", "--json"]
    done = subprocess.run(
        command, input=a_mail().as_bytes(), env=env, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b'"outcome": "new"' in done.stdout
    assert rows(desk.database, select(Incident.title)) == ["The till is dark"]


def test_a_pipe_hands_over_whatever_comes_and_the_next(app: Flask, desk: Desk) -> None:
    settings = Pages(app).parts.settings
    env = {
        "RUNG_HOME": str(settings.home),
        "RUNG_DATABASE_URL": settings.database_url,
        "PATH": "/usr/bin:/bin",
    }
    for raw in (html("<![foo bar]>text"), NESTED, b"", a_mail().as_bytes()):
        command = [sys.executable, "-m", "app.cli", "mail", "take"]
        done = subprocess.run(
            command, input=raw, env=env, capture_output=True, check=False
        )
        assert done.returncode == 0 and b"Traceback" not in done.stderr, done.stderr
    assert (
        rows(desk.database, select(Incident.title).order_by(Incident.id))[-1]
        == "The till is dark"
    )


def test_a_pipe_whose_database_is_away_says_try_again_later(
    app: Flask, tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir(exist_ok=True)
    env = {"RUNG_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    env["RUNG_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    command = [sys.executable, "-m", "app.cli", "mail", "take"]
    done = subprocess.run(
        command, input=a_mail().as_bytes(), env=env, capture_output=True, check=False
    )
    assert done.returncode == 4, done.stderr
