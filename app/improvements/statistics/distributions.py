"""The few probability distributions the rules need, computed with the standard library alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from statistics import NormalDist

# Up to this many values the rank-sum distribution is counted out; beyond, the normal curve is as
# good.
EXACT_UP_TO = 60
_STEPS = 300
_TINY = 1e-300


def student_t(share: float, freedom: float) -> float:
    """Return the two-sided Student t value that holds ``share`` (0–1) of the distribution; any real
    ``freedom`` > 0.
    """
    low, high = 0.0, 1.0
    while _t_inside(high, freedom) < share:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if _t_inside(middle, freedom) < share else (low, middle)
        )
    return (low + high) / 2


def binomial_quantile(share: float, trials: int) -> int:
    """Return the smallest k for which a fair coin shows at most k heads in ``trials`` with
    probability ≥ ``share``.
    """
    reached = accumulate(math.comb(trials, heads) for heads in range(trials + 1))
    return next(
        heads for heads, ways in enumerate(reached) if ways >= share * 2**trials
    )


def rank_sum_p(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the two-sided p-value of the Mann-Whitney test, ties in middle ranks.

    Exact (every way to share out the ranks is counted) up to ``EXACT_UP_TO`` values, else the
    normal approximation.
    """
    ranks = _doubled_ranks([*first, *second])
    observed = sum(ranks[: len(first)])
    if len(ranks) > EXACT_UP_TO:
        return _normal_p(ranks, len(first), observed)
    if len(first) > len(second):
        return _exact_p(
            ranks,
            len(second),
            sum(ranks) - observed,
        )
    return _exact_p(ranks, len(first), observed)


def _t_inside(limit: float, freedom: float) -> float:
    """Return the probability that a Student t variable lies within ±limit."""
    return 1 - _incomplete_beta(
        freedom / (freedom + limit * limit),
        freedom / 2,
        0.5,
    )


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function by its continued fraction."""
    if x in (0.0, 1.0):
        return x
    front = math.exp(
        math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
        + a * math.log(x)
        + b * math.log1p(-x)
    )
    if x > (a + 1) / (a + b + 2):
        return 1 - front * _beta_fraction(1 - x, b, a) / b
    return front * _beta_fraction(x, a, b) / a


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Evaluate the continued fraction of the incomplete beta function from the front (modified
    Lentz).
    """
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _doubled_ranks(values: Sequence[float]) -> list[int]:
    """Return the rank of each value times two, so that the middle rank of a tie is a whole
    number.
    """
    ordered = sorted(values)
    first = {value: place for place, value in reversed(list(enumerate(ordered)))}
    last = {value: place for place, value in enumerate(ordered)}
    return [first[value] + last[value] + 2 for value in values]


def _exact_p(ranks: Sequence[int], size: int, observed: int) -> float:
    """Count the ways to draw ``size`` ranks with a sum at least as extreme, on the rarer side, and
    double them.
    """
    ways = _ways_by_sum(ranks, size)
    rarer = min(sum(ways[: observed + 1]), sum(ways[observed:]))
    return min(1.0, 2 * rarer / math.comb(len(ranks), size))


def _ways_by_sum(ranks: Sequence[int], size: int) -> list[int]:
    """Return for each sum in how many ways ``size`` of the ranks give it.

    The counts of one size lie side by side in one large integer, ``width`` bits each, so that
    adding a rank to all of them is one shift and one addition.
    """
    width = len(ranks) + 1  # no count exceeds 2 ** len(ranks)
    packed = [1] + [0] * size
    for rank in ranks:
        for taken in range(size, 0, -1):
            packed[taken] += packed[taken - 1] << (width * rank)
    mask = (1 << width) - 1
    return [(packed[size] >> (width * total)) & mask for total in range(sum(ranks) + 1)]


def _normal_p(ranks: Sequence[int], size: int, observed: int) -> float:
    total, other = len(ranks), len(ranks) - size
    middle = size * sum(ranks) / total
    mean = sum(ranks) / total
    # The variance of a sum drawn without replacement; ties are in the ranks already.
    spread = math.sqrt(
        size * other * sum((rank - mean) ** 2 for rank in ranks) / (total * (total - 1))
    )
    if not spread:
        return 1.0
    distance = max(
        abs(observed - middle) - 1, 0
    )  # half a rank of continuity, doubled as the ranks are
    return min(1.0, 2 * (1 - NormalDist().cdf(distance / spread)))
