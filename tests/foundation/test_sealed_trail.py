"""The seals and anchors of the audit trail: what whoever owns the database can do to it, and what
Rung then says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text

from app.core import audit
from app.core.anchors import Anchor, anchors_in, expected, run_daily_anchor
from app.core.audit import AuditEvent
from app.core.db import Database
from app.core.errors import Away
from app.core.parts import KEY
from app.core.sealing import Key, KeyFile
from app.core.settings import Settings
from tests.conftest import Clock, Rung

EVENTS = 6
Tamper = Callable[[Connection], None]


def do(*statements: str) -> Tamper:
    def tamper(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    return tamper


def relinked(
    seal: Callable[[str], str] | None = None, *, stripped: bool = False
) -> Tamper:
    """Give event 3 another actor and write all links anew, as everybody can who has read how they
    are made.
    """

    def tamper(connection: Connection) -> None:
        connection.execute(text("UPDATE audit_event SET actor = 'nobody' WHERE id = 3"))
        previous = audit.START
        for event in connection.execute(
            select(AuditEvent.__table__).order_by(AuditEvent.id)
        ).all():
            made = audit.link(audit._content(event), previous)
            values = {"previous": previous, "hash": made, "id": event.id}
            values["seal"] = (
                "" if stripped else event.seal if seal is None else seal(made)
            )
            connection.execute(
                text(
                    "UPDATE audit_event SET previous = :previous, hash = :hash, seal = :seal "
                    "WHERE id = :id"
                ),
                values,
            )
            previous = made
        ends = {"hash": previous}
        ends["seal"] = "" if stripped else seal(f"end {previous}") if seal else ""
        keep = ", seal = :seal" if stripped or seal else ""
        connection.execute(text(f"UPDATE audit_head SET hash = :hash{keep}"), ends)

    return tamper


CUT = "DELETE FROM audit_event WHERE id > 4"
HEAD_OF_4 = "UPDATE audit_head SET hash = (SELECT hash FROM audit_event WHERE id = 4)"
SEAL_OF_4 = "UPDATE audit_head SET seal = (SELECT seal FROM audit_event WHERE id = 4)"
ANOTHER = Key("ab" * 32, 1)
TAMPERINGS: dict[str, tuple[Tamper, str]] = {
    "one actor changed": (
        do("UPDATE audit_event SET actor = 'nobody' WHERE id = 3"),
        "event 3: its content was changed after it was written",
    ),
    "one event deleted": (
        do("DELETE FROM audit_event WHERE id = 3"),
        "event 4: the event before it is missing or was changed",
    ),
    "two swapped": (
        do(
            *(
                f"UPDATE audit_event SET id = {new} WHERE id = {old}"
                for old, new in ((2, -1), (3, 2), (-1, 3))
            )
        ),
        "event 2: the event before it is missing or was changed",
    ),
    "the end cut, the head left": (do(CUT), "events are missing at the end"),
    "the end cut, the head set back": (
        do(CUT, HEAD_OF_4),
        "events are missing at the end: its seal is of another one",
    ),
    "the end cut, the head given the seal of the event": (
        do(CUT, HEAD_OF_4, SEAL_OF_4),
        "events are missing at the end: its seal is of another one",
    ),
    "the end cut, the head without a seal": (
        do(CUT, HEAD_OF_4, "UPDATE audit_head SET seal = ''"),
        "events are missing at the end: its seal is of another one",
    ),
    "everything deleted": (
        do(
            "DELETE FROM audit_event",
            f"UPDATE audit_head SET seal = '', hash = '{audit.START}'",
        ),
        "all events are missing",
    ),
    "the past written anew": (
        relinked(),
        "event 3: it was not written by Rung: its seal is wrong",
    ),
    "the past written anew without seals": (
        relinked(stripped=True),
        "event 1: its seal is missing",
    ),
    "the past written anew with another key": (
        relinked(ANOTHER.seal),
        f"event 1: it is sealed with the key {ANOTHER.name}, which is not here",
    ),
    "an event without a seal": (
        do("UPDATE audit_event SET seal = '' WHERE id = 5"),
        "event 5: its seal is missing",
    ),
    "a seal that is none": (
        do("UPDATE audit_event SET seal = 'x' WHERE id = 5"),
        "event 5: it is sealed with the key x, which is not here",
    ),
}


def told(database: Database, number: int = EVENTS) -> None:
    for each in range(number):
        with database.write() as session:
            audit.record(
                session,
                "anna",
                "x.do",
                f"x:{each}",
                f"Did {each}",
                before=each,
                after=each + 1,
            )


def verdict(database: Database, noted: dict[int, str] | None = None) -> str:
    with database.read() as session:
        broken = audit.verify(session, noted)
    return broken.sentence if broken else ""


def tampered(database: Database, tamper: Tamper) -> None:
    """Do what whoever owns the database can: take the triggers away first."""
    with database.migrating() as connection, connection.begin():
        if database.is_sqlite:
            for verb in ("update", "delete"):
                connection.execute(
                    text(f"DROP TRIGGER IF EXISTS audit_event_no_{verb}")
                )
        else:
            connection.execute(
                text("DROP TRIGGER IF EXISTS audit_event_no_change ON audit_event")
            )
        tamper(connection)


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_and_named(
    database: Database, rung: Rung, name: str
) -> None:
    tamper, sentence = TAMPERINGS[name]
    told(database)
    assert verdict(database) == ""
    tampered(database, tamper)
    assert verdict(database) == sentence
    done = rung("audit", "verify")
    assert done.code == 1
    assert done.out == f"The audit trail is broken: {sentence}.\n"


def test_an_end_that_was_cut_stays_known_when_rung_goes_on(database: Database) -> None:
    told(database)
    tampered(database, do(CUT, HEAD_OF_4))
    told(database, 2)
    assert (
        verdict(database)
        == "events were missing at the end when later ones were written"
    )


def test_what_was_written_before_there_were_seals_still_verifies_and_what_follows_is_sealed(
    database: Database, database_url: str
) -> None:
    before = Database(database_url)
    told(before)
    before.dispose()
    assert verdict(database) == ""
    told(database)
    assert verdict(database) == ""
    with database.read() as session:
        seals = session.scalars(select(AuditEvent.seal).order_by(AuditEvent.id)).all()
    assert [bool(seal) for seal in seals] == [False] * EVENTS + [True] * EVENTS


def test_what_was_written_before_cannot_be_passed_off_for_longer_than_it_was(
    database: Database, database_url: str
) -> None:
    before = Database(database_url)
    told(before)
    before.dispose()
    told(database)
    tampered(database, relinked(stripped=True))
    assert verdict(database) == f"event {EVENTS + 1}: its seal is missing"


def test_a_trail_cut_back_to_before_its_first_seal_is_found_by_the_anchor(
    database: Database, database_url: str, rung: Rung
) -> None:
    before = Database(database_url)
    told(before)
    before.dispose()
    told(database)
    assert rung("audit", "anchor").code == 0
    last = f"(SELECT hash FROM audit_event WHERE id = {EVENTS})"
    cut = f"DELETE FROM audit_event WHERE id > {EVENTS}"
    tampered(database, do(cut, f"UPDATE audit_head SET seal = '', hash = {last}"))
    done = rung("audit", "verify")
    assert done.code == 1
    assert f"{2 * EVENTS} was there when its hash was noted outside" in done.out


def test_a_key_is_made_once_readable_by_its_owner_only(
    database: Database, settings: Settings
) -> None:
    told(database, 1)
    made = settings.audit_key.read_text()
    told(database, 1)
    assert settings.audit_key.read_text() == made
    assert settings.audit_key.stat().st_mode & 0o077 == 0
    assert [path.name for path in settings.home.glob(".audit*")] == []


def test_without_its_key_a_sealed_trail_takes_nothing_and_says_what_to_do(
    database: Database, rung: Rung, settings: Settings
) -> None:
    told(database)
    settings.audit_key.unlink()
    done = rung("operator", "add", "bert", "--permission", "read")
    assert done.code == 1
    assert (
        "Copy that file from where Rung ran before, or run `rung audit new-key`"
        in done.err
    )
    assert "which is not here" in verdict(database)
    assert not settings.audit_key.exists()


def test_who_lost_the_key_goes_on_with_a_new_one_and_the_past_is_held_at_its_last_hash(
    database: Database, rung: Rung, settings: Settings
) -> None:
    told(database)
    settings.audit_key.unlink()
    done = rung("audit", "new-key", "--reason", "The disk broke")
    assert done.code == 0
    assert f"Events up to {EVENTS} are taken as they are" in done.out
    told(database)
    assert verdict(database) == ""
    tampered(database, relinked())
    assert (
        verdict(database)
        == f"event {EVENTS}: it is not the one that was accepted when a new key was made"
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        "key 12 from 1",
        f"key {'ab' * 32} from {'9' * 40}",
        "key ä from 1",
    ],
)
def test_a_damaged_key_file_is_named_with_its_line(
    database: Database, rung: Rung, settings: Settings, line: str
):
    told(database)
    settings.audit_key.write_text(f"{line}\n")
    for done in (
        rung("audit", "verify"),
        rung("operator", "add", "bert", "--permission", "read"),
    ):
        assert done.code == 1
        assert "Put it back from your copy" in done.err
    looked = rung("doctor")
    assert looked.code == 1
    assert "audit key" in looked.out


def test_a_backup_holds_no_key_of_the_trail(
    database: Database, rung: Rung, settings: Settings, tmp_path: Path
):
    told(database)
    secret = KeyFile(settings.audit_key).ring().keys[-1].secret
    assert rung("db", "backup", str(tmp_path / "rung.tar")).code == 0
    assert secret.encode() not in (tmp_path / "rung.tar").read_bytes()


def test_a_backup_of_another_installation_needs_its_key_or_is_taken_unproved(
    database: Database, rung: Rung, settings: Settings, tmp_path: Path
) -> None:
    told(database)
    file, lost = tmp_path / "rung.tar", settings.audit_key.read_bytes()
    assert rung("db", "backup", str(file)).code == 0
    settings.audit_key.unlink()
    refused = rung("db", "restore", str(file))
    assert refused.code == 1
    assert "cannot be proved" in refused.err
    assert "audit_key" in refused.err
    settings.audit_key.write_bytes(lost)
    assert rung("db", "restore", str(file)).code == 0
    settings.audit_key.unlink()
    assert rung("db", "restore", str(file), "--unproved").code == 0
    assert rung("audit", "verify").code == 0
    with database.read() as session:
        assert (
            "without proof"
            in session.scalars(
                select(AuditEvent.reason).order_by(AuditEvent.id.desc())
            ).first()
        )


def test_each_day_the_end_of_the_trail_is_noted_outside_once(
    app: Flask, database: Database, clock: Clock
) -> None:
    parts = app.extensions[KEY]
    assert not run_daily_anchor(parts), "there is nothing to note yet"
    told(database)
    assert run_daily_anchor(parts)
    told(database)
    assert not run_daily_anchor(parts), "once a day"
    clock.forward(days=1)
    assert run_daily_anchor(parts)
    clock.forward(days=1)
    assert not run_daily_anchor(parts), "nothing is new"
    assert [anchor.event for anchor in anchors_in(parts.settings.anchors)] == [
        EVENTS,
        2 * EVENTS,
    ]


def test_a_database_put_back_behind_our_back_is_found_by_the_anchor(
    database: Database, rung: Rung, tmp_path: Path, settings: Settings
) -> None:
    told(database)
    with database.read() as session:
        head: Any = session.get(audit.AuditHead, 1)
        earlier = {"hash": head.hash, "seal": head.seal}
    told(database)
    assert rung("audit", "anchor").code == 0
    elsewhere = tmp_path / "witness"
    elsewhere.write_bytes(settings.anchors.read_bytes())

    def put_back(connection: Connection) -> None:
        connection.execute(text(f"DELETE FROM audit_event WHERE id > {EVENTS}"))
        connection.execute(
            text("UPDATE audit_head SET hash = :hash, seal = :seal"), earlier
        )

    tampered(database, put_back)
    assert verdict(database) == "", "every seal is one of Rung's"
    sentence = f"{2 * EVENTS} was there when its hash was noted outside"
    assert sentence in rung("audit", "verify").out
    assert sentence in " ".join(rung("doctor").out.split())
    settings.anchors.unlink()
    assert rung("audit", "verify").code == 0
    done = rung("audit", "verify", "--against", str(elsewhere))
    assert done.code == 1
    assert sentence in done.out


def test_another_past_is_found_by_the_anchor_even_by_who_has_the_key(
    database: Database, settings: Settings
) -> None:
    told(database)
    with database.read() as session:
        noted = dict([audit.head_of(session)])
    key = KeyFile(settings.audit_key).ring().keys[-1]
    tampered(database, relinked(key.seal))
    assert verdict(database) == "", (
        "whoever has the key can write what Rung could have written"
    )
    assert (
        verdict(database, noted)
        == f"event {EVENTS}: another one stood here when its hash was noted outside"
    )


def test_a_restored_backup_makes_the_later_anchors_void(
    database: Database, rung: Rung, tmp_path: Path
) -> None:
    told(database)
    assert rung("db", "backup", str(tmp_path / "rung.tar")).code == 0
    told(database)
    assert rung("audit", "anchor").code == 0
    assert rung("db", "restore", str(tmp_path / "rung.tar")).code == 0
    assert rung("audit", "verify").code == 0


def test_who_put_a_backup_back_by_hand_says_so(
    database: Database, rung: Rung, settings: Settings
) -> None:
    told(database)
    settings.anchors.write_text(f"2026-03-01T00:00:00+00:00 anchor 900 {'a' * 64}\n")
    assert rung("audit", "verify").code == 1
    assert rung("audit", "anchor", "--restored").code == 0
    assert rung("audit", "verify").code == 0


def test_a_torn_last_line_is_passed_over_and_the_next_anchor_stands_whole(
    database: Database, rung: Rung, settings: Settings
) -> None:
    told(database)
    assert rung("audit", "anchor").code == 0
    with settings.anchors.open("a") as file:
        file.write("2026-03-02T00:00:00+00:00 anch")
    assert rung("audit", "verify").code == 0
    assert rung("audit", "anchor").code == 0
    assert len(anchors_in(settings.anchors)) == 2


NO_ANCHORS = [
    b"",
    b"hello\n",
    b"\xff\xfe\0\n",
    b"2026-03-02 anchor 1 " + b"a" * 64 + b"\n",
    b"x" * 100_000 + b"\n",
]


@pytest.mark.parametrize("content", NO_ANCHORS)
def test_what_is_no_file_of_anchors_is_refused(
    database: Database, rung: Rung, tmp_path: Path, content: bytes
) -> None:
    told(database)
    (tmp_path / "odd").write_bytes(content)
    done = rung("audit", "verify", "--against", str(tmp_path / "odd"))
    assert done.code != 0
    assert len(done.err.splitlines()) == 1
    assert "anchor" in done.err


def test_a_file_that_cannot_be_written_leaves_the_day_to_be_done(
    app: Flask, database: Database, tmp_path: Path
):
    told(database)
    (tmp_path / "taken").mkdir()
    parts = app.extensions[KEY]
    elsewhere = replace(
        parts, settings=replace(parts.settings, audit_anchors=str(tmp_path / "taken"))
    )
    with pytest.raises(Away, match="cannot be"):
        run_daily_anchor(elsewhere)


def test_a_later_anchor_counts_for_its_own_event_after_a_restore() -> None:
    lines = [
        ("anchor", 5, "a"),
        ("anchor", 9, "b"),
        ("restored", 6, "c"),
        ("anchor", 8, "d"),
    ]
    made = [
        Anchor(Clock().time, kind, event, letter * 64) for kind, event, letter in lines
    ]
    assert expected(made) == {5: "a" * 64, 6: "c" * 64, 8: "d" * 64}
