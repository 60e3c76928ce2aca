"""Files and recordings of incidents: attached, and deleted by hand or when their day has come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.aside import Lane, each_row
from app.core.changes import latest_day, one_locked
from app.core.errors import Invalid, Refused
from app.core.parts import Parts
from app.core.said import said
from app.incidents.events import happened, locked
from app.incidents.files.rules import clean_name, may_be_recording, place_of, word_of
from app.incidents.files.store import Received, received, sweep
from app.incidents.queries import desk_numbers
from app.models.incidents.incident import Attachment
from app.models.incidents.words import EventKind, FileKind

MOST = {FileKind.RECORDING: 64_000_000, FileKind.FILE: 25_000_000}
"""The largest size of each kind, in bytes."""

WORKER = "Rung"
DELETIONS: Lane[int] = Lane("deletions", "attachment")
log = structlog.get_logger("rung.files")


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody says about a file. A recording needs the consent of who is heard on it."""

    name: str
    kind: FileKind = FileKind.FILE
    consent: bool = False
    delete_on: date | None = None
    public: bool = False


@contextmanager
def incoming(folder: Path, stream: BinaryIO, kind: FileKind) -> Iterator[Received]:
    """Take in the bytes of a file, before the transaction in which ``attach`` keeps them."""
    with received(folder, stream, MOST[kind]) as found:
        yield found


def attach(
    act: Acting,
    incident_id: int,
    found: Received,
    told: Offered,
    *,
    touches: bool = True,
) -> Attachment:
    """Attach a received file to an incident. Raises ``Invalid`` naming the field."""
    _check(found, told)
    incident = locked(act.session, incident_id)
    attachment = Attachment(
        incident_id=incident_id,
        kind=told.kind,
        name=clean_name(told.name),
        type=found.type,
        size=found.size,
        sha256=found.sha256,
        consent=told.consent,
        delete_on=_day(act.session, told, act.now),
        at=act.now,
        by=act.by,
    )
    act.session.add(attachment)
    act.session.flush()
    data = {
        "attachment": attachment.id,
        "name": attachment.name,
        "type": found.type,
        "size": found.size,
    }
    happened(
        act,
        incident,
        EventKind.FILE,
        f"Attached {attachment.name}",
        data=data,
        public=told.public,
        touches=touches,
    )
    found.keep(attachment.id)
    return attachment


def remove(act: Acting, folder: Path, attachment_id: int, reason: str) -> Attachment:
    """Delete the content of an attachment; that there was one stays.

    Raises ``Invalid`` without a reason.
    """
    if not reason.strip():
        raise Invalid(said("Say why it is deleted."), field="reason")
    attachment = one_locked(act.session, Attachment, attachment_id)
    if attachment.deleted_at is not None:
        raise Refused(said("Its content was deleted already."))
    _remove(act, folder, attachment, reason)
    return attachment


def run_due_deletions(parts: Parts) -> bool:
    """Delete the contents whose day has come, and what a killed process left half received; tell
    whether any.
    """
    now = parts.now()
    swept = sweep(parts.settings.files)
    with parts.database.read() as session:
        due = session.scalars(
            select(Attachment.id).where(
                Attachment.delete_on <= now.date(), Attachment.deleted_at.is_(None)
            )
        ).all()
    made = each_row(parts, DELETIONS, due, partial(_delete_due, parts))
    if made.served or swept:
        log.info("files.deleted", due=made.served, left=swept)
    return bool(made.served or swept)


def _delete_due(parts: Parts, attachment_id: int) -> None:
    with parts.acting(WORKER) as act:
        attachment = one_locked(act.session, Attachment, attachment_id)
        if attachment.deleted_at is None:
            why, _now = "Its day of deletion has come.", parts.now()
            _remove(act, parts.settings.files, attachment, why)


def _remove(act: Acting, folder: Path, attachment: Attachment, reason: str) -> None:
    attachment.deleted_at = act.now
    happened(
        act,
        locked(act.session, attachment.incident_id),
        EventKind.FILE,
        f"Deleted the content of {attachment.name}",
        text=reason,
        data={"attachment": attachment.id, "deleted": True},
        touches=False,
    )
    # Before the commit: what somebody wanted gone must not survive a crash between the two.
    place_of(folder, attachment.sha256, attachment.id).unlink(missing_ok=True)


def _check(found: Received, told: Offered) -> None:
    if told.kind is not FileKind.RECORDING:
        return
    if not may_be_recording(found.type):
        raise Invalid(
            said(
                "This is no recording but a %(type)s. Attach it as a file instead.",
                type=word_of(found.type),
            ),
            field="file",
        )
    if not told.consent:
        raise Invalid(
            said("Attach a recording only when the caller agreed to it."),
            field="consent",
        )


def _day(session: Session, told: Offered, now: datetime) -> date | None:
    if told.kind is not FileKind.RECORDING:
        return told.delete_on
    days = desk_numbers(session).recording_days
    last = latest_day(now) + timedelta(days=days)
    if told.delete_on is not None and told.delete_on > last:
        raise Invalid(
            said("Recordings are kept for at most %(days)s days.", days=days),
            field="delete_on",
        )
    return told.delete_on or now.date() + timedelta(days=days)
