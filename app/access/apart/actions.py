"""Say that two rights should not meet, and take that back."""

from __future__ import annotations

from sqlalchemy import select

from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Invalid
from app.core.said import said
from app.models.access.apart import RightsApart
from app.models.directory import Entitlement


def keep_apart(act: Acting, first: int, second: int, reason: str) -> RightsApart:
    """Note that nobody should hold two rights together, and why; said again, the reason is new.

    Raises ``Invalid`` for one right twice, rights of two directories, or no reason.
    """
    low, high = sorted((first, second))
    rights = [one(act.session, Entitlement, number) for number in (low, high)]
    if low == high:
        raise Invalid(said("Name two different rights."), field="other")
    if rights[0].directory_id != rights[1].directory_id:
        raise Invalid(said("Both have to stand in one directory."), field="other")
    if not reason.strip():
        raise Invalid(said("Say why they must not meet."), field="reason")
    change = Change(about=RightsApart)
    mine = select(RightsApart).where(
        RightsApart.one_id == low,
        RightsApart.other_id == high,
    )
    pair = act.session.scalars(mine).first()
    if pair is None:
        pair = RightsApart(
            one_id=low,
            other_id=high,
            reason=reason.strip(),
            noted_at=act.now,
            noted_by=act.by,
        )
        change.add(act.session, pair)
    else:
        change.put(pair, {"reason": reason.strip()})
    told = f"Nobody should hold {rights[0].cn} and {rights[1].cn} together"
    change.record(
        act,
        pair,
        "right.apart",
        told,
    )
    return pair


def let_meet(act: Acting, pair_id: int) -> None:
    """Take back that two rights should not meet."""
    pair = one(act.session, RightsApart, pair_id)
    names = [
        one(act.session, Entitlement, number).cn
        for number in (pair.one_id, pair.other_id)
    ]
    told = f"{' and '.join(names)} may be held together again"
    change = Change(about=RightsApart, before={"reason": pair.reason})
    change.record(
        act,
        pair,
        "right.together",
        told,
    )
    act.session.delete(pair)
