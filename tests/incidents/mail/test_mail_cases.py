"""Mails as people and their programs really send them: nothing of them is lost, and what is cut is
said.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.parts import Parts
from app.incidents.letters.answers import without_quotes
from app.incidents.letters.html import plain_of_html
from app.incidents.letters.rules import Mail, parsed
from app.incidents.mail.actions import AS_IT_CAME, TakenMail, take_mail
from app.messages.actions.channels import ChannelDraft, add_channel
from app.models.incidents.incident import Attachment, Contact, Incident, IncidentEvent
from app.models.incidents.words import EventKind
from app.models.messages import ChannelKind, Message
from tests.conftest import Clock
from tests.incidents.builders import Desk, rows
from tests.pages import Pages

HEAD = (
    b"From: Ann Example <ann@cust.example>\nTo: desk@demo.example\nMIME-Version: 1.0\n"
)
PICTURE = (
    b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n"
)
WORDS = b"Content-Type: text/plain\n\n"


def read(rest: bytes) -> Mail:
    return parsed(HEAD + rest)


def in_parts(*bodies: bytes, kind: bytes = b"mixed") -> bytes:
    inner = b"".join(b"--b1\n" + body + b"\n" for body in bodies)
    return (
        b"Subject: test\nContent-Type: multipart/"
        + kind
        + b"; boundary=b1\n\n"
        + inner
        + b"--b1--\n"
    )


@pytest.fixture
def parts(app: Flask) -> Parts:
    return Pages(app).parts


@pytest.fixture
def desk(parts: Parts, clock: Clock) -> Desk:
    return Desk(parts.database, now=clock())


@pytest.fixture
def take(parts: Parts) -> Any:
    def taking(rest: bytes) -> TakenMail:
        return take_mail(parts, HEAD + rest)

    return taking


FILES = (
    (
        PICTURE.replace(b"\n", b"\nContent-ID: <i1>\nContent-Disposition: inline\n", 1),
        "image.png",
    ),
    (b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR", "invite.ics"),
    (b"Content-Type: application/pdf\n\n%PDF-1.7", "document.pdf"),
    (b"Content-Type: application/x-thing\n\nxyz", "part.bin"),
    (
        b"Content-Type: message/rfc822\n\nFrom: x@evil.example\nSubject: Win\n\nClick here.",
        "message.eml",
    ),
    (
        b"Content-Type: message/rfc822\nContent-Disposition: attachment; filename=offer.eml\n"
        b"\nSubject: Win\n\nx",
        "offer.eml",
    ),
    (b"Content-Type: text/plain; name=log.txt\n\nE-42", "log.txt"),
    (b"Content-Type: text/plain\nContent-Disposition: attachment\n\nE-42", "text.txt"),
    (
        b'Content-Type: application/pdf; name="=?utf-8?q?Gr=C3=B6=C3=9Fe.pdf?="\n\n%PDF',
        "Größe.pdf",
    ),
    (
        b"Content-Type: application/pdf; name*=iso-8859-1''Gr%F6%DFe.pdf\n\n%PDF",
        "Größe.pdf",
    ),
    (b'Content-Type: application/pdf; name="Gr\xf6\xdfe.pdf"\n\n%PDF', "Größe.pdf"),
)


@pytest.mark.parametrize(("part", "name"), FILES)
def test_every_part_that_is_no_text_is_a_file_with_a_name(
    part: bytes, name: str
) -> None:
    found = read(in_parts(WORDS + b"Is this phishing?", part))
    assert found.text == "Is this phishing?"
    assert [file.name for file in found.files] == [name] and found.files[0].content


def test_an_attached_mail_is_kept_as_it_is() -> None:
    inner = b"From: x@evil.example\nSubject: Win\nMessage-ID: <in@evil.example>\n\nClick here."
    (file,) = read(
        in_parts(WORDS + b"x", b"Content-Type: message/rfc822\n\n" + inner)
    ).files
    assert file.content.strip() == inner


TEXTS = (
    # Apple's mail: text, picture, text; and the footer of a virus scanner as first part
    (
        in_parts(WORDS + b"Hello,", PICTURE, WORDS + b"The till is 7."),
        "Hello,\n\nThe till is 7.",
    ),
    (
        in_parts(WORDS + b"Scanned.", b"Content-Type: text/html\n\n<p>It is dark"),
        "Scanned.\n\nIt is dark",
    ),
    (
        in_parts(
            WORDS + b"plain", b"Content-Type: text/html\n\n<p>html", kind=b"alternative"
        ),
        "plain",
    ),
    (
        in_parts(
            WORDS + b" ", b"Content-Type: text/html\n\n<p>html", kind=b"alternative"
        ),
        "html",
    ),
    # a boundary without quotes, as Outlook Express writes it
    (
        b"Content-Type: multipart/alternative; boundary=----=_Next_01\n\n------=_Next_01\n"
        + WORDS
        + b"It is dark.\n------=_Next_01--\n",
        "It is dark.",
    ),
    # the boundary that was announced never comes
    (
        b'Content-Type: multipart/mixed; boundary="aaa"\n\n--bbb\n'
        + WORDS
        + b"It is dark.\n--bbb--\n",
        "It is dark.",
    ),
    (b'Content-Type: multipart/mixed; boundary="aaa"\n\nIt is dark.\n', "It is dark."),
    (b"Content-Type: multipart/mixed\n\nIt is dark.\n", "It is dark."),
    (
        b"Content-Type: text/html\n\n<html><head><meta name=x><body><p>It is "
        b"dark.</p></body></html>",
        "It is dark.",
    ),
    (
        b"Content-Type: text/html\n\n<![if !x]><p>one</p><![endif]><![foo bar]><p>two</p>",
        "one\n\ntwo",
    ),
    (b"\nIt is dark.\r\nNow.", "It is dark.\nNow."),
    (
        b"Content-Type: text/plain; charset=gb2312\n\n"
        + "镕打印机坏了".encode("gb18030"),
        "镕打印机坏了",
    ),
    (
        b"Content-Type: text/plain; charset=iso-8859-1\n\n\x80 20 \x96 \x93soon\x94",
        "€ 20 – “soon”",
    ),
    (b"\nDie Kasse f\xfcr \x80 20 l\xe4uft nicht.", "Die Kasse für € 20 läuft nicht."),
    (b"Content-Type: text/plain; charset=utf-7\n\nbad +2AA- text", "bad +2AA- text"),
    (b"\nzero\x00byte", "zerobyte"),
)


@pytest.mark.parametrize(("rest", "text"), TEXTS)
def test_every_text_is_read(rest: bytes, text: str) -> None:
    assert read(rest).text == text


SUBJECTS = (
    (b"St\xf6rung an der Kasse", "Störung an der Kasse"),
    ("Störung an der Kasse".encode(), "Störung an der Kasse"),
    (b"=?utf-8?B?8J+RqeKAjfCfkrsg2YXbjOKAjNiu?=", "👩\u200d💻 می\u200cخ"),
    (b"=?utf-8?q?Gr=C3?= =?utf-8?q?=B6=C3=9Fe?=", "Größe"),
    (b"=?iso-8859-1?q?=80_20_=96?=", "€ 20 –"),
    (b"=?utf-8?q?a_=E2=80=AEb=E2=81=A6?=", "a b"),
    (b"=?utf-7?q?+2AA-?= x", "+2AA- x"),
    (b"=?utf-8?q?one\n two?=", "one two"),
    (b"a\n folded subject", "a folded subject"),
    (b"till \x07\x1b[31m", "till [31m"),
)


@pytest.mark.parametrize(("written", "shown"), SUBJECTS)
def test_a_subject_is_read_as_it_was_meant(written: bytes, shown: str) -> None:
    assert read(b"Subject: " + written + b"\n\nx").subject == shown


SENDERS = (
    (b'"Cash, Carla" <carla@demo.example>', "carla@demo.example", "Cash, Carla"),
    (
        b"=?utf-8?q?Cash=2C_Carla?= <carla@demo.example>",
        "carla@demo.example",
        "Cash, Carla",
    ),
    (b"J\xf6rg <joerg@demo.example>", "joerg@demo.example", "Jörg"),
    (
        b"carla@demo.example, other@demo.example",
        "carla@demo.example",
        "carla@demo.example",
    ),
    (b"Carla Cash <CARLA@Demo.Example>", "carla@demo.example", "Carla Cash"),
)


@pytest.mark.parametrize(("written", "address", "name"), SENDERS)
def test_a_sender_is_read_as_it_was_meant(
    written: bytes, address: str, name: str
) -> None:
    found = parsed(b"From: " + written + b"\n\nx")
    assert (found.sender, found.name) == (address, name)


PAGES = (
    ("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>", "A B\nC"),
    (
        "<a href='http://evil.example/x'>your bank</a>",
        "your bank <http://evil.example/x>",
    ),
    ("<a href='https://a.example/'>https://a.example</a>", "https://a.example"),
    (
        "seen<span style='display: none'>not seen</span><div hidden>nor this</div> too",
        "seen too",
    ),
    (
        "<p>a</p><blockquote>old</blockquote><ul><li>one</li><li>two</li></ul>",
        "a\n\nold\n* one\n* two",
    ),
    (
        "<style>p{}</style><p>Till &amp; <b>scale</b></p><script>alert(1)</script>",
        "Till & scale",
    ),
    ("<div>" * 3000 + "deep", "deep"),
    ("<img src='data:image/png;base64," + "A" * 300_000 + "'><p>after</p>", "after"),
    ("<!-- " + "x" * 300_000 + " --><p>after</p>", "after"),
)


@pytest.mark.parametrize(("html", "text"), PAGES)
def test_html_is_read_as_it_is_seen(html: str, text: str) -> None:
    assert plain_of_html(html) == text


ANSWERS = (
    (
        "Still dark.\n\nOn Mon, 2 Mar 2026 at 09:00, Desk <desk@demo.example>\nwrote:\n> Try "
        "again.",
        "Still dark.",
    ),
    ("Ja.\n\nVon: Desk\nGesendet: Montag\nAn: Ann\nBetreff: Kasse\n\nAlt", "Ja."),
    ("Yes.\n\nFrom: Desk\nSent: Monday\nTo: Ann\nSubject: Till\n\nOld", "Yes."),
    ("Ja.\n\nAm 2. März 2026 um 09:00 schrieb Desk <desk@demo.example>:\n> alt", "Ja."),
    ("Oui.\n\nLe 2 mars 2026 à 09:00, Desk a écrit :\n> vieux", "Oui."),
    ("It smells.\n\n-- \nAnn Example\nTel 7", "It smells."),
    ("It smells.\n\nSent from my iPhone", "It smells."),
    ("It smells.\n\nMit freundlichen Grüßen\nAnn", "It smells."),
    ("Hello\nThanks, but it is still dark", "Hello\nThanks, but it is still dark"),
    ("- till one\n- till two", "- till one\n- till two"),
    ("> Try again.\n\nDone, dark.", "Done, dark."),
    (
        "On Mon, 2 Mar 2026 at 09:00, Desk wrote:\n> Try again.\n\nDone, dark.",
        "Done, dark.",
    ),
    ("> only a quote", "> only a quote"),
    (
        "See below.\n\n---------- Forwarded message ---------\nFrom: Carl\nSubject: till\n\nE-42",
        None,
    ),
)


@pytest.mark.parametrize(("text", "new"), ANSWERS)
def test_of_an_answer_only_what_is_new_is_kept(text: str, new: str | None) -> None:
    assert without_quotes(text) == (text if new is None else new)


FIRST = b"Message-ID: <m22@cust.example>\nSubject: test\n\nFirst: the till."


@pytest.mark.parametrize(
    "thread",
    [
        b"In-Reply-To: <m22@cust.example>",
        b"References: <m22@cust.example>",
        b"References: <m22@cust.example> <other@cust.example>",
        b'In-Reply-To: Your message of "Tue" <m22@cust.example>',
        b"In-Reply-To: <none@x> <m22@cust.example>",
    ],
)
def test_every_id_that_an_answer_names_finds_its_incident(
    take: Any, thread: bytes
) -> None:
    number = take(FIRST).incident_id
    answer = (
        b"Message-ID: <m25@cust.example>\n"
        + thread
        + b"\nSubject: Re: test\n\nMore on this."
    )
    assert take(answer) == TakenMail("answer", number)


def test_somebody_else_who_answers_makes_an_incident_that_offers_the_first(
    desk: Desk, parts: Parts, take: Any
) -> None:
    first = take(FIRST).incident_id
    other = b"From: carl@cust.example\nReferences: <m22@cust.example>\nSubject: Re: test\n\nMe too."
    taken = take_mail(parts, other)
    assert taken.outcome == "new" and taken.incident_id != first
    notes = [
        event.text
        for event in desk.events(int(taken.incident_id or 0))
        if event.kind is EventKind.NOTE
    ]
    assert f"answers a mail of incident {first}" in notes[0]


def test_the_same_message_id_with_other_content_is_another_mail(
    desk: Desk, take: Any
) -> None:
    second = b"Message-ID: <m22@cust.example>\nSubject: another\n\nSecond: the scale."
    assert [take(FIRST).outcome, take(second).outcome, take(FIRST).outcome] == [
        "new",
        "new",
        "seen before",
    ]
    assert take(FIRST.replace(b"\n", b"\r\n")).outcome == "seen before", (
        "another way here is no other mail"
    )


FORWARD = b"""Please help Carl.

---------- Forwarded message ---------
From: Carl <carl@cust.example>
Subject: till

The till 7 shows E-42 since nine.
"""


@pytest.mark.parametrize("subject", ["Fwd: till", "WG: Kasse", "till", "TR: caisse"])
def test_nothing_is_cut_from_a_first_mail_or_a_forward(
    desk: Desk, take: Any, subject: str
) -> None:
    number = take(b"Subject: " + subject.encode() + b"\n\n" + FORWARD).incident_id
    assert "E-42 since nine" in desk.incident(number).description
    mark = f"[#{number}-{desk.incident(number).mail_token}]"
    take(f"Subject: Fwd: {mark}\n\n".encode() + FORWARD.replace(b"E-42", b"E-43"))
    assert (
        "E-43 since nine"
        in rows(desk.database, select(Contact.text).order_by(Contact.id))[-1]
    )


def long_ones() -> bytes:
    named = [
        WORDS.replace(b"\n\n", b"; name=f%d.txt\n\n" % n) + b"file %d" % n
        for n in range(25)
    ]
    return in_parts(WORDS + b"x" * 9000, *named).replace(
        b"Subject: test", b"Subject: " + b"word " * 96
    )


def test_what_is_cut_is_said_in_the_incident_and_to_the_sender(
    desk: Desk, take: Any
) -> None:
    url = "mailto://127.0.0.1:1?from=desk@demo.example&to={address}"
    desk.do(add_channel, ChannelDraft("Mail", ChannelKind.MAIL, url))
    number = take(long_ones()).incident_id
    (note,) = [
        event.text for event in desk.events(number) if event.kind is EventKind.NOTE
    ]
    (told,) = rows(desk.database, select(Message.text))
    for each in (
        "its subject after 200 signs",
        "its text after the first 8000 signs",
        "5 of its files (f20.txt",
    ):
        assert each in note and each in told


def test_a_file_that_is_too_large_is_said_and_is_in_the_mail_as_it_came(
    desk: Desk, take: Any
) -> None:
    number = take(
        in_parts(
            WORDS + b"x", b"Content-Type: image/x; name=big.bin\n\n" + b"x" * 25_000_001
        )
    ).incident_id
    (note,) = [
        event.text for event in desk.events(number) if event.kind is EventKind.NOTE
    ]
    assert "big.bin" in note
    sizes = dict(
        desk.ask(
            lambda session: session.execute(
                select(Attachment.name, Attachment.size)
            ).all()
        )
    )
    assert list(sizes) == [AS_IT_CAME] and sizes[AS_IT_CAME] > 25_000_000


def test_the_mail_as_it_came_is_a_file_of_the_incident_until_its_day(
    desk: Desk, parts: Parts, take: Any
) -> None:
    number = take(FIRST).incident_id
    (file,) = desk.ask(lambda session: session.scalars(select(Attachment)).all())
    place = parts.settings.files / file.sha256[:2] / f"{file.sha256}.{file.id}"
    assert place.read_bytes() == HEAD + FIRST
    assert (file.incident_id, file.name) == (number, AS_IT_CAME)
    assert file.delete_on is not None and (file.delete_on - desk.now.date()).days == 30
    public = select(IncidentEvent.public).where(IncidentEvent.kind == EventKind.FILE)
    assert rows(desk.database, public) == [False], (
        "the requester's page does not list it"
    )


def test_mail_to_a_group_that_is_the_desk_is_an_incident(desk: Desk, take: Any) -> None:
    group = b"Precedence: list\nList-ID: <desk.cust.example>\nSubject: test\n\nThe till is dark."
    assert take(group).outcome == "new"
    assert rows(desk.database, select(Incident.description)) == ["The till is dark."]
