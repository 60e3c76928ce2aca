"""Which metrics want a value now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.improvements.due.rules import due_day
from app.improvements.metrics.queries import Value, values_of
from app.models.improvements.improvement import Improvement
from app.models.improvements.metric import Measurement, Metric
from app.models.improvements.words import ImprovementState, Period

GOING = (ImprovementState.ACCEPTED, ImprovementState.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose improvements are asked for; with ``nobodys`` those too that no operator owns."""

    number: int
    name: str
    nobodys: bool = False


@dataclass(frozen=True, slots=True)
class DueValue:
    """A metric that wants the value of the period that begins on ``day``, with its latest value."""

    metric: Metric
    improvement_id: int
    title: str
    day: date
    last: Value | None = None


def due_values(
    session: Session,
    today: date,
    whose: Whose | None = None,
    improvement_id: int | None = None,
) -> list[DueValue]:
    """Return the values that are due, of somebody's improvements, of one, or of all; those of one
    improvement together. Two queries.
    """
    found = list(_due(session, today, whose, improvement_id))
    values = values_of(session, [one.metric.id for one in found]) if found else {}
    return [
        DueValue(
            one.metric,
            one.improvement_id,
            one.title,
            one.day,
            next(reversed(values.get(one.metric.id, [])), None),
        )
        for one in found
    ]


def due_days(session: Session, today: date, whose: Whose) -> list[tuple[date, Period]]:
    """Return the periods for which values are due. One query."""
    return [(one.day, one.metric.period) for one in _due(session, today, whose, None)]


def _due(
    session: Session, today: date, whose: Whose | None, improvement_id: int | None
) -> Iterator[DueValue]:
    watched = (Improvement.state == ImprovementState.EMBEDDED) & (
        Metric.control_of == Improvement.id
    )
    chosen = (
        select(Metric, Improvement.id, Improvement.title, func.max(Measurement.day))
        .join(Improvement, Improvement.id == Metric.improvement_id)
        .outerjoin(Measurement, Measurement.metric_id == Metric.id)
        .where(
            Metric.retired_at.is_(None),
            Metric.desk_figure.is_(None),
            Metric.period != Period.GROUP,
            or_(Improvement.state.in_(GOING), watched),
        )
        .group_by(Metric.id, Improvement.id)
        .order_by(Improvement.id, Metric.primary_of.is_(None), Metric.id)
    )
    if whose is not None:
        chosen = chosen.where(_owned(whose))
    if improvement_id is not None:
        chosen = chosen.where(Improvement.id == improvement_id)
    for metric, number, title, last in session.execute(chosen):
        day = due_day(metric.period, last, today)
        if day is not None:
            yield DueValue(metric, number, title, day)


def _owned(whose: Whose) -> ColumnElement[bool]:
    own = or_(
        Improvement.owner_operator_id == whose.number, Improvement.owner == whose.name
    )
    if not whose.nobodys:
        return own
    return or_(own, Improvement.owner_operator_id.is_(None))
