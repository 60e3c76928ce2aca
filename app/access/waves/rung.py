"""The rung that a wave is: whether it waits for its decision, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.access.wave import Wave
from app.models.access.words import WaveState
from app.models.improvements.iteration import Decision, Finding, Iteration, Snapshot
from app.models.improvements.words import FindingKind, FindingState, IterationState

UNDECIDED = (IterationState.RUNNING, IterationState.REVIEWING)
ASKED = (WaveState.SOAKING, WaveState.CONFIRMED, WaveState.STOPPED)
"""The states of a wave in which somebody can say what follows from it."""


@dataclass(frozen=True, slots=True)
class WaveFinding:
    """Something that came up in the rung of a wave."""

    id: int
    title: str
    kind: FindingKind
    state: FindingState


@dataclass(frozen=True, slots=True)
class WaveDecision:
    """The rung of a wave, whether somebody can decide it now, and the decision; what was foretold,
    what came up, and the hash under which all of it is frozen.
    """

    id: int
    number: int
    is_asked: bool
    decision: Decision | None
    prediction: str = ""
    findings: tuple[WaveFinding, ...] = ()
    frozen: str = ""


def wave_decision(session: Session, wave: Wave) -> WaveDecision | None:
    """Return the rung of a wave, None for one that has none. Two queries."""
    decided = Decision.iteration_id == Iteration.id
    columns = Iteration.id, Iteration.number, Iteration.state, Iteration.what_changes
    found = select(*columns, Snapshot.hash, Decision).outerjoin(Decision, decided)
    found = found.outerjoin(Snapshot, Snapshot.iteration_id == Iteration.id)
    row = session.execute(found.where(Iteration.id == wave.iteration_id)).first()
    if row is None:
        return None
    number, rung, state, prediction, frozen, decision = row
    asked = wave.state in ASKED and state in UNDECIDED
    return WaveDecision(
        number,
        rung,
        asked,
        decision,
        prediction,
        _findings(session, number),
        frozen or "",
    )


def _findings(session: Session, rung_id: int) -> tuple[WaveFinding, ...]:
    columns = Finding.id, Finding.title, Finding.kind, Finding.state
    found = select(*columns).where(Finding.iteration_id == rung_id)
    rows = session.execute(found.order_by(Finding.id))
    return tuple(WaveFinding(*row) for row in rows)
