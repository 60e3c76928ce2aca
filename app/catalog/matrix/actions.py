"""The priority matrix is replaced by a new version, with a reason."""

from __future__ import annotations

from sqlalchemy import select

from app.catalog.matrix.queries import current_matrix
from app.catalog.matrix.rules import Cells, breaks, differing
from app.core.acting import Acting
from app.core.changes import Change, demand_revision
from app.core.errors import Invalid
from app.core.said import said
from app.models.catalog.script import PriorityMatrix


def set_matrix(
    act: Acting,
    cells: Cells,
    reason: str,
    *,
    began_at: int | None = None,
) -> PriorityMatrix:
    """Put a new matrix in force. ``began_at`` is the version it was made from (0: the default).

    Raises ``Invalid`` with every cell that breaks the order, ``Conflict`` when another version came
    meanwhile.
    """
    newest = (
        act.session.scalar(
            select(PriorityMatrix.id).order_by(PriorityMatrix.id.desc()).limit(1)
        )
        or 0
    )
    demand_revision(newest, began_at)
    check(cells)
    if not differing(cells, current_matrix(act.session)):
        raise Invalid(said("That is the matrix in force already."), field="cells")
    if not reason.strip():
        raise Invalid(
            said("Say why it changes; whoever reads it later will ask."), field="reason"
        )
    change = Change(
        about=PriorityMatrix,
        before={"cells": [list(row) for row in current_matrix(act.session)]},
    )
    stored = [list(row) for row in cells]
    made = change.add(
        act.session,
        PriorityMatrix(
            cells=stored, reason=reason.strip(), created_at=act.now, created_by=act.by
        ),
    )
    change.record(act, made, "matrix.set", "Changed the priority matrix", reason=reason)
    return made


def check(cells: Cells) -> None:
    """Raise ``Invalid`` naming every cell that breaks the order."""
    found = tuple(each.sentence for each in breaks(cells))
    if found:
        raise Invalid(found[0], field="cells", details=found)
