"""Change the period of a metric that has values: shown first, kept beside what was, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import demand_revision, one
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.improvements.events import NotedChange, locked, tell
from app.improvements.metrics.leaving import demand_not_judging
from app.improvements.metrics.period.regrouping import (
    LENGTHS,
    SENSIBLE,
    Regrouped,
    is_longer,
    regrouped,
)
from app.improvements.metrics.period.setting_aside import bring_back, carry_over
from app.improvements.metrics.queries import (
    Series,
    Value,
    in_period,
    left_out_of,
    series_of,
    values_of,
)
from app.improvements.metrics.tally import Counted
from app.improvements.statistics.periods import end_of
from app.models.improvements.metric import (
    REGROUPED,
    Measurement,
    Metric,
    PeriodChange,
)
from app.models.improvements.words import Joining, Period

Key = tuple[date, str]


@dataclass(frozen=True, slots=True)
class PeriodPlan:
    """What becomes of the values of a metric in another period; ``revision`` tells whether they
    are still the same.
    """

    series: Series
    period: Period
    together: Joining
    had: int
    periods: tuple[Regrouped, ...]
    revision: int

    @property
    def joined(self) -> tuple[Regrouped, ...]:
        """Return the periods in which several values fall together."""
        return tuple(one for one in self.periods if one.joined)

    @property
    def moved(self) -> tuple[Regrouped, ...]:
        """Return the periods whose one value gets another day."""
        return tuple(one for one in self.periods if not one.joined and not one.stays)

    @property
    def written(self) -> tuple[Regrouped, ...]:
        """Return the periods that get a new value."""
        return tuple(one for one in self.periods if not one.stays)

    @property
    def longer(self) -> bool:
        """Tell whether the period becomes longer."""
        return is_longer(self.period, self.series.metric.period)

    @property
    def after(self) -> Series:
        """Return the series as it would be."""
        metric = in_period(self.series.metric, self.period)
        if not self.written:
            return replace(self.series, metric=metric)
        values = tuple(_as_value(one) for one in self.periods if not one.left_out)
        gone = tuple(
            (_as_value(one), one.left_out) for one in self.periods if one.left_out
        )
        return replace(self.series, metric=metric, values=values, gone=gone)

    @property
    def left_out(self) -> tuple[Regrouped, ...]:
        """Return the periods that will be left out, each with its reason."""
        return tuple(one for one in self.written if one.left_out)

    @property
    def without(self) -> tuple[Regrouped, ...]:
        """Return the periods that will count without those of their values that are left out."""
        return tuple(one for one in self.written if one.in_part and not one.left_out)

    @property
    def undecided(self) -> tuple[Regrouped, ...]:
        """Return the periods left out because nobody can say what their sum would be."""
        return tuple(one for one in self.left_out if one.in_part)

    @property
    def missing(self) -> tuple[date, ...]:
        """Return the periods between the first and the last that would have no value."""
        points = self.after.points()
        return tuple(
            one.when for one in points if one.value is None and one.set_aside is None
        )

    def begun(self, today: date) -> Regrouped | None:
        """Return the last period, where it is of several days and not over on ``today``."""
        last = self.periods[-1] if self.periods else None
        going = last and last.joined and end_of(last.day, self.period) >= today
        return last if going else None


def plan_period(
    session: Session,
    metric_id: int,
    period: Period,
    together: Joining | None = None,
) -> PeriodPlan:
    """Tell what becomes of the values of a metric in another period; changes nothing.

    ``together`` is the usual way of its kind of number unless said.
    Raises ``Refused`` or ``Invalid`` with what stands against it.
    """
    metric = one(session, Metric, metric_id)
    _demand_changeable(session, metric, period)
    ways = SENSIBLE[metric.tally]
    way = together or ways[0]
    if way not in ways:
        raise Invalid(
            said("Values of this kind are not put together like that."),
            field="together",
        )
    values = values_of(session, [metric_id]).get(metric_id, [])
    [series] = series_of(session, [metric])
    reasons = {(value.day, value.label): why for value, why in series.gone}
    found = regrouped(values, metric.tally, period, way, reasons)
    return PeriodPlan(
        series,
        period,
        way,
        len(values),
        tuple(found),
        _revision(session, metric_id),
    )


def change_period(
    act: Acting,
    metric_id: int,
    period: Period,
    reason: str,
    *,
    together: Joining | None = None,
    began_at: int | None = None,
) -> PeriodChange:
    """Make the values of a metric those of another period; the ones before stay beside them.

    Raises ``Conflict`` where values came or went since ``began_at``.
    """
    metric = one(act.session, Metric, metric_id)
    improvement = locked(act.session, metric.improvement_id)
    act.session.refresh(metric)
    if not reason.strip():
        raise Invalid(said("Say why the period changes."), field="reason")
    demand_revision(_revision(act.session, metric_id), began_at)
    plan = plan_period(act.session, metric_id, period, together)
    before, last = metric.period, _last(act.session, metric_id)
    made = _made_of(plan.written)
    _write(act, metric_id, made, reason)
    change = NotedChange(after={f"metric:{metric_id}.values": len(plan.periods)})
    change.put(metric, {"period": period})
    done = PeriodChange(
        metric_id=metric_id,
        before=before,
        after=period,
        together=plan.together,
        last_before=last,
        last_after=_last(act.session, metric_id),
        reason=reason.strip(),
        created_at=act.now,
        created_by=act.by,
    )
    change.add(act.session, done)
    carry_over(act, change, done, plan.written)
    sentence = f"{metric.name}: one value a {period}, no longer a {before}"
    tell(
        act,
        improvement,
        "metric.period",
        sentence,
        change,
        reason=reason,
    )
    return done


def take_back_period(act: Acting, change_id: int) -> PeriodChange:
    """Give a metric its period and its values back as they were before a change.

    Raises ``Refused`` once anything newer stands on it.
    """
    found = one(act.session, PeriodChange, change_id)
    metric = act.session.get_one(Metric, found.metric_id)
    improvement = locked(act.session, metric.improvement_id)
    act.session.refresh(found)
    act.session.refresh(metric)
    demand_not_judging(act.session, metric)
    if _newest(act.session, found.metric_id) is not found:
        raise Refused(
            said("Only the newest change of a period can be taken back."),
        )
    if not can_take_back(act.session, found):
        raise Refused(
            said("Something newer stands on this period; change the period instead."),
        )
    earlier = _before(act.session, found)
    _write(act, metric.id, earlier, found.reason)
    change = NotedChange()
    change.put(metric, {"period": found.before})
    change.put(found, {"lifted_at": act.now, "lifted_by": act.by})
    bring_back(act, change, found)
    sentence = f"{metric.name}: one value a {found.before} again"
    tell(
        act,
        improvement,
        "metric.period-back",
        sentence,
        change,
    )
    return found


def latest_change(session: Session, metric_id: int) -> PeriodChange | None:
    """Return the change of a metric's period that can be taken back."""
    newest = _newest(session, metric_id)
    return newest if newest and can_take_back(session, newest) else None


def _newest(session: Session, metric_id: int) -> PeriodChange | None:
    chosen = select(PeriodChange).where(PeriodChange.metric_id == metric_id)
    return session.scalar(chosen.order_by(PeriodChange.id.desc()).limit(1))


def can_take_back(session: Session, change: PeriodChange) -> bool:
    """Tell whether nothing newer stands on a change: no value, point left out or other change,
    not even one that was taken back.
    """
    gone = left_out_of(session, [change.metric_id]).get(change.metric_id, [])
    return (
        change.lifted_at is None
        and _newest(session, change.metric_id) is change
        and _last(session, change.metric_id) == change.last_after
        and all(
            one.created_at < change.created_at or one.change_id is not None
            for one in gone
        )
    )


def _demand_changeable(session: Session, metric: Metric, period: Period) -> None:
    """Raise ``Refused`` with what stands against another period."""
    if metric.period not in LENGTHS or period not in LENGTHS:
        raise Refused(said("Groups of tickets have no calendar; add another metric."))
    if metric.retired_at is not None:
        raise Refused(said("%(name)s is no longer measured.", name=metric.name))
    if metric.desk_figure is not None:
        raise Refused(
            said(
                "%(name)s is measured by itself out of incidents; another metric measures "
                "the other period from the beginning.",
                name=metric.name,
            )
        )
    if metric.period is period:
        raise Refused(
            said(
                "One value of %(name)s stands for a %(period)s already.",
                name=metric.name,
                period=period,
            )
        )
    demand_not_judging(session, metric)


def _as_value(one: Regrouped) -> Value:
    made = one.counted
    return Value(
        one.made_of[-1].id, one.day, "", made.value or 0, 1, made.part, made.whole
    )


def _made_of(periods: Iterable[Regrouped]) -> Iterator[tuple[Key, Counted]]:
    """Return the new value of each period, and none for the days that went into it."""
    for period in periods:
        for value in period.made_of:
            if (value.day, value.label) != (period.day, ""):
                yield (value.day, value.label), Counted(None)
        yield (period.day, ""), period.counted


def _before(session: Session, change: PeriodChange) -> list[tuple[Key, Counted]]:
    """Return what counted before a change, for all that it wrote."""
    rows = session.scalars(
        select(Measurement)
        .where(
            Measurement.metric_id == change.metric_id,
            Measurement.id <= change.last_after,
        )
        .order_by(Measurement.attempt)
    ).all()
    known = {
        (row.day, row.label): Counted(row.value, row.part, row.whole)
        for row in rows
        if row.id <= change.last_before
    }
    wrote = {(row.day, row.label) for row in rows if row.id > change.last_before}
    return [(key, known.get(key, Counted(None))) for key in sorted(wrote)]


def _write(
    act: Acting,
    metric_id: int,
    values: Iterable[tuple[Key, Counted]],
    reason: str,
) -> None:
    """Write values beside those that stand there, as a further attempt each."""
    attempts = _attempts(act.session, metric_id)
    rows: list[dict[str, Any]] = [
        {
            "metric_id": metric_id,
            "day": key[0],
            "label": key[1],
            "attempt": attempts.get(key, 0) + 1,
            **asdict(counted),
            "origin": REGROUPED,
            "reason": reason.strip(),
            "created_at": act.now,
            "created_by": act.by,
        }
        for key, counted in values
    ]
    if rows:
        act.session.execute(insert(Measurement), rows)


def _attempts(session: Session, metric_id: int) -> dict[Key, int]:
    key = (Measurement.day, Measurement.label)
    found = session.execute(
        select(*key, func.max(Measurement.attempt))
        .where(Measurement.metric_id == metric_id)
        .group_by(*key)
    )
    return {(day, label): attempt for day, label, attempt in found}


def _last(session: Session, metric_id: int) -> int:
    """Return the number of the newest value of a metric, 0 without any."""
    newest = select(func.max(Measurement.id)).where(Measurement.metric_id == metric_id)
    return session.scalar(newest) or 0


def _revision(session: Session, metric_id: int) -> int:
    """Return a number that grows with every value and every change of the period."""
    changes = select(func.max(PeriodChange.id)).where(
        PeriodChange.metric_id == metric_id
    )
    return _last(session, metric_id) + (session.scalar(changes) or 0)
