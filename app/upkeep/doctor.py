"""What the doctor looks at: settings, data folder, database, worker, audit chain, directories."""

from __future__ import annotations

import ssl
from contextlib import closing

from sqlalchemy import select, text

from app.access.drift.queries import DriftFilter, count_drift
from app.core import condition, schema
from app.core.anchors import verified
from app.core.condition import Check
from app.core.db import Database, plain_words
from app.core.errors import Away, Refused, RungError
from app.core.parts import Parts
from app.core.spoken_times import stamped_at
from app.directory.actions import connection_of
from app.directory.queries import MissedChanges, missed_changes
from app.incidents.mailbox.fetching import mailbox
from app.models.directory import Directory
from app.upkeep.trail_state import untold
from app.upkeep.trusting import trust_checks
from ldap_sync.port import DirectoryError


def examine(parts: Parts) -> list[Check]:
    """Look at everything this installation needs, the most basic first."""
    checks = [*condition.storage(parts.settings), *_worker(parts)]
    try:
        checks += _damage(parts.database)
        checks += [condition.tables(parts.database), *condition.aside(parts)]
        checks += [_trail(parts), *_directories(parts), *_mailbox(parts)]
        checks += [_drift(parts.database)]
        checks += [_state(parts.database), *trust_checks(parts)]
    except Away as error:
        checks.append(Check("database", "problem", error.message, error.exit_code))
    return checks


def _worker(parts: Parts) -> list[Check]:
    if not parts.settings.expect_worker:
        return [Check("worker", "ok", "None is expected on this machine.")]
    return condition.worker(parts)


def _damage(database: Database) -> list[Check]:
    schema.demand_begun(database)
    if database.file is None:
        return []
    with database.read() as session:
        found = session.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if found != "ok":
        raise Away(plain_words(f"malformed: {found}"))
    return []


def _trail(parts: Parts) -> Check:
    try:
        with parts.database.read() as session:
            broken = verified(session, parts.settings)
    except Refused as error:
        return Check(
            "audit trail", "problem", f"Nothing can be proved: {error.message}", 1
        )
    if broken:
        return Check("audit trail", "problem", f"Broken: {broken.sentence}.", 1)
    return Check("audit trail", "ok", "Every link of the chain holds.")


def _drift(database: Database) -> Check:
    with database.read() as session:
        count = count_drift(session, DriftFilter())
    if not count:
        return Check("drift", "ok", "Everybody who was moved has what was promised.")
    told = f"Open differences to what plans promised: {count:,}. See `rung drift list`."
    return Check("drift", "warning", told)


def _state(database: Database) -> Check:
    with database.read() as session:
        found = untold(session)
    if found:
        return Check(
            "permissions", "problem", f"Changed outside of Rung: {'; '.join(found)}.", 1
        )
    return Check(
        "permissions", "ok", "Operators and approvals are as the audit trail last told."
    )


def _directories(parts: Parts) -> list[Check]:
    with parts.database.read() as session:
        reachable = session.scalars(
            select(Directory).where(Directory.url != "").order_by(Directory.name)
        ).all()
        missed = missed_changes(session)
    return [
        *(_reached(parts, directory) for directory in reachable),
        *(_missed(found, parts.settings.timezone) for found in missed),
    ]


def _missed(found: MissedChanges, zone: str) -> Check:
    names = ", ".join(found.names[:NAMED])
    told = (
        f"The complete reading of {stamped_at(found.ended_at, zone)} found "
        f"{found.number:,} that readings of changes had not told of: {names}. Look at its page "
        f"({found.page}), and whether an access rule was changed; `rung sync --full` reads again."
    )
    return Check(f"directory {found.name}", "warning", told)


def _mailbox(parts: Parts) -> list[Check]:
    if not parts.settings.imap_url:
        return []
    try:
        with mailbox(parts, ssl.create_default_context()):
            return [Check("mailbox", "ok", "It answers, and the desk can read it.")]
    except RungError as error:
        return [Check("mailbox", "warning", error.message)]


NAMED = 5
"""So many of what was missed are named."""

OTHER_SERVER = (
    "The check is older than the server, which is not the one that was checked: the next reading "
    "checks it again, or run `rung directory check"
)


def _reached(parts: Parts, directory: Directory) -> Check:
    subject = f"directory {directory.name}"
    try:
        with closing(
            parts.open_reader(connection_of(directory, parts.trust))
        ) as reader:
            reader.group_at(directory.base)
            if not reader.is_as_checked():
                return Check(subject, "warning", f"{OTHER_SERVER} {directory.name}`.")
    except (DirectoryError, RungError) as error:
        return Check(subject, "warning", str(error))
    return Check(subject, "ok", "It answers, and the reading account can sign in.")
