"""What is other than promised, as lists and pages ask for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.access.drift.rules import REPAIR, WAYS, sentence_of
from app.core.errors import NotFound
from app.core.said import said
from app.models.access.drift import Drift
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import RESTING, DriftKind, DriftState
from ldap_sync.dn import MalformedDn, rdn_value

LASTING = "lasting"
"""Stands for what is open or accepted and still there."""


@dataclass(frozen=True, slots=True)
class DriftFilter:
    """Which differences are wanted: a state, a kind, a role or a wave by number, words in names."""

    state: str = DriftState.OPEN
    kind: str = ""
    role_id: int | None = None
    wave_id: int | None = None
    person_id: int | None = None
    directory_id: int | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class DriftLine:
    """One difference as it is listed; ``repair`` is the wave that is to repair it, with its
    state.
    """

    id: int
    kind: DriftKind
    state: DriftState
    right: str
    right_id: int | None
    who: str
    person_id: int | None
    role_id: int
    role: str
    wave_id: int | None
    wave: int | None
    lens: str
    first_seen: datetime
    last_seen: datetime
    by_whom: str
    done_at: datetime | None
    told_by: str
    on_server: str
    asked_at: datetime | None
    repair_id: int | None
    decided_by: str
    reason: str
    ended_at: datetime | None
    retired: bool

    @property
    def sentence(self) -> str:
        """Say what is other than promised."""
        return sentence_of(self)

    @property
    def who_did(self) -> str:
        """Return the name of who did it out of the DN that the directory tells."""
        try:
            return rdn_value(self.by_whom)
        except MalformedDn:
            return self.by_whom

    @property
    def ways(self) -> tuple[str, ...]:
        """Return what can be done about it."""
        ways = WAYS[self.kind] if self.is_open else ()
        return tuple(way for way in ways if way != REPAIR or not self.retired)

    @property
    def is_open(self) -> bool:
        """Tell whether somebody has to decide about it."""
        return self.state is DriftState.OPEN


def strange_roles(session: Session) -> list[tuple[int, str, int]]:
    """Return the roles in whose groups strangers wait for a decision: number, name, how many."""
    rows = (
        select(Role.id, Role.name, func.count())
        .join(Drift, Drift.role_id == Role.id)
        .where(Drift.kind == DriftKind.STRANGER, Drift.state == DriftState.OPEN)
        .where(Drift.mark.is_not(None))
        .group_by(Role.id, Role.name)
        .order_by(Role.name)
    )
    return [(number, name, count) for number, name, count in session.execute(rows)]


def drift_lines(
    session: Session, wanted: DriftFilter, offset: int = 0, limit: int | None = None
) -> list[DriftLine]:
    """Return differences, those that lasted longest first."""
    rows = (
        _lines()
        .where(*_conditions(wanted))
        .order_by(
            Drift.first_seen,
            Drift.id,
        )
    )
    found = session.execute(rows.offset(offset).limit(limit))
    return [DriftLine(*row) for row in found]


def _lines() -> Select[*tuple[Any, ...]]:
    columns = (
        *(Drift.id, Drift.kind, Drift.state, Drift.right, Drift.entitlement_id),
        *(Drift.who, Drift.person_id, Drift.role_id, Role.name, Drift.wave_id),
        *(Wave.number, Drift.lens, Drift.first_seen, Drift.last_seen, Drift.by_whom),
        *(Drift.done_at, Drift.told_by, Drift.on_server, Drift.asked_at),
        *(Drift.repair_id, Drift.decided_by, Drift.reason, Drift.ended_at),
        Role.retired_at.is_not(None) & Role.single.is_(False),
    )
    named = select(*columns).join(
        Role,
        Role.id == Drift.role_id,
    )
    return named.outerjoin(
        Wave,
        Wave.id == Drift.wave_id,
    )


def count_drift(session: Session, wanted: DriftFilter) -> int:
    """Return how many differences a filter lets through."""
    counted = select(func.count(Drift.id)).where(*_conditions(wanted))
    return session.scalar(counted) or 0


def _conditions(wanted: DriftFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.state == LASTING:
        yield Drift.mark.is_not(None)
    elif wanted.state in list(DriftState):
        yield Drift.state == DriftState(wanted.state)
    if wanted.kind in list(DriftKind):
        yield Drift.kind == DriftKind(wanted.kind)
    for column, value in (
        (Drift.role_id, wanted.role_id),
        (Drift.person_id, wanted.person_id),
    ):
        if value is not None:
            yield column == value
    if wanted.directory_id is not None:
        here = select(Role.id).where(Role.directory_id == wanted.directory_id)
        yield Drift.role_id.in_(here)
    if wanted.wave_id is not None:
        yield of_wave(wanted.wave_id)
    for word in wanted.q.split():
        named = (Drift.who, Drift.right)
        yield or_(
            *(
                each.icontains(
                    word,
                    autoescape=True,
                )
                for each in named
            )
        )


def of_wave(wave_id: int) -> ColumnElement[bool]:
    """Return the condition for what concerns a wave: its people, and the role they stand in."""
    people = select(Switch.person_id).where(
        Switch.wave_id == wave_id, Switch.state.in_(RESTING)
    )
    role = select(Wave.role_id).where(Wave.id == wave_id).scalar_subquery()
    whole = and_(
        Drift.person_id.is_(None),
        Drift.role_id == role,
        people.exists(),
    )
    return or_(
        Drift.person_id.in_(people),
        whole,
    )


def in_the_way(
    session: Session, wave_id: int, people: Collection[int]
) -> list[DriftLine]:
    """Return the open differences that keep people of a wave from being confirmed: their own, and
    what is wrong with the groups of the role.
    """
    about = or_(
        Drift.person_id.in_(people),
        Drift.person_id.is_(None),
    )
    rows = _lines().where(
        of_wave(wave_id),
        about,
        Drift.state == DriftState.OPEN,
        Drift.kind != DriftKind.STRANGER,
    )
    found = session.execute(
        rows.order_by(
            Drift.person_id.is_(None),
            Drift.id,
        )
    )
    return [DriftLine(*row) for row in found]


def counts_by(session: Session, column: str) -> dict[int, int]:
    """Return how many open differences there are, by ``role_id`` or ``person_id``."""
    by = getattr(
        Drift,
        column,
    )
    rows = select(
        by,
        func.count(),
    ).where(
        Drift.state == DriftState.OPEN,
        by.is_not(None),
    )
    return dict(session.execute(rows.group_by(by)).all())


def drift_line(session: Session, drift_id: int) -> DriftLine:
    """Return one difference. Raises ``NotFound``."""
    row = session.execute(_lines().where(Drift.id == drift_id)).one_or_none()
    if row is None:
        raise NotFound(
            said(
                "There is no difference %(number)s.",
                number=drift_id,
            )
        )
    return DriftLine(*row)
