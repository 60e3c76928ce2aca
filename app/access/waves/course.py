"""How a wave went so far, counted for its stop rules."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.waves.queries import signal_of
from app.access.waves.terms import (
    StopRule,
    Terms,
    WaveCourse,
    stop_rules,
)
from app.models.access.drift import Drift
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import (
    SETTLED_SWITCHES,
    DriftState,
    SwitchState,
    WaveState,
)

COULD_NOT = (
    SwitchState.FAILED,
    SwitchState.STALE,
    SwitchState.CONFLICT,
)
THERE = (SwitchState.SOAKING, *SETTLED_SWITCHES)


def course_of(session: Session, wave: Wave, now: datetime) -> WaveCourse:
    """Return how a wave went so far, for its stop rules."""
    here = Switch.wave_id == wave.id
    rows = select(Switch.state, Switch.started_at.is_not(None), func.count())
    counted = session.execute(
        rows.where(here).group_by(Switch.state, Switch.started_at.is_not(None))
    ).all()
    signal = signal_of(session, wave, now)
    usual = signal.before / signal.days_before if signal else 0.0
    return WaveCourse(
        people=sum(count for _, _, count in counted),
        moved=sum(count for state, _, count in counted if state in THERE),
        failed=sum(count for state, _, count in counted if state in COULD_NOT),
        undone=sum(
            count
            for state, begun, count in counted
            if state is SwitchState.UNDONE and begun
        ),
        drift=open_drift(session, wave.id),
        incidents=signal.after if signal else 0,
        days=signal.days_after if signal else 0.0,
        expected=usual * signal.days_after if signal else 0.0,
        too_many=signal is not None and signal.quiet is False,
    )


def open_drift(session: Session, wave_id: int) -> int:
    """Count the differences by another hand that wait for a decision."""
    rows = select(func.count()).select_from(Drift)
    mine = Drift.wave_id == wave_id, Drift.state == DriftState.OPEN
    return session.scalar(rows.where(*mine)) or 0


def rules_of(session: Session, wave: Wave, now: datetime) -> tuple[StopRule, ...]:
    """Return the rules under which a wave was armed, as they stand now."""
    if not wave.terms:
        return ()
    return stop_rules(Terms.from_json(wave.terms), course_of(session, wave, now))


def undo_seconds_of(session: Session, wave: Wave) -> float | None:
    """Return how many seconds it took to take a wave back, once it is."""
    if wave.state is not WaveState.UNDONE:
        return None
    times = select(func.min(Step.intent_at), func.max(Step.ended_at))
    mine = Step.wave_id == wave.id, Step.reverses_id.is_not(None)
    begun, ended = session.execute(times.where(*mine)).one()
    return (ended - begun).total_seconds() if begun and ended else None
