"""Mails that made no incident are kept as they came, for a time, so that one can still be made of
them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import Refused
from app.core.parts import Parts
from app.core.said import said
from app.incidents.files.rules import place_of
from app.incidents.files.store import Received, received
from app.incidents.queries import desk_numbers
from app.models.incidents.desk import MailSeen

FOLDER = "mail"
LARGEST_RAW = 64_000_000
MOST_KEPT = 1_000_000_000
"""How many bytes of mails left alone are kept together; a flood of them must not fill the disk."""

SET_ASIDE = "set aside"


@contextmanager
def raw_mail(parts: Parts, raw: bytes) -> Iterator[Received]:
    """Write a mail to disk before the transaction in which it is kept, or attached to an
    incident.
    """
    with received(
        parts.settings.files, io.BytesIO(raw[:LARGEST_RAW] or b"\n"), LARGEST_RAW
    ) as found:
        yield found


def keep(
    session: Session, folder: Path, mail: MailSeen, found: Received, now: datetime
) -> None:
    """Keep a mail that makes no incident.

    What was set aside stays until somebody decides, the rest for some days.
    """
    is_flood = (
        mail.outcome != SET_ASIDE and _kept_bytes(session) + found.size > MOST_KEPT
    )
    if is_flood:
        return
    mail.kept, mail.size = found.sha256, found.size
    if mail.outcome != SET_ASIDE:
        mail.delete_on = now.date() + timedelta(
            days=desk_numbers(session).recording_days
        )
    place = _place(folder, mail)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found.path.replace(place)


def content(folder: Path, mail: MailSeen) -> bytes:
    """Return a kept mail as it came. Raises ``Refused`` when it is no longer there."""
    try:
        return _place(folder, mail).read_bytes() if mail.kept else _gone()
    except FileNotFoundError:
        return _gone()


def drop(folder: Path, mail: MailSeen) -> None:
    """Delete the content of a kept mail; that it came stays written down."""
    if mail.kept:
        _place(folder, mail).unlink(missing_ok=True)
    mail.kept, mail.delete_on = "", None


def drop_due(parts: Parts) -> bool:
    """Delete the contents of mails left alone whose day has come; tell whether there were any."""
    folder = parts.settings.files
    today = parts.now().date()
    with parts.database.read() as session:
        due = session.scalars(
            select(MailSeen.id).where(MailSeen.delete_on <= today, MailSeen.kept != "")
        ).all()
    for mail_id in due:
        with parts.database.write() as session:
            if mail := session.get(MailSeen, mail_id, with_for_update=True):
                drop(folder, mail)
    return bool(due)


def _kept_bytes(session: Session) -> int:
    counted = select(func.coalesce(func.sum(MailSeen.size), 0)).where(
        MailSeen.kept != ""
    )
    return int(session.scalar(counted.where(MailSeen.outcome != SET_ASIDE)) or 0)


def _place(folder: Path, mail: MailSeen) -> Path:
    return place_of(folder / FOLDER, mail.kept, mail.id)


def _gone() -> bytes:
    raise Refused(said("This mail is no longer kept; its content was deleted."))
