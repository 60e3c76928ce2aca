"""Attach a file to an improvement, and delete its content with a reason."""

from __future__ import annotations

from pathlib import Path

from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.improvements.events import (
    NotedChange,
    add_told,
    demand_of_it,
    locked,
    tell,
)
from app.improvements.files.queries import key_of
from app.incidents.files.rules import clean_name, place_of
from app.incidents.files.store import Received
from app.models.improvements.talk import ImprovementComment, ImprovementFile


def attach_file(
    act: Acting,
    improvement_id: int,
    found: Received,
    name: str,
    *,
    comment_id: int | None = None,
) -> ImprovementFile:
    """Attach a received file to an improvement, or to a comment on it.

    Raises ``Invalid`` naming the field.
    """
    improvement = locked(act.session, improvement_id)
    demand_of_it(act.session, improvement_id, ImprovementComment, comment_id, "file")
    made = ImprovementFile(
        improvement_id=improvement_id,
        comment_id=comment_id,
        name=clean_name(name),
        type=found.type,
        size=found.size,
        sha256=found.sha256,
        created_at=act.now,
        created_by=act.by,
    )
    row = add_told(act, improvement, made, "file.attach", f"Attached {made.name}")
    found.keep(key_of(row.id))
    return row


def delete_file(
    act: Acting,
    folder: Path,
    file_id: int,
    reason: str,
) -> ImprovementFile:
    """Delete the content of a file; that there was one stays.

    Raises ``Invalid`` without a reason, ``Refused`` when it was deleted before.
    """
    if not reason.strip():
        raise Invalid(said("Say why it is deleted."), field="reason")
    improvement = locked(
        act.session,
        one(
            act.session,
            ImprovementFile,
            file_id,
        ).improvement_id,
    )
    row = act.session.get_one(
        ImprovementFile,
        file_id,
        populate_existing=True,
    )
    if row.deleted_at is not None:
        raise Refused(said("Its content was deleted already."))
    change = NotedChange()
    change.put(row, {"deleted_at": act.now})
    tell(
        act,
        improvement,
        "file.delete",
        f"Deleted the content of {row.name}",
        change,
        reason=reason,
    )
    # Before the commit: what somebody wanted gone must not survive a crash between the two.
    place_of(
        folder,
        row.sha256,
        key_of(row.id),
    ).unlink(missing_ok=True)
    return row
