"""Mail is fetched from a real IMAP server on loopback, encrypted, and marked as seen only after it
was taken.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import Database
from app.core.errors import Away, Invalid
from app.core.parts import Parts
from app.incidents.mail.actions import TakenMail
from app.incidents.mailbox import actions as mailbox_actions
from app.incidents.mailbox.fetching import MailFetch, address, fetch
from app.models.incidents.desk import MailSeen
from app.models.incidents.incident import Incident, IncidentEvent
from app.models.incidents.words import EventKind
from tests.conftest import Clock
from tests.incidents.builders import rows
from tests.incidents.letters.hostile_mails import every_mail
from tests.incidents.mailbox.imap_server import Mailbox, imap_server
from tests.ldap_sync.certificates import Authority
from tests.pages import Pages

MAIL = b"From: carla@demo.example\r\nMessage-ID: <%d@x>\r\nSubject: Till %d\r\n\r\nIt is dark\r\n"
Trusting = Callable[[], ssl.SSLContext]


@pytest.fixture(scope="module")
def server_side(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[ssl.SSLContext, Trusting]:
    authority = Authority(tmp_path_factory.mktemp("ca")).create()
    made = authority.certificate("DNS:localhost,IP:127.0.0.1")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.file, made.key)
    return context, lambda: ssl.create_default_context(cafile=str(authority.file))


def pointed(
    app: Flask,
    tmp_path: Path,
    box: Mailbox,
    scheme: str = "imap",
    password: str = "secret",
) -> Parts:
    file = tmp_path / "imap"
    file.write_text(f"{scheme}://desk:{password}@127.0.0.1:{box.port}\n")
    parts = Pages(app).parts
    return replace(parts, settings=replace(parts.settings, imap_url=f"file:{file}"))


def titles(parts: Parts) -> list[str]:
    return rows(parts.database, select(Incident.title).order_by(Incident.id))


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_unread_mail_is_taken_once(
    app: Flask, tmp_path: Path, server_side: object, scheme: str
) -> None:
    context, trusting = server_side  # type: ignore[misc]
    with imap_server(
        context, MAIL % (1, 1), MAIL % (2, 2), from_start=scheme == "imaps"
    ) as box:
        parts = pointed(app, tmp_path, box, scheme)
        assert fetch(parts, trusting()) == 2 and fetch(parts, trusting()) == 0
        assert box.seen == {1, 2}
        box.seen.clear()
        fetch(parts, trusting())
    assert titles(parts) == ["Till 1", "Till 2"], (
        "marks that were lost make no second incident"
    )


def test_a_server_nobody_vouches_for_gets_no_password(
    app: Flask, tmp_path: Path, server_side: object
) -> None:
    context, _ = server_side  # type: ignore[misc]
    with imap_server(context, MAIL % (1, 1)) as box:
        parts = pointed(app, tmp_path, box)
        with pytest.raises(Away, match="cannot be read"):
            fetch(parts, ssl.create_default_context())
        assert not box.seen and titles(parts) == []


def test_a_wrong_password_and_a_server_that_is_away_are_said(
    app: Flask, tmp_path: Path, server_side: object
) -> None:
    context, trusting = server_side  # type: ignore[misc]
    with imap_server(context) as box, pytest.raises(Away, match="wrong"):
        fetch(pointed(app, tmp_path, box, password="other"), trusting())
    with pytest.raises(Away, match="Mail waits there"):
        fetch(pointed(app, tmp_path, box), trusting())


def test_one_mail_that_raises_keeps_none_behind_it(
    app: Flask,
    clock: Clock,
    tmp_path: Path,
    server_side: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context, trusting = server_side  # type: ignore[misc]
    real = mailbox_actions.take_mail

    def poisoned(parts: Parts, raw: bytes, **more: bool) -> TakenMail:
        if b"<1@x>" in raw:
            raise AssertionError("unknown status keyword 'foo' in marked section")
        return real(parts, raw, **more)

    with imap_server(context, MAIL % (1, 1), MAIL % (2, 2), MAIL % (3, 3)) as box:
        monkeypatch.setattr(mailbox_actions, "take_mail", poisoned)
        parts = pointed(app, tmp_path, box)
        work = MailFetch(context=trusting)
        assert (
            work(parts)
            and titles(parts) == ["Till 2", "Till 3"]
            and box.seen == {1, 2, 3}
        )
        clock.forward(minutes=6)
        box.mails.append(MAIL % (4, 4))
        assert work(parts) and titles(parts) == ["Till 2", "Till 3", "Till 4"]
        assert rows(
            parts.database,
            select(MailSeen.attempts).where(MailSeen.outcome == "set aside"),
        ) == [2]
        monkeypatch.undo()
        clock.forward(hours=2)
        assert work(parts) and titles(parts)[-1] == "Till 1", (
            "it was kept, and is taken when it can be"
        )


def test_hostile_mails_leave_the_mailbox_like_all_others(
    app: Flask, tmp_path: Path, server_side: object
) -> None:
    context, trusting = server_side  # type: ignore[misc]
    hostile = [raw for _, raw in list(every_mail())[::9] if raw]
    with imap_server(context, *hostile, MAIL % (99, 99)) as box:
        parts = pointed(app, tmp_path, box)
        assert fetch(parts, trusting()) == len(hostile) + 1
        assert len(box.seen) == len(hostile) + 1 and "Till 99" in titles(parts)
        assert fetch(parts, trusting()) == 0


def test_of_a_mail_too_large_to_fetch_the_beginning_is_taken_and_said(
    app: Flask, tmp_path: Path, server_side: object
) -> None:
    context, trusting = server_side  # type: ignore[misc]
    with imap_server(context, MAIL % (1, 1)) as box:
        box.sizes[1] = 900_000_000
        parts = pointed(app, tmp_path, box)
        assert fetch(parts, trusting()) == 1
        assert box.fetched == ["FETCH 1 (BODY.PEEK[]<0.1000000>)"]
    (note,) = rows(
        parts.database,
        select(IncidentEvent.text).where(IncidentEvent.kind == EventKind.NOTE),
    )
    assert "larger than 64 MB" in note


def test_a_mail_is_not_marked_when_it_was_not_taken(
    app: Flask, tmp_path: Path, server_side: object
) -> None:
    context, trusting = server_side  # type: ignore[misc]
    with imap_server(context, MAIL % (1, 1)) as box:
        parts, empty = (
            pointed(app, tmp_path, box),
            Database(f"sqlite:///{tmp_path / 'empty.db'}"),
        )
        with pytest.raises(Away):
            fetch(replace(parts, database=empty), trusting())
        assert not box.seen
        empty.dispose()
        assert fetch(parts, trusting()) == 1


def test_the_worker_looks_once_a_minute(
    app: Flask, clock: Clock, tmp_path: Path, server_side: object
) -> None:
    context, trusting = server_side  # type: ignore[misc]
    work = MailFetch(context=trusting)
    assert not work(Pages(app).parts), "no mailbox is set"
    with imap_server(context, MAIL % (1, 1)) as box:
        parts = pointed(app, tmp_path, box)
        assert work(parts)
        box.mails.append(MAIL % (2, 2))
        assert not work(parts)
        clock.forward(minutes=1)
        assert work(parts)
    assert titles(parts) == ["Till 1", "Till 2"]


@pytest.mark.parametrize(
    "reference",
    ["imaps://desk:secret@mail.example", "env:RUNG_NO_SUCH", "file:relative", ""],
)
def test_the_address_is_only_referred_to(app: Flask, reference: str) -> None:
    with pytest.raises(Invalid):
        address(reference, Pages(app).parts.trust)
