"""Let the read model say what Rung itself changed and read back, without waiting for the next
reading.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Text, cast, delete, insert, select
from sqlalchemy.orm import Session

from app.directory.actions.past import BATCH, in_batches, keep_past
from app.models.directory import Directory, Entitlement, MemberKind, Membership, PastEnd
from app.models.people import Person
from ldap_sync.mapping import group_from
from ldap_sync.values import DirectoryChange, NewGroup, holds_names


@dataclass(slots=True)
class _MemberRow:
    """What is known of a membership that Rung itself made or takes away, as plain values: a batch
    of people brings hundreds of them.
    """

    entitlement_id: int
    kind: MemberKind
    person_id: int | None
    child_id: int | None
    attribute: str
    value: str
    since: datetime
    absent_at: datetime | None
    id: int = 0

    @classmethod
    def of(cls, session: Session, *conditions: ColumnElement[bool]) -> list[_MemberRow]:
        """Return the rows that stand for what the conditions say."""
        columns = [getattr(Membership, name) for name in (*COLUMNS, "id")]
        return [
            cls(*row) for row in session.execute(select(*columns).where(*conditions))
        ]


COLUMNS = tuple(one.name for one in fields(_MemberRow) if one.name != "id")


def note_change(
    session: Session, directory_id: int, change: DirectoryChange, now: datetime
) -> None:
    """Take over a change that is in place: its values go out of the read model and come into it."""
    note_changes(session, directory_id, [change], now)


def note_changes(
    session: Session,
    directory_id: int,
    changes: Iterable[DirectoryChange],
    now: datetime,
) -> None:
    """Take over changes that are in place, those of different groups at once, in their order."""
    for some in _each_group_once(changes):
        keys = [change.key for change in some]
        rights = _rights(session, directory_id, keys)
        # A group that was never read is left out; the next reading brings it.
        places = [
            _Place.of(rights[change.key], change)
            for change in some
            if change.key in rights
        ]
        if places:
            _take(session, places, now)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where values come and go: a right, the attribute (empty: its own), and the change."""

    right: Entitlement
    attribute: str
    change: DirectoryChange

    @classmethod
    def of(cls, right: Entitlement, change: DirectoryChange) -> _Place:
        own = change.attribute == right.attribute
        return cls(
            right,
            "" if own else change.attribute,
            change,
        )

    @property
    def spot(self) -> Spot:
        """Return what rows of this place have in common."""
        return self.right.id, self.attribute

    @property
    def holds_names(self) -> bool:
        """Tell whether the values are account names."""
        return holds_names(self.change.attribute)

    @property
    def named(self) -> frozenset[str]:
        """Return all values that come or go."""
        return frozenset((*self.change.delete, *self.change.add))


Spot = tuple[int, str]
"""The number of a right and the attribute in which values stand."""


def _each_group_once(
    changes: Iterable[DirectoryChange],
) -> Iterator[list[DirectoryChange]]:
    """Yield the changes so that none builds on another one of the same list."""
    some: dict[str, DirectoryChange] = {}
    for change in changes:
        if change.key in some:
            yield [*some.values()]
            some = {}
        some[change.key] = change
    if some:
        yield [*some.values()]


def _take(session: Session, places: Sequence[_Place], now: datetime) -> None:
    """Change the rows of several places; what stays a membership keeps its times."""
    named = _named(session, places)
    fresh = _memberships(session, places, now)
    other = _other_spellings(session, [*named, *fresh])
    starts = {_holder(row): (row.since, row.absent_at) for row in (*named, *other)}
    for row in fresh:
        row.since, row.absent_at = starts.get(_holder(row), (now, now))
    staying = {_holder(row) for row in (*fresh, *other)}
    ended = {_holder(row): row.id for row in named if _holder(row) not in staying}
    keep_past(
        session,
        {PastEnd.SWITCH: ended.values()},
        until=now,
        last_seen=now,
    )
    for some in in_batches([row.id for row in named], BATCH):
        gone = delete(Membership).where(Membership.id.in_(some))
        session.execute(gone, execution_options={"synchronize_session": False})
    if fresh:
        session.execute(insert(Membership), [_columns(row) for row in fresh])


def _named(session: Session, places: Sequence[_Place]) -> list[_MemberRow]:
    """Return the rows of all values that come or go in their places."""
    due = {place.spot: place.named for place in places}
    values = frozenset[str]().union(*due.values())
    here = Membership.entitlement_id.in_({right for right, _ in due})
    found: list[_MemberRow] = []
    for some in in_batches(sorted(values), BATCH):
        rows = _MemberRow.of(
            session,
            here,
            Membership.value.in_(some),
        )
        found += [row for row in rows if row.value in due.get(_spot(row), ())]
    return found


def _spot(row: _MemberRow) -> Spot:
    """Return in which right and attribute a row stands."""
    return row.entitlement_id, row.attribute


def _columns(row: _MemberRow) -> dict[str, object]:
    """Return a row by the names of its columns, for writing."""
    return {name: getattr(row, name) for name in COLUMNS}


def _other_spellings(session: Session, rows: Sequence[_MemberRow]) -> list[_MemberRow]:
    """Return the rows in which the same people stand in the same rights under another value or
    attribute.
    """
    people = sorted({row.person_id for row in rows if row.person_id})
    pairs = {(row.entitlement_id, row.person_id) for row in rows}
    places = {(*_spot(row), row.value) for row in rows}
    rights = Membership.entitlement_id.in_({right for right, _ in pairs})
    found: list[_MemberRow] = []
    for some in in_batches(people, BATCH):
        listed = _MemberRow.of(
            session,
            Membership.person_id.in_(some),
            rights,
        )
        found += [
            row
            for row in listed
            if (row.entitlement_id, row.person_id) in pairs
            and (*_spot(row), row.value) not in places
        ]
    return found


def _holder(row: _MemberRow) -> tuple[int, int | None, int | None, str]:
    """Return in which right a row stands, and for whom or what; of those that stand for nobody, the
    value.
    """
    alone = row.person_id is None and row.child_id is None
    value = row.value if alone else ""
    return row.entitlement_id, row.person_id, row.child_id, value


def note_group(
    session: Session, directory_id: int, group: NewGroup, key: str, now: datetime
) -> None:
    """Take over a role's group that was created."""
    if _rights(session, directory_id, [key]):
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
    if read.members:
        there = DirectoryChange(
            key,
            read.dn,
            read.attribute,
            add=read.members,
        )
        rows = _memberships(
            session,
            [_Place.of(right, there)],
            now,
        )
        session.execute(insert(Membership), [_columns(row) for row in rows])


def _rights(
    session: Session, directory_id: int, keys: Iterable[str]
) -> dict[str, Entitlement]:
    here = Entitlement.directory_id == directory_id, Entitlement.key.in_([*keys])
    return {
        right.key: right for right in session.scalars(select(Entitlement).where(*here))
    }


def _memberships(
    session: Session, places: Sequence[_Place], now: datetime
) -> list[_MemberRow]:
    """Return new rows for what comes into places, each for whom or what it stands."""
    coming = [place for place in places if place.change.add]
    if not coming:
        return []
    directory = session.get_one(Directory, coming[0].right.directory_id)
    people = {
        names: _people(
            session,
            directory.id,
            names,
            _values(coming, names),
        )
        for names in {place.holds_names for place in coming}
    }
    return [
        row
        for place in coming
        for row in _rows(
            session,
            place,
            people[place.holds_names],
            directory,
            now,
        )
    ]


def _values(places: Iterable[_Place], names: bool) -> set[str]:
    """Return the values that come in, account names or DNs."""
    own = [place for place in places if place.holds_names is names]
    return {value for place in own for value in place.change.add}


def _rows(
    session: Session,
    place: _Place,
    people: Mapping[str, int],
    directory: Directory,
    now: datetime,
) -> Iterator[_MemberRow]:
    right, values = place.right, place.change.add
    rest = [value for value in values if value not in people]
    groups = _groups(session, right, rest) if rest else {}
    known = {right.dn, *directory.placeholders}
    for value in values:
        yield _MemberRow(
            entitlement_id=right.id,
            kind=_kind(value, people, groups, known),
            person_id=people.get(value),
            child_id=groups.get(value),
            attribute=place.attribute,
            value=value,
            since=now,
            absent_at=now,
        )


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
    session: Session, directory_id: int, names: bool, values: Iterable[str]
) -> dict[str, int]:
    """Return who is meant by values of groups, account ``names`` or DNs, as far as they mean
    people.
    """
    wanted = set(values)
    named = Person.uid if names else Person.dn
    here = Person.directory_id == directory_id, Person.gone_at.is_(None)
    found: dict[str, int] = {}
    for some in in_batches(sorted(wanted), BATCH):
        rows = select(named, Person.id).where(named.in_(some), *here)
        found |= dict(session.execute(rows.order_by(Person.id.desc())).all())
    if not names or wanted <= found.keys():
        return found
    more = select(Person.id, Person.further_uids).where(
        cast(Person.further_uids, Text) != "[]", *here
    )
    for person, further in session.execute(more):
        found |= dict.fromkeys(wanted.intersection(further) - found.keys(), person)
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
