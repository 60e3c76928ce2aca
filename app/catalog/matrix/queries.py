"""The matrix in force, its versions, and what another one would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.matrix.rules import DEFAULT, Cells, differing, priority_of
from app.models.catalog.script import PriorityMatrix
from app.models.incidents.incident import Incident


def current_matrix(session: Session) -> Sequence[Sequence[int]]:
    """Return the cells of the newest matrix, or the default."""
    newest = session.scalars(
        select(PriorityMatrix).order_by(PriorityMatrix.id.desc()).limit(1)
    ).first()
    return newest.cells if newest else DEFAULT


@dataclass(frozen=True, slots=True)
class MatrixVersion:
    """One version; ``id`` 0 is the default every installation begins with.

    ``changed`` are the cells it changed.
    """

    id: int
    cells: Cells
    reason: str
    created_at: datetime | None
    created_by: str
    changed: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class MatrixEffect:
    """What a matrix would do to open incidents: how many of how many, and from which priority to
    which.
    """

    total: int
    moved: int
    moves: Sequence[tuple[int, int, int]]


def matrix_versions(session: Session) -> list[MatrixVersion]:
    """Return all versions, the newest first; the last is the default."""
    found = [MatrixVersion(0, DEFAULT, "", None, "", ())]
    for row in session.scalars(select(PriorityMatrix).order_by(PriorityMatrix.id)):
        changed = differing(found[-1].cells, row.cells)
        found.append(
            MatrixVersion(
                row.id, row.cells, row.reason, row.created_at, row.created_by, changed
            )
        )
    return found[::-1]


def effect_of(session: Session, cells: Cells) -> MatrixEffect:
    """Tell how many classified open incidents would have another priority than by the matrix in
    force.
    """
    current, moves, total = current_matrix(session), dict[tuple[int, int], int](), 0
    counted = (
        select(Incident.impact, Incident.urgency, func.count())
        .where(Incident.is_open)
        .group_by(Incident.impact, Incident.urgency)
    )
    for impact, urgency, count in session.execute(counted):
        if impact is None or urgency is None:
            continue  # not classified yet
        total += count
        move = (
            priority_of(current, impact, urgency),
            priority_of(cells, impact, urgency),
        )
        if move[0] != move[1]:
            moves[move] = moves.get(move, 0) + count
    return MatrixEffect(
        total,
        sum(moves.values()),
        [(*move, count) for move, count in sorted(moves.items())],
    )
