"""The list of waves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from app.models.access.role import Role, RoleVersion
from app.models.access.wave import Switch, Wave
from app.models.access.words import SETTLED_SWITCHES, SwitchState, WaveState

WAITING = (
    WaveState.PLANNED,
    WaveState.APPROVED,
    WaveState.CANARY,
    WaveState.SOAKING,
    WaveState.PAUSED,
    WaveState.STOPPED,
)
"""The states in which a wave waits for a person to do something."""

IDLE = (
    SwitchState.UNDONE,
    SwitchState.STALE,
    SwitchState.FAILED,
    SwitchState.PLANNED,
    SwitchState.APPROVED,
)
"""The states of people who are neither on the way nor there."""


@dataclass(frozen=True, slots=True)
class WaveLine:
    """One wave in the list: how many people it has, how many are confirmed or on the way."""

    id: int
    number: int
    role_id: int
    role: str
    version: int
    state: str
    author: str
    created_at: datetime
    approved_by: str
    message: str
    people: int
    confirmed: int
    moving: int
    brings_version: bool = False


def wave_lines(session: Session, state: str, offset: int, limit: int) -> list[WaveLine]:
    """Return waves, the newest first; ``state`` is one of theirs, ``waiting``, or nothing for
    all.
    """
    columns = (
        Wave.id,
        Wave.number,
        Wave.role_id,
        Role.name,
        RoleVersion.number,
        Wave.state,
        Wave.author,
        Wave.created_at,
        Wave.approved_by,
        Wave.message,
        Wave.brings_version,
    )
    query = (
        select(*columns)
        .join(Role, Wave.role_id == Role.id)
        .join(RoleVersion, Wave.version_id == RoleVersion.id)
    )
    rows = session.execute(
        query.where(_in_state(state))
        .order_by(Wave.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    people = _people(session, [row[0] for row in rows])
    return [
        WaveLine(
            wave_id,
            number,
            role_id,
            role,
            version,
            stands.value,
            author,
            created_at,
            approved_by,
            message,
            people[wave_id].total(),
            sum(people[wave_id][each] for each in SETTLED_SWITCHES),
            _moving(people[wave_id]),
            brings,
        )
        for (
            wave_id,
            number,
            role_id,
            role,
            version,
            stands,
            author,
            created_at,
            approved_by,
            message,
            brings,
        ) in rows
    ]


def count_waves(session: Session, state: str = "") -> int:
    """Return how many waves there are in a state, or in all."""
    return session.scalar(select(func.count(Wave.id)).where(_in_state(state))) or 0


def _in_state(state: str) -> ColumnElement[bool]:
    if state == "waiting":
        return Wave.state.in_(WAITING)
    return Wave.state == WaveState(state) if state in list(WaveState) else true()


def _moving(people: Counter[SwitchState]) -> int:
    return sum(
        count
        for state, count in people.items()
        if state not in (*SETTLED_SWITCHES, *IDLE)
    )


def _people(
    session: Session, waves: Iterable[int]
) -> Mapping[int, Counter[SwitchState]]:
    rows = select(Switch.wave_id, Switch.state, func.count()).where(
        Switch.wave_id.in_(list(waves))
    )
    found: dict[int, Counter[SwitchState]] = defaultdict(Counter)
    for wave_id, state, count in session.execute(
        rows.group_by(Switch.wave_id, Switch.state)
    ):
        found[wave_id][state] = count
    return found
