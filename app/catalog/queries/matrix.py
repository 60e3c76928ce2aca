"""The priority matrix: its versions, and what another one would do to open incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, column, func, select
from sqlalchemy import table as table_of
from sqlalchemy.orm import Session

from app.catalog.queries.priority import current_matrix
from app.catalog.rules.priority import DEFAULT, Cells, differing, priority_of
from app.models.catalog.script import PriorityMatrix

# The table of a room that builds on this one; only counted.
INCIDENT = table_of("incident", column("is_open", Boolean), column("impact"), column("urgency"))


@dataclass(frozen=True, slots=True)
class MatrixVersion:
    """One version; ``id`` 0 is the default every installation begins with. ``changed`` are the cells it changed."""

    id: int
    cells: Cells
    reason: str
    created_at: datetime | None
    created_by: str
    changed: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a matrix would do to open incidents: how many of how many, and from which priority to which."""

    total: int
    moved: int
    moves: Sequence[tuple[int, int, int]]


def matrix_versions(session: Session) -> list[MatrixVersion]:
    """Return all versions, the newest first; the last is the default."""
    found = [MatrixVersion(0, DEFAULT, "", None, "", ())]
    for row in session.scalars(select(PriorityMatrix).order_by(PriorityMatrix.id)):
        changed = differing(found[-1].cells, row.cells)
        found.append(MatrixVersion(row.id, row.cells, row.reason, row.created_at, row.created_by, changed))
    return found[::-1]


def effect_of(session: Session, cells: Cells) -> Effect:
    """Tell how many classified open incidents would have another priority than by the matrix in force."""
    seen = INCIDENT.c
    current, moves, total = current_matrix(session), dict[tuple[int, int], int](), 0
    counted = (
        select(seen.impact, seen.urgency, func.count())
        .where(seen.is_open.is_(True), seen.impact.is_not(None), seen.urgency.is_not(None))
        .group_by(seen.impact, seen.urgency)
    )
    for impact, urgency, count in session.execute(counted):
        total += count
        move = priority_of(current, impact, urgency), priority_of(cells, impact, urgency)
        if move[0] != move[1]:
            moves[move] = moves.get(move, 0) + count
    return Effect(total, sum(moves.values()), [(*move, count) for move, count in sorted(moves.items())])
