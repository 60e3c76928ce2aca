"""``wave gate``: what speaks for more people after a wave, and what against it."""

from __future__ import annotations

from typing import Any

import click

from app.access.commands.lookup import WAVE
from app.access.gate.queries import WaveGate, wave_gate
from app.core.errors import Refused
from app.core.parts import parts
from app.core.terminal import REFUSED, command, emit


@command("gate")
@WAVE
@click.option("--check", is_flag=True, help="Exit 1 while a line is not met.")
def gate(wave_id: int, check: bool) -> int:
    """Show the gate of wave W: each line with its reason, and what it stops, or would stop."""
    here = parts()
    with here.database.read() as session:
        found = wave_gate(session, wave_id, here.settings, here.now())
    if found is None:
        raise Refused("This wave is no rung of a role; it has no gate.")
    marks = {True: "met    ", False: "not met"}
    lines = [f"{marks[line.ok]}  {line.sentence}" for line in found.gate.checks]
    emit(gate_data(found), [_head(found), *lines, *filter(None, [found.told])])
    return REFUSED if check and not found.gate.open else 0


def gate_data(found: WaveGate) -> dict[str, Any]:
    """Return the gate of a wave as plain data."""
    decision = found.rung.decision
    return {
        "wave": found.wave_id,
        "role": found.role,
        "number": found.number,
        "stops": found.stops,
        "open": found.gate.open,
        "outcome": found.outcome.value,
        "advice": found.gate.primary.value,
        "told": found.told,
        "lines": [
            {
                "line": line.key,
                "met": line.ok,
                "final": line.final,
                "sentence": line.sentence,
            }
            for line in found.gate.checks
        ],
        "decision": decision.kind.value if decision else None,
    }


def _head(found: WaveGate) -> str:
    mode = "the gate stops" if found.stops else "the gate only reports"
    return f"Wave {found.number} of {found.role}: {found.outcome} ({mode})."
