"""Values of days that have not come yet, as a clock that ran ahead let them in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core.acting import Acting
from app.core.changes import latest_day, one
from app.core.errors import Refused
from app.core.said import said
from app.improvements.metrics.measuring import correct
from app.improvements.metrics.queries import Value, values_of
from app.models.improvements.metric import Metric


def values_ahead(values: Sequence[Value], now: datetime) -> tuple[Value, ...]:
    """Return those of the values whose day has come nowhere on earth."""
    return tuple(one for one in values if one.day > latest_day(now))


def take_out_ahead(act: Acting, metric_id: int, reason: str) -> int:
    """Say of every value of a day that has not come that it was not measured; returns how many.

    Each stays beside its correction, and the period takes its value once it has come. Raises
    ``Refused`` where there is none, ``Invalid`` without a reason.
    """
    metric = one(act.session, Metric, metric_id)
    known = values_of(act.session, [metric_id]).get(metric_id, [])
    found = values_ahead(known, act.now)
    if not found:
        raise Refused(said("No value of %(name)s lies ahead.", name=metric.name))
    for value in found:
        correct(act, value.id, None, reason)
    return len(found)
