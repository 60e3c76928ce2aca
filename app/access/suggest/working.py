"""The sets of a large directory, worked out by the worker, with signs of how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import monotonic

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from app.access.suggest.candidates import candidates
from app.access.suggest.ground import AHEAD, ahead, basis_of, standing
from app.access.suggest.worth import Aim
from app.core.aside import Lane, each_row
from app.core.changes import one, rows_changed
from app.core.parts import Parts
from app.models.access.suggestion import SuggestedSets
from app.models.directory import Directory

BEAT_SECONDS = 0.5
MOST_KEPT = 20_000
"""So many sets are kept; a directory with more different ones is not made of roles."""

SETS: Lane[int] = Lane("suggestions", "suggestion")


def ask_for_sets(session: Session, directory_id: int) -> bool:
    """Ask the worker for the sets of a directory as it is now; tell whether it is to be rung.

    Raises ``NotFound``.
    """
    one(session, Directory, directory_id)
    now = basis_of(session)
    row = session.get(SuggestedSets, directory_id)
    if row is None:
        session.add(SuggestedSets(directory_id=directory_id, wanted=now))
        return True
    if now in (row.basis, row.wanted):
        return False
    row.wanted, row.done = now, 0
    return True


def run_suggestions(parts: Parts) -> bool:
    """Work out what was asked for; tell whether there was anything."""
    with parts.database.read() as session:
        due = select(SuggestedSets.directory_id).where(
            SuggestedSets.wanted != SuggestedSets.basis
        )
        waiting = list(session.scalars(due.order_by(SuggestedSets.directory_id)))
    each_row(parts, SETS, waiting, partial(_work_out, parts))
    return bool(waiting)


def _work_out(parts: Parts, directory_id: int) -> None:
    with parts.database.read() as session:
        basis = basis_of(session)
        state = standing(session, directory_id)
    holdings = state.holdings
    found = candidates(holdings.relation, holdings.groups, _beat(parts, directory_id))
    fresh = replace(state, sets=found[:MOST_KEPT])
    made = {
        "sets": [sorted(holdings.rights_of(one)) for one in fresh.sets],
        "ahead": [
            [worth.size, finished] for worth, finished in ahead(fresh, Aim.BOTH, AHEAD)
        ],
        "basis": basis,
        "wanted": basis,
        "done": 100,
    }
    with parts.database.write() as session:
        session.execute(_row(directory_id).values(made))


def _beat(parts: Parts, directory_id: int) -> Callable[[int], None]:
    after = 0.0

    def beat(done: int) -> None:
        nonlocal after
        if monotonic() < after:
            return
        with parts.database.write() as session:
            rows_changed(session, _row(directory_id).values(done=done))
        after = monotonic() + BEAT_SECONDS

    return beat


def _row(directory_id: int) -> Update:
    return update(SuggestedSets).where(SuggestedSets.directory_id == directory_id)
