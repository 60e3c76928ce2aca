"""The files of an improvement, and one to send to a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.errors import NotFound
from app.core.said import said
from app.incidents.files.queries import FileContent, size_in_words
from app.incidents.files.rules import honest_name, lies, place_of, word_of
from app.models.improvements.talk import ImprovementFile


@dataclass(frozen=True, slots=True)
class ImprovementFileLine:
    """A file in words; ``lies``: its name promises another type than its content has."""

    row: ImprovementFile
    word: str
    size: str
    lies: bool


def key_of(file_id: int) -> str:
    """Return what tells the content of a file from those of incidents, in the same folder."""
    return f"i{file_id}"


def files_of(session: Session, improvement_id: int) -> Sequence[ImprovementFileLine]:
    """Return the files of an improvement, oldest first."""
    rows = session.scalars(
        select(ImprovementFile)
        .where(ImprovementFile.improvement_id == improvement_id)
        .order_by(ImprovementFile.id)
    )
    return [
        ImprovementFileLine(
            row,
            word_of(row.type),
            size_in_words(row.size),
            lies(row.name, row.type),
        )
        for row in rows
    ]


def content_of(session: Session, folder: Path, file_id: int) -> FileContent:
    """Return the content of a file. Raises ``NotFound`` when there is none, or none any more."""
    row = one(
        session,
        ImprovementFile,
        file_id,
    )
    path = place_of(
        folder,
        row.sha256,
        key_of(row.id),
    )
    if row.deleted_at is not None or not path.exists():
        raise NotFound(said("Its content is not there any more."))
    return FileContent(
        path,
        row.type,
        honest_name(row.name, row.type),
    )
