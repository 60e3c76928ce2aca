"""Who holds rights as the applications behind them see it: nested groups count only where the lens
follows nesting.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.rules import follows_nesting
from app.models.directory import Directory, Entitlement, MemberKind, Membership


def holders_of(session: Session, right_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return the people who hold each right under its lens.

    Two queries, and one for each level of nesting.
    """
    below = _groups_below(session, _nested(session, right_ids))
    groups = {right: {right, *below.get(right, ())} for right in right_ids}
    everything = sorted({group for found in groups.values() for group in found})
    listed: dict[int, set[int]] = {}
    members = select(Membership.entitlement_id, Membership.person_id).where(
        Membership.entitlement_id.in_(everything), Membership.kind == MemberKind.PERSON
    )
    for group, person in session.execute(members):
        listed.setdefault(group, set()).add(person or 0)
    return {
        right: frozenset().union(*(listed.get(group, ()) for group in found))
        for right, found in groups.items()
    }


def _nested(session: Session, right_ids: Sequence[int]) -> list[int]:
    """Return those of the rights whose application finds people in nested groups."""
    rows = session.execute(
        select(Entitlement.id, Entitlement.lens, Directory.profile)
        .join(Directory, Directory.id == Entitlement.directory_id)
        .where(Entitlement.id.in_(right_ids))
    )
    return [
        row.id
        for row in rows
        if follows_nesting(row.lens, row.profile.get("memberof") == "transitive")
    ]


def _groups_below(session: Session, right_ids: Sequence[int]) -> dict[int, set[int]]:
    """Return the groups in each right's group, at any depth; cycles do no harm."""
    children: dict[int, set[int]] = {}
    level: set[int] = set(right_ids)
    while level:
        inside = select(Membership.entitlement_id, Membership.child_id).where(
            Membership.entitlement_id.in_(sorted(level)),
            Membership.kind == MemberKind.GROUP,
        )
        children.update({group: set() for group in level})
        for group, child in session.execute(inside):
            children[group].add(child or 0)
        level = {
            child for group in level for child in children[group]
        } - children.keys()
    return {right: _closure(children, right) for right in right_ids}


def _closure(children: dict[int, set[int]], start: int) -> set[int]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = children.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return found
