"""Embed with the level that was reached, and open again what drifts from it; the worker looks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from app.core.acting import Acting
from app.core.aside import Lane, in_batches
from app.core.errors import Invalid
from app.core.figures import day as day_text
from app.core.parts import Parts
from app.core.said import said
from app.improvements.board.queries import Drifted, drifted_among, embedded
from app.improvements.metrics.actions import rebase
from app.improvements.metrics.levels import watched_metric
from app.improvements.metrics.queries import series_of
from app.improvements.register.actions import move, reopen
from app.improvements.tasks.rules import STEP_WITHIN
from app.models.improvements.improvement import Improvement
from app.models.improvements.metric import Measurement
from app.models.improvements.words import ImprovementState


def embed(
    act: Acting, improvement_id: int, limits_from: date | None = None, reason: str = ""
) -> Improvement:
    """Embed an improvement; with a day, new limits of the watched metric hold from it on.

    Raises ``Refused`` with every reason against it, ``Invalid`` for a day that has not come.
    """
    today = act.now.date()
    if limits_from is not None and limits_from > today:
        raise Invalid(
            said("%(day)s has not come yet.", day=day_text(limits_from)),
            field="limits_from",
        )
    moved = move(act, improvement_id, ImprovementState.EMBEDDED, reason=reason)
    metric = watched_metric(act.session, improvement_id)
    if metric is not None and limits_from is not None:
        (series,) = series_of(act.session, [metric])
        if limits_from not in series.rebased:
            why = said("Embedded at this level on %(day)s.", day=day_text(today))
            rebase(act, metric.id, limits_from, str(why))
    return moved


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
