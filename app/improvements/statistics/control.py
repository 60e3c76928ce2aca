"""What a control chart says: limits from the baseline, then locked; signals; the target; one plain
sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from app.core.figures import day
from app.core.said import nsaid, said
from app.improvements.statistics.scales import Scale, scale_of
from app.improvements.statistics.series import Point, known, too_early
from app.improvements.statistics.skew import ChartKind
from app.improvements.statistics.xmr import (
    RULES_SAID,
    ControlLimits,
    Rule,
    Signal,
    labels,
    limits_of,
    moving_ranges,
    signals,
)
from app.models.improvements.words import Direction, Period, Tally

LEAST = 5
LOCKED_AT = 12
ENOUGH = 8


class ControlStanding(StrEnum):
    """How firm limits are: none under 5 points, trial under 12, locked from 12 on."""

    NONE = "no limits"
    TRIAL = "trial limits"
    LOCKED = "locked limits"


class Assurance(StrEnum):
    """What the limits promise about the target, if things stay as they are."""

    MEETS = "will meet"
    VARIES = "hit or miss"
    MISSES = "will miss"


@dataclass(frozen=True, slots=True)
class About:
    """What a chart has to know of its metric.

    ``pilot_from`` is the first day of the change; ``rebased`` are days from which people decided,
    with a reason, that new limits hold; ``floor`` and ``ceiling`` are values the metric cannot
    pass, such as 0 for a count and 100 for a share; ``kind`` is how counted values are read.
    """

    direction: Direction
    target: float | None = None
    pilot_from: date | None = None
    rebased: tuple[date, ...] = ()
    logged: bool = False
    kind: ChartKind = ChartKind.XMR
    tally: Tally = Tally.MEASURED
    period: Period = Period.WEEK
    floor: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True, slots=True)
class Dot:
    """One period on the chart.

    ``better`` tells whether its signal points the right way; None without a signal.
    """

    point: Point
    pilot: bool
    rule: Rule | None = None
    better: bool | None = None


@dataclass(frozen=True, slots=True)
class LimitStretch:
    """A part of the chart with its own limits: positions ``start`` to ``stop`` (not included).

    One that ``follows`` has the limits of the one before it, for another number of cases.
    """

    start: int
    stop: int
    standing: ControlStanding
    baseline: int
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True)
class ChartReading:
    """Everything a control chart shows.

    ``helped`` is True for a signal the right way in the pilot, False for the wrong way, None for
    neither or both.
    """

    about: About
    dots: tuple[Dot, ...]
    stretches: tuple[LimitStretch, ...]
    helped: bool | None
    assurance: Assurance | None
    sentence: str
    kind: ChartKind = ChartKind.XMR
    spread: float = 1.0


@dataclass(slots=True)
class _Part:
    """One stretch while it is worked out; ``places`` are the positions of its measured values in
    the whole chart.
    """

    start: int
    stop: int
    places: list[int]
    values: list[float]
    limits: ControlLimits | None
    baseline: int
    scale: Scale
    found: list[Signal] = field(default_factory=list)


def read(points: Sequence[Point], about: About) -> ChartReading:
    """Work out limits, signals and sentence of a metric's periods, given in the order of time.

    Raises ``ValueError`` when a logged chart is asked for values that are not positive.
    """
    parts = [
        _part(points, start, stop, about)
        for start, stop in _spans(points, about.rebased)
    ]
    pilot = _Pilot.of(points, parts, about)
    return ChartReading(
        about=about,
        dots=_dots(points, parts, about),
        stretches=tuple(
            one for part in parts for one in _stretches(points, part, about)
        ),
        helped=pilot.helped,
        assurance=_assurance_now(points, parts, pilot, about),
        sentence=pilot.sentence
        if about.pilot_from
        else _sentence_without_pilot(points, parts),
        kind=_kind(about),
        spread=parts[0].scale.spread if parts else 1.0,
    )


def assurance(
    lower: float, upper: float, direction: Direction, target: float
) -> Assurance:
    """Say what limits promise about a target."""
    if lower <= target <= upper:
        return Assurance.VARIES
    return (
        Assurance.MEETS
        if (target < lower) == (direction is Direction.UP)
        else Assurance.MISSES
    )


def has_limits(values: Sequence[float | None]) -> bool:
    """Tell whether values carry limits: 5 of them, and the 4 moving ranges that 5 unbroken periods
    give.
    """
    return (
        sum(value is not None for value in values) >= LEAST
        and len(moving_ranges(values)) >= LEAST - 1
    )


def _spans(points: Sequence[Point], rebased: tuple[date, ...]) -> list[tuple[int, int]]:
    """Return the positions between which one set of limits holds."""
    cuts = {sum(point.when < when for point in points) for when in rebased}
    edges = sorted({0, len(points), *cuts})
    return list(pairwise(edges))


def _part(points: Sequence[Point], start: int, stop: int, about: About) -> _Part:
    places = [place for place in range(start, stop) if points[place].value is not None]
    chosen = _baseline(points, start, stop, about)
    scale = scale_of(_kind(about), chosen)
    base = [None if one.value is None else scale.up(one) for one in chosen]
    values = [scale.up(points[place]) for place in places]
    limits = scale.limits(base) if has_limits(base) else None
    count = sum(value is not None for value in base)
    part = _Part(start, stop, places, values, limits, count, scale)
    if limits:
        part.found = signals(values, limits)
    return part


def _kind(about: About) -> ChartKind:
    return ChartKind.LOG if about.logged else about.kind


def _baseline(
    points: Sequence[Point], start: int, stop: int, about: About
) -> list[Point]:
    """Return the points the limits come from: up to the twelfth, in the first stretch only before
    the pilot.
    """
    chosen: list[Point] = []
    for point in points[start:stop]:
        if start == 0 and about.pilot_from and point.when >= about.pilot_from:
            break
        chosen.append(point)
        if len(known(chosen)) == LOCKED_AT:
            break
    return chosen


def _shown(value: float, part: _Part, whole: float | None, about: About) -> float:
    """Bring a limit back to the metric's own scale, not beyond what the metric can be."""
    unscaled = part.scale.down(value, whole)
    if about.ceiling is not None:
        unscaled = min(unscaled, about.ceiling)
    return unscaled if about.floor is None else max(unscaled, about.floor)


def _stretches(
    points: Sequence[Point], part: _Part, about: About
) -> Iterator[LimitStretch]:
    """Yield the stretch of a part; one for each run of periods with the same number of cases."""
    if part.limits is None:
        yield LimitStretch(part.start, part.stop, ControlStanding.NONE, part.baseline)
        return
    locked = part.baseline >= LOCKED_AT
    standing = ControlStanding.LOCKED if locked else ControlStanding.TRIAL
    limits = (part.limits.mean, part.limits.lower, part.limits.upper)
    for start, stop, whole in _even(points, part):
        mean, lower, upper = (_shown(one, part, whole, about) for one in limits)
        span = LimitStretch(start, stop, standing, part.baseline, mean, lower, upper)
        yield replace(span, follows=start > part.start)


def _even(
    points: Sequence[Point], part: _Part
) -> Iterator[tuple[int, int, float | None]]:
    """Yield from where to where the number of cases stays the same; an empty period goes on with
    that of the one before.
    """
    start, whole = part.start, points[part.places[0]].whole if part.places else None
    for place in part.places:
        if points[place].whole != whole:
            yield start, place, whole
            start, whole = place, points[place].whole
    yield start, part.stop, whole


def _dots(points: Sequence[Point], parts: list[_Part], about: About) -> tuple[Dot, ...]:
    marked = {
        part.places[at]: signal
        for part in parts
        for at, signal in labels(part.found).items()
    }
    return tuple(
        _dot(point, marked.get(place), about) for place, point in enumerate(points)
    )


def _dot(point: Point, signal: Signal | None, about: About) -> Dot:
    if signal is None:
        return Dot(point, _in_pilot(point, about))
    return Dot(
        point, _in_pilot(point, about), signal.rule, signal.side == about.direction.sign
    )


def _in_pilot(point: Point, about: About) -> bool:
    return about.pilot_from is not None and point.when >= about.pilot_from


@dataclass(frozen=True, slots=True)
class _Pilot:
    """The measured values since the change, against the limits of before."""

    values: tuple[float, ...]
    limits: ControlLimits | None
    baseline: int
    helped: bool | None
    sentence: str

    @classmethod
    def of(cls, points: Sequence[Point], parts: list[_Part], about: About) -> _Pilot:
        first = next(
            (place for place, point in enumerate(points) if _in_pilot(point, about)),
            len(points),
        )
        part = next((part for part in parts if part.start <= first < part.stop), None)
        if part is None:
            return cls(
                (),
                None,
                parts[-1].baseline if parts else 0,
                None,
                _nothing_since(about),
            )
        values = tuple(
            value
            for place, value in zip(part.places, part.values, strict=True)
            if place >= first
        )
        # A run that began before the change is no evidence for it: every point of the signal must
        # be of the pilot.
        since = (
            signal for signal in part.found if part.places[signal.points[0]] >= first
        )
        ways = {signal.side * about.direction.sign for signal in since}
        helped = None if len(ways) != 1 else ways == {1}
        sentence = _pilot_sentence(values, part, ways, about)
        return cls(values, part.limits, part.baseline, helped, sentence)


def _nothing_since(about: About) -> str:
    return (
        said("Nothing measured since %(pilot_from)s.", pilot_from=day(about.pilot_from))
        if about.pilot_from
        else ""
    )


def _pilot_sentence(
    values: tuple[float, ...], part: _Part, ways: set[int], about: About
) -> str:
    if not values:
        return _nothing_since(about)
    if part.limits is None:
        points = nsaid("%(number)s point", "%(number)s points", part.baseline)
        told = said("%(points)s before the change", points=points)
        return too_early(told, part.baseline, LEAST)
    better = sum(
        (value - part.limits.mean) * about.direction.sign > 0 for value in values
    )
    if len(ways) == 2:
        return said(
            "Signals both ways since the change; look at the points one by one."
        )
    if ways == {-1}:
        wrong = sum(
            (value - part.limits.mean) * about.direction.sign < 0 for value in values
        )
        count = _count(wrong, len(values), about.direction.worse_side)
        return said("%(count)s, the wrong way; unlikely to be chance.", count=count)
    count = _count(better, len(values), about.direction.better_side)
    if ways == {1}:
        return said("%(count)s; unlikely to be chance.", count=count)
    if len(values) < ENOUGH:
        return said("Too early to tell: %(count)s.", count=count)
    return said("%(count)s; this could be chance.", count=count)


def _count(number: int, whole: int, side: str) -> str:
    return said(
        "%(number)s of %(points)s %(side)s the old average",
        number=number,
        points=nsaid("%(number)s point", "%(number)s points", whole),
        side=side,
    )


def _sentence_without_pilot(points: Sequence[Point], parts: list[_Part]) -> str:
    measured = len(known(points))
    if not measured:
        return said("Nothing measured yet.")
    last = parts[-1]
    if last.limits is None:
        count = len(last.values)
        told = nsaid("%(number)s point", "%(number)s points", count)
        return too_early(told, count, LEAST)
    trial = (
        ""
        if last.baseline >= LOCKED_AT
        else said(" Trial limits until there are %(locked_at)s.", locked_at=LOCKED_AT)
    )
    if not last.found:
        return said(
            "Steady: nothing stands out in %(points)s.%(trial)s",
            points=nsaid("%(number)s point", "%(number)s points", len(last.values)),
            trial=trial,
        )
    latest = last.found[-1]
    return said(
        "Something changed: %(rule)s (%(when)s); look for the cause.%(trial)s",
        rule=RULES_SAID[latest.rule],
        when=day(points[last.places[latest.at]].when),
        trial=trial,
    )


def _assurance_now(
    points: Sequence[Point], parts: list[_Part], pilot: _Pilot, about: About
) -> Assurance | None:
    """Judge the target by how things are now: by the pilot's own values where they differ from
    before.
    """
    part = next((part for part in reversed(parts) if part.limits), None)
    if part is None or part.limits is None or about.target is None:
        return None
    limits: ControlLimits = part.limits
    if pilot.helped is not None and len(parts) == 1 and has_limits(pilot.values):
        limits = limits_of(pilot.values)
    whole = points[part.places[-1]].whole
    return assurance(
        _shown(limits.lower, part, whole, about),
        _shown(limits.upper, part, whole, about),
        about.direction,
        about.target,
    )
