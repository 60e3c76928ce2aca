"""One right: who holds it and how, what its group lists besides people, what it is part of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from app.core.errors import NotFound
from app.core.said import said
from app.directory.queries.asked import LastAsked, last_asked
from app.directory.queries.rights import Inside, counts_inside
from app.models.directory import Directory, Entitlement, MemberKind, Membership
from app.models.people import Person

Child = aliased(Entitlement)
Column = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


@dataclass(frozen=True, slots=True)
class Holder:
    """One person who has the right; ``way`` names the groups from the person's own to this one,
    itself left out.
    """

    person_id: int
    name: str
    uid: str
    department: str
    disabled: bool
    since: datetime
    value: str
    way: tuple[str, ...]

    @property
    def direct(self) -> bool:
        """Tell whether the group itself lists the person."""
        return not self.way


@dataclass(frozen=True, slots=True)
class Nobody:
    """One value that is no person and no group: a placeholder, left over from somebody who is gone,
    or ``what``.
    """

    value: str
    kind: str
    what: str
    since: datetime
    was: str


@dataclass(frozen=True, slots=True)
class Link:
    """Another right, to go to."""

    id: int
    cn: str
    dn: str


@dataclass(frozen=True, slots=True)
class RightPage:
    """All the page of a right shows but its history.

    ``by_primary_group`` counts who holds it as primary group, which no group lists.
    ``asked`` is missing where no log of the directory was read.
    """

    right: Entitlement
    directory: str
    inside: Inside
    holders: tuple[Holder, ...]
    groups: tuple[Link, ...]
    part_of: tuple[Link, ...]
    nobodies: tuple[Nobody, ...]
    by_primary_group: int
    asked: LastAsked | None

    @property
    def others(self) -> list[Nobody]:
        """Return the values that stand for something that exists and is no person."""
        return [value for value in self.nobodies if value.kind == "other"]

    @property
    def idle(self) -> list[Nobody]:
        """Return the values that stand for nobody: leftovers and placeholders."""
        return [value for value in self.nobodies if value.kind != "other"]

    @property
    def direct_count(self) -> int:
        """Return how many people the group itself lists."""
        return sum(holder.direct for holder in self.holders)


def right_page(session: Session, right_id: int) -> RightPage:
    """Return one right. Raises ``NotFound``."""
    right = session.get(Entitlement, right_id, options=[joinedload(Entitlement.owner)])
    if right is None:
        raise NotFound(said("There is no such right."))
    return RightPage(
        right=right,
        directory=session.get_one(Directory, right.directory_id).name,
        inside=counts_inside(session, [right_id]).get(right_id, Inside()),
        holders=tuple(_holders(session, right_id)),
        groups=tuple(
            _links(session, Membership.entitlement_id, Membership.child_id, right_id)
        ),
        part_of=tuple(
            _links(session, Membership.child_id, Membership.entitlement_id, right_id)
        ),
        nobodies=tuple(_nobodies(session, right)),
        by_primary_group=_with_primary_group(session, right) if right.scope else 0,
        asked=last_asked(session, right.directory_id, right_id),
    )


def _with_primary_group(session: Session, right: Entitlement) -> int:
    """Count who has the right as primary group: Active Directory keeps that at the person, and in
    no group.
    """
    there = Person.directory_id == right.directory_id, Person.gone_at.is_(None)
    same = select(func.count()).where(Person.primary_group == right.key, *there)
    return session.scalars(same).one()


def _ways(session: Session, right_id: int) -> dict[int, tuple[str, ...]]:
    """Return each group through which the right can be held with the names on the shortest way; one
    query a level.
    """
    ways: dict[int, tuple[str, ...]] = {right_id: ()}
    level: Sequence[int] = [right_id]
    while level:
        inside = (
            select(Membership.entitlement_id, Child.id, Child.cn)
            .join(Child, Child.id == Membership.child_id)
            .where(
                Membership.entitlement_id.in_(level),
                Membership.kind == MemberKind.GROUP,
            )
        )
        found = {
            child: (cn, *ways[parent])
            for parent, child, cn in session.execute(inside)
            if child not in ways
        }
        ways.update(found)
        level = list(found)
    return ways


def _holders(session: Session, right_id: int) -> list[Holder]:
    ways = _ways(session, right_id)
    rows = session.execute(
        select(Membership.entitlement_id, Membership.since, Membership.value, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.entitlement_id.in_(list(ways)),
            Membership.kind == MemberKind.PERSON,
        )
    )
    best: dict[int, Holder] = {}
    for group_id, since, value, person in rows:
        known = best.get(person.id)
        if known is None or len(ways[group_id]) < len(known.way):
            best[person.id] = _holder(person, since, value, ways[group_id])
    return sorted(
        best.values(), key=lambda holder: (holder.name.casefold(), holder.uid)
    )


def _holder(
    person: Person, since: datetime, value: str, way: tuple[str, ...]
) -> Holder:
    return Holder(
        person_id=person.id,
        name=person.name,
        uid=person.uid,
        department=person.department,
        disabled=person.disabled,
        since=since,
        value=value,
        way=way,
    )


def _links(session: Session, here: Column, there: Column, right_id: int) -> list[Link]:
    other = (
        select(Entitlement.id, Entitlement.cn, Entitlement.dn)
        .join(Membership, Entitlement.id == there)
        .where(
            here == right_id,
            Membership.kind == MemberKind.GROUP,
            Entitlement.gone_at.is_(None),
        )
        .order_by(Entitlement.cn, Entitlement.id)
        .distinct()
    )
    return [Link(*row) for row in session.execute(other)]


def _nobodies(session: Session, right: Entitlement) -> list[Nobody]:
    idle = select(
        Membership.value, Membership.kind, Membership.what, Membership.since
    ).where(
        Membership.entitlement_id == right.id,
        Membership.kind.not_in((MemberKind.PERSON, MemberKind.GROUP)),
    )
    rows = session.execute(idle.order_by(Membership.value)).all()
    was = (
        _names_of_the_gone(session, right.directory_id)
        if any(row.kind == MemberKind.DANGLING for row in rows)
        else {}
    )
    return [
        Nobody(
            row.value,
            row.kind.value,
            row.what,
            row.since,
            was.get(row.value.lower(), ""),
        )
        for row in rows
    ]


def _names_of_the_gone(session: Session, directory_id: int) -> Mapping[str, str]:
    """Return the names of people who are gone, by their last DN and their uid in lower case."""
    gone = select(Person.dn, Person.uid, Person.name).where(
        Person.directory_id == directory_id, Person.gone_at.is_not(None)
    )
    names: dict[str, str] = {}
    for dn, uid, name in session.execute(gone):
        names[dn.lower()] = names[uid.lower()] = name
    return names
