"""The worker measures what metrics take from the desk: one value after each period that is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.catalog.services.queries import service_called
from app.core.acting import Acting
from app.core.aside import Lane, each_row
from app.core.parts import Parts
from app.core.said import nsaid, said
from app.improvements.events import NotedChange, locked, tell
from app.improvements.statistics.periods import start_of
from app.incidents.links.queries import Among, facts_between, first_report
from app.incidents.links.rules import measured
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.metric import Measurement, Metric
from app.models.improvements.words import MetricScope, Period

BY, ORIGIN = "Rung", "incidents"
FIGURES: Lane[int] = Lane("figures", "metric")
LONGEST_BACK = timedelta(days=182)
DAY = timedelta(days=1)


class DeskFigures:
    """Measures once a day, and once after a start: a period is over only when its last day is."""

    def __init__(self) -> None:
        self._done: date | None = None
        self._left: Sequence[int] = ()

    def __call__(self, parts: Parts) -> bool:
        """Measure every metric that takes a figure of the desk; tell whether any value was
        added.
        """
        today = parts.now().date()
        metrics = self._left if today == self._done else _taking_from_desk(parts)
        if not metrics:
            self._done = today
            return False
        added: list[int] = []

        def measure(metric_id: int) -> None:
            with parts.acting(BY) as act:
                count = measure_from_desk(act, metric_id)
            added.append(count)

        made = each_row(parts, FIGURES, metrics, measure)
        self._done, self._left = today, made.left
        return any(added)


def _taking_from_desk(parts: Parts) -> Sequence[int]:
    wanted = select(Metric.id).where(
        Metric.desk_figure.is_not(None), Metric.retired_at.is_(None)
    )
    with parts.database.read() as session:
        return session.scalars(wanted.order_by(Metric.id)).all()


def measure_from_desk(act: Acting, metric_id: int) -> int:
    """Add the values of all periods that are over and have none yet; returns how many were
    added.
    """
    metric = act.session.get_one(Metric, metric_id)
    improvement = locked(act.session, metric.improvement_id)
    if metric.desk_figure is None or metric.period is Period.GROUP:
        return 0
    among = Among(
        service_called(act.session, improvement.service), _people(act.session, metric)
    )
    days = list(_missing(act.session, metric, act.now))
    held = [
        (day, facts_between(act.session, *_bounds(day, metric.period), among))
        for day in days
    ]
    values = [(day, measured(metric.desk_figure, facts)) for day, facts in held]
    rows = [
        {
            "metric_id": metric_id,
            "day": day,
            "label": "",
            "attempt": 1,
            "value": value,
            "origin": ORIGIN,
            "reason": "",
            "created_at": act.now,
            "created_by": act.by,
        }
        for day, value in values
        if value is not None
    ]
    if rows:
        act.session.execute(insert(Measurement), rows)
        change = NotedChange(
            after={
                f"metric:{metric_id}.values": len(rows),
                f"metric:{metric_id}.origin": ORIGIN,
            }
        )
        sentence = said(
            "Measured %(values)s of %(name)s out of the incidents",
            values=nsaid("%(number)s value", "%(number)s values", len(rows)),
            name=metric.name,
        )
        tell(act, improvement, "measurement.add-many", sentence, change)
    return len(rows)


def _missing(session: Session, metric: Metric, now: datetime) -> Iterator[date]:
    first = first_report(session)
    if first is None:
        return
    newest = session.scalar(
        select(func.max(Measurement.day)).where(Measurement.metric_id == metric.id)
    )
    day = start_of(max(first.date(), (now - LONGEST_BACK).date()), metric.period)
    day = (
        max(day, _next(newest, metric.period)) if newest else _next(day, metric.period)
    )
    while _next(day, metric.period) <= now.date():
        yield day
        day = _next(day, metric.period)


def _next(day: date, period: Period) -> date:
    length = {Period.DAY: 1, Period.WEEK: 7}.get(period, 31)
    return start_of(day + length * DAY, period)


def _bounds(day: date, period: Period) -> tuple[datetime, datetime]:
    start, end = (
        datetime.combine(each, time(0), UTC) for each in (day, _next(day, period))
    )
    return start, end


def _people(session: Session, metric: Metric) -> Sequence[int] | None:
    """Return the participants whose incidents count, or None where everybody's do."""
    if metric.scope is not MetricScope.PARTICIPANTS:
        return None
    mine = (
        select(Participation.person_id)
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .where(
            Iteration.improvement_id == metric.improvement_id,
            Participation.person_id.is_not(None),
            Participation.left_at.is_(None),
        )
    )
    return [number for number in session.scalars(mine) if number is not None]
