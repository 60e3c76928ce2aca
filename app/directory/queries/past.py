"""Who held what at a moment of the past, and how long each membership lasted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models.directory import (
    Entitlement,
    MemberKind,
    Membership,
    PastEnd,
    PastMembership,
)
from app.models.people import Person


@dataclass(frozen=True, slots=True)
class HeldThen:
    """A person who held a right, or a right a person held; ``way`` names the groups between, none
    for a direct one.

    Not ``sure``: it came or went between two readings, and the moment asked about lies between
    them.
    """

    id: int
    name: str
    account: str
    gone: bool
    since: datetime
    known_before: bool
    way: tuple[str, ...]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class HeldSpan:
    """How long one person was in one group; ``until`` is nothing while it lasts, ``ended`` says how
    it ended.
    """

    person_id: int
    person: str
    uid: str
    right_id: int
    right: str
    since: datetime
    absent_at: datetime | None
    until: datetime | None
    last_seen: datetime | None
    ended: PastEnd | None

    @property
    def exact(self) -> bool:
        """Tell whether the beginning is known to the second: Rung itself made the change."""
        return self.absent_at == self.since


@dataclass(frozen=True, slots=True)
class _Edge:
    right: int
    person: int | None
    child: int | None
    since: datetime
    known_before: bool
    sure: bool


def holders_at(session: Session, right_id: int, at: datetime) -> list[HeldThen]:
    """Return who held a right at a moment, directly or through groups inside, by name."""
    return _held(session, Person, partial(_holders, session, right_id, at))


def rights_at(session: Session, person_id: int, at: datetime) -> list[HeldThen]:
    """Return which rights a person held at a moment, directly or because a group stood in another,
    by name.
    """
    return _held(session, Entitlement, partial(_rights, session, person_id, at))


def count_spans(session: Session, *, right_id: int = 0, person_id: int = 0) -> int:
    """Return how many memberships of a right or a person are on record."""
    spans = _spans(right_id, person_id).subquery()
    return session.scalar(select(func.count()).select_from(spans)) or 0


def spans_page(
    session: Session,
    *,
    right_id: int = 0,
    person_id: int = 0,
    offset: int = 0,
    limit: int | None = None,
) -> list[HeldSpan]:
    """Return how long memberships of a right or a person lasted: those that last first, then the
    latest ended.
    """
    spans = _spans(right_id, person_id).subquery()
    order = (
        spans.c.until.is_not(None),
        spans.c.until.desc(),
        spans.c.since.desc(),
        spans.c.person_id,
    )
    chosen = (
        select(
            Person.id,
            Person.name,
            Person.uid,
            Entitlement.id,
            Entitlement.cn,
            *list(spans.c)[2:],
        )
        .select_from(spans)
        .join(Person, Person.id == spans.c.person_id)
        .join(Entitlement, Entitlement.id == spans.c.entitlement_id)
        .order_by(*order, spans.c.entitlement_id)
    )
    rows = session.execute(chosen.offset(offset).limit(limit))
    return [HeldSpan(*row) for row in rows]


def _spans(right_id: int, person_id: int) -> CompoundSelect[*tuple[object, ...]]:
    now = select(
        Membership.entitlement_id,
        Membership.person_id,
        func.min(Membership.since).label("since"),
        func.min(Membership.absent_at).label("absent_at"),
        null().label("until"),
        null().label("last_seen"),
        null().label("ended"),
    ).where(Membership.kind == MemberKind.PERSON)
    then = select(
        PastMembership.entitlement_id,
        PastMembership.person_id,
        PastMembership.since,
        PastMembership.absent_at,
        PastMembership.until,
        PastMembership.last_seen,
        PastMembership.ended,
    ).where(PastMembership.person_id.is_not(None))
    if right_id:
        now, then = (
            now.where(Membership.entitlement_id == right_id),
            then.where(PastMembership.entitlement_id == right_id),
        )
    if person_id:
        now = now.where(Membership.person_id == person_id)
        then = then.where(PastMembership.person_id == person_id)
    return union_all(
        then, now.group_by(Membership.entitlement_id, Membership.person_id)
    )


Moments = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
Named = TypeVar("Named", Person, Entitlement)
_Way = tuple[_Edge, tuple[int, ...]]


def _held(
    session: Session, model: type[Named], walk: Callable[..., dict[int, _Way]]
) -> list[HeldThen]:
    """Walk over all that perhaps was, and again over what was for sure: a sure way is the one to
    tell.
    """
    found, certain = walk(sure=False), walk(sure=True)
    chosen = {one: certain.get(one, way) for one, way in found.items()}
    groups = {group for _, way in chosen.values() for group in way}
    names = {right.id: right.cn for right in _named(session, Entitlement, groups)}
    held = [
        _held_then(row, chosen[row.id], names, sure=row.id in certain)
        for row in _named(session, model, chosen)
    ]
    return sorted(held, key=lambda one: (one.name.casefold(), one.account))


def _held_then(
    row: Person | Entitlement, way: _Way, names: Mapping[int, str], *, sure: bool
) -> HeldThen:
    name, account = (row.name, row.uid) if isinstance(row, Person) else (row.cn, row.dn)
    edge, groups = way
    return HeldThen(
        id=row.id,
        name=name,
        account=account,
        gone=row.gone_at is not None,
        since=edge.since,
        known_before=edge.known_before,
        way=tuple(names[group] for group in groups),
        sure=sure,
    )


def _holders(
    session: Session, right_id: int, at: datetime, *, sure: bool
) -> dict[int, _Way]:
    """Return each holder with the shortest way; one query for each level of nesting."""
    ways: dict[int, tuple[int, ...]] = {right_id: ()}
    found: dict[int, _Way] = {}
    level: Collection[int] = [right_id]
    while level:
        below: dict[int, tuple[int, ...]] = {}
        for edge in _edges(
            session,
            at,
            Membership.entitlement_id.in_(level),
            PastMembership.entitlement_id.in_(level),
        ):
            if sure and not edge.sure:
                continue
            if edge.person:
                found.setdefault(edge.person, (edge, ways[edge.right]))
            elif edge.child and edge.child not in ways:
                below[edge.child] = (edge.child, *ways[edge.right])
        ways.update(below)
        level = list(below)
    return found


def _rights(
    session: Session, person_id: int, at: datetime, *, sure: bool
) -> dict[int, _Way]:
    mine = _edges(
        session,
        at,
        Membership.person_id == person_id,
        PastMembership.person_id == person_id,
    )
    found = {edge.right: (edge, ()) for edge in mine if edge.sure or not sure}
    ways: dict[int, _Way] = dict(found)
    level: Collection[int] = list(ways)
    while level:
        above: dict[int, _Way] = {}
        for edge in _edges(
            session,
            at,
            Membership.child_id.in_(level),
            PastMembership.child_id.in_(level),
        ):
            if (edge.sure or not sure) and edge.right not in ways and edge.child:
                first, way = ways[edge.child]
                above.setdefault(edge.right, (first, (*way, edge.child)))
        ways.update(above)
        level = list(above)
    return ways


def _edges(
    session: Session, at: datetime, now: ColumnElement[bool], then: ColumnElement[bool]
) -> Iterable[_Edge]:
    """Yield what was in which group at a moment, and what perhaps was: it came or went between two
    readings.
    """
    kinds = Membership.kind.in_((MemberKind.PERSON, MemberKind.GROUP))
    lasting = select(
        Membership.entitlement_id,
        Membership.person_id,
        Membership.child_id,
        Membership.since,
        Membership.absent_at,
    ).where(now, kinds, _had_come(Membership.since, Membership.absent_at, at))
    for right, person, child, since, absent_at in session.execute(lasting):
        yield _Edge(right, person, child, since, absent_at is None, since <= at)
    for row in session.scalars(_ended(then, at)):
        sure = row.since <= at <= row.last_seen or (
            row.since <= at and row.last_seen == row.until
        )
        yield _Edge(
            row.entitlement_id,
            row.person_id,
            row.child_id,
            row.since,
            row.absent_at is None,
            sure,
        )


def _ended(then: ColumnElement[bool], at: datetime) -> Select[PastMembership]:
    come = _had_come(PastMembership.since, PastMembership.absent_at, at)
    return select(PastMembership).where(then, PastMembership.until > at, come)


def _had_come(since: Moments, absent_at: Moments, at: datetime) -> ColumnElement[bool]:
    return or_(since <= at, absent_at < at)


def _named(
    session: Session, model: type[Named], chosen: Collection[int]
) -> list[Named]:
    ids = sorted(chosen)
    slices = (ids[start : start + 500] for start in range(0, len(ids), 500))
    found: list[Named] = []
    for some in slices:
        found += session.scalars(select(model).where(model.id.in_(some)))
    return found
