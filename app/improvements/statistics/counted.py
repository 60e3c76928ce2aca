"""Counts, shares and rates: which chart they get, and what rare events say."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from statistics import fmean

from app.core.said import digits, nsaid, said
from app.improvements.statistics.series import Point, known
from app.improvements.statistics.skew import ChartChoice, ChartKind
from app.models.improvements.words import Period, Tally

RARE = 1.0
"""Below one event a period on average, the time between events is drawn instead of counts."""

UNLIKELY = 0.025


def choose_counted(
    points: Sequence[Point], before: Sequence[Point], tally: Tally, period: Period
) -> ChartChoice | None:
    """Choose the chart of counted values by those before the change; None for measured ones, and
    where a share or a rate came without its denominator.
    """
    if tally is Tally.COUNT:
        return _of_counts(known(before) or known(points), period)
    if tally is Tally.MEASURED or any(
        point.value is not None and not point.whole for point in points
    ):
        return None
    if tally is Tally.SHARE:
        return ChartChoice(
            ChartKind.P, said("Share of cases (p chart): few cases have wide limits.")
        )
    return ChartChoice(
        ChartKind.U,
        said("Events per so many (u chart): a small number has wide limits."),
    )


def _of_counts(counts: Sequence[float], period: Period) -> ChartChoice:
    if counts and fmean(counts) < RARE:
        why = said(
            "Rare: fewer than one a period, so the time between events is drawn; "
            "a longer time is better where fewer are."
        )
        return ChartChoice(ChartKind.T if period is Period.DAY else ChartKind.G, why)
    return ChartChoice(ChartKind.C, said("Count of events (c chart)."))


def widened(choice: ChartChoice, spread: float) -> ChartChoice:
    """Return a choice that says so where limits are wider than chance alone makes them."""
    if spread <= 1:
        return choice
    why = said(
        "%(why)s The limits are %(spread)s times wider, because periods differ more than "
        "by chance (Laney).",
        why=choice.why,
        spread=digits(f"{spread:.1f}"),
    )
    return ChartChoice(choice.kind, why)


def between(points: Sequence[Point]) -> list[Point]:
    """Return the waits between events, each at the period that ended it: how many periods had
    passed since the event before. The first event ends no wait that anybody knows.

    A period without a value takes away the wait it lies in.
    """
    waits: list[Point] = []
    last: int | None = None
    for place, point in enumerate(points):
        if point.value is None:
            last = None
            continue
        for _ in range(round(point.value)):
            if last is not None:
                waits.append(Point(point.when, float(place - last), point.label))
            last = place
    return waits


def rare_sentence(before: Sequence[float], after: Sequence[float]) -> str:
    """Say how many events there were, and how likely so few or so many are if nothing changed."""
    told = _events(before)
    if not after:
        return said("%(events)s.", events=told)
    first = said(
        "%(before)s before the change, %(after)s since",
        before=told,
        after=_events(after),
    )
    if not before:
        return said("%(told)s.", told=first)
    few, many = chances(before, after)
    if few <= many:
        return said(
            "%(told)s; chance alone gives so few in %(chance)s of 100 cases.",
            told=first,
            chance=round(100 * few),
        )
    return said(
        "%(told)s; chance alone gives so many in %(chance)s of 100 cases.",
        told=first,
        chance=round(100 * many),
    )


def chances(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    """Return the chance of so few and of so many events since a change if nothing changed: each
    event falls before or after it as the periods do (binomial, exact).
    """
    later, every = round(sum(after)), round(sum(before) + sum(after))
    share = len(after) / (len(before) + len(after))
    ways = [
        comb(every, k) * share**k * (1 - share) ** (every - k) for k in range(every + 1)
    ]
    return min(1.0, sum(ways[: later + 1])), min(1.0, sum(ways[later:]))


def rarer(before: Sequence[float], after: Sequence[float]) -> bool | None:
    """Tell whether events became rarer since a change; False for more frequent, None where chance
    does as much.
    """
    if not before or not after:
        return None
    few, many = chances(before, after)
    return True if few <= UNLIKELY else False if many <= UNLIKELY else None


def _events(counts: Sequence[float]) -> str:
    return said(
        "%(events)s in %(periods)s",
        events=nsaid("%(number)s event", "%(number)s events", round(sum(counts))),
        periods=nsaid("%(number)s period", "%(number)s periods", len(counts)),
    )
