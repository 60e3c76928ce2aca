"""For how many people the change to roles was, week after week: people and rights come and go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.turnover.queries import left_at
from app.insight.programme.rules import MoveSeen, SpanHeld, scope_on, week_ends
from app.models.directory import Entitlement, MemberKind, Membership, PastMembership
from app.models.people import Person


def scope_line(
    session: Session, moves: list[MoveSeen], now: int, today: date
) -> dict[date, int]:
    """Return for how many people the change was at the end of each week since the first move;
    ``now`` is for how many it is today.
    """
    began = min((move.switched for move in moves), default=None)
    if began is None:
        return {}
    spans = list(_spans(session, began))
    past = [day for day in week_ends(began, today) if day < today]
    line = {day: scope_on(spans, moves, day) for day in past}
    # The first week begins with the first move: what stood at its end stands for it.
    first = line[past[0]] if past else now
    return {began: first} | line | {today: now}


def _spans(session: Session, began: date) -> Iterator[SpanHeld]:
    """Yield when people held a right directly, or were in the group of a role."""
    off = left_at(session)
    here = Person.service.is_(False)
    now = (
        select(Membership.person_id, Entitlement.is_role, func.min(Membership.since))
        .join(Entitlement, Entitlement.id == Membership.entitlement_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.kind == MemberKind.PERSON, here)
        .group_by(Membership.person_id, Entitlement.is_role)
    )
    then = (
        select(
            PastMembership.person_id,
            Entitlement.is_role,
            PastMembership.since,
            PastMembership.until,
        )
        .join(Entitlement, Entitlement.id == PastMembership.entitlement_id)
        .join(Person, Person.id == PastMembership.person_id)
        .where(here, PastMembership.until >= datetime.combine(began, time.min, UTC))
        .distinct()
    )
    for person, role, since in session.execute(now):
        yield _span(person, role, since, None, off)
    for person, role, since, until in session.execute(then):
        yield _span(person, role, since, until, off)


def _span(
    person: int | None,
    role: bool,
    since: datetime,
    until: datetime | None,
    off: Mapping[int, datetime],
) -> SpanHeld:
    number = person or 0
    ends = [end.date() for end in (until, off.get(number)) if end is not None]
    return SpanHeld(number, role, since.date(), min(ends, default=None))
