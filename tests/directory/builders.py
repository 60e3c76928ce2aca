"""Small builders of rows for tests of the rooms that read the access graph."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit
from app.models.directory import Directory, Entitlement, MemberKind, Membership
from app.models.people import Person

NOW = datetime(2026, 5, 3, 8, 30, tzinfo=UTC)
SUFFIX = "dc=acme,dc=test"
_numbers = count(1)


def a_directory(session: Session, name: str = "Acme", **columns: Any) -> Directory:
    usual = {
        "base": SUFFIX,
        "url": "ldaps://ldap.acme.test",
        "bind_dn": f"cn=reader,{SUFFIX}",
        "created_at": NOW,
    }
    directory = Directory(name=name, checked_at=None, **{**usual, **columns})
    session.add(directory)
    session.flush()
    audit.record(
        session,
        "test",
        "directory.add",
        f"directory:{directory.id}",
        f"Connected {name}",
        at=NOW,
    )
    return directory


def a_person(
    session: Session, directory: Directory, uid: str, **columns: Any
) -> Person:
    usual = {
        "key": f"key-{uid}",
        "dn": f"uid={uid},ou=people,{SUFFIX}",
        "uid": uid,
        "name": uid.capitalize(),
        "first_seen": NOW,
        "gone_at": None,
    }
    person = Person(directory_id=directory.id, **{**usual, **columns})
    session.add(person)
    session.flush()
    return person


def a_right(
    session: Session, directory: Directory, cn: str, **columns: Any
) -> Entitlement:
    usual = {
        "key": f"key-{cn}-{next(_numbers)}",
        "dn": f"cn={cn},ou=groups,{SUFFIX}",
        "cn": cn,
        "attribute": "member",
        "first_seen": NOW,
        "gone_at": None,
    }
    right = Entitlement(directory_id=directory.id, **{**usual, **columns})
    session.add(right)
    session.flush()
    return right


def holds(
    session: Session,
    right: Entitlement,
    holder: Person | Entitlement | str,
    value: str = "",
) -> Membership:
    """Put a person, a group or (as a text) a value that stands for nobody into a right."""
    row = Membership(
        entitlement_id=right.id, kind=MemberKind.DANGLING, value=str(holder), since=NOW
    )
    if isinstance(holder, Person):
        row.kind, row.person_id = MemberKind.PERSON, holder.id
    elif isinstance(holder, Entitlement):
        row.kind, row.child_id = MemberKind.GROUP, holder.id
    if not isinstance(holder, str):
        usual = (
            holder.uid
            if isinstance(holder, Person) and right.attribute == "memberUid"
            else holder.dn
        )
        row.value = value or usual
    session.add(row)
    session.flush()
    return row
