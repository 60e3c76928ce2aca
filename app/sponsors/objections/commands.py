"""Objections on the command line."""

from __future__ import annotations

from typing import Any

import click

from app.core.parts import parts
from app.core.terminal import emit, group
from app.improvements.queries import get_improvement
from app.models.sponsors.words import ObjectionState
from app.sponsors.objections.queries import objection_lines, objections_of
from app.sponsors.objections.told import told


@group("objection")
def objection() -> None:
    """What was said against improvements, and what answered it."""


@objection.command("list")
@click.argument("improvement_id", metavar="[N]", type=click.IntRange(1), required=False)
@click.option("--all", "ended", is_flag=True, help="Those that were answered, too.")
def list_(improvement_id: int | None, ended: bool) -> None:
    """List what was said against improvement N, or against all, that waits for an answer."""
    with parts().database.read() as session:
        if improvement_id is None:
            lines = objection_lines(session)
        else:
            get_improvement(session, improvement_id)
            lines = objections_of(session, improvement_id)
    shown = [
        told(line) for line in lines if ended or line.row.state is ObjectionState.OPEN
    ]
    emit({"objections": shown}, [_line(one) for one in shown] or "Nothing is open.")


def _line(one: dict[str, Any]) -> str:
    until = f", taken up on {one['follow up']}" if one["state"] == "open" else ""
    return f"{one['objection']} {one['who']}: “{one['words']}” ({one['state']}{until})"
