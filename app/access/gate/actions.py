"""Say what follows from a wave: the decision of its rung, which alone opens the next one."""

from __future__ import annotations

from app.access.gate.queries import all_lines, does_stop, seen_of
from app.access.undo.actions import undo
from app.access.waves.queries import get_wave
from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.improvements import ladder
from app.improvements.gate.rules import WaveLines
from app.models.access.wave import Wave
from app.models.access.words import UNDOABLE, WaveState
from app.models.improvements.words import DecisionKind

NOT_BEGUN = (WaveState.PLANNED, WaveState.WITHDRAWN)


def decide_wave(act: Acting, wave_id: int, kind: DecisionKind, reason: str) -> Wave:
    """Decide once and for good what follows from a wave; the next wave of the role waits for it.

    Raises ``Invalid`` without a reason, ``Refused`` for one that was not approved, ``Blocked`` with
    the lines of a closed gate (whatever the reason, where the gate is switched on), ``Conflict``
    where somebody decided already.
    """
    wave = get_wave(act.session, wave_id)
    if wave.state in NOT_BEGUN or wave.iteration_id is None:
        raise Refused(
            said(
                "Wave %(number)s of %(role)s is %(state)s; nothing of it can be decided.",
                number=wave.number,
                role=wave.role.name,
                state=wave.state,
            )
        )
    if not reason.strip():
        raise Invalid(said("Say why this follows from the wave."), field="reason")
    seen = seen_of(act.session, wave, act.now)
    found = all_lines(act.session, wave, seen)
    lines = WaveLines(found, does_stop(wave, act.settings))
    evidence = (f"wave:{wave.id}",)
    ladder.close_rung(act, wave.iteration_id, kind, reason, evidence, lines)
    sentence = f"Decided wave {wave.number} of {wave.role.name}: {kind}"
    Change(after={"decision": kind.value}).record(
        act, f"wave:{wave.id}", "wave.decide", sentence, reason=reason
    )
    return wave


def roll_back(act: Acting, wave_id: int, reason: str) -> Wave:
    """Decide to roll a wave back, and take everybody back at once; where nobody holds anything any
    more only the decision is left.

    Raises as ``decide_wave`` does, and as ``undo`` does.
    """
    wave = decide_wave(act, wave_id, DecisionKind.ROLL_BACK, reason)
    if any(switch.state in UNDOABLE for switch in wave.switches):
        undo(act, wave_id, reason=reason)
    return wave
