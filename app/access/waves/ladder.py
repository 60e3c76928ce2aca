"""The ladder of a wave: five rungs from planned to confirmed, who stood on each and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.access.wave import Switch, Wave
from app.models.access.words import SETTLED_SWITCHES, SwitchState, WaveState


class WaveRungName(StrEnum):
    """The rungs of a wave, from the ground up."""

    PLANNED = "planned"
    APPROVED = "approved"
    APPLYING = "applying"
    TO_BE_SEEN = "to be seen"
    CONFIRMED = "confirmed"


class RungStands(StrEnum):
    """How a rung stands: ``halted`` is where a wave stopped, ``back`` what was taken back."""

    DONE = "done"
    RUNNING = "running"
    COMING = "coming"
    HALTED = "halted"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class WaveRung:
    """One rung with who stood on it and when; ``done`` of ``of`` people are past it, where that
    is counted.
    """

    name: WaveRungName
    stands: RungStands
    by: str = ""
    at: datetime | None = None
    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class WaveMarks:
    """How many people stand in which state, ``paused`` how many of those are paused there; and the
    last who was switched, seen working or taken back.
    """

    counts: Mapping[SwitchState, int]
    paused: Mapping[SwitchState, int] = field(default_factory=dict)
    switched_at: datetime | None = None
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    undone_by: str = ""
    undone_at: datetime | None = None

    @property
    def free(self) -> Mapping[SwitchState, int]:
        """Return how many people stand in which state and are not paused there."""
        return {
            state: count - self.paused.get(state, 0)
            for state, count in self.counts.items()
        }

    @property
    def lanes(self) -> Mapping[SwitchState, int]:
        """Return how many people stand where, those who are paused apart from the others."""
        free = {state: count for state, count in self.free.items() if count}
        paused = sum(self.paused.values())
        return {**free, SwitchState.PAUSED: paused} if paused else free

    @property
    def people(self) -> int:
        """Return how many people are in the wave."""
        return sum(self.counts.values())

    @property
    def seen(self) -> int:
        """Return how many were seen working."""
        return sum(self.counts.get(state, 0) for state in SETTLED_SWITCHES)

    @property
    def moved(self) -> int:
        """Return how many are switched, whether seen working yet or not."""
        return self.seen + self.counts.get(SwitchState.SOAKING, 0)


def marks_of(session: Session, wave_id: int) -> WaveMarks:
    """Return how far the people of a wave are, counted by the database."""
    here = Switch.wave_id == wave_id
    paused_at = func.count(Switch.paused_at)
    counts = select(Switch.state, func.count(), paused_at).where(here)
    rows = session.execute(counts.group_by(Switch.state)).all()
    found = {state: count for state, count, _ in rows}
    paused = {state: count for state, _, count in rows if count}
    seen = select(Switch.confirmed_by, Switch.confirmed_at).where(here)
    seen = seen.where(Switch.confirmed_at.is_not(None))
    undone = select(Switch.undone_by, Switch.undone_at).where(here)
    undone = undone.where(Switch.undone_at.is_not(None))
    last_seen = session.execute(
        seen.order_by(Switch.confirmed_at.desc(), Switch.id).limit(1)
    ).first()
    last_undone = session.execute(
        undone.order_by(Switch.undone_at.desc(), Switch.id).limit(1)
    ).first()
    return WaveMarks(
        found,
        paused,
        session.scalar(select(func.max(Switch.switched_at)).where(here)),
        *(last_seen or ("", None)),
        *(last_undone or ("", None)),
    )


def ladder_of(wave: Wave, marks: WaveMarks) -> tuple[WaveRung, ...]:
    """Return the five rungs of a wave as they stand."""
    stands = _standing(wave.state, marks)
    approved = (
        (wave.approved_by, wave.approved_at)
        if wave.approved_at
        else (wave.first_approved_by, wave.first_approved_at)
    )
    who = (
        (wave.author, wave.created_at),
        approved,
        (wave.applied_by, wave.started_at),
        ("", marks.switched_at),
        (marks.confirmed_by, marks.confirmed_at),
    )
    counted = (0, 0, marks.moved, marks.seen, marks.seen)
    begun = wave.started_at is not None
    return tuple(
        WaveRung(name, stood, by, at, count, marks.people if begun and index > 1 else 0)
        for index, (name, stood, (by, at), count) in enumerate(
            zip(WaveRungName, stands, who, counted, strict=True)
        )
    )


def _standing(state: WaveState, marks: WaveMarks) -> tuple[RungStands, ...]:
    done, now, later = RungStands.DONE, RungStands.RUNNING, RungStands.COMING
    if state in (WaveState.UNDOING, WaveState.UNDONE):
        seen = RungStands.BACK if marks.confirmed_at else later
        return done, done, RungStands.BACK, RungStands.BACK, seen
    if state is WaveState.STOPPED:
        waits = now if marks.counts.get(SwitchState.SOAKING) else later
        return done, done, RungStands.HALTED, waits, later
    if state in (WaveState.CANARY, WaveState.PAUSED):
        return done, done, now, now if marks.moved else later, later
    if state is WaveState.WITHDRAWN:
        return done, RungStands.HALTED, later, later, later
    height = {
        WaveState.PLANNED: 1,
        WaveState.APPROVED: 2,
        WaveState.ARMED: 2,
        WaveState.APPLYING: 2,
        WaveState.SOAKING: 3,
        WaveState.CONFIRMED: 5,
    }[state]
    return (*(done,) * height, *(now,) * (height < 5), *(later,) * max(4 - height, 0))
