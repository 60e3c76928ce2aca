"""The rung that a wave is: whether it waits for its decision, its gate, what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.waves.queries import get_wave
from app.improvements import ladder
from app.improvements.gate.checks import RungCheck
from app.improvements.gate.rules import Gate
from app.models.access.wave import Wave
from app.models.access.words import WaveState
from app.models.improvements.iteration import Decision, Iteration
from app.models.improvements.words import DecisionKind, IterationState

UNDECIDED = (IterationState.RUNNING, IterationState.REVIEWING)
ASKED = (WaveState.SOAKING, WaveState.CONFIRMED, WaveState.STOPPED)
"""The states of a wave in which somebody can say what follows from it."""


@dataclass(frozen=True, slots=True)
class WaveDecision:
    """The rung of a wave, whether somebody can decide it now, and the decision."""

    id: int
    number: int
    is_asked: bool
    decision: Decision | None


def wave_decision(session: Session, wave: Wave) -> WaveDecision | None:
    """Return the rung of a wave, None for one that has none. One query."""
    decided = Decision.iteration_id == Iteration.id
    columns = Iteration.id, Iteration.number, Iteration.state, Decision
    found = select(*columns).outerjoin(Decision, decided)
    row = session.execute(found.where(Iteration.id == wave.iteration_id)).first()
    if row is None:
        return None
    number, rung, state, decision = row
    asked = wave.state in ASKED and state in UNDECIDED
    return WaveDecision(number, rung, asked, decision)


@dataclass(frozen=True, slots=True)
class DecidePage:
    """A wave of which somebody says what follows, with the gate of its rung."""

    wave_id: int
    number: int
    role: str
    rung: WaveDecision
    gate: Gate

    @property
    def unmet(self) -> tuple[RungCheck, ...]:
        """Return the lines that are not met."""
        return self.gate.blocked

    @property
    def met(self) -> tuple[RungCheck, ...]:
        """Return the lines that are met."""
        return tuple(line for line in self.gate.checks if line.ok)

    @property
    def proposed(self) -> DecisionKind:
        """Return what the form offers first: to go on where nothing is in the way, else to wait."""
        return DecisionKind.SCALE if self.gate.open else DecisionKind.HOLD


def decide_page(session: Session, wave_id: int, today: date) -> DecidePage | None:
    """Return a wave that can be decided, None for any other. Raises ``NotFound``."""
    wave = get_wave(session, wave_id)
    rung = wave_decision(session, wave)
    if rung is None or not rung.is_asked:
        return None
    gate = ladder.gate_of(session, rung.id, today)
    return DecidePage(wave.id, wave.number, wave.role.name, rung, gate)
