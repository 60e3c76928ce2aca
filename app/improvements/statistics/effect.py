"""How large a change was: gap closed, interval, probability of superiority, exact p-value, in
careful words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from app.core.figures import figure, percent, signed
from app.core.said import said
from app.improvements.statistics.distributions import rank_sum_p, student_t
from app.improvements.statistics.xmr import limits_of, moving_ranges
from app.models.improvements.words import Direction

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference of two means with its 95 % interval (Welch) and degrees of freedom."""

    change: float
    low: float
    high: float
    freedom: float


@dataclass(frozen=True, slots=True)
class Effect:
    """A measured change from before to after. Shares are 0–1; None where it cannot be computed.

    ``superiority`` is the probability that a value after is better than one before, ties counting
    half.
    """

    before: float
    after: float
    change: float
    relative: float | None
    interval: Interval | None
    sigmas: float | None
    gap_closed: float | None
    superiority: float
    p: float
    sentence: str


def effect(
    before: Sequence[float],
    after: Sequence[float],
    direction: Direction,
    target: float | None = None,
    elsewhere: float | None = None,
    levels: tuple[float, float] | None = None,
) -> Effect:
    """Compare at least one value before with at least one after.

    ``levels`` are what was usual before and after where that is no plain mean, as of shares and
    durations; ``elsewhere`` is the change of a comparison group over the same time; without one the
    sentence speaks of an association only.
    """
    first, then = levels or (fmean(before), fmean(after))
    change = then - first
    interval = welch(before, after, change)
    gap = gap_closed(first, then, target)
    return Effect(
        before=first,
        after=then,
        change=change,
        relative=change / abs(first) if first else None,
        interval=interval,
        sigmas=_in_sigmas(change, before),
        gap_closed=gap,
        superiority=superiority(before, after, direction),
        p=rank_sum_p(before, after),
        sentence=_sentence(first, then, interval, gap, elsewhere),
    )


def gap_closed(before: float, now: float, target: float | None) -> float | None:
    """Return which share of the way from the baseline to the target is done; None without a gap."""
    if target is None or target == before:
        return None
    return (before - now) / (before - target)


def welch(
    before: Sequence[float], after: Sequence[float], change: float | None = None
) -> Interval | None:
    """Return the change of the mean with its 95 % interval; None with fewer than two values on a
    side.

    The interval lies around ``change`` where the levels are no plain means, as of shares; it is as
    wide as the values differ, and so knows of more than chance in the counting.
    """
    if min(len(before), len(after)) < 2:
        return None
    if change is None:
        change = fmean(after) - fmean(before)
    errors = [variance(values) / len(values) for values in (before, after)]
    error = sum(errors)
    if math.isclose(error, 0, abs_tol=1e-18):
        return Interval(change, change, change, math.inf)
    freedom = error**2 / sum(
        e**2 / (len(v) - 1) for e, v in zip(errors, (before, after), strict=True)
    )
    reach = student_t(CONFIDENCE, freedom) * math.sqrt(error)
    return Interval(change, change - reach, change + reach, freedom)


def superiority(
    before: Sequence[float], after: Sequence[float], direction: Direction
) -> float:
    """Return the probability (0–1) that a value drawn after is better than one drawn before."""
    won = sum((a > b) + (a == b) / 2 for a in after for b in before) / (
        len(before) * len(after)
    )
    return won if direction is Direction.UP else 1 - won


def _in_sigmas(change: float, before: Sequence[float]) -> float | None:
    if not moving_ranges(before):
        return None
    sigma = limits_of(before).sigma
    return change / sigma if sigma else None


def _sentence(
    before: float,
    after: float,
    interval: Interval | None,
    gap: float | None,
    elsewhere: float | None,
) -> str:
    change = after - before
    told = said(
        "From %(before)s to %(after)s: %(change)s",
        before=figure(before),
        after=figure(after),
        change=signed(change),
    )
    if before:
        told += said(" (%(share)s %%)", share=signed(100 * change / abs(before)))
    if interval:
        told += said(
            ", 95 %% interval %(low)s to %(high)s",
            low=signed(interval.low),
            high=signed(interval.high),
        )
    if gap is not None:
        told += said("; %(gap)s of the gap to the target closed", gap=percent(gap))
    if elsewhere is None:
        return said(
            "%(told)s. An association: nothing was compared that did not change.",
            told=told,
        )
    return said(
        "%(told)s. The comparison group changed by %(elsewhere)s in the same time.",
        told=told,
        elsewhere=signed(elsewhere),
    )
