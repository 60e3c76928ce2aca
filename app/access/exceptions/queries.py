"""The exceptions as a list, and one of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.access.exceptions.rules import SOON, ExceptionStands, stands
from app.core.errors import NotFound
from app.core.said import said
from app.core.trail import ToldEvent, about, history
from app.models.access.kept import AccessException
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.directory import Entitlement
from app.models.people import Person

Row = tuple[AccessException, Person, Entitlement, Wave, Role]


@dataclass(frozen=True, slots=True)
class ExceptionsWanted:
    """Which exceptions are wanted: by words, by how they stand, of one owner; as seen today."""

    today: date
    q: str = ""
    state: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """One right with an end: who holds it, who answers for it, why and until when.

    ``beside`` is the role it is kept beside, empty where it was given on its own. ``ending_wave``
    takes it off; ``held_up`` says why that could not be done.
    """

    id: int
    person_id: int
    person: str
    uid: str
    right_id: int
    right: str
    owner: str
    reason: str
    until: date
    ended_at: datetime | None
    stands: ExceptionStands
    held_up: str
    wave_id: int
    beside: str
    ending_wave: int | None


@dataclass(frozen=True, slots=True)
class ExceptionPage:
    """One exception with what happened to it, the newest first."""

    line: ExceptionLine
    events: tuple[ToldEvent, ...]


def exception_lines(
    session: Session,
    wanted: ExceptionsWanted,
    offset: int = 0,
    limit: int | None = None,
) -> list[ExceptionLine]:
    """Return exceptions: those in force and ending first at the top, then those that ended."""
    order = (
        AccessException.ended_at.is_not(None),
        AccessException.until,
        func.lower(Person.name),
        AccessException.id,
    )
    rows = session.execute(
        _rows().where(*_chosen(wanted)).order_by(*order).offset(offset).limit(limit)
    ).all()
    waves = _ending_waves(session, [row[0] for row in rows])
    return [
        _line(
            wanted.today,
            waves,
            *row,
        )
        for row in rows
    ]


def count_exceptions(session: Session, wanted: ExceptionsWanted) -> int:
    """Return how many exceptions fit."""
    asked = _rows().where(*_chosen(wanted)).with_only_columns(func.count())
    return session.scalar(asked) or 0


def exception_owners(session: Session) -> list[str]:
    """Return who answers for exceptions that are in force."""
    asked = select(AccessException.owner).where(AccessException.ended_at.is_(None))
    return sorted(session.scalars(asked.distinct()), key=str.lower)


def exception_line(session: Session, kept_id: int, today: date) -> ExceptionLine:
    """Return one exception. Raises ``NotFound``."""
    row = session.execute(_rows().where(AccessException.id == kept_id)).one_or_none()
    if row is None:
        raise NotFound(said("There is no exception %(number)s.", number=kept_id))
    return _line(
        today,
        _ending_waves(session, [row[0]]),
        *row,
    )


def exception_page(
    session: Session, kept_id: int, today: date, permissions: Collection[str]
) -> ExceptionPage:
    """Return one exception with its history. Raises ``NotFound``."""
    line = exception_line(
        session,
        kept_id,
        today,
    )
    subject = about(f"exception:{kept_id}")
    events = history(session, subject, permissions, limit=30)
    return ExceptionPage(line, tuple(events))


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            AccessException,
            Person,
            Entitlement,
            Wave,
            Role,
        )
        .join(Person, Person.id == AccessException.person_id)
        .join(Entitlement, Entitlement.id == AccessException.entitlement_id)
        .join(Switch, Switch.id == AccessException.switch_id)
        .join(Wave, Wave.id == Switch.wave_id)
        .join(Role, Role.id == Wave.role_id)
    )


def _chosen(wanted: ExceptionsWanted) -> list[ColumnElement[bool]]:
    chosen = [
        or_(
            *(
                column.icontains(word, autoescape=True)
                for column in (Person.name, Person.uid, Entitlement.cn)
            )
        )
        for word in wanted.q.split()
    ]
    if wanted.owner:
        chosen.append(AccessException.owner == wanted.owner)
    return [*chosen, *_in_state(wanted)]


def _in_state(wanted: ExceptionsWanted) -> list[ColumnElement[bool]]:
    in_force, until = AccessException.ended_at.is_(None), AccessException.until
    soon = wanted.today + SOON
    found: dict[str, list[ColumnElement[bool]]] = {
        ExceptionStands.OPEN: [in_force],
        ExceptionStands.ENDING: [in_force, until >= wanted.today, until <= soon],
        ExceptionStands.EXPIRED: [in_force, until < wanted.today],
        ExceptionStands.ENDED: [AccessException.ended_at.is_not(None)],
    }
    return found.get(wanted.state, [])


def _ending_waves(session: Session, kept: list[AccessException]) -> dict[int, int]:
    ids = [one.ending_id for one in kept if one.ending_id]
    asked = select(Switch.id, Switch.wave_id).where(Switch.id.in_(ids))
    return dict(session.execute(asked).all()) if ids else {}


def _line(
    today: date,
    waves: dict[int, int],
    kept: AccessException,
    person: Person,
    right: Entitlement,
    wave: Wave,
    role: Role,
) -> ExceptionLine:
    return ExceptionLine(
        id=kept.id,
        person_id=person.id,
        person=person.name,
        uid=person.uid,
        right_id=right.id,
        right=right.cn,
        owner=kept.owner,
        reason=kept.reason,
        until=kept.until,
        ended_at=kept.ended_at,
        stands=stands(
            kept.until,
            kept.ended_at,
            today,
        ),
        held_up=kept.held_up,
        wave_id=wave.id,
        beside="" if role.single else role.name,
        ending_wave=waves.get(kept.ending_id or 0),
    )
