"""Let the read model say what Rung itself changed and read back, without waiting for the next
reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, cast, delete, select
from sqlalchemy.orm import Session

from app.directory.actions.past import keep_past
from app.models.directory import Directory, Entitlement, MemberKind, Membership, PastEnd
from app.models.people import Person
from ldap_sync.mapping import group_from
from ldap_sync.values import DirectoryChange, NewGroup, holds_names


def note_change(
    session: Session, directory_id: int, change: DirectoryChange, now: datetime
) -> None:
    """Take over a change that is in place: its values go out of the read model and come into it."""
    right = _right(session, directory_id, change.key)
    if right is None:
        return  # a group that was never read; the next reading brings it
    attribute = "" if change.attribute == right.attribute else change.attribute
    touched = (
        Membership.entitlement_id == right.id,
        Membership.attribute == attribute,
        Membership.value.in_({*change.delete, *change.add}),
    )
    named = list(session.scalars(select(Membership).where(*touched)))
    fresh = [_membership(session, right, attribute, value, now) for value in change.add]
    known = [*named, *_other_spellings(session, right.id, [*named, *fresh])]
    starts = {_holder(row): (row.since, row.absent_at) for row in known}
    for row in fresh:
        row.since, row.absent_at = starts.get(_holder(row), (now, now))
    staying = {_holder(row) for row in [*fresh, *known[len(named) :]]}
    ended = {_holder(row): row.id for row in named if _holder(row) not in staying}
    keep_past(session, {PastEnd.SWITCH: ended.values()}, until=now, last_seen=now)
    session.execute(delete(Membership).where(*touched))
    session.add_all(fresh)


def _other_spellings(
    session: Session, right_id: int, rows: Sequence[Membership]
) -> list[Membership]:
    """Return the rows in which the same people stand in the same right under another value or
    attribute.
    """
    people = {row.person_id for row in rows if row.person_id}
    places = {(row.attribute, row.value) for row in rows}
    same = Membership.person_id.in_(people), Membership.entitlement_id == right_id
    listed = session.scalars(select(Membership).where(*same))
    return [row for row in listed if (row.attribute, row.value) not in places]


def _holder(row: Membership) -> tuple[int | None, int | None, str]:
    """Return who or what a row stands for; of those that stand for nobody, the value."""
    alone = row.person_id is None and row.child_id is None
    return row.person_id, row.child_id, row.value if alone else ""


def note_group(
    session: Session, directory_id: int, group: NewGroup, key: str, now: datetime
) -> None:
    """Take over a role's group that was created."""
    if _right(session, directory_id, key) is not None:
        return
    read = group_from(
        {name.lower(): list(values) for name, values in group.attributes}, group.dn
    )
    right = Entitlement(
        directory_id=directory_id,
        key=key,
        dn=read.dn,
        cn=read.cn,
        attribute=read.attribute,
        is_role=True,
        description=read.description,
        object_classes=list(read.object_classes),
        needs_member=read.needs_member,
        first_seen=now,
    )
    session.add(right)
    session.flush()
    session.add_all(
        _membership(session, right, "", value, now) for value in read.members
    )


def _right(session: Session, directory_id: int, key: str) -> Entitlement | None:
    here = Entitlement.directory_id == directory_id, Entitlement.key == key
    return session.scalars(select(Entitlement).where(*here)).one_or_none()


def _membership(
    session: Session, right: Entitlement, attribute: str, value: str, now: datetime
) -> Membership:
    person_id = _person(session, right, attribute or right.attribute, value)
    child_id = _group(session, right, value)
    if person_id is not None:
        kind, child_id = MemberKind.PERSON, None
    elif child_id is not None:
        kind = MemberKind.GROUP
    else:
        known = {right.dn, *session.get_one(Directory, right.directory_id).placeholders}
        kind = MemberKind.PLACEHOLDER if value in known else MemberKind.DANGLING
    return Membership(
        entitlement_id=right.id,
        kind=kind,
        person_id=person_id,
        child_id=child_id,
        attribute=attribute,
        value=value,
        since=now,
        absent_at=now,
    )


def _person(
    session: Session, right: Entitlement, attribute: str, value: str
) -> int | None:
    named = (Person.uid if holds_names(attribute) else Person.dn) == value
    here = Person.directory_id == right.directory_id, Person.gone_at.is_(None)
    found = session.scalars(select(Person.id).where(named, *here)).first()
    if found is not None or not holds_names(attribute):
        return found
    more = select(Person.id, Person.further_uids).where(
        cast(Person.further_uids, Text) != "[]", *here
    )
    return next(
        (person for person, names in session.execute(more) if value in names), None
    )


def _group(session: Session, right: Entitlement, value: str) -> int | None:
    here = (
        Entitlement.directory_id == right.directory_id,
        Entitlement.gone_at.is_(None),
        Entitlement.dn == value,
    )
    return session.scalars(
        select(Entitlement.id).where(*here, Entitlement.id != right.id)
    ).first()
