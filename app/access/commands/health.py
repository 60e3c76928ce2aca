"""``undo-health``: whether everything that was moved could still be taken back."""

from __future__ import annotations

import click

from app.access.commands.texts import listed
from app.access.undo.health import (
    UndoHealthLine,
    health_lines,
    look_at_all,
)
from app.access.undo.health import undo_health as health_of
from app.core.parts import parts
from app.core.terminal import CONFLICT, command, emit


@command("undo-health")
@click.option("--now", is_flag=True, help="Try all of them first; nothing is written.")
def undo_health(now: bool) -> int:
    """Tell how every open undo would go: clean, with conflicts, or impossible."""
    if now:
        look_at_all(parts())
    with parts().database.read() as session:
        health = health_of(session)
        lines = health_lines(session)
    worse = [_told(one) for one in lines if one.outcome != "clean"]
    shown = listed(
        "Wave|Role|Person|Outcome|Why",
        worse,
        "wave",
        "role",
        "person",
        "outcome",
        "why",
    )
    content = {
        "open": health.open,
        "clean": health.clean,
        "conflicts": health.conflicts,
        "impossible": health.impossible,
        "unknown": health.unknown,
        "oldest": health.oldest,
        "undos": [_told(one) for one in lines],
    }
    emit(content, [health.sentence, *([shown] if worse else [])])
    return CONFLICT if health.impossible else 0


def _told(line: UndoHealthLine) -> dict[str, object]:
    return {
        "wave": line.wave_id,
        "role": line.role,
        "number": line.number,
        "person": line.uid,
        "name": line.person,
        "outcome": line.outcome,
        "conflicts": line.conflicts,
        "why": line.why,
        "looked_at": line.looked_at,
    }
