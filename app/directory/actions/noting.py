"""Let the read model say what Rung itself changed and read back, without waiting for the next
reading.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
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
    fresh = _memberships(session, right, attribute, change.add, now)
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
    session.add_all(_memberships(session, right, "", read.members, now))


def _right(session: Session, directory_id: int, key: str) -> Entitlement | None:
    here = Entitlement.directory_id == directory_id, Entitlement.key == key
    return session.scalars(select(Entitlement).where(*here)).one_or_none()


def _memberships(
    session: Session,
    right: Entitlement,
    attribute: str,
    values: Sequence[str],
    now: datetime,
) -> list[Membership]:
    """Return new rows for values of a group, each for whom or what it stands."""
    people = _people(session, right, attribute or right.attribute, values)
    rest = [value for value in values if value not in people]
    groups = _groups(session, right, rest)
    known = {right.dn, *session.get_one(Directory, right.directory_id).placeholders}
    return [
        Membership(
            entitlement_id=right.id,
            kind=_kind(value, people, groups, known),
            person_id=people.get(value),
            child_id=groups.get(value),
            attribute=attribute,
            value=value,
            since=now,
            absent_at=now,
        )
        for value in values
    ]


def _kind(
    value: str,
    people: Mapping[str, int],
    groups: Mapping[str, int],
    placeholders: Container[str],
) -> MemberKind:
    if value in people:
        return MemberKind.PERSON
    if value in groups:
        return MemberKind.GROUP
    return MemberKind.PLACEHOLDER if value in placeholders else MemberKind.DANGLING


def _people(
    session: Session, right: Entitlement, attribute: str, values: Iterable[str]
) -> dict[str, int]:
    """Return who is meant by values of a group, as far as they mean people."""
    wanted = set(values)
    named = Person.uid if holds_names(attribute) else Person.dn
    here = Person.directory_id == right.directory_id, Person.gone_at.is_(None)
    rows = select(named, Person.id).where(named.in_(wanted), *here)
    found = dict(session.execute(rows.order_by(Person.id.desc())).all())
    if not holds_names(attribute) or wanted <= found.keys():
        return found
    more = select(Person.id, Person.further_uids).where(
        cast(Person.further_uids, Text) != "[]", *here
    )
    for person, names in session.execute(more):
        found |= dict.fromkeys(wanted.intersection(names) - found.keys(), person)
    return found


def _groups(
    session: Session, right: Entitlement, values: Iterable[str]
) -> dict[str, int]:
    here = (
        Entitlement.directory_id == right.directory_id,
        Entitlement.gone_at.is_(None),
        Entitlement.dn.in_(set(values)),
        Entitlement.id != right.id,
    )
    rows = select(Entitlement.dn, Entitlement.id).where(*here)
    return dict(session.execute(rows.order_by(Entitlement.id.desc())).all())
