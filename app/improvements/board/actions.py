"""Open again what was embedded and drifted; the worker looks at it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core.acting import Acting
from app.core.aside import Lane, in_batches
from app.core.parts import Parts
from app.improvements.board.queries import Drifted, drifted_among, embedded
from app.improvements.register.actions import reopen
from app.improvements.register.rules import STEP_WITHIN
from app.models.improvements.improvement import Improvement
from app.models.improvements.metric import Measurement
from app.models.improvements.words import ImprovementState


def reopen_drifted(act: Acting, among: Sequence[int] | None = None) -> list[Drifted]:
    """Take up embedded improvements, or those ``among`` them, whose control metric went the wrong
    way since.

    Returns what drifted.
    """
    found = drifted_among(act.session, embedded(act.session, among))
    for one in found:
        reopen(act, one.improvement_id, one.sentence, act.now.date() + STEP_WITHIN)
    return found


BY = "Rung"
DRIFT: Lane[int] = Lane("drift", "improvement")
MOST = 50


class DriftWatch:
    """Opens drifted improvements again.

    Reads the charts only after new values came, or once after a start.
    """

    def __init__(self) -> None:
        self._newest = -1
        self._left: Sequence[int] = ()

    def __call__(self, parts: Parts) -> bool:
        """Look for drift; tell whether there was anything to do."""
        with parts.database.read() as session:
            newest = session.scalar(select(func.max(Measurement.id))) or 0
        watched = self._left if newest == self._newest else _embedded(parts)
        if not watched:
            self._newest = newest
            return False
        found: list[int] = []

        def reopen(some: Sequence[int]) -> None:
            with parts.acting(BY) as act:
                drifted = reopen_drifted(act, some)
            found.extend(one.improvement_id for one in drifted)

        made = in_batches(parts, DRIFT, watched, reopen, MOST)
        self._newest, self._left = newest, made.left
        return bool(found)


def _embedded(parts: Parts) -> Sequence[int]:
    with parts.database.read() as session:
        return session.scalars(
            select(Improvement.id).where(Improvement.state == ImprovementState.EMBEDDED)
        ).all()
