"""Write down the value of a period that a program sends: once, and another one only as a
correction.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Conflict
from app.core.figures import day as day_text
from app.core.said import said
from app.improvements.events import locked
from app.improvements.metrics.measuring import (
    correct,
    counted_of,
    figure_of_count,
    measure,
)
from app.improvements.metrics.tally import Counted
from app.improvements.statistics.periods import start_of
from app.models.improvements.metric import Measurement, Metric


@dataclass(frozen=True, slots=True)
class PutValue:
    """What a program says of one period: a value, or how many of ``whole``.

    ``correct`` lets it put another value beside one that is there, with a ``reason``.
    """

    day: date
    value: float
    whole: float | None = None
    label: str = ""
    correct: bool = False
    reason: str = ""

    def is_of(self, day: date, label: str, metric: Metric) -> bool:
        """Tell whether a value that is kept is of the same period."""
        return (day, label) == (start_of(self.day, metric.period), self.label.strip())


def put_value(act: Acting, metric_id: int, put: PutValue) -> bool:
    """Write down the value of a period, and tell whether it is new; the same one again is not.

    Raises ``Conflict`` where another value stands already, unless it is to be corrected.
    """
    metric = one(
        act.session,
        Metric,
        metric_id,
    )
    locked(act.session, metric.improvement_id)
    known = _latest(
        act.session,
        metric,
        put,
    )
    if known is None:
        day, label = put.day, put.label
        measure(
            act,
            metric_id,
            day,
            put.value,
            label=label,
            whole=put.whole,
        )
        return True
    made_of = counted_of(
        metric,
        put.value,
        put.whole,
    )
    if (known.value, known.part, known.whole) == astuple(made_of):
        return False
    if not put.correct:
        raise Conflict(
            said(
                "%(day)s has another value, %(value)s; send correct and a reason to correct it.",
                day=day_text(known.day),
                value=_shown(known),
            ),
            field="value",
        )
    correct(
        act,
        known.id,
        put.value,
        put.reason,
        put.whole,
    )
    return True


def _latest(session: Session, metric: Metric, put: PutValue) -> Measurement | None:
    day, label = start_of(put.day, metric.period), put.label.strip()
    same = (
        Measurement.metric_id == metric.id,
        Measurement.day == day,
        Measurement.label == label,
    )
    rows = select(Measurement).where(*same).order_by(Measurement.attempt.desc())
    return session.scalars(rows.limit(1)).first()


def _shown(known: Measurement) -> str:
    if known.value is None:
        return said("noted as missing")
    return figure_of_count(
        Counted(
            known.value,
            known.part,
            known.whole,
        )
    )
