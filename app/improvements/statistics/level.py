"""Whether what was reached when an improvement was embedded still holds: judged against the level
of that time, not against what was before the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from app.core.figures import day as day_text
from app.core.figures import figure
from app.core.said import nsaid, said
from app.improvements.statistics.control import LEAST, LOCKED_AT, About
from app.improvements.statistics.reading import MetricReading, read_metric, typical
from app.improvements.statistics.series import Point, average, known, split_at

MUCH = 0.25
"""Less of the gain lost than this is looked at and opens nothing."""
RUN = 7
"""So many points in a row on one side are no chance, as in the rules of the control chart."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """The day on which an improvement was embedded, and the days from which the changes of its
    rungs hold.
    """

    day: date
    changes: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class ReachedLevel:
    """What was usual when it was embedded: from the values since ``since``; limits where the chart
    has them.
    """

    since: date
    points: int
    usual: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class LevelWatch:
    """What became of an improvement since it was embedded.

    ``level`` is None where too few values tell it; ``reading`` is what they were read from;
    ``relapsed`` are the days of a run that lies nearer to the old average, where no level is known.
    """

    day: date
    level: ReachedLevel | None
    worse: bool
    sentence: str
    reading: MetricReading | None = None
    relapsed: tuple[date, ...] = ()


def level_start(points: Sequence[Point], embedding: Embedding) -> date | None:
    """Return the day from which values tell the level at embedding: the latest twelve since the
    last change, or an earlier one while there are fewer than five; None where there are not.
    """
    days = [p.when for p in points if p.value is not None and p.when < embedding.day]
    for change in sorted(embedding.changes, reverse=True) or [date.min]:
        own = [when for when in days if when >= change]
        if len(own) >= LEAST:
            return own[-LOCKED_AT:][0]
    return None


def watched(
    points: Sequence[Point], about: About, embedding: Embedding, *, skewed: bool
) -> LevelWatch:
    """Judge the values since embedding against the level of that time, or since the latest day from
    which people decided that new limits hold.

    ``points`` have the values of cut periods set aside already.
    """
    later = max((day for day in about.rebased if day > embedding.day), default=None)
    if later is not None:
        return _anew(
            points,
            about,
            later,
            skewed,
        )
    start = level_start(points, embedding)
    kept = [one for one in points if start is not None and one.when >= start]
    about = replace(
        about,
        pilot_from=embedding.day,
        rebased=(),
    )
    reading = read_metric(
        kept,
        about,
        skewed=skewed,
    )
    if start is None or reading.usual is None or not reading.enough:
        return _by_halves(
            points,
            about,
            embedding,
        )
    level = _level(
        start,
        reading,
        reading.usual,
    )
    back = _went_back(reading, embedding.day)
    worse = (
        back
        and _lost(
            points,
            reading,
            embedding,
            about,
        )
        >= MUCH
    )
    told = _told(
        reading,
        level,
        worse,
        about,
    )
    if back and not worse:
        told = said(
            "A signal the wrong way since %(day)s, but less than a quarter of what was "
            "gained is lost; look at the points.",
            day=day_text(embedding.day),
        )
    return LevelWatch(
        embedding.day,
        level,
        worse,
        told,
        reading,
    )


def _level(start: date, reading: MetricReading, usual: float) -> ReachedLevel:
    lines = reading.control.stretches[0] if reading.control else None
    return ReachedLevel(
        start,
        len(reading.before),
        usual,
        lines.lower if lines else None,
        lines.upper if lines else None,
    )


def _lost(
    points: Sequence[Point], reading: MetricReading, embedding: Embedding, about: About
) -> float:
    """Return which share of what was gained the latest seven values have lost; all of it where
    nobody knows what was gained.
    """
    first = min(embedding.changes, default=embedding.day)
    before = split_at(points, first)[0] if embedding.changes else []
    usual = reading.usual
    if not known(before) or usual is None:
        return 1
    cases = reading.cases[1][-RUN:]
    latest = typical(
        reading.after[-RUN:],
        cases,
        logged=False,
    )
    gain = (usual - average(before)) * about.direction.sign
    gone = (usual - latest) * about.direction.sign
    return gone / gain if gain > 0 else 1


def _went_back(reading: MetricReading, day: date) -> bool:
    """Tell whether the values of after went the wrong way; where there are signals both ways, the
    latest counts.
    """
    if reading.helped is not None or reading.control is None:
        return reading.helped is False
    ways = _ways(reading, day)
    return len(set(ways)) == 2 and ways[-1] is False


def _ways(reading: MetricReading, day: date) -> list[bool]:
    """Return for each point with a signal since a day whether it goes the better way."""
    dots = reading.control.dots if reading.control else ()
    return [
        dot.better for dot in dots if dot.better is not None and dot.point.when >= day
    ]


def _told(
    reading: MetricReading, level: ReachedLevel, worse: bool, about: About
) -> str:
    after, day, way = reading.after, about.pilot_from, about.direction
    shown = {"day": day_text(day or level.since), "usual": figure(level.usual)}
    if not after:
        return said(
            "Nothing measured since it was embedded on %(day)s, at %(usual)s.", **shown
        )
    points = nsaid("%(number)s point", "%(number)s points", len(after))
    if not worse:
        return said(
            "It holds what it was embedded at on %(day)s, %(usual)s: no relapse in "
            "%(points)s since.",
            points=points,
            **shown,
        )
    return said(
        "It goes back: %(number)s of %(points)s since %(day)s worse than what it was "
        "embedded at, %(usual)s; unlikely to be chance.",
        number=sum((value - level.usual) * way.sign < 0 for value in after),
        points=points,
        **shown,
    )


def _anew(
    points: Sequence[Point], about: About, since: date, skewed: bool
) -> LevelWatch:
    """Judge the values since people decided that new limits hold, by these limits."""
    _, kept = split_at(points, since)
    about = replace(
        about,
        pilot_from=None,
        rebased=(),
    )
    reading = read_metric(
        kept,
        about,
        skewed=skewed,
    )
    ways, run = _ways(reading, since), reading.run
    worse = bool(ways) and ways[-1] is False
    if run is not None:
        worse = run.too_long and run.side != about.direction.sign
    level = (
        _level(
            since,
            reading,
            reading.usual,
        )
        if reading.usual is not None
        else None
    )
    told = said(
        "Judged by the limits that hold from %(day)s on: %(sentence)s",
        day=day_text(since),
        sentence=reading.sentence,
    )
    return LevelWatch(
        since,
        level,
        worse,
        told,
        reading,
    )


def _by_halves(
    points: Sequence[Point], about: About, embedding: Embedding
) -> LevelWatch:
    """Judge by what was before and the few values after the change: seven in a row that are nearer
    to the old average are no chance.
    """
    first, day = min(embedding.changes, default=embedding.day), embedding.day
    old, rest = split_at(points, first)
    gained, since = split_at(rest, day)
    before = average(old) if known(old) else None
    reached = average(gained) if known(gained) else None
    sign = about.direction.sign
    if before is None or reached is None or (reached - before) * sign <= 0:
        measured = len(known(gained))
        told = said(
            "No level is known to judge drift by: %(points)s between the change and "
            "%(day)s; %(least)s are needed.",
            points=nsaid("%(number)s point", "%(number)s points", measured),
            day=day_text(day),
            least=LEAST,
        )
        return LevelWatch(
            day,
            None,
            False,
            told,
        )
    shown = {"old": figure(before), "usual": figure(reached)}
    half = (before + reached) / 2
    runs = [
        run
        for run in _runs(
            since,
            half,
            sign,
        )
        if len(run) >= RUN
    ]
    if runs:
        told = said(
            "It goes back: %(number)s points in a row since %(day)s are nearer to the old "
            "average, %(old)s, than to what was reached, %(usual)s.",
            number=len(runs[-1]),
            day=day_text(day),
            **shown,
        )
        return LevelWatch(
            day,
            None,
            True,
            told,
            None,
            tuple(runs[-1]),
        )
    told = said(
        "Few values tell what was reached, %(usual)s; seven in a row nearer to the old "
        "average, %(old)s, would be drift.",
        **shown,
    )
    return LevelWatch(
        day,
        None,
        False,
        told,
    )


def _runs(points: Sequence[Point], half: float, sign: int) -> Iterator[list[date]]:
    """Yield the days of each run of measured values on the worse side of a line."""
    measured = [(one.when, one.value) for one in points if one.value is not None]
    for worse, run in groupby(measured, key=lambda one: (one[1] - half) * sign < 0):
        if worse:
            yield [when for when, _ in run]
