"""A mail that cannot be taken is set aside, tried again a few times, and stands on a page; the next
ones go on.
"""

from __future__ import annotations

import errno
import hashlib
import re
from datetime import datetime, timedelta

import structlog
from psycopg import Error as PostgresError
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change, one_locked
from app.core.errors import Away, Refused
from app.core.parts import Parts
from app.core.said import said
from app.incidents.intake.actions import Report, report
from app.incidents.letters.rules import LONGEST_SUBJECT
from app.incidents.letters.signs import LONGEST_ADDRESS, address_in, header_text, shown
from app.incidents.mail.actions import (
    TakenMail,
    attach_raw,
    take_anyway,
    take_mail,
)
from app.incidents.mail.keeping import SET_ASIDE, content, drop, keep, raw_mail
from app.incidents.mail.queries import TAKEN
from app.incidents.queries import desk_numbers
from app.models.incidents.desk import MailSeen
from app.models.incidents.words import Via

PAUSES = (timedelta(minutes=5), timedelta(hours=1))
"""How long after each failed attempt the next one is made; after the last one a person decides."""

TOO_MUCH = "54"
"""The class of PostgreSQL's errors that say a value is too large: the server is well, the mail is
not.
"""

OF_THE_MACHINE = frozenset(
    (
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.EACCES,
        errno.EPERM,
    )
)
LONGEST_REASON = 300
HEAD = 64_000
log = structlog.get_logger("rung.mail")


def take_or_set_aside(parts: Parts, raw: bytes, *, is_whole: bool = True) -> TakenMail:
    """Take one mail; whatever goes wrong with it alone, it is set aside.

    Raises ``Away``: then no mail can be taken.
    """
    try:
        return take_mail(parts, raw, is_whole=is_whole)
    except Exception as error:
        if not is_of_the_mail(error):
            raise
        return set_aside(parts, raw, error)


def is_of_the_mail(error: Exception) -> bool:
    """Tell whether an error is this mail's own, and not the database's or the disk's, which hit
    every mail.
    """
    if isinstance(error, Away):
        cause = error.__cause__
        original = cause.orig if isinstance(cause, DBAPIError) else None
        return isinstance(original, PostgresError) and str(
            original.sqlstate or ""
        ).startswith(TOO_MUCH)
    if isinstance(error, OSError):
        return error.errno not in OF_THE_MACHINE
    if isinstance(error, InterfaceError | PoolTimeout):
        return False
    return not (isinstance(error, DBAPIError) and error.connection_invalidated)


def set_aside(parts: Parts, raw: bytes, error: Exception) -> TakenMail:
    """Keep a mail that could not be taken, as it came, with the reason; say when it is tried
    again.
    """
    now = parts.now()
    key = f"<{hashlib.sha256(raw).hexdigest()}@set.aside>"
    with raw_mail(parts, raw) as found, parts.database.write() as session:
        mail = session.scalars(
            select(MailSeen).where(MailSeen.message_id == key).with_for_update()
        ).first()
        if mail is None:
            mail = _noted(session, raw, key, now)
            keep(session, parts.settings.files, mail, found, now)
        if mail.outcome in TAKEN:
            return TakenMail("seen before", mail.incident_id)
        _count(mail, error, now)
    return TakenMail(SET_ASIDE)


def try_again_due(parts: Parts) -> int:
    """Try the mails again whose pause is over; returns how many could be taken."""
    with parts.database.read() as session:
        chosen = select(MailSeen.id).where(
            MailSeen.outcome == SET_ASIDE, MailSeen.try_at <= parts.now()
        )
        due = session.scalars(chosen.order_by(MailSeen.id)).all()
    return sum(_tried_again(parts, mail_id) for mail_id in due)


def _tried_again(parts: Parts, mail_id: int) -> bool:
    try:
        return try_again(parts, mail_id).outcome != SET_ASIDE
    except Refused as error:  # somebody decided meanwhile, or its content is gone
        _count_again(parts, mail_id, error)
        return False


def try_again(parts: Parts, mail_id: int) -> TakenMail:
    """Try to take a mail that was set aside.

    Raises ``Refused`` when it is not set aside any more.
    """
    folder = parts.settings.files
    raw = content(folder, _still_aside(parts, mail_id))
    try:
        taken = take_mail(parts, raw)
    except Exception as error:
        if not is_of_the_mail(error):
            raise
        _count_again(parts, mail_id, error)
        return TakenMail(SET_ASIDE)
    with parts.database.write() as session:
        mail = one_locked(session, MailSeen, mail_id)
        drop(folder, mail)
        session.delete(mail)
    return taken


def make_incident(parts: Parts, mail_id: int, *, by: str) -> TakenMail:
    """Make an incident of a mail that was left alone or set aside.

    Raises ``Refused`` when there is one already.
    """
    with parts.database.read() as session:
        mail = session.get(MailSeen, mail_id)
    if mail is None or mail.outcome in TAKEN:
        raise Refused(said("There is an incident of this mail already."))
    raw = content(parts.settings.files, mail)
    if mail.outcome == SET_ASIDE:
        return _as_it_stands(parts, mail_id, raw, by)
    return take_anyway(parts, mail_id, raw, by=by)


def leave(act: Acting, mail_id: int) -> None:
    """Say that nothing is to be done about a mail; it stays on the page of all, its content for
    some days.
    """
    mail = one_locked(act.session, MailSeen, mail_id)
    mail.settled_at, mail.settled_by, mail.try_at = act.now, act.by, None
    if mail.outcome == SET_ASIDE:
        mail.delete_on = act.now.date() + timedelta(
            days=desk_numbers(act.session).recording_days
        )
    Change().record(
        act, f"mail:{mail_id}", "mail.leave", f"Leaves mail {mail_id} alone"
    )


def leave_all(act: Acting, up_to: int) -> int:
    """Say so about every mail left alone up to this number, but not about those set aside; returns
    how many.
    """
    waiting = (
        MailSeen.id <= up_to,
        MailSeen.settled_at.is_(None),
        MailSeen.outcome.not_in((*TAKEN, SET_ASIDE)),
    )
    done = act.session.scalars(
        update(MailSeen)
        .where(*waiting)
        .values(settled_at=act.now, settled_by=act.by)
        .returning(MailSeen.id)
    )
    count = len(done.all())
    Change().record(act, "mail:all", "mail.leave", f"Leaves {count} mails alone")
    return count


def _as_it_stands(parts: Parts, mail_id: int, raw: bytes, by: str) -> TakenMail:
    """Make an incident without reading the mail: it lies beside it as a file."""
    now = parts.now()
    with raw_mail(parts, raw) as found, parts.acting(by) as act:
        mail = one_locked(act.session, MailSeen, mail_id)
        told = Report(
            mail.subject or "A mail that could not be read",
            f"Rung could not read this mail ({mail.why}). It is attached as it came.",
            via=Via.MAIL,
            requester=mail.sender or "unknown sender",
            requester_mail=mail.sender,
        )
        made = report(act, told)
        attach_raw(act, made.id, found)
        mail.outcome, mail.incident_id, mail.try_at = "new", made.id, None
        mail.settled_at, mail.settled_by = now, by
        drop(parts.settings.files, mail)
    return TakenMail("new", made.id)


def _noted(session: Session, raw: bytes, key: str, now: datetime) -> MailSeen:
    mail = MailSeen(
        message_id=key,
        sender=address_in(_glimpse(raw, b"From")).lower()[:LONGEST_ADDRESS],
        subject=_glimpse(raw, b"Subject")[:LONGEST_SUBJECT],
        outcome=SET_ASIDE,
        at=now,
        attempts=0,
    )
    session.add(mail)
    session.flush()
    return mail


def _glimpse(raw: bytes, name: bytes) -> str:
    """Return a header without reading the mail, which is what failed."""
    found = re.search(
        rb"^" + name + rb":([^\r\n]*)", raw[:HEAD], re.IGNORECASE | re.MULTILINE
    )
    return header_text(found[1]) if found else ""


def _still_aside(parts: Parts, mail_id: int) -> MailSeen:
    with parts.database.read() as session:
        mail = session.get(MailSeen, mail_id)
    if mail is None or mail.outcome != SET_ASIDE:
        raise Refused(said("This mail is not set aside any more."))
    return mail


def _count_again(parts: Parts, mail_id: int, error: Exception) -> None:
    with parts.database.write() as session:
        mail = session.get(MailSeen, mail_id, with_for_update=True)
        if mail is not None and mail.outcome == SET_ASIDE:
            _count(mail, error, parts.now())


def _count(mail: MailSeen, error: Exception, now: datetime) -> None:
    mail.attempts += 1
    mail.why = _reason(error)
    is_last = mail.attempts > len(PAUSES)
    mail.try_at = None if is_last else now + PAUSES[mail.attempts - 1]
    log.error(
        "mail.set-aside",
        mail=mail.id,
        attempts=mail.attempts,
        reason=mail.why,
        exc_info=error,
    )


def _reason(error: Exception) -> str:
    first = next(iter(str(error).splitlines()), "")
    told = shown(
        f"{type(error).__name__}: {first}".encode("utf-8", "replace").decode("utf-8")
    )
    return told.replace("\n", " ")[:LONGEST_REASON]
