"""What Today shows: the lines that wait, the desk, access, improvements, and what others did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from app.access.pace import MovesPace, moves_asked, pace_of
from app.core.audit import AuditEvent
from app.core.counting import up_to_most
from app.core.trail import ToldEvent, history, readable
from app.core.unchanged import unchanged
from app.core.waiting import (
    ME,
    NOW,
    Waiter,
    WaitingFound,
    asked_for,
    waiting_for,
)
from app.insight.today.ahead import (
    Underway,
    mine_of,
    running_of,
    wished_of,
)
from app.models.access.role import Role
from app.models.auth import Operator
from app.models.directory import Directory
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementState
from app.models.incidents.incident import Incident
from app.models.insight import NoticeChoice, NoticeHow
from app.models.people import Person

DAY = timedelta(days=1)
MOST_OTHERS, LOOKED_AT = 5, 200
ROBOTS = ("rung", "demo")
"""Names, in lower case, under which Rung itself acts."""


@dataclass(frozen=True, slots=True)
class DeskToday:
    """The desk in one line."""

    open: int
    nobodys: int
    late: int


@dataclass(frozen=True, slots=True)
class AccessToday:
    """How many people stand in a role for good, are on the way, and there are; roles in use."""

    moved: int
    moving: int
    people: int
    roles: int
    pace: MovesPace | None


@dataclass(frozen=True, slots=True)
class ImprovementsToday:
    """How many improvements are in progress and embedded, and which step is due next."""

    in_progress: int
    embedded: int
    next_id: int | None = None
    next_what: str = ""
    next_due: date | None = None
    running: tuple[Underway, ...] = ()
    wished: Underway | None = None


@dataclass(frozen=True, slots=True)
class OthersLine:
    """The last thing somebody else did to one thing, and how often they did something to it."""

    event: ToldEvent
    times: int


@dataclass(frozen=True, slots=True)
class Today:
    """The whole page of one operator."""

    waiting: WaitingFound
    desk: DeskToday
    access: AccessToday
    improvements: ImprovementsToday
    others: tuple[OthersLine, ...]
    directories: int
    mine: tuple[Underway, ...]

    @property
    def is_new(self) -> bool:
        """Tell whether nothing was begun in this installation."""
        improvements = self.improvements
        return not (
            self.directories
            or self.desk.open
            or improvements.in_progress
            or improvements.embedded
        )


@dataclass(frozen=True, slots=True)
class ChosenNotice:
    """How an operator wants to be told of what waits."""

    how: NoticeHow
    mail: str
    here: bool


def today_of(session: Session, who: Waiter) -> Today:
    """Return the page of an operator, in a fixed number of queries."""
    numbers: Sequence[Any] = session.execute(_numbers_asked(), asked_for(who)).one()
    late, moved, moving, people, roles, directories = numbers[:6]
    pace = pace_of(session, people, who.now)
    return Today(
        waiting=waiting_for(session, who),
        desk=DeskToday(*_open_now(session), late),
        access=AccessToday(moved, moving, people, roles, pace),
        directories=directories,
        improvements=_running(session, who.name, numbers[6:]),
        others=_others(session, who),
        mine=mine_of(session, who.name) if who.may("desk") else (),
    )


def _running(session: Session, name: str, counts: Sequence[int]) -> ImprovementsToday:
    number, what, due = _next_step(session)
    return ImprovementsToday(
        in_progress=counts[0],
        embedded=counts[1],
        next_id=number,
        next_what=what,
        next_due=due,
        running=running_of(session),
        wished=wished_of(session, name),
    )


@cache
def _numbers_asked() -> Select[*tuple[Any, ...]]:
    asked = (_late(), *_access(), *_improvements())
    return select(*(one.scalar_subquery() for one in asked))


def _open_now(session: Session) -> tuple[int, int]:
    """Return how many incidents are open, and with nobody: kept until something changes."""

    def counted() -> tuple[int, int]:
        everything, nobodys = session.execute(_open_asked()).one()
        return everything, nobodys

    return unchanged(session, "open incidents", counted)


@cache
def _open_asked() -> Select[int, int]:
    nobodys = _open_ones(Incident.agent == "")
    return select(_open_ones().scalar_subquery(), nobodys.scalar_subquery())


def _late() -> Select[int]:
    """Ask how many incidents owe a message."""
    return _open_ones(Incident.next_update_at < NOW)


def _open_ones(*wanted: ColumnElement[bool]) -> Select[int]:
    return up_to_most(Incident.id, Incident.is_open.is_(True), *wanted)


def _access() -> tuple[Select[int], ...]:
    """Ask how many people moved for good, are on the way, could be moved; roles, directories."""
    return (
        *moves_asked(),
        select(func.count()).select_from(Role).where(Role.retired_at.is_(None)),
        select(func.count()).select_from(Directory),
    )


def _improvements() -> tuple[Select[int], ...]:
    """Ask how many improvements that stand for themselves are in progress, and embedded."""
    alone = (
        select(func.count())
        .select_from(Improvement)
        .where(Improvement.parent_id.is_(None))
    )
    states = (ImprovementState.IN_PROGRESS, ImprovementState.EMBEDDED)
    return tuple(alone.where(Improvement.state == state) for state in states)


def _next_step(session: Session) -> Sequence[Any]:
    return session.execute(_next_step_asked()).first() or (None, "", None)


@cache
def _next_step_asked() -> Select[*tuple[Any, ...]]:
    return (
        select(Improvement.id, Improvement.next_what, Improvement.next_due)
        .where(
            Improvement.state == ImprovementState.IN_PROGRESS,
            Improvement.next_due.is_not(None),
        )
        .order_by(Improvement.next_due, Improvement.id)
        .limit(1)
    )


def choice_of(session: Session, operator_id: int) -> ChosenNotice:
    """Return how an operator wants to be told; the address is that of his own account at first."""
    known = session.get(NoticeChoice, operator_id)
    if known is not None:
        return ChosenNotice(known.how, known.mail, known.here)
    own = (
        select(Person.mail)
        .join(Operator, Operator.person_uid == Person.uid)
        .where(Operator.id == operator_id, Person.gone_at.is_(None))
        .limit(1)
    )
    return ChosenNotice(NoticeHow.NEVER, session.scalar(own) or "", here=False)


def _others(session: Session, who: Waiter) -> tuple[OthersLine, ...]:
    """Return what others did since yesterday: of each thing the last deed, five at most."""
    asked = {**asked_for(who), "since": who.now - DAY}
    lately = _lately(tuple(who.permissions))
    found: dict[tuple[str, str], list[ToldEvent]] = {}
    for event in history(session, lately, who.permissions, asked=asked):
        found.setdefault((event.actor, event.subject), []).append(event)
    lines: dict[tuple[str, str], OthersLine] = {}
    for last, *before in found.values():
        # One message about two things is one line.
        alike = lines.get((last.actor, last.label), OthersLine(last, 0))
        times = alike.times + 1 + len(before)
        lines[last.actor, last.label] = replace(alike, times=times)
    return tuple(islice(lines.values(), MOST_OTHERS))


@lru_cache(64)
def _lately(permissions: tuple[str, ...]) -> Select[AuditEvent]:
    return (
        select(AuditEvent)
        .where(
            AuditEvent.at >= bindparam("since"),
            AuditEvent.actor != ME,
            func.lower(AuditEvent.actor).not_in(ROBOTS),
            readable(permissions),
        )
        .order_by(AuditEvent.id.desc())
        .limit(LOOKED_AT)
    )
