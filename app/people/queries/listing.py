"""People as last read: looked up by what they are called, listed for the page and for CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound, Refused
from app.core.finding import named_like
from app.core.names import called
from app.core.said import said
from app.models.directory import Directory, Membership
from app.models.people import Person
from app.people.rules.logins import login_in
from ldap_sync.dn import fold_or_self

STATES = ("", "enabled", "disabled", "service", "gone")
SORTS = {
    "name": (func.lower(Person.name), Person.uid),
    "uid": (Person.uid, Person.id),
    "department": (Person.department, func.lower(Person.name)),
    "site": (Person.site, func.lower(Person.name)),
}


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people are wanted; ``state`` is one of ``STATES``, where nothing means all who are
    there.
    """

    q: str = ""
    department: str = ""
    site: str = ""
    state: str = ""
    directory: int = 0

    @property
    def active(self) -> bool:
        """Tell whether anything is narrowed down."""
        return bool(
            self.q or self.department or self.site or self.state or self.directory
        )


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in the list; ``rights`` counts the groups that list them directly."""

    id: int
    uid: str
    name: str
    mail: str
    department: str
    title: str
    site: str
    disabled: bool
    service: bool
    gone_at: datetime | None
    directory: str
    rights: int

    @property
    def state(self) -> str:
        """Return ``gone``, ``disabled`` or nothing."""
        return "gone" if self.gone_at else "disabled" if self.disabled else ""


def find_person(session: Session, text: str, directory_id: int | None = None) -> Person:
    """Return the person of this uid (sAMAccountName on AD), other login, mail address, DN or
    display name; who is there goes before who is gone.

    Raises ``NotFound`` with the nearest names, ``Refused`` with the candidates when several are
    meant.
    """
    wanted = text.strip()
    found = (
        _by_uid(session, wanted, directory_id)
        or _by_other_name(session, wanted, directory_id)
        or _by_dn(session, wanted, directory_id)
        or _by_shown_name(session, wanted, directory_id)
    )
    there = [person for person in found if person.gone_at is None] or found
    if not there:
        raise NotFound(_not_found(session, wanted, directory_id))
    if len(there) > 1:
        shown = tuple(_candidate(session, person) for person in there)
        raise Refused(
            said("“%(wanted)s” may mean several people; give the DN.", wanted=wanted),
            details=shown,
        )
    return there[0]


def people_page(
    session: Session, wanted: PeopleFilter, sort: str, offset: int, limit: int
) -> list[PersonLine]:
    """Return the people a filter lets through, sorted by a key of ``SORTS``, a minus in front for
    descending.
    """
    order = [
        part.desc() if sort.startswith("-") else part.asc()
        for part in SORTS[sort.removeprefix("-")]
    ]
    rows = session.execute(
        _chosen(wanted).order_by(*order, Person.id).offset(offset).limit(limit)
    ).all()
    counted = _rights_of(session, [row.id for row in rows])
    return [PersonLine(**row._mapping, rights=counted.get(row.id, 0)) for row in rows]


def count_people(session: Session, wanted: PeopleFilter) -> int:
    """Return how many people a filter lets through."""
    return (
        session.scalar(select(func.count()).select_from(_chosen(wanted).subquery()))
        or 0
    )


def used_values(session: Session) -> tuple[list[str], list[str]]:
    """Return the departments and the sites that people have, for the filter."""
    there = Person.gone_at.is_(None)
    departments = session.scalars(
        select(Person.department).where(there, Person.department != "").distinct()
    )
    sites = session.scalars(
        select(Person.site).where(there, Person.site != "").distinct()
    )
    return sorted(departments, key=str.casefold), sorted(sites, key=str.casefold)


def directories(session: Session) -> list[tuple[int, str]]:
    """Return the directories people come from, for the filter."""
    rows = session.execute(
        select(Directory.id, Directory.name).order_by(Directory.name)
    )
    return [(row.id, row.name) for row in rows]


def suggestions(wanted: str, names: Sequence[str]) -> list[str]:
    """Return up to three of ``names`` that look like ``wanted``."""
    by_lower = {name.lower(): name for name in reversed(names)}
    return [
        by_lower[name]
        for name in get_close_matches(wanted.lower(), by_lower, n=3, cutoff=0.6)
    ]


def _of(directory_id: int | None) -> Select[Person]:
    everyone = select(Person).order_by(Person.id)
    return (
        everyone
        if directory_id is None
        else everyone.where(Person.directory_id == directory_id)
    )


def _by_uid(session: Session, wanted: str, directory_id: int | None) -> list[Person]:
    exact = list(session.scalars(_of(directory_id).where(Person.uid == wanted)))
    return exact or list(
        session.scalars(
            _of(directory_id).where(func.lower(Person.uid) == wanted.lower())
        )
    )


def _by_other_name(
    session: Session, wanted: str, directory_id: int | None
) -> list[Person]:
    """Find who signs in as ``user@domain`` or ``DOMAIN\\\\user``, or has this address.

    Where a reading holds no domains, as exports do, the login behind ``\\\\`` counts.
    """
    if not any(sign in wanted for sign in "@\\"):
        return []
    names = (Person.principal, Person.domain_login, Person.mail)
    same = [func.lower(name) == wanted.lower() for name in names]
    if "\\" in wanted:
        login = func.lower(Person.uid) == login_in(wanted).lower()
        same.append(and_(Person.domain_login == "", login))
    return list(session.scalars(_of(directory_id).where(or_(*same))))


def _by_shown_name(
    session: Session, wanted: str, directory_id: int | None
) -> list[Person]:
    """Find who is called so, or has it as a further account name."""
    columns = (Person.id, Person.name, Person.further_uids)
    meant = wanted.casefold()
    ids = [
        row.id
        for row in session.execute(_of(directory_id).with_only_columns(*columns))
        if meant and meant in map(str.casefold, (row.name, *row.further_uids))
    ]
    return list(session.scalars(_of(directory_id).where(Person.id.in_(ids))))


def _by_dn(session: Session, wanted: str, directory_id: int | None) -> list[Person]:
    if "=" not in wanted:
        return []
    folded = fold_or_self(wanted)
    names = session.execute(_of(directory_id).with_only_columns(Person.id, Person.dn))
    ids = [row.id for row in names if fold_or_self(row.dn) == folded]
    return list(session.scalars(_of(directory_id).where(Person.id.in_(ids))))


def _not_found(session: Session, wanted: str, directory_id: int | None) -> str:
    if not wanted:
        return "Say who is meant: a login, a mail address, a name or a DN."
    rows = session.execute(
        _of(directory_id).with_only_columns(Person.uid, Person.name)
    ).all()
    if not rows:
        return f"There is no person “{wanted}”: no directory has been read yet."
    close = suggestions(wanted, [row.uid for row in rows]) or [
        row.uid
        for name in suggestions(wanted, [row.name for row in rows])
        for row in rows
        if row.name == name
    ]
    return f"There is no person “{wanted}”." + (
        f" Perhaps {', '.join(close[:3])}?" if close else ""
    )


def _candidate(session: Session, person: Person) -> str:
    name = session.scalar(
        select(Directory.name).where(Directory.id == person.directory_id)
    )
    return f"{person.dn} in {name}"


def _chosen(wanted: PeopleFilter) -> Select[*tuple[Any, ...]]:
    columns = (
        Person.id,
        Person.uid,
        Person.name,
        Person.mail,
        Person.department,
        Person.title,
        Person.site,
        Person.disabled,
        Person.service,
        Person.gone_at,
        Directory.name.label("directory"),
    )
    query = (
        select(*columns)
        .join(Directory, Directory.id == Person.directory_id)
        .where(_in_state(wanted.state))
    )
    if wanted.q:
        query = query.where(*_called(wanted.q))
    if wanted.department:
        query = query.where(named_like(Person.department, wanted.department))
    if wanted.site:
        query = query.where(named_like(Person.site, wanted.site))
    if wanted.directory:
        query = query.where(Person.directory_id == wanted.directory)
    return query


def people_called(session: Session, text: str, directory_id: int) -> frozenset[int]:
    """Return who in a directory is called so, by any of their names."""
    here = Person.directory_id == directory_id
    return frozenset(session.scalars(select(Person.id).where(here, *_called(text))))


def _called(text: str) -> Iterator[ColumnElement[bool]]:
    """Ask for each word whether it stands in a name, a login or an address of somebody."""
    names = (Person.name, Person.uid, Person.mail, Person.principal)
    for word in text.split():
        login = word.rsplit("\\", 1)[-1]
        spelled = (name.icontains(word, autoescape=True) for name in names)
        told = (Person.domain_login == "") & called(Person, login)
        yield or_(called(Person, word), told, *spelled)


def _in_state(state: str) -> ColumnElement[bool]:
    there = Person.gone_at.is_(None)
    if state == "gone":
        return ~there
    if state == "disabled":
        return there & Person.disabled
    if state == "enabled":
        return there & ~Person.disabled
    return there & Person.service if state == "service" else there


def _rights_of(session: Session, ids: Sequence[int]) -> dict[int | None, int]:
    mine = Membership.person_id.in_(ids)
    counted = select(
        Membership.person_id, func.count(Membership.entitlement_id.distinct())
    ).where(mine)
    return dict(session.execute(counted.group_by(Membership.person_id)).all())
