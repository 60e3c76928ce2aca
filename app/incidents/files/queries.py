"""The files and recordings of an incident, as its page lists them, and one to send to a browser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.errors import NotFound
from app.core.said import said
from app.core.together import Question
from app.incidents.files.rules import honest_name, lies, place_of, playable, word_of
from app.models.incidents.incident import Attachment
from app.models.incidents.words import FileKind

GONE = (
    "Its content was deleted. That it was there, and since when it is gone, stays on the "
    "incident's page."
)


@dataclass(frozen=True, slots=True)
class FileLine:
    """One attachment in words; ``lies``: its name promises another type than its content has."""

    id: int
    name: str
    word: str
    size: str
    is_recording: bool
    playable: bool
    lies: bool
    consent: bool
    delete_on: date | None
    deleted_at: datetime | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class FileContent:
    """An attachment's content on disk, its type, and the name to save it under."""

    path: Path
    type: str
    name: str


def files_asked(incident_id: int) -> Question:
    """Return the question for the attachments of an incident."""
    return select(
        Attachment.id,
        Attachment.name,
        Attachment.type,
        Attachment.size,
        Attachment.kind,
        Attachment.consent,
        Attachment.delete_on,
        Attachment.deleted_at,
        Attachment.at,
        Attachment.by,
    ).where(Attachment.incident_id == incident_id)


def files_in(rows: Iterable[Any]) -> Sequence[FileLine]:
    """Return attachments, recordings first, oldest first."""
    in_time = sorted(rows, key=lambda row: (row.at, row.id))
    return sorted(map(_line, in_time), key=lambda line: not line.is_recording)


def content(session: Session, folder: Path, attachment_id: int) -> FileContent:
    """Return an attachment's content. Raises ``NotFound`` when there is none, or none any more."""
    found = one(session, Attachment, attachment_id)
    if found.deleted_at is not None:
        raise NotFound(GONE)
    path = place_of(folder, found.sha256, found.id)
    if not path.exists():
        raise NotFound(
            said(
                "Its content is not in the data folder; it may be missing since "
                "a backup was restored."
            )
        )
    return FileContent(path, found.type, honest_name(found.name, found.type))


def incident_of(session: Session, attachment_id: int) -> tuple[int, str]:
    """Return the incident an attachment belongs to, and the attachment's name.

    Raises ``NotFound``.
    """
    found = one(session, Attachment, attachment_id)
    return found.incident_id, found.name


def is_lying(attachment: Attachment) -> bool:
    """Tell whether an attachment's name promises another type than its content has."""
    return lies(attachment.name, attachment.type)


def _line(row: Any) -> FileLine:
    return FileLine(
        row.id,
        row.name,
        word_of(row.type),
        size_in_words(row.size),
        row.kind is FileKind.RECORDING,
        playable(row.type),
        lies(row.name, row.type),
        row.consent,
        row.delete_on,
        row.deleted_at,
        row.at,
        row.by,
    )


def size_in_words(size: int) -> str:
    """Return a number of bytes as people say it."""
    if size < 1_000:
        return f"{size} bytes"
    return (
        f"{size / 1_000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
    )
