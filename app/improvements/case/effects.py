"""The measured effects of an improvement: what it was when it was embedded, and what it is now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from app.core.figures import figure
from app.core.said import joined, nsaid, said
from app.improvements.case.records import Fields, Records, day_of
from app.improvements.case.rules import Measured
from app.improvements.metrics.queries import Series
from app.improvements.statistics.effect import Effect, effect
from app.improvements.statistics.level import Embedding, LevelWatch
from app.improvements.statistics.reading import MetricReading
from app.improvements.statistics.series import average, known
from app.models.improvements.words import ImprovementState


def measured_of(records: Records) -> Iterator[Measured]:
    """Yield the effect on each metric that was measured before and after the change.

    Of what is under watch since it was embedded it is the effect of that day, with what became of
    it.
    """
    changed = records.first_start
    for series in records.series if changed else ():
        if changed is not None:
            yield from _effect_on(
                series,
                changed,
                records,
            )


def _effect_on(series: Series, changed: date, records: Records) -> Iterator[Measured]:
    facts = records.metrics[series.metric.id]
    embedding = embedding_of(records) if facts["control_of"] else None
    watch = replace(series, embedding=embedding).watched()
    reading = _reading(
        series,
        changed,
        watch,
    )
    if reading.usual is None or reading.now is None:
        return
    metric, last = series.metric, series.values[-1].day
    name = f"{metric.name} ({metric.unit or said('no unit')})"
    yield Measured(
        f"metric:{metric.id}",
        name,
        _compared(
            reading,
            series,
            facts,
        ),
        None if watch and watch.worse else reading.helped,
        min(last, records.moment.date()),
        joined([_since(series, watch) if watch else "", reading.left_out]),
    )


def embedding_of(records: Records) -> Embedding | None:
    """Return when an improvement was embedded last, as far as nothing was changed since."""
    own = records.improvement
    embedded = own["state"] == ImprovementState.EMBEDDED
    told = own["embedded_on"] or (own["since"] if embedded else None)
    if not told:
        return None
    day = day_of(told)
    began = (one["changed_on"] or one["started_at"] for one in records.iterations)
    changes = tuple(sorted(day_of(one) for one in began if one))
    return Embedding(day, changes) if all(one <= day for one in changes) else None


def _reading(series: Series, changed: date, watch: LevelWatch | None) -> MetricReading:
    if watch is None:
        return series.read(changed)
    return series.read_between(
        changed,
        changed,
        watch.day - timedelta(days=1),
    )


def _compared(reading: MetricReading, series: Series, facts: Fields) -> Effect:
    levels = None
    if reading.usual is not None and reading.now is not None:
        levels = reading.usual, reading.now
    way = series.metric.direction
    before, after = reading.before, reading.after
    return effect(
        before,
        after,
        way,
        facts["target"],
        levels=levels,
    )


def _since(series: Series, watch: LevelWatch) -> str:
    """Say what it is now, and whether it holds."""
    points = [one for one in series.points(watch.day) if one.when >= watch.day]
    if not known(points):
        return watch.sentence
    now = said(
        "That was when it was embedded; since then %(now)s in %(points)s.",
        now=figure(average(points)),
        points=nsaid("%(number)s point", "%(number)s points", len(known(points))),
    )
    return joined([now, watch.sentence])
