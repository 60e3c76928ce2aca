"""The gate of a wave as it stands: the lines of its rung, those of the wave, and whether they
stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.access.drift.queries import DriftFilter, count_drift
from app.access.gate.rules import WaveOutcome, WaveSeen, lines_of, outcome_of, stopped
from app.access.undo.health import undo_health
from app.access.waves.named import duties_named, duty_said
from app.access.waves.queries import signal_of, wave_alone
from app.access.waves.rung import WaveDecision, wave_decision
from app.core.settings import Settings
from app.improvements import ladder
from app.improvements.gate.checks import RungCheck
from app.improvements.gate.rules import Gate, with_lines
from app.models.access.duties import WaveDuty
from app.models.access.wave import Wave
from app.models.access.words import DutyAnswer, DutyMoment
from app.models.improvements.words import DecisionKind


@dataclass(frozen=True, slots=True)
class WaveGate:
    """A wave of which somebody says what follows, with its gate; ``stops`` tells whether unmet
    lines refuse to go on, or are only told.
    """

    wave_id: int
    number: int
    role: str
    rung: WaveDecision
    gate: Gate
    stops: bool
    outcome: WaveOutcome

    @property
    def unmet(self) -> tuple[RungCheck, ...]:
        """Return the lines that are not met."""
        return self.gate.blocked

    @property
    def met(self) -> tuple[RungCheck, ...]:
        """Return the lines that are met."""
        return tuple(line for line in self.gate.checks if line.ok)

    @property
    def told(self) -> str:
        """Say what the gate stops, or would stop; nothing where it is open."""
        return stopped(self.gate, stops=self.stops)

    @property
    def proposed(self) -> DecisionKind:
        """Return what the form offers first: to go on where nothing is in the way, else to wait."""
        return DecisionKind.SCALE if self.gate.open else DecisionKind.HOLD


def does_stop(wave: Wave, settings: Settings) -> bool:
    """Tell whether the gate of a loaded wave refuses: as its role says, else the installation."""
    own = wave.role.gate_stops
    return settings.gate_stops if own is None else own


def seen_of(session: Session, wave: Wave, now: datetime) -> WaveSeen:
    """Count what the gate of a wave asks for."""
    health = undo_health(session, wave_id=wave.id)
    signal = signal_of(session, wave, now)
    return WaveSeen(
        drift=count_drift(session, DriftFilter(wave_id=wave.id)),
        undos=health.open,
        impossible=health.impossible,
        untried=health.unknown,
        quiet=signal.quiet if signal else None,
    )


def duty_lines(session: Session, wave_id: int) -> tuple[RungCheck, ...]:
    """Return a line for each duty that is asked whether more people may follow a wave; no reason
    of a decision leads past one that has not said go.
    """
    named = duties_named(session, wave_id, DutyMoment.SCALE)
    return tuple(
        RungCheck(f"{_kind(duty)}:{duty.id}", duty.lets_go, duty_said(duty), True)
        for duty in named
    )


def _kind(duty: WaveDuty) -> str:
    return "no-go" if duty.answer is DutyAnswer.NO_GO else "duty"


def all_lines(session: Session, wave: Wave, seen: WaveSeen) -> tuple[RungCheck, ...]:
    """Return every line that a wave adds to the gate of its rung."""
    return *lines_of(seen), *duty_lines(session, wave.id)


def wave_gate(
    session: Session, wave_id: int, settings: Settings, now: datetime
) -> WaveGate | None:
    """Return the gate of a wave, None for one that is no rung. Raises ``NotFound``."""
    wave = wave_alone(session, wave_id)
    rung = wave_decision(session, wave)
    if rung is None:
        return None
    seen, stops = seen_of(session, wave, now), does_stop(wave, settings)
    found = ladder.gate_of(session, rung.id, now.date())
    lines = all_lines(session, wave, seen)
    gate = with_lines(found, lines, final=stops)
    outcome = outcome_of(gate.checks, seen)
    return WaveGate(wave.id, wave.number, wave.role.name, rung, gate, stops, outcome)
