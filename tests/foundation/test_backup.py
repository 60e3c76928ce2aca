"""Backups: taken while Rung works, restored only when whole, and the database before it is kept."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.core import schema
from app.core.db import Database
from app.core.settings import Settings
from app.models.auth import Operator
from app.upkeep import backup, supervisor
from tests.conftest import Clock, Rung


def names(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Operator.name).order_by(Operator.name)))


def backed_up(rung: Rung, folder: Path, *operators: str) -> Path:
    for name in operators:
        rung("operator", "add", name, "--permission", "read")
    file = folder / "copies" / "rung.backup"
    assert rung("db", "backup", str(file)).code == 0
    return file


def untie(database: Database) -> None:
    """Take the trigger away that keeps events as they are, as a tamperer would."""
    trigger = (
        "audit_event_no_update"
        if database.is_sqlite
        else "audit_event_no_change ON audit_event"
    )
    with database.write() as session:
        session.execute(text(f"DROP TRIGGER {trigger}"))


def test_a_restored_backup_holds_what_was_there_and_keeps_what_was_later(
    rung: Rung, database: Database, tmp_path: Path
) -> None:
    file = backed_up(rung, tmp_path, "anna")
    rung("operator", "add", "bert", "--permission", "read")
    kept = rung("db", "restore", str(file), "--json").json["kept"]
    assert names(database) == ["anna"]
    assert rung("db", "restore", kept).code == 0
    assert names(database) == ["anna", "bert"]
    assert schema.differences(database) == []
    assert rung("audit", "verify").code == 0


def test_the_triggers_come_back_with_a_backup(
    rung: Rung, database: Database, tmp_path: Path
) -> None:
    file = backed_up(rung, tmp_path, "anna")
    rung("db", "restore", str(file))
    with pytest.raises(Exception, match="append-only"), database.write() as session:
        session.execute(text("DELETE FROM audit_event"))


def test_backups_can_be_read_by_their_owner_only(rung: Rung, tmp_path: Path) -> None:
    file = backed_up(rung, tmp_path)
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.iterdir()] == ["rung.backup"]


def test_a_backup_never_overwrites_another(rung: Rung, tmp_path: Path) -> None:
    file = backed_up(rung, tmp_path)
    before = file.read_bytes()
    done = rung("db", "backup", str(file))
    assert done.code == 1
    assert "never overwrites" in done.err
    assert file.read_bytes() == before


def test_a_backup_taken_while_others_write_is_whole(
    rung: Rung, database: Database, tmp_path: Path
) -> None:
    stop = threading.Event()

    def keep_writing() -> None:
        while not stop.is_set():
            with database.write() as session:
                session.execute(text("UPDATE audit_head SET hash = hash"))

    writer = threading.Thread(target=keep_writing)
    writer.start()
    file = backed_up(rung, tmp_path, "anna")
    stop.set()
    writer.join()
    assert rung("db", "restore", str(file)).code == 0
    assert names(database) == ["anna"]


def test_a_backup_with_a_broken_audit_chain_is_refused(
    rung: Rung, database: Database, tmp_path: Path
) -> None:
    rung("operator", "add", "anna", "--permission", "read")
    untie(database)
    with database.write() as session:
        session.execute(text("UPDATE audit_event SET actor = 'nobody'"))
    forged = backed_up(rung, tmp_path)
    rung("operator", "add", "bert", "--permission", "read")
    done = rung("db", "restore", str(forged))
    assert done.code == 1
    assert "was changed outside of Rung: event 1" in done.err
    assert names(database) == ["anna", "bert"]


@pytest.mark.parametrize(
    "content", [b"", b"nothing of ours", b"SQLite format 3\0" + b"\0" * 200]
)
def test_what_is_no_backup_is_refused_and_changes_nothing(
    rung: Rung, database: Database, tmp_path: Path, content: bytes
) -> None:
    rung("operator", "add", "anna", "--permission", "read")
    (tmp_path / "other").write_bytes(content)
    done = rung("db", "restore", str(tmp_path / "other"))
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert names(database) == ["anna"]


def test_another_programs_database_is_refused(
    rung: Rung, database: Database, tmp_path: Path
) -> None:
    if not database.is_sqlite:
        pytest.skip(
            "a dump of another program replaces nothing: its tables have other names"
        )
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE alien (id)")
    done = rung("db", "restore", str(tmp_path / "other.db"))
    assert done.code == 1
    assert "none of its tables" in done.err


def test_an_older_backup_is_brought_up_to_date(
    rung: Rung,
    database: Database,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = backed_up(rung, tmp_path, "anna")
    brought: list[Database] = []
    monkeypatch.setattr(schema, "is_current", lambda _: bool(brought))
    monkeypatch.setattr(schema, "upgrade", brought.append)
    backup.restore(database, settings, file)
    assert len(brought) == 1
    assert names(database) == ["anna"]


def test_nothing_is_restored_while_rung_runs(
    rung: Rung, settings: Settings, tmp_path: Path
) -> None:
    file = backed_up(rung, tmp_path)
    with supervisor.running(settings):
        done = rung("db", "restore", str(file))
    assert (done.code, done.err) == (
        1,
        "rung: Rung is running; stop it before you restore a backup.\n",
    )


def test_rung_does_not_start_while_a_backup_is_restored(
    rung: Rung, settings: Settings, clock: Clock
) -> None:
    with supervisor.alone(settings, "test"):
        done = rung("worker")
    assert done.code == 1
    assert "being restored or reset" in done.err


def test_a_file_that_is_not_there_is_wrong_usage(rung: Rung) -> None:
    assert rung("db", "restore", "/nowhere/rung.backup").code == 2
