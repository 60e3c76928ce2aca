"""When named duties are asked about a wave, and until when they may answer."""

from __future__ import annotations

from app.models.access.words import DutyMoment, WaveState
from app.models.improvements.words import IterationState

LONGEST_DUTY = 80
BEFORE = (WaveState.PLANNED, WaveState.APPROVED, WaveState.ARMED)
AFTER = (
    WaveState.CANARY,
    WaveState.SOAKING,
    WaveState.CONFIRMED,
    WaveState.PAUSED,
    WaveState.STOPPED,
)
UNDECIDED = (IterationState.RUNNING, IterationState.REVIEWING)


def moment_now(
    state: WaveState, rung: IterationState | None, *, begun: bool
) -> DutyMoment | None:
    """Return what duties can be asked before as a wave stands: that it begins, or that more people
    follow; nothing once that is over.
    """
    if state in BEFORE and not begun:
        return DutyMoment.START
    if state in (*AFTER, *BEFORE) and begun and rung in UNDECIDED:
        return DutyMoment.SCALE
    return None
