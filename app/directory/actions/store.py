"""Take a complete reading over into the read model: only rows that differ are touched, all in one
transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, TypeGuard, cast

from sqlalchemy import Row, Table, func, select
from sqlalchemy.orm import Session

from app.core.names import renew
from app.directory.actions.entries import Fresh, Gone, Place, Taken, take_entries
from app.directory.actions.members import EntryRows, Times, take_members
from app.directory.actions.numbers import take_numbers
from app.directory.rules import (
    ReadingDifference,
    Resolved,
    first_sentence,
    in_order,
    is_role_group,
    limited,
    person_changes,
    resolve,
    right_changes,
    shown,
)
from app.models.directory import Directory, Entitlement, Membership
from app.models.people import Person
from ldap_sync.members import meant_by
from ldap_sync.values import DirectoryGroup, DirectorySnapshot, Increment, Other
from ldap_sync.values import DirectoryPerson as ReadPerson

PEOPLE, RIGHTS = cast(Table, Person.__table__), cast(Table, Entitlement.__table__)


@dataclass(frozen=True, slots=True)
class Stored:
    """How much is there now, how much is other than before, and what of it no interval of a
    membership tells; the names of all that is other, by identity.
    """

    people: int
    groups: int
    grants: int
    changes: int
    differences: tuple[ReadingDifference, ...]
    other_people: Mapping[str, str] = field(default_factory=dict)
    other_groups: Mapping[str, str] = field(default_factory=dict)

    def missed_by(self, found: Increment) -> list[str]:
        """Return who and what is other than before although a reading of changes did not see
        it.
        """
        people = {person.key for person in found.part.people} | found.gone_people
        groups = {group.key for group in found.part.groups} | found.gone_groups
        missed = [
            *(name for key, name in self.other_people.items() if key not in people),
            *(name for key, name in self.other_groups.items() if key not in groups),
        ]
        return sorted(missed)


def identities(session: Session, directory_id: int) -> dict[str, set[str]]:
    """Return the identities of the people and groups that were there in the last complete
    reading.
    """
    return {
        sort: set(
            session.scalars(
                select(model.key).where(
                    model.directory_id == directory_id, model.gone_at.is_(None)
                )
            )
        )
        for sort, model in (("people", Person), ("groups", Entitlement))
    }


def there(session: Session, directory_id: int) -> tuple[int, int]:
    """Return how many people and groups were there in the last complete reading."""
    people, groups = (
        select(func.count()).where(
            model.directory_id == directory_id, model.gone_at.is_(None)
        )
        for model in (Person, Entitlement)
    )
    return session.scalars(people).one(), session.scalars(groups).one()


def take_over(
    session: Session,
    directory: Directory,
    read: Resolved,
    now: datetime,
    before: datetime | None = None,
) -> Stored:
    """Make the read model of ``directory`` say what was read; who is missing is marked gone, not
    deleted.

    ``before`` is when the complete reading before this one was taken over.
    """
    return _taken(session, directory, read, Times(now, before), None)


def take_increment(
    session: Session,
    directory: Directory,
    read: Resolved,
    gone: Gone,
    times: Times,
) -> Stored:
    """Make the read model say what a reading of changes found; the rest stays as it is."""
    stored = _taken(session, directory, read, times, gone)
    held = select(Membership.person_id, Membership.entitlement_id).distinct()
    held = held.where(Membership.person_id.is_not(None))
    others = select(Directory.id).where(Directory.id != directory.id)
    if session.scalars(others.limit(1)).first() is not None:
        here = select(Entitlement.id).where(Entitlement.directory_id == directory.id)
        held = held.where(Membership.entitlement_id.in_(here))
    people, groups = there(session, directory.id)
    grants = session.scalars(select(func.count()).select_from(held.subquery())).one()
    return replace(stored, people=people, groups=groups, grants=grants)


def _taken(
    session: Session,
    directory: Directory,
    read: Resolved,
    times: Times,
    gone: Gone | None,
) -> Stored:
    """Take over a reading of everything, or where some are named as ``gone``, of what changed."""
    snapshot, now = read.snapshot, times.now
    here = Place(session, directory.id, now)
    people_read = {person.key: person for person in snapshot.people}
    fresh_people = Fresh(people_read, PERSON_COLUMNS, _person_values)
    named = None if gone is None else gone.people | _meant(read, "person")
    people = take_entries(here, PEOPLE, fresh_people, gone and gone.people, named)
    looked_at = None if gone is None else {people.ids[key] for key in people.looked_at}
    take_numbers(session, directory.id, snapshot.people, people.ids, now, looked_at)
    renew(session, Person, people.touched)
    owner_ids = {key: people.ids[owner] for key, owner in read.owners.items()}
    groups_read = {group.key: group for group in snapshot.groups}
    right_values = partial(_right_values, directory, owner_ids)
    fresh_rights = Fresh(groups_read, RIGHT_COLUMNS, right_values)
    named = None if gone is None else gone.groups | _meant(read, "group")
    rights = take_entries(here, RIGHTS, fresh_rights, gone and gone.groups, named)
    renew(session, Entitlement, rights.touched)
    rows = EntryRows(
        people.ids,
        rights.ids,
        {people.ids[key] for key in people.missing},
        {rights.ids[key] for key in rights.missing},
        None if gone is None else {rights.ids[key] for key in rights.looked_at},
    )
    members = take_members(session, read, rows, times)
    counted = len(snapshot.people), len(snapshot.groups), members.grants
    if gone is None and people.is_first and rights.is_first:
        found, changes = [first_sentence(*counted)], 1
    else:
        found = [
            *_of_people(people_read, people),
            *_of_rights(groups_read, rights),
            *members.left_over,
        ]
        changes = len(found) + members.changes
    kept = tuple(in_order(limited(found)))
    return Stored(
        *counted,
        changes,
        kept,
        _named(people, lambda key: shown(people_read[key])),
        _named(rights, lambda key: groups_read[key].cn, members.touched),
    )


def _named(
    taken: Taken, name: Callable[[str], str], others: Collection[int] = ()
) -> dict[str, str]:
    """Return the names of entries whose rows are new, other or gone, by identity."""
    keys = {*taken.other}
    keys.update(key for key, row in taken.ids.items() if row in others)
    found = {key: key if key in taken.missing else name(key) for key in keys}
    return found | {row.key: row.dn for row in taken.gone}


def _meant(read: Resolved, kind: str) -> set[str]:
    """Return the identities of people or groups for which values of a reading stand."""
    found = {meaning.key for meaning in read.meant() if meaning.kind == kind}
    return found | set(read.owners.values()) if kind == "person" else found


def understand_again(session: Session, directory: Directory, now: datetime) -> None:
    """Find out anew what the rows of a directory stand for, after its placeholders, accounts or
    bases were changed.
    """
    session.flush()
    take_over(
        session,
        directory,
        resolve(_as_read(session, directory.id), directory.stand_ins),
        now,
    )


def _as_read(session: Session, directory_id: int) -> DirectorySnapshot:
    """Return what was read last, put together from its rows."""
    members: dict[int, dict[str, list[str]]] = {}
    others: dict[str, Other] = {}
    columns = (
        Membership.entitlement_id,
        Membership.attribute,
        Membership.value,
        Membership.what,
        Entitlement.attribute,
    )
    listed = select(*columns).join(
        Entitlement, Entitlement.id == Membership.entitlement_id
    )
    for right_id, attribute, value, what, own in session.execute(
        listed.where(Entitlement.directory_id == directory_id)
    ):
        members.setdefault(right_id, {}).setdefault(attribute, []).append(value)
        if what:
            key = meant_by(attribute or own, value)
            others[key] = Other(key, what)
    people = session.scalars(
        select(Person).where(
            Person.directory_id == directory_id, Person.gone_at.is_(None)
        )
    )
    rights = session.scalars(
        select(Entitlement).where(
            Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None)
        )
    )
    return DirectorySnapshot(
        tuple(_as_person(row) for row in people),
        tuple(_as_group(row, members.get(row.id, {})) for row in rights),
        others=tuple(others.values()),
    )


def _as_person(row: Person) -> ReadPerson:
    kept = {name: getattr(row, name) for name in ReadPerson.__dataclass_fields__}
    return ReadPerson(**{**kept, "further_uids": tuple(row.further_uids)})


def _as_group(row: Entitlement, members: dict[str, list[str]]) -> DirectoryGroup:
    owners = (row.owner_dn,) if row.owner_dn else ()
    further = tuple(
        (attribute, tuple(values)) for attribute, values in members.items() if attribute
    )
    return DirectoryGroup(
        key=row.key,
        dn=row.dn,
        cn=row.cn,
        attribute=row.attribute,
        members=tuple(members.get("", ())),
        further=further,
        description=row.description,
        owners=owners,
        object_classes=tuple(row.object_classes),
        needs_member=row.needs_member,
        scope=row.scope,
        privileged=row.privileged,
    )


PERSON_COLUMNS = (
    *("dn", "uid", "name", "mail", "department", "title", "site", "manager"),
    *("disabled", "service", "primary_group", "phone", "mobile", "guarded"),
    *("principal", "domain_login"),
    "further_uids",
)
_AS_READ = attrgetter(*PERSON_COLUMNS[:-1])


def _person_values(person: ReadPerson) -> tuple[Any, ...]:
    return (*_AS_READ(person), list(person.further_uids))


RIGHT_COLUMNS = (
    *("dn", "cn", "attribute", "description", "object_classes", "needs_member"),
    *("scope", "privileged", "is_role", "owner_dn", "owner_id"),
)


def _right_values(
    directory: Directory, owner_ids: Mapping[str, int], group: DirectoryGroup
) -> tuple[Any, ...]:
    is_role = is_role_group(
        group.dn, directory.role_base, directory.group_base or directory.base
    )
    return (
        group.dn,
        group.cn,
        group.attribute,
        group.description,
        list(group.object_classes),
        group.needs_member,
        group.scope,
        group.privileged,
        is_role,
        next(iter(group.owners), ""),
        owner_ids.get(group.key),
    )


def _of_people(
    people: Mapping[str, ReadPerson], taken: Taken
) -> Iterator[ReadingDifference]:
    for row in taken.gone:
        yield ReadingDifference(
            "person gone", f"{shown(row)} is gone.", person_id=row.id
        )
    for key in taken.other:
        old, person = taken.before.get(key), people[key]
        changes = (
            person_changes(old, person)
            if _stayed(old)
            else [_came(old, "person", shown(person))]
        )
        for kind, text in changes:
            yield ReadingDifference(kind, text, person_id=taken.ids[key])


def _of_rights(
    groups: Mapping[str, DirectoryGroup], taken: Taken
) -> Iterator[ReadingDifference]:
    for row in taken.gone:
        yield ReadingDifference(
            "right gone", f"Group {row.cn} is gone.", entitlement_id=row.id
        )
    for key in taken.other:
        old, group = taken.before.get(key), groups[key]
        changes = (
            right_changes(old, group)
            if _stayed(old)
            else [_came(old, "right", f"Group {group.cn}")]
        )
        for kind, text in changes:
            yield ReadingDifference(kind, text, entitlement_id=taken.ids[key])


def _stayed(old: Row[Any] | None) -> TypeGuard[Row[Any]]:
    return old is not None and old.gone_at is None


def _came(old: Row[Any] | None, sort: str, name: str) -> tuple[str, str]:
    return (
        (f"{sort} new", f"{name} is new.")
        if old is None
        else (f"{sort} back", f"{name} is back.")
    )
