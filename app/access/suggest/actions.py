"""Refuse a suggestion, so that it does not come back, and take that back."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Invalid
from app.core.said import said
from app.models.access.suggestion import RefusedSuggestion
from app.models.directory import Directory, Entitlement


def refuse(
    act: Acting, directory_id: int, rights: Collection[int], reason: str
) -> RefusedSuggestion:
    """Note that a set of rights, and what is nearly the same, is not to be suggested again.

    Raises ``Invalid`` without a reason or where a right is gone.
    """
    one(act.session, Directory, directory_id)
    if not reason.strip():
        raise Invalid(said("Say why not."), field="reason")
    there = _names(act, directory_id, rights)
    if not rights or len(there) != len(set(rights)):
        text = said("A right of it is no longer in the directory; look again.")
        raise Invalid(text, field="right")
    row = RefusedSuggestion(
        directory_id=directory_id,
        rights=sorted(set(rights)),
        reason=reason.strip(),
        refused_at=act.now,
        refused_by=act.by,
    )
    change = Change(about=RefusedSuggestion)
    change.add(act.session, row)
    told = f"Not to be a role: {', '.join(there)}"
    change.record(
        act,
        row,
        "suggestion.refuse",
        told,
        reason=row.reason,
    )
    return row


def suggest_again(act: Acting, refused_id: int) -> None:
    """Let a refused set be suggested again."""
    row = one(act.session, RefusedSuggestion, refused_id)
    there = _names(act, row.directory_id, row.rights)
    change = Change(about=RefusedSuggestion, before={"reason": row.reason})
    change.record(
        act,
        row,
        "suggestion.again",
        f"May be suggested again: {', '.join(there)}",
    )
    act.session.delete(row)


def _names(act: Acting, directory_id: int, rights: Collection[int]) -> list[str]:
    known = select(Entitlement.cn).where(
        Entitlement.directory_id == directory_id,
        Entitlement.id.in_(rights),
        Entitlement.gone_at.is_(None),
    )
    return list(act.session.scalars(known.order_by(Entitlement.cn)))
