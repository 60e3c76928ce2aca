"""No mail stops the next one: every mail of a list of hostile ones, read, answered with, and taken;
then a good one.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from psycopg.errors import AdminShutdown, ProgramLimitExceeded
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from app.core.db import Database
from app.core.errors import Away, Invalid, Refused
from app.core.parts import Parts
from app.incidents.letters.answers import without_quotes
from app.incidents.letters.rules import LONGEST_READ, parsed
from app.incidents.mail.actions import AS_IT_CAME, TAKEN
from app.incidents.mail.keeping import SET_ASIDE, drop_due
from app.incidents.mailbox import actions as mailbox_actions
from app.incidents.mailbox.actions import (
    PAUSES,
    make_incident,
    take_or_set_aside,
    try_again,
    try_again_due,
)
from app.models.incidents.desk import MailSeen
from app.models.incidents.incident import Attachment, Incident, IncidentEvent
from tests.conftest import Clock
from tests.incidents.builders import rows
from tests.incidents.letters.hostile_mails import every_mail, mail
from tests.pages import Pages

HOSTILE = list(every_mail())
GOOD = b"From: carla@demo.example\nMessage-ID: <%d@good>\nSubject: Till\n\nIt is dark\n"
ERRORS = (
    RecursionError,
    MemoryError,
    UnicodeEncodeError,
    AssertionError,
    KeyError,
    ZeroDivisionError,
    Invalid,
    Refused,
)


@pytest.fixture
def parts(app: Flask) -> Parts:
    return Pages(app).parts


def test_the_list_is_long_and_each_of_it_is_another() -> None:
    assert len(HOSTILE) >= 100 and len({raw for _, raw in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize(
    "raw", [raw for _, raw in HOSTILE], ids=[name for name, _ in HOSTILE]
)
def test_every_hostile_mail_is_read(raw: bytes) -> None:
    found = parsed(raw)
    json.dumps(
        [found.subject, found.text, found.name, found.sender, found.message_id]
    ).encode()
    assert (
        "\0"
        not in f"{found.subject}{found.text}{found.name}{found.sender}{found.message_id}"
    )
    assert (
        len(found.text) <= LONGEST_READ
        and len(found.subject) <= 200
        and len(found.message_id) <= 200
    )
    assert len(without_quotes(found.text)) <= len(found.text)


def test_after_every_hostile_mail_the_next_good_one_is_taken(parts: Parts) -> None:
    for number, (name, raw) in enumerate(HOSTILE):
        taken = take_or_set_aside(parts, raw)
        assert taken.outcome != SET_ASIDE, name
        assert take_or_set_aside(parts, GOOD % number).outcome == "new", name
        with (
            parts.database.write() as session
        ):  # the rule of twenty an hour is not what is tried here
            session.execute(delete(MailSeen))


class Poisoned:
    """Makes one mail raise, whatever the error, deep inside; all others go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
        self.error: BaseException | None = error
        real = mailbox_actions.take_mail

        def take(parts: Parts, raw: bytes, **more: Any) -> Any:
            if self.error is not None and b"poison" in raw:
                raise self.error
            return real(parts, raw, **more)

        monkeypatch.setattr(mailbox_actions, "take_mail", take)


def made(error: type[BaseException]) -> BaseException:
    return (
        error("utf-8", "\ud800", 0, 1, "surrogates\nnot allowed")
        if error is UnicodeEncodeError
        else error("\0broken")
    )


POISON = mail(b"please help", subject="poison")


@pytest.mark.parametrize("error", ERRORS)
def test_a_mail_that_raises_anything_is_set_aside_as_it_came(
    parts: Parts,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException],
) -> None:
    Poisoned(monkeypatch, made(error))
    assert take_or_set_aside(parts, POISON).outcome == SET_ASIDE
    assert take_or_set_aside(parts, GOOD % 1).outcome == "new"
    (aside,) = rows(
        parts.database, select(MailSeen).where(MailSeen.outcome == SET_ASIDE)
    )
    assert (aside.sender, aside.subject, aside.attempts) == (
        "eve@evil.example",
        "poison",
        1,
    )
    assert error.__name__ in aside.why and "\0" not in aside.why
    assert [file.read_bytes() for file in kept_files(parts)] == [POISON]


def kept_files(parts: Parts) -> list[Path]:
    return [
        file for file in (parts.settings.files / "mail").rglob("*") if file.is_file()
    ]


def attempts(parts: Parts) -> list[int]:
    return rows(
        parts.database, select(MailSeen.attempts).where(MailSeen.outcome == SET_ASIDE)
    )


def test_it_is_tried_again_a_few_times_and_then_waits_for_a_person(
    parts: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    Poisoned(monkeypatch, RecursionError("too deep"))
    take_or_set_aside(parts, POISON)
    seen = []
    for pause in (timedelta(), *PAUSES, timedelta(days=9)):
        clock.forward(seconds=pause.total_seconds() + 1)
        try_again_due(parts)
        seen += attempts(parts)
    assert seen == [1, 2, 3, 3]
    assert [file.read_bytes() for file in kept_files(parts)] == [POISON]


def test_what_can_be_taken_later_is_taken_once_and_not_set_aside_any_more(
    parts: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned = Poisoned(monkeypatch, KeyError("x"))
    take_or_set_aside(parts, POISON)
    poisoned.error = None
    clock.forward(minutes=6)
    assert try_again_due(parts) == 1 and try_again_due(parts) == 0
    assert rows(parts.database, select(MailSeen.outcome)) == ["new"]
    assert kept_files(parts) == []
    assert take_or_set_aside(parts, POISON).outcome == "seen before"


def test_a_person_tries_again_or_makes_an_incident_of_it_unread(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    Poisoned(monkeypatch, KeyError("x"))
    take_or_set_aside(parts, POISON)
    (number,) = rows(parts.database, select(MailSeen.id))
    assert try_again(parts, number).outcome == SET_ASIDE and attempts(parts) == [2]
    taken = make_incident(parts, number, by="dora")
    assert rows(parts.database, select(Incident.title)) == ["poison"]
    assert rows(parts.database, select(Attachment.name)) == [AS_IT_CAME]
    with pytest.raises(Refused):
        make_incident(parts, number, by="dora")
    with pytest.raises(Refused):
        try_again(parts, number)
    assert take_or_set_aside(parts, POISON).incident_id == taken.incident_id


@pytest.mark.parametrize(
    "error",
    [Away("locked"), OSError(28, "no space left"), OSError(5, "input/output error")],
)
def test_when_database_or_disk_is_away_nothing_is_counted(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    Poisoned(monkeypatch, error)
    with pytest.raises(type(error)):
        take_or_set_aside(parts, POISON)
    assert rows(parts.database, select(MailSeen.id)) == []


def test_a_database_that_is_really_away_counts_nothing(
    parts: Parts, tmp_path: Path
) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(Away):
        take_or_set_aside(replace(parts, database=empty), POISON)
    empty.dispose()
    assert take_or_set_aside(parts, POISON).outcome == "new"


def test_a_value_too_large_for_the_database_is_the_mails_own_fault() -> None:
    for original, expected in (
        (ProgramLimitExceeded("index row"), True),
        (AdminShutdown("bye"), False),
    ):
        away = Away("away")
        away.__cause__ = OperationalError("INSERT", {}, original)
        assert mailbox_actions.is_of_the_mail(away) is expected


def test_what_is_left_alone_is_kept_for_its_days(parts: Parts, clock: Clock) -> None:
    raw = mail(b"gone till Monday", "text/plain", "Auto-Submitted: auto-replied")
    take_or_set_aside(parts, raw)
    assert [file.read_bytes() for file in kept_files(parts)] == [raw]
    clock.forward(days=29)
    assert not drop_due(parts)
    clock.forward(days=2)
    assert drop_due(parts) and kept_files(parts) == []
    (number,) = rows(parts.database, select(MailSeen.id))
    with pytest.raises(Refused, match="no longer kept"):
        make_incident(parts, number, by="dora")


def test_of_what_was_left_alone_an_incident_is_made_with_all_that_it_holds(
    parts: Parts,
) -> None:
    raw = mail(
        b"disk full on db1",
        "text/plain",
        "Auto-Submitted: auto-replied",
        "Message-ID: <7@mon>",
    )
    take_or_set_aside(parts, raw)
    (number,) = rows(parts.database, select(MailSeen.id))
    taken = make_incident(parts, number, by="dora")
    assert taken.outcome in TAKEN
    assert rows(parts.database, select(Incident.description)) == ["disk full on db1"]
    assert rows(
        parts.database, select(IncidentEvent.by).where(IncidentEvent.kind == "reported")
    ) == ["dora"]
    assert kept_files(parts) == [] and rows(
        parts.database, select(Attachment.name)
    ) == [AS_IT_CAME]
    assert take_or_set_aside(parts, raw).outcome == "seen before"
