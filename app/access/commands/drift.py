"""What became other than promised, on the command line."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from app.access.commands.texts import listed
from app.access.drift.queries import (
    LASTING,
    DriftFilter,
    DriftLine,
    drift_line,
    drift_lines,
)
from app.core.parts import parts
from app.core.terminal import CONFLICT, emit, group
from app.models.access.words import DriftKind, DriftState

STATES, KINDS = [one.value for one in DriftState], [one.value for one in DriftKind]


@group("drift")
def drift() -> None:
    """What others changed about people after their move, and what becomes of it."""


@drift.command("list")
@click.option(
    "--state",
    type=click.Choice([*STATES, LASTING, "all"]),
    default=DriftState.OPEN.value,
    show_default=True,
    help="Which differences: lasting are those open or accepted that are still there.",
)
@click.option("--kind", type=click.Choice(KINDS), help="Only one kind.")
@click.option(
    "--check", is_flag=True, help="End with 3 when something is open, for scripts."
)
def list_drift(state: str, kind: str | None, check: bool) -> int:
    """List what is other than plans promised, the oldest first."""
    wanted = DriftFilter(state="" if state == "all" else state, kind=kind or "")
    with parts().database.read() as session:
        found = drift_lines(session, wanted)
    rows = [drift_data(line) for line in found]
    shown = listed("D|Kind|Role|What|State", rows, *("drift", "kind", "role"), *LAST)
    emit({"drift": rows}, shown or "Everybody who was moved has what was promised.")
    return CONFLICT if check and any(line.is_open for line in found) else 0


LAST = ("sentence", "state")


@drift.command("show")
@click.argument("drift_id", metavar="D", type=click.IntRange(1))
def show(drift_id: int) -> None:
    """Show difference D: since when, who did it as far as is known, what can be done."""
    with parts().database.read() as session:
        line = drift_line(session, drift_id)
    data = drift_data(line)
    emit(data, [f"{name}: {value}" for name, value in data.items() if value])


def drift_data(line: DriftLine) -> dict[str, Any]:
    """Return a difference as the command line's JSON tells it."""
    told = asdict(line)
    number, person, right = told.pop("id"), told.pop("person_id"), told.pop("right_id")
    return {
        "drift": number,
        "sentence": line.sentence,
        **told,
        "by_whom": line.by_whom or "not known",
        "person_id": person,
        "right_id": right,
        "ways": [*line.ways],
    }
