"""What the doctor looks at: settings, data folder, database, worker, audit chain, directories."""

from __future__ import annotations

import os
import shutil
import ssl
from contextlib import closing
from datetime import datetime, timedelta

from sqlalchemy import select, text

from app import audit, schema
from app.db import BEHIND, Database, plain_words
from app.directory.actions import connection_of
from app.directory.models import Directory
from app.errors import Away, RungError
from app.incidents.actions.fetching import mailbox
from app.jobs import last_heartbeat
from app.parts import Parts
from app.settings import Settings
from app.upkeep.check import Check
from app.upkeep.trusting import trust_checks
from ldap_sync.port import DirectoryError

SILENT_AFTER = timedelta(seconds=30)
LOW_SPACE = 200_000_000


def examine(parts: Parts) -> list[Check]:
    """Look at everything this installation needs, the most basic first."""
    checks = [_folder(parts.settings), _worker(parts.settings, parts.now())]
    try:
        checks += _damage(parts.database)
        checks += [_tables(parts.database), _trail(parts.database), *_directories(parts), *_mailbox(parts)]
        checks += trust_checks(parts)
    except Away as error:
        checks.append(Check("database", "problem", error.message, error.exit_code))
    return checks


def _folder(settings: Settings) -> Check:
    home = settings.home
    if not os.access(home, os.W_OK | os.X_OK):
        return Check("data folder", "problem", f"{home} cannot be written by this user.", 1)
    free = shutil.disk_usage(home).free
    if free < LOW_SPACE:
        return Check("data folder", "warning", f"{home} has only {free // 1_000_000} MB left.")
    return Check("data folder", "ok", f"{home} can be written.")


def _worker(settings: Settings, now: datetime) -> Check:
    seen = last_heartbeat(settings)
    if seen is None:
        return Check("worker", "warning", "No worker runs on this machine; start `rung serve` or `rung worker`.")
    if now - seen > SILENT_AFTER:
        return Check("worker", "warning", f"The worker was last alive at {seen:%Y-%m-%d %H:%M:%S} UTC.")
    return Check("worker", "ok", "The worker is alive.")


def _tables(database: Database) -> Check:
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if not schema.is_current(database):
        raise Away(BEHIND)
    return Check("database", "ok", f"{kind} answers and is up to date (revision {schema.head()}).")


def _damage(database: Database) -> list[Check]:
    schema.demand_begun(database)
    if database.file is None:
        return []
    with database.read() as session:
        found = session.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if found != "ok":
        raise Away(plain_words(f"malformed: {found}"))
    return []


def _trail(database: Database) -> Check:
    with database.read() as session:
        broken = audit.verify(session)
    if broken:
        return Check("audit trail", "problem", f"Broken: {broken.sentence}.", 1)
    return Check("audit trail", "ok", "Every link of the chain holds.")


def _directories(parts: Parts) -> list[Check]:
    with parts.database.read() as session:
        reachable = session.scalars(select(Directory).where(Directory.url != "").order_by(Directory.name)).all()
    return [_reached(parts, directory) for directory in reachable]


def _mailbox(parts: Parts) -> list[Check]:
    if not parts.settings.imap_url:
        return []
    try:
        with mailbox(parts, ssl.create_default_context()):
            return [Check("mailbox", "ok", "It answers, and the desk can read it.")]
    except RungError as error:
        return [Check("mailbox", "warning", error.message)]


def _reached(parts: Parts, directory: Directory) -> Check:
    subject = f"directory {directory.name}"
    try:
        with closing(parts.open_reader(connection_of(directory, parts.trust))) as reader:
            reader.group_at(directory.base)
    except (DirectoryError, RungError) as error:
        return Check(subject, "warning", str(error))
    return Check(subject, "ok", "It answers, and the reading account can sign in.")
