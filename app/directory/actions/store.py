"""Take a complete reading over into the read model: only rows that differ are touched, all in one
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard, cast

from sqlalchemy import Row, Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app.core.names import renew
from app.directory.actions.members import Times, take_members
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
from app.models.directory import Directory, Entitlement, MemberKind, Membership
from app.models.people import Person
from ldap_sync.members import meant_by
from ldap_sync.values import DirectoryGroup, DirectorySnapshot, Other
from ldap_sync.values import DirectoryPerson as ReadPerson

Values = dict[str, Any]
PEOPLE, RIGHTS = cast(Table, Person.__table__), cast(Table, Entitlement.__table__)


@dataclass(frozen=True, slots=True)
class Stored:
    """How much is there now, how much is other than before, and what of it no interval of a
    membership tells.
    """

    people: int
    groups: int
    grants: int
    changes: int
    differences: tuple[ReadingDifference, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the rows of one table: what was there, which identity has which row, who is
    missing now, which rows are new or other than before.
    """

    before: Mapping[str, Row[Any]]
    ids: Mapping[str, int]
    gone: tuple[Row[Any], ...]
    touched: tuple[int, ...] = ()


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


def grants_known(session: Session, directory_id: int) -> int:
    """Return how many values stood for people in the last complete reading."""
    held = (
        select(func.count())
        .select_from(Membership)
        .join(Entitlement, Entitlement.id == Membership.entitlement_id)
    )
    mine = held.where(
        Entitlement.directory_id == directory_id, Membership.kind == MemberKind.PERSON
    )
    return session.scalars(mine).one()


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
    snapshot = read.snapshot
    fresh_people = {person.key: _person_values(person) for person in snapshot.people}
    people = _take_entries(session, PEOPLE, directory.id, fresh_people, now)
    take_numbers(session, directory.id, snapshot.people, people.ids, now)
    renew(session, Person, people.touched)
    owner_ids = {key: people.ids[owner] for key, owner in read.owners.items()}
    fresh_rights = {
        group.key: _right_values(directory, group, owner_ids.get(group.key))
        for group in snapshot.groups
    }
    rights = _take_entries(session, RIGHTS, directory.id, fresh_rights, now)
    renew(session, Entitlement, rights.touched)
    members = take_members(
        session, directory.id, read, (people.ids, rights.ids), Times(now, before)
    )
    found = [
        *_of_people(snapshot.people, people),
        *_of_rights(snapshot.groups, rights),
        *members.left_over,
    ]
    changes = len(found) + members.changes
    if not people.before and not rights.before:
        found, changes = (
            [
                first_sentence(
                    len(snapshot.people), len(snapshot.groups), members.grants
                )
            ],
            1,
        )
    kept = tuple(in_order(limited(found)))
    return Stored(
        len(snapshot.people), len(snapshot.groups), members.grants, changes, kept
    )


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


def _person_values(person: ReadPerson) -> Values:
    return {
        "dn": person.dn,
        "uid": person.uid,
        "name": person.name,
        "mail": person.mail,
        "department": person.department,
        "title": person.title,
        "site": person.site,
        "manager": person.manager,
        "disabled": person.disabled,
        "service": person.service,
        "primary_group": person.primary_group,
        "phone": person.phone,
        "mobile": person.mobile,
        "guarded": person.guarded,
        "further_uids": list(person.further_uids),
        "principal": person.principal,
        "domain_login": person.domain_login,
    }


def _right_values(
    directory: Directory, group: DirectoryGroup, owner_id: int | None
) -> Values:
    return {
        "dn": group.dn,
        "cn": group.cn,
        "attribute": group.attribute,
        "description": group.description,
        "object_classes": list(group.object_classes),
        "needs_member": group.needs_member,
        "scope": group.scope,
        "privileged": group.privileged,
        "is_role": is_role_group(
            group.dn, directory.role_base, directory.group_base or directory.base
        ),
        "owner_dn": next(iter(group.owners), ""),
        "owner_id": owner_id,
    }


def _take_entries(
    session: Session,
    table: Table,
    directory_id: int,
    fresh: Mapping[str, Values],
    now: datetime,
) -> Taken:
    mine = table.c.directory_id == directory_id
    before = {row.key: row for row in session.execute(select(table).where(mine))}
    gone = tuple(
        row for key, row in before.items() if key not in fresh and row.gone_at is None
    )
    new = {key: values for key, values in fresh.items() if key not in before}
    kept = [
        (before[key], _ours_kept(before[key], values))
        for key, values in fresh.items()
        if key in before
    ]
    changed = [
        {"row": row.id, "gone_at": None, **values}
        for row, values in kept
        if _differs(row, values)
    ]
    by_id = update(table).where(table.c.id == bindparam("row"))
    if gone:
        session.execute(by_id.values(gone_at=now), [{"row": row.id} for row in gone])
    if changed:
        session.execute(by_id, changed)
    if new:
        usual = {"directory_id": directory_id, "first_seen": now, "gone_at": None}
        session.execute(
            insert(table),
            [{**usual, "key": key, **values} for key, values in new.items()],
        )
    ids = dict(session.execute(select(table.c.key, table.c.id).where(mine)).all())
    touched = (*(row["row"] for row in changed), *(ids[key] for key in new))
    return Taken(before, ids, gone, touched)


def _ours_kept(row: Row[Any], values: Values) -> Values:
    """An owner whom an operator named stays, whatever the directory says."""
    return (
        {**values, "owner_id": row.owner_id} if getattr(row, "owner_by", "") else values
    )


def _differs(row: Row[Any], values: Values) -> bool:
    return row.gone_at is not None or any(
        getattr(row, name) != value for name, value in values.items()
    )


def _of_people(
    people: Iterable[ReadPerson], taken: Taken
) -> Iterator[ReadingDifference]:
    for row in taken.gone:
        yield ReadingDifference(
            "person gone", f"{shown(row)} is gone.", person_id=row.id
        )
    for person in people:
        old = taken.before.get(person.key)
        changes = (
            person_changes(old, person)
            if _stayed(old)
            else [_came(old, "person", shown(person))]
        )
        for kind, text in changes:
            yield ReadingDifference(kind, text, person_id=taken.ids[person.key])


def _of_rights(
    groups: Iterable[DirectoryGroup], taken: Taken
) -> Iterator[ReadingDifference]:
    for row in taken.gone:
        yield ReadingDifference(
            "right gone", f"Group {row.cn} is gone.", entitlement_id=row.id
        )
    for group in groups:
        old = taken.before.get(group.key)
        changes = (
            right_changes(old, group)
            if _stayed(old)
            else [_came(old, "right", f"Group {group.cn}")]
        )
        for kind, text in changes:
            yield ReadingDifference(kind, text, entitlement_id=taken.ids[group.key])


def _stayed(old: Row[Any] | None) -> TypeGuard[Row[Any]]:
    return old is not None and old.gone_at is None


def _came(old: Row[Any] | None, sort: str, name: str) -> tuple[str, str]:
    return (
        (f"{sort} new", f"{name} is new.")
        if old is None
        else (f"{sort} back", f"{name} is back.")
    )
