"""Who joined, moved or left, what each holds, and what people who left still hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.access.turnover.rules import (
    BACK_WITHIN,
    LOOKED_BACK,
    TURNS,
    HeldThrough,
    PersonTurn,
    Usual,
    kinds_of,
    left_over_on,
    usual_rights,
)
from app.core.errors import NotFound
from app.core.said import said
from app.directory.queries import load_graph
from app.directory.rules import Graph, names
from app.models.access.turnover import TurnoverDone
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState
from app.models.directory import (
    Entitlement,
    Membership,
    PastMembership,
    Reading,
    ReadingChange,
)
from app.models.people import Person

WEEKS = 12
"""So many weeks back leftovers are told."""


@dataclass(frozen=True, slots=True)
class TurnoverWanted:
    """Which lines are wanted: by words, of one turn, and whether also what is done."""

    now: datetime
    q: str = ""
    turn: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True)
class TurnoverLine:
    """What a reading saw of one person; ``rights`` are those held directly now."""

    id: int
    turn: PersonTurn
    text: str
    at: datetime
    person_id: int
    person: str
    uid: str
    department: str
    rights: int
    done_at: datetime | None
    done_by: str
    wave_id: int | None


@dataclass(frozen=True, slots=True)
class RightOfMover:
    """One right of a mover: held before the move or not, now or not, and how many of the new
    colleagues hold it.
    """

    right_id: int
    name: str
    held: bool
    usual: Usual
    before: bool = False


@dataclass(frozen=True, slots=True)
class TurnoverPage:
    """One line with the person's rights: held ones first, then what colleagues usually hold.

    ``back`` is the wave by which one's rights were taken off when he left, while it can still be
    undone with one click; ``is_off`` tells that the account is off or gone.
    """

    line: TurnoverLine
    directory_id: int
    rights: tuple[RightOfMover, ...]
    colleagues: int
    is_off: bool
    back: int | None

    @property
    def held(self) -> tuple[RightOfMover, ...]:
        """Return the rights that are held now."""
        return tuple(right for right in self.rights if right.held)


def turnover_lines(
    session: Session, wanted: TurnoverWanted, offset: int = 0, limit: int | None = None
) -> list[TurnoverLine]:
    """Return what readings saw of people lately, the newest first."""
    chosen = _rows().where(*_chosen(wanted))
    newest = chosen.order_by(Reading.id.desc(), ReadingChange.id)
    return [_line(*row) for row in session.execute(newest.offset(offset).limit(limit))]


def count_turnover(session: Session, wanted: TurnoverWanted) -> int:
    """Return how many lines fit."""
    asked = _rows().where(*_chosen(wanted)).with_only_columns(func.count())
    return session.scalar(asked) or 0


@dataclass(frozen=True, slots=True)
class TurnoverSum:
    """How many people joined, moved and left and wait, and the newest line of them."""

    counts: Mapping[PersonTurn, int]
    newest: int
    at: datetime | None


def turnover_sum(session: Session, now: datetime) -> TurnoverSum:
    """Return what waits, counted in one question."""
    asked = (
        _rows()
        .where(*_chosen(TurnoverWanted(now)))
        .with_only_columns(
            ReadingChange.kind,
            func.count(),
            func.max(ReadingChange.id),
            func.max(Reading.ended_at),
        )
    )
    rows = session.execute(asked.group_by(ReadingChange.kind)).all()
    counts = dict.fromkeys(PersonTurn, 0)
    for kind, count, _newest, _at in rows:
        counts[TURNS[kind]] += count
    return TurnoverSum(
        counts,
        max((row[2] for row in rows), default=0),
        max((at for *_rest, at in rows if at), default=None),
    )


def turnover_line(session: Session, change_id: int) -> TurnoverLine:
    """Return one line. Raises ``NotFound``."""
    here = ReadingChange.id == change_id, ReadingChange.kind.in_(TURNS)
    row = session.execute(_rows().where(*here)).one_or_none()
    if row is None:
        raise NotFound(said("No reading saw this of anybody."))
    return _line(*row)


def turnover_page(session: Session, change_id: int, now: datetime) -> TurnoverPage:
    """Return one line with the person's rights and those of the colleagues. Raises
    ``NotFound``.
    """
    line = turnover_line(session, change_id)
    person = session.get_one(Person, line.person_id)
    graph = load_graph(session, person.directory_id)
    colleagues = _colleagues(graph, person)
    return TurnoverPage(
        line=line,
        directory_id=person.directory_id,
        rights=_rights(
            graph,
            person,
            colleagues,
            _held_on(session, person.id, line.at),
        ),
        colleagues=len(colleagues),
        is_off=person.disabled or person.gone_at is not None,
        back=_back(
            session,
            person.id,
            now,
        ),
    )


def _colleagues(graph: Graph, person: Person) -> list[int]:
    """Return the other people of a person's department who work there."""
    if not person.department:
        return []
    return [
        row.id
        for row in graph.people.values()
        if row.department == person.department
        and row.id != person.id
        and not (row.disabled or row.service)
    ]


def _held_on(session: Session, person_id: int, at: datetime) -> frozenset[int]:
    """Return the rights that somebody held directly right before a moment."""
    lasting = select(Membership.entitlement_id).where(
        Membership.person_id == person_id, Membership.since < at
    )
    ended = select(PastMembership.entitlement_id).where(
        PastMembership.person_id == person_id,
        PastMembership.since < at,
        PastMembership.until >= at,
    )
    return frozenset([*session.scalars(lasting), *session.scalars(ended)])


def _rights(
    graph: Graph, person: Person, colleagues: Sequence[int], before: frozenset[int]
) -> tuple[RightOfMover, ...]:
    held = graph.direct.get(person.id, frozenset())
    usual = usual_rights(
        graph.direct,
        colleagues,
        held | (before & graph.rights.keys()),
    )
    found = [
        RightOfMover(
            right,
            names(graph, right),
            right in held,
            how,
            right in before,
        )
        for right, how in usual.items()
        if right in held | before or (how.is_usual and not graph.rights[right].is_role)
    ]
    return tuple(sorted(found, key=lambda one: (not one.held, one.name.lower())))


def _back(session: Session, person_id: int, now: datetime) -> int | None:
    """Return the newest wave that took off the rights of somebody who had left, if it can be
    undone.
    """
    asked = (
        select(Switch.wave_id)
        .join(Wave, Wave.id == Switch.wave_id)
        .join(TurnoverDone, TurnoverDone.wave_id == Wave.id)
        .join(ReadingChange, ReadingChange.id == TurnoverDone.change_id)
        .where(
            Switch.person_id == person_id,
            Switch.state == SwitchState.CLOSED,
            Switch.switched_at >= now - BACK_WITHIN,
            ReadingChange.kind.in_(kinds_of(PersonTurn.LEFT)),
        )
    )
    return session.scalars(asked.order_by(Switch.id.desc())).first()


def _rows() -> Select[*tuple[Any, ...]]:
    held = (
        select(func.count(Membership.entitlement_id.distinct()))
        .where(Membership.person_id == Person.id)
        .scalar_subquery()
    )
    return (
        select(
            ReadingChange,
            Reading.ended_at,
            Person,
            TurnoverDone,
            held,
        )
        .join(Reading, Reading.id == ReadingChange.reading_id)
        .join(Person, Person.id == ReadingChange.person_id)
        .outerjoin(TurnoverDone, TurnoverDone.change_id == ReadingChange.id)
    )


def _chosen(wanted: TurnoverWanted) -> list[ColumnElement[bool]]:
    chosen = [
        ReadingChange.kind.in_(kinds_of(wanted.turn)),
        Reading.ended_at >= wanted.now - LOOKED_BACK,
        Person.service.is_(False),
        *(
            or_(
                Person.name.icontains(word, autoescape=True),
                Person.uid.icontains(word, autoescape=True),
                ReadingChange.text.icontains(word, autoescape=True),
            )
            for word in wanted.q.split()
        ),
    ]
    if wanted.done != "all":
        chosen.append(TurnoverDone.id.is_(None))
    return chosen


def _line(
    change: ReadingChange,
    at: datetime,
    person: Person,
    done: TurnoverDone | None,
    rights: int,
) -> TurnoverLine:
    return TurnoverLine(
        id=change.id,
        turn=TURNS[change.kind],
        text=change.text,
        at=at,
        person_id=person.id,
        person=person.name,
        uid=person.uid,
        department=person.department,
        rights=rights,
        done_at=done.done_at if done else None,
        done_by=done.done_by if done else "",
        wave_id=done.wave_id if done else None,
    )


@dataclass(frozen=True, slots=True)
class Leftover:
    """A right that somebody who left still holds directly, and since when the account is off."""

    person_id: int
    person: str
    uid: str
    right_id: int
    right: str
    left_at: datetime


@dataclass(frozen=True, slots=True)
class LeftoverWeek:
    """How many rights people who had left held at the end of a week."""

    day: date
    rights: int


def leftovers(session: Session) -> list[Leftover]:
    """Return the rights people still hold whose account is off, those who left first at the top."""
    left = left_at(session)
    rows = session.execute(
        select(
            Person.id,
            Person.name,
            Person.uid,
            Entitlement.id,
            Entitlement.cn,
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Entitlement, Entitlement.id == Membership.entitlement_id)
        .where(Person.id.in_(left), Entitlement.gone_at.is_(None))
        .distinct()
    ).all()
    found = [Leftover(*row, left_at=left[row[0]]) for row in rows]
    return sorted(found, key=lambda one: (one.left_at, one.person, one.right.lower()))


def leftover_weeks(session: Session, today: date) -> list[LeftoverWeek]:
    """Return how many rights people who had left held, week after week, the latest last."""
    held = _held_through(session)
    days = [today - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    return [LeftoverWeek(day, left_over_on(held, day)) for day in days]


def _held_through(session: Session) -> list[HeldThrough]:
    left = left_at(session)
    now = select(Membership.person_id, Membership.since).where(
        Membership.person_id.in_(left)
    )
    past = select(
        PastMembership.person_id, PastMembership.since, PastMembership.until
    ).where(PastMembership.person_id.in_(left))
    return [
        *(
            HeldThrough(
                since,
                None,
                left[who or 0],
            )
            for who, since in session.execute(now)
        ),
        *(
            HeldThrough(
                since,
                until,
                left[who or 0],
            )
            for who, since, until in session.execute(past)
        ),
    ]


def left_at(session: Session) -> dict[int, datetime]:
    """Return since when each account is off: the reading that saw it, else the first that saw the
    person.
    """
    off = select(Person.id, Person.first_seen).where(
        Person.disabled, Person.service.is_(False), Person.gone_at.is_(None)
    )
    found: dict[int, datetime] = dict(session.execute(off).all())
    seen = (
        select(ReadingChange.person_id, func.max(Reading.ended_at))
        .join(Reading, Reading.id == ReadingChange.reading_id)
        .where(ReadingChange.kind == "person disabled")
        .where(ReadingChange.person_id.in_(found))
        .group_by(ReadingChange.person_id)
    )
    found.update({who: at for who, at in session.execute(seen) if who and at})
    return found
