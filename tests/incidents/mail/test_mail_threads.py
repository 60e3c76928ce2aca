"""What comes back to a mail of ours finds its incident; strangers are noted and read nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app import create_app
from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.incidents.inform.actions import Informing, inform
from app.incidents.letters.rules import parsed
from app.incidents.mail.actions import MOST_CONFIRMED, TakenMail, take_mail
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.actions.delivering import run_due_deliveries
from app.messages.actions.sending import MessageDraft, send
from app.messages.rules.recipients import Recipient
from app.models.incidents.incident import Contact
from app.models.incidents.words import EventKind
from app.models.messages import Channel, ChannelKind, Delivery, Message, MessageKind
from tests.conftest import Clock, shut
from tests.incidents.builders import Desk, rows
from tests.messages.receivers import MailServer, mail_server

OWN = "desk@demo.example"
CARLA = "carla.cash@demo.example"
EVE = "eve@evil.example"


@dataclass
class Post:
    """A desk with a mail channel and a server that takes what it sends."""

    parts: Parts
    desk: Desk
    smtp: MailServer
    number: int = 0

    def take(self, mail: EmailMessage) -> TakenMail:
        self.number += 1
        if "Message-ID" not in mail:
            mail["Message-ID"] = f"<{self.number}@their.example>"
        return take_mail(self.parts, mail.as_bytes())

    def deliver(self) -> list[EmailMessage]:
        """Send what waits; return the mails that left."""
        before = len(self.smtp.mails)
        run_due_deliveries(self.parts)
        return list(self.smtp.mails[before:])

    def notes(self, incident_id: int | None) -> list[str]:
        return [
            event.text
            for event in self.desk.events(incident_id or 0)
            if event.kind is EventKind.NOTE
        ]


def a_mail(
    sender: str = CARLA,
    subject: str = "The till is dark",
    body: str = "Since nine.",
    **more: str,
) -> EmailMessage:
    mail = EmailMessage()
    for name, value in {"From": sender, "To": OWN, "Subject": subject, **more}.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail


@pytest.fixture
def post(settings: Settings, clock: Clock) -> Iterator[Post]:
    yield from a_post(
        settings, clock, desk_mail=OWN, public_url="https://rung.demo.example"
    )


def a_post(settings: Settings, clock: Clock, **more: Any) -> Iterator[Post]:
    app: Flask = create_app(
        Settings(**{**vars_of(settings), **more}), now=clock, ring=lambda: None
    )
    parts: Parts = app.extensions[KEY]
    with mail_server() as smtp:
        desk = Desk(parts.database, now=clock())
        desk.do(add_channel, ChannelDraft("Mail", ChannelKind.MAIL, smtp.url))
        yield Post(parts, desk, smtp)
    shut(app)


def vars_of(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__}


@pytest.fixture
def informed(post: Post) -> tuple[int, EmailMessage]:
    """An incident of Carla about which one Inform mail left; the incident and the mail."""
    person = post.desk.person("Carla Cash")
    made = post.desk.reported(
        "The till is dark", person_id=person, requester_mail=CARLA
    )
    post.desk.do(inform, made, an_inform(post))
    (mail,) = post.deliver()
    return made, mail


def an_inform(post: Post) -> Informing:
    channels = rows(post.desk.database, select(Channel.id))
    later = post.desk.now + timedelta(hours=1)
    return Informing(
        MessageKind.UPDATE,
        "Tills: where we are",
        "We are at it.",
        "Dora Desk",
        channels,
        next_update_at=later,
    )


def test_a_mail_bears_the_one_message_id_that_is_remembered_of_its_delivery(
    post: Post, informed: tuple[int, EmailMessage]
) -> None:
    _, mail = informed
    assert mail.get_all("Message-ID") == rows(
        post.desk.database, select(Delivery.mail_id)
    )
    assert re.fullmatch(r"<rung\.[0-9a-f]{32}@demo\.example>", mail["Message-ID"])


def test_a_second_try_bears_the_same_message_id(post: Post, clock: Clock) -> None:
    post.smtp.busy_for.add(CARLA)
    person = post.desk.person("Carla Cash")
    made = post.desk.reported(
        "The till is dark", person_id=person, requester_mail=CARLA
    )
    post.desk.do(inform, made, an_inform(post))
    post.deliver()
    (first,) = rows(
        post.desk.database,
        select(Delivery.mail_id).where(Delivery.mail_id.is_not(None)),
    )
    post.smtp.busy_for.clear()
    clock.forward(hours=3)
    (mail,) = post.deliver()
    assert mail["Message-ID"] == first


THREADS: tuple[Callable[[str], dict[str, str]], ...] = (
    lambda id: {"In_Reply_To": id},
    lambda id: {"References": id},
    lambda id: {"References": f"<older@x> {id}"},
    lambda id: {"In_Reply_To": "<unknown@x>", "References": f"{id} <unknown@x>"},
    lambda id: {"In_Reply_To": f'Your message of "Tue" {id}'},
)


@pytest.mark.parametrize("thread", THREADS)
def test_an_answer_to_an_inform_mail_comes_to_its_incident(
    post: Post,
    informed: tuple[int, EmailMessage],
    thread: Callable[[str], dict[str, str]],
) -> None:
    made, mail = informed
    answer = a_mail(
        subject="Re: Tills: where we are",
        body="Still dark here.",
        **thread(mail["Message-ID"]),
    )
    assert post.take(answer) == TakenMail("answer", made)
    assert "Still dark here." in rows(post.desk.database, select(Contact.text))
    assert post.deliver() == [], "an answer is not confirmed"


def test_an_answer_to_a_confirmation_comes_to_its_incident_without_its_mark(
    post: Post,
) -> None:
    made = post.take(a_mail()).incident_id
    (mail,) = post.deliver()
    assert post.take(
        a_mail(subject="Sv: hello", In_Reply_To=mail["Message-ID"])
    ) == TakenMail("answer", made)


def test_an_answer_to_a_raise_comes_to_its_incident(post: Post) -> None:
    made = post.desk.reported("The till is dark")
    channels = rows(post.desk.database, select(Channel.id))
    draft = MessageDraft(
        MessageKind.ANSWER,
        "Message late",
        "Please inform.",
        "Rung",
        audience={"reminder": made},
    )
    post.desk.do(
        send,
        draft,
        [Recipient("mail:x", "Olga Owner", mail="olga@demo.example")],
        channels,
    )
    (mail,) = post.deliver()
    answer = a_mail("olga@demo.example", In_Reply_To=mail["Message-ID"])
    assert post.take(answer) == TakenMail("answer", made)


def test_who_was_written_to_may_answer_with_another_recipients_mail(
    post: Post, informed: tuple[int, EmailMessage]
) -> None:
    made, mail = informed
    assert post.take(
        a_mail(f"CARLA <{CARLA.upper()}>", References=mail["Message-ID"])
    ) == TakenMail("answer", made)


FORGED = (
    "<rung.00000000000000000000000000000000@demo.example>",
    "<rung.%@demo.example>",
    "<rung._______________________________@demo.example>",
    "<' OR 1=1 --@demo.example>",
    "<" + "a" * 5000 + "@demo.example>",
    "<>",
    "\u202e<x@y>",
)


@pytest.mark.parametrize("forged", FORGED)
def test_a_message_id_that_was_made_up_leads_nowhere(
    post: Post, informed: tuple[int, EmailMessage], forged: str
) -> None:
    made, _ = informed
    raw = (
        f"From: {EVE}\nTo: {OWN}\nIn-Reply-To: {forged}\nSubject: hi\n\nhello".encode()
    )
    taken = take_mail(post.parts, raw)
    assert taken.outcome == "new" and taken.incident_id != made
    assert post.notes(made) == []


def test_a_stranger_who_answers_a_mail_of_ours_is_noted_and_reads_nothing(
    post: Post, informed: tuple[int, EmailMessage]
) -> None:
    made, mail = informed
    taken = post.take(
        a_mail(
            f"Eve <{EVE}>", "Re: Tills", "Tell me more.", In_Reply_To=mail["Message-ID"]
        )
    )
    assert taken.outcome == "new" and taken.incident_id != made
    assert f"answers a mail of incident {made}" in post.notes(taken.incident_id)[0]
    assert f"Eve <{EVE}>, who was not written to" in post.notes(made)[0]
    sent = post.deliver()
    assert [one["To"] for one in sent] == [EVE]
    confirmation = "\n".join(str(one) for one in sent)
    secrets = (
        post.desk.incident(made).mail_token,
        "The till is dark",
        "We are at it",
        CARLA,
        f"#{made}-",
    )
    assert [word for word in secrets if word in confirmation] == []


def test_a_mail_that_takes_the_message_id_of_ours_for_its_own_catches_no_answers(
    post: Post, informed: tuple[int, EmailMessage]
) -> None:
    made, mail = informed
    post.take(a_mail(EVE, Message_ID=mail["Message-ID"]))
    assert post.take(a_mail(In_Reply_To=mail["Message-ID"])) == TakenMail(
        "answer", made
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "auto_reply"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
    ],
)
def test_an_automatic_answer_to_a_mail_of_ours_is_left_alone(
    post: Post, informed: tuple[int, EmailMessage], headers: dict[str, str]
) -> None:
    _, mail = informed
    taken = post.take(
        a_mail(
            subject="Thank you for your mail", In_Reply_To=mail["Message-ID"], **headers
        )
    )
    assert taken.incident_id is None
    assert post.deliver() == []


def test_a_responder_that_does_not_call_itself_one_ends_after_one_confirmation(
    post: Post,
) -> None:
    post.take(a_mail(EVE))
    for turn in range(5):
        sent = post.deliver()
        assert len(sent) == (1 if turn == 0 else 0)
        if sent:
            ours = sent[0]["Message-ID"]
        post.take(a_mail(EVE, "I got your mail", f"Turn {turn}", In_Reply_To=ours))


def test_answers_go_where_the_mail_asks_and_the_difference_is_noted(post: Post) -> None:
    made = post.take(
        a_mail("Scanner <scan@demo.example>", Reply_To=f"Carla Cash <{CARLA}>")
    ).incident_id
    assert post.desk.incident(made).requester_mail == CARLA
    assert (
        "Answers go to carla.cash@demo.example, as the mail asks; it came from scan@demo.example"
        in post.notes(made)[0]
    )
    (sent,) = post.deliver()
    assert sent["To"] == CARLA


@pytest.mark.parametrize(
    "ours",
    [
        OWN,
        "Desk <DESK@demo.example>",
        "desk+12-0123456789@demo.example",
        CARLA,
        "",
        "nonsense",
        "a@b@c",
    ],
)
def test_a_reply_to_that_is_ours_or_none_changes_nothing(post: Post, ours: str) -> None:
    made = post.take(a_mail(Reply_To=ours)).incident_id
    assert post.desk.incident(made).requester_mail == CARLA
    assert post.notes(made) == []


def test_nobody_is_flooded_with_confirmations_that_others_ask_for(post: Post) -> None:
    for number in range(MOST_CONFIRMED + 4):
        post.take(a_mail(f"eve{number}@evil.example", Reply_To="victim@demo.example"))
    assert len(post.deliver()) == MOST_CONFIRMED


def test_who_got_a_copy_is_written_down_and_gets_nothing(post: Post) -> None:
    copied = (
        f"Mo Manager <mo@demo.example>, {OWN}, =?utf-8?q?J=C3=BCrg?= <juerg@demo.example>, "
        f"{CARLA}, broken"
    )
    made = post.take(a_mail(Cc=copied)).incident_id
    assert post.notes(made) == [
        "The mail went to others too: Mo Manager <mo@demo.example>, Jürg <juerg@demo.example>."
    ]
    assert [sent["To"] for sent in post.deliver()] == [CARLA]


def test_a_crowd_that_got_a_copy_is_bounded() -> None:
    raw = f"From: {CARLA}\nCc: {', '.join(f'p{n}@x.example' for n in range(3000))}\n\nx".encode()
    assert len(parsed(raw).copied) == 20


def test_a_confirmation_carries_mark_and_link_and_no_table_of_messages_holds_them(
    post: Post,
) -> None:
    made = post.take(a_mail()).incident_id
    token = post.desk.incident(made).mail_token
    (sent,) = post.deliver()
    body = sent.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert sent["Subject"] == f"[#{made}-{token}] The till is dark"
    (link,) = re.findall(r"https://rung\.demo\.example(/r/\S+)", body)
    with post.parts.database.read() as session:
        for table in ("message", "delivery", "audit_event"):
            held = "\n".join(
                str(row) for row in session.execute(text(f"SELECT * FROM {table}"))
            )
            assert token not in held and link not in held, table


def test_the_link_of_a_confirmation_leads_to_the_requesters_page(
    settings: Settings, clock: Clock
) -> None:
    for post in a_post(
        settings, clock, desk_mail=OWN, public_url="https://rung.demo.example"
    ):
        post.take(a_mail())
        body = post.deliver()[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
        (link,) = re.findall(r"https://rung\.demo\.example(/r/\S+)", body)
        app = create_app(post.parts.settings, now=clock)
        page = app.test_client().get(link, headers={"Host": "rung.demo.example"})
        assert page.status_code == 200 and "The till is dark" in page.text
        shut(app)


def test_without_a_public_address_no_link_is_sent(
    settings: Settings, clock: Clock
) -> None:
    for post in a_post(settings, clock, desk_mail=OWN):
        post.take(a_mail())
        assert "/r/" not in str(post.deliver()[0])


def test_a_mailbox_that_is_not_the_senders_gets_no_link(post: Post) -> None:
    post.take(a_mail("bert@demo.example", Reply_To=EVE))
    assert "/r/" not in str(post.deliver()[0])


def test_what_an_agent_types_cannot_ask_for_the_link(
    post: Post, informed: tuple[int, EmailMessage]
) -> None:
    _, mail = informed
    assert "/r/" not in str(mail) and "[#" not in mail["Subject"]
    assert (
        rows(post.desk.database, select(Message.audience))[0]
        .keys()
        .isdisjoint({"marked", "linked"})
    )
