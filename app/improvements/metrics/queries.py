"""Measured values: the latest word on each period, as points of a chart; one metric on its page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.charts import Happened
from app.core.figures import most_of
from app.improvements.metrics.marks import marks_of
from app.improvements.queries import first_start
from app.improvements.statistics.control import About
from app.improvements.statistics.leaving import without
from app.improvements.statistics.level import Embedding, LevelWatch, watched
from app.improvements.statistics.periods import cut_by, end_of, start_of, with_gaps
from app.improvements.statistics.reading import MetricReading, read_metric
from app.improvements.statistics.series import Point
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.metric import (
    LeftOut,
    Measurement,
    Metric,
    PeriodChange,
    Rebase,
)
from app.models.improvements.words import ImprovementState, Period, Tally


@dataclass(frozen=True, slots=True)
class Value:
    """The value that counts for one period; ``attempt`` is above 1 when it was corrected."""

    id: int
    day: date
    label: str
    value: float
    attempt: int
    part: float | None = None
    whole: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A metric with all that was measured of it, and the days from which new limits hold.

    ``embedding`` is there while it stays under watch: its improvement was embedded, and nothing was
    changed since. ``gone`` are values that people left out, with the reason; ``values`` are
    without them.
    """

    metric: Metric
    values: tuple[Value, ...]
    rebased: tuple[date, ...]
    embedding: Embedding | None = None
    gone: tuple[tuple[Value, str], ...] = ()

    def points(self, *changes: date | None) -> list[Point]:
        """Return the periods in order of time; those nobody measured are empty, and the value of
        one that a change cuts is set aside.
        """
        period = self.metric.period
        shown = (*self.values, *(value for value, _ in self.gone))
        every = [
            Point(
                one.day,
                one.value,
                one.label,
                part=one.part,
                whole=one.whole,
            )
            for one in shown
        ]
        reasons = {(value.day, value.label): why for value, why in self.gone}
        kept = without(with_gaps(every, period), reasons)
        return cut_by(
            kept,
            period,
            (*changes, *self.rebased),
        )

    def about(self, pilot_from: date | None) -> About:
        """Return what a chart has to know of the metric."""
        metric = self.metric
        return About(
            metric.direction,
            metric.target,
            pilot_from,
            tuple(sorted(self.rebased)),
            floor=0 if metric.tally is not Tally.MEASURED else metric.floor,
            tally=metric.tally,
            period=metric.period,
            ceiling=most_of(metric.unit, (one.value for one in self.values)),
        )

    def read(self, pilot_from: date | None) -> MetricReading:
        """Read the whole series; ``pilot_from`` is the first day of the change."""
        return read_metric(
            self.points(pilot_from),
            self.about(pilot_from),
            skewed=self.metric.skewed,
        )

    def watched(self) -> LevelWatch | None:
        """Tell whether what was reached at embedding holds since; None of what is not watched."""
        if self.embedding is None or not self.values:
            return None
        day, changes = self.embedding.day, self.embedding.changes
        points, about = self.points(day, *changes), self.about(day)
        return watched(
            points,
            about,
            self.embedding,
            skewed=self.metric.skewed,
        )

    def read_between(
        self, changed: date, pilot_from: date, until: date | None
    ) -> MetricReading:
        """Read what was before the first change against one iteration, leaving out what lies
        between the two.
        """
        kept = [
            point
            for point in self.points(changed, pilot_from)
            if point.when < changed
            or (point.when >= pilot_from and (until is None or point.when <= until))
        ]
        return read_metric(
            kept,
            self.about(pilot_from),
            skewed=self.metric.skewed,
        )

    def before(self, day: date | None) -> tuple[Value, ...]:
        """Return the values of periods that ended before a day; all of them without one."""
        period = self.metric.period
        return tuple(
            one for one in self.values if day is None or end_of(one.day, period) < day
        )


def metrics_of(session: Session, improvement_id: int) -> list[Metric]:
    """Return the metrics of an improvement that are in use: the primary one, the guardrails, the
    rest.
    """
    order = (Metric.primary_of.is_(None), Metric.role != "guardrail", Metric.id)
    chosen = select(Metric).where(
        Metric.improvement_id == improvement_id, Metric.retired_at.is_(None)
    )
    return list(session.scalars(chosen.order_by(*order)))


def series_of(
    session: Session, metrics: Sequence[Metric], until: datetime | None = None
) -> list[Series]:
    """Return the series of metrics in the same order, as they were known at ``until``.

    Three queries, a fourth where one of them stays under watch now, or where ``until`` asks for
    the periods of that time.
    """
    ids = [metric.id for metric in metrics]
    periods = _periods_at(session, ids, until) if until else {}
    values, rebased = (
        values_of(
            session,
            ids,
            until,
        ),
        _rebases(
            session,
            ids,
            until,
        ),
    )
    gone = left_out_of(
        session,
        ids,
        until,
    )
    now = metrics if until is None else []
    embedded = _embeddings(session, [one.control_of for one in now if one.control_of])
    return [
        _series(
            in_period(metric, periods.get(metric.id, metric.period)),
            values[metric.id],
            rebased[metric.id],
            embedded.get(metric.control_of or 0),
            gone[metric.id],
        )
        for metric in metrics
    ]


def in_period(metric: Metric, period: Period) -> Metric:
    """Return a metric as it is with a period: itself, or a copy that is in no database."""
    if metric.period is period:
        return metric
    columns = Metric.__table__.columns.keys()
    held = {name: getattr(metric, name) for name in columns}
    return Metric(**{**held, "period": period})


def _periods_at(
    session: Session,
    metric_ids: list[int],
    until: datetime,
) -> dict[int, Period]:
    """Return the period at ``until`` of each metric whose period changed since."""
    chosen = select(PeriodChange).where(PeriodChange.metric_id.in_(metric_ids))
    steps = [
        (moment, one.metric_id, period)
        for one in session.scalars(chosen)
        for moment, period in (
            (one.created_at, one.before),
            (one.lifted_at, one.after),
        )
        if moment is not None and moment > until
    ]
    ordered = sorted(steps, key=lambda step: step[0], reverse=True)
    return {metric_id: period for _, metric_id, period in ordered}


def _series(
    metric: Metric,
    values: list[Value],
    rebased: list[date],
    embedding: Embedding | None,
    gone: Sequence[LeftOut],
) -> Series:
    reasons = {(one.day, one.label): one.reason for one in gone}
    counting = tuple(one for one in values if (one.day, one.label) not in reasons)
    aside = tuple(
        (one, reasons[one.day, one.label])
        for one in values
        if (one.day, one.label) in reasons
    )
    return Series(
        metric,
        counting,
        tuple(rebased),
        embedding,
        aside,
    )


def left_out_of(
    session: Session, metric_ids: Iterable[int], until: datetime | None = None
) -> Mapping[int, list[LeftOut]]:
    """Return for each metric what is left out, or was at ``until``, in order of time."""
    chosen = select(LeftOut).where(LeftOut.metric_id.in_(list(metric_ids)))
    if until is None:
        chosen = chosen.where(LeftOut.lifted_at.is_(None))
    else:
        later = LeftOut.lifted_at.is_(None) | (LeftOut.lifted_at > until)
        chosen = chosen.where(LeftOut.created_at <= until, later)
    found: dict[int, list[LeftOut]] = defaultdict(list)
    for gone in session.scalars(chosen.order_by(LeftOut.day, LeftOut.id)):
        found[gone.metric_id].append(gone)
    return found


def _embeddings(session: Session, improvement_ids: list[int]) -> dict[int, Embedding]:
    """Return when these improvements were embedded, without those that changed anything since."""
    if not improvement_ids:
        return {}
    rows = session.execute(
        select(Improvement, Iteration.changed_on)
        .outerjoin(Iteration, Iteration.improvement_id == Improvement.id)
        .where(Improvement.id.in_(improvement_ids))
    ).all()
    changes: dict[int, list[date]] = defaultdict(list)
    for row, changed in rows:
        changes[row.id] += [changed] if changed else []
    days = {row.id: embedded_day(row) for row, _ in rows}
    return {
        number: Embedding(day, tuple(sorted(changes[number])))
        for number, day in days.items()
        if day and all(changed <= day for changed in changes[number])
    }


def embedded_day(one: Improvement) -> date | None:
    """Return the day an improvement was embedded last."""
    embedded = one.state is ImprovementState.EMBEDDED
    return one.embedded_on or (one.since.date() if embedded else None)


def values_of(
    session: Session, metric_ids: Iterable[int], until: datetime | None = None
) -> Mapping[int, list[Value]]:
    """Return for each metric the value that counts for each period, in order of time."""
    rows = select(Measurement).where(Measurement.metric_id.in_(list(metric_ids)))
    if until is not None:
        rows = rows.where(Measurement.created_at <= until)
    columns = (
        Measurement.metric_id,
        Measurement.id,
        Measurement.day,
        Measurement.label,
        Measurement.value,
        Measurement.attempt,
        Measurement.part,
        Measurement.whole,
    )
    latest: dict[tuple[int, date, str], Value | None] = {}
    ordered = rows.with_only_columns(*columns).order_by(
        Measurement.day, Measurement.label, Measurement.attempt
    )
    for metric_id, number, day, label, value, *more in session.execute(ordered):
        counts = (
            None
            if value is None
            else Value(
                number,
                day,
                label,
                value,
                *more,
            )
        )
        latest[metric_id, day, label] = counts
    found: dict[int, list[Value]] = defaultdict(list)
    for (metric_id, _, _), counts in latest.items():
        if counts is not None:
            found[metric_id].append(counts)
    return found


def _rebases(
    session: Session, metric_ids: list[int], until: datetime | None
) -> Mapping[int, list[date]]:
    rows = select(Rebase.metric_id, Rebase.day).where(Rebase.metric_id.in_(metric_ids))
    if until is not None:
        rows = rows.where(Rebase.created_at <= until)
    found: dict[int, list[date]] = defaultdict(list)
    for metric_id, day in session.execute(rows):
        found[metric_id].append(day)
    return found


MOST_VALUES = 10


@dataclass(frozen=True, slots=True)
class MetricPage:
    """A metric, its series, its latest entries (corrections beside what they correct), the days of
    new limits.
    """

    improvement: Improvement
    series: Series
    entries: tuple[Measurement, ...]
    rebases: tuple[Rebase, ...]
    pilot_from: date | None
    happened: tuple[Happened, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def counting(self) -> set[int]:
        """Return the numbers of the entries that count for their period."""
        return {one.id for one in self.series.values}

    def correctable(self, entry: Measurement) -> bool:
        """Tell whether an entry is of a period of today, not of one that went into a longer."""
        return start_of(entry.day, self.metric.period) == entry.day

    @property
    def notes(self) -> tuple[Happened, ...]:
        """Return the notes on points, in order of time."""
        notes = (one for one in self.happened if one.kind == "note")
        return tuple(sorted(notes, key=lambda one: one.when))

    @property
    def metric(self) -> Metric:
        """Return the metric itself."""
        return self.series.metric


def count_values(session: Session, metric_id: int) -> int:
    """Count the values that were written down for a metric, corrections too."""
    values = select(func.count()).where(Measurement.metric_id == metric_id)
    return session.scalar(values) or 0


def metric_page(
    session: Session, metric_id: int, offset: int = 0, limit: int = MOST_VALUES
) -> MetricPage:
    """Load a metric with a page of its values, the latest first. Raises ``NotFound``."""
    metric = one(
        session,
        Metric,
        metric_id,
    )
    improvement = session.get_one(Improvement, metric.improvement_id)
    latest = select(Measurement).where(Measurement.metric_id == metric_id)
    entries = session.scalars(
        latest.order_by(Measurement.day.desc(), Measurement.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    rebases = session.scalars(
        select(Rebase).where(Rebase.metric_id == metric_id).order_by(Rebase.day)
    ).all()
    (series,) = series_of(session, [metric])
    return MetricPage(
        improvement,
        series,
        tuple(entries),
        tuple(rebases),
        first_start(session, improvement.id),
        marks_of(session, improvement.id),
        tuple(left_out_of(session, [metric_id])[metric_id]),
    )
