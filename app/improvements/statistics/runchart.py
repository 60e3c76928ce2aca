"""Run charts after Anhøj: a median and two counts, no assumption about the shape of the values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from app.core.said import nsaid, said
from app.improvements.statistics.distributions import binomial_quantile
from app.improvements.statistics.xmr import sides
from app.models.improvements.words import Direction

LEAST_USEFUL = 10


@dataclass(frozen=True, slots=True)
class RunReading:
    """What a run chart says.

    ``useful`` counts values off the median; ``side`` is where the longest run lies (+1 above, -1
    below).
    """

    median: float
    useful: int
    longest: int
    longest_allowed: int
    crossings: int
    crossings_needed: int
    side: int
    sentence: str

    @property
    def too_long(self) -> bool:
        """Tell whether the longest run is longer than chance makes it."""
        return self.useful >= LEAST_USEFUL and self.longest > self.longest_allowed

    @property
    def too_few_crossings(self) -> bool:
        """Tell whether the line crosses the median less often than chance makes it."""
        return self.useful >= LEAST_USEFUL and self.crossings < self.crossings_needed

    @property
    def signal(self) -> bool:
        """Tell whether something other than chance is in the values."""
        return self.too_long or self.too_few_crossings


def longest_run_allowed(useful: int) -> int:
    """Return the longest run that chance explains: the rounded log2 of the useful values, and
    three.
    """
    return round(math.log2(useful)) + 3


def crossings_needed(useful: int) -> int:
    """Return the fewest crossings that chance explains: the lower 5 % point of fair coin throws."""
    return binomial_quantile(0.05, useful - 1)


def read_runs(
    values: Sequence[float], direction: Direction, baseline: int | None = None
) -> RunReading:
    """Read at least one measured value; the median comes from the first ``baseline`` of them, or
    from all.
    """
    middle = median(values[:baseline])
    off = [side for side in sides(values, middle) if side]
    runs = [(side, len(list(run))) for side, run in groupby(off)]
    side, longest = max(runs, key=lambda run: run[1], default=(0, 0))
    crossings = sum(first != later for first, later in pairwise(off))
    useful = len(off)
    allowed, needed = (
        (longest_run_allowed(useful), crossings_needed(useful)) if useful else (0, 0)
    )
    bare = RunReading(middle, useful, longest, allowed, crossings, needed, side, "")
    return RunReading(
        middle,
        useful,
        longest,
        allowed,
        crossings,
        needed,
        side,
        _sentence(bare, direction),
    )


def _sentence(found: RunReading, direction: Direction) -> str:
    if found.useful < LEAST_USEFUL:
        return said(
            "Too early to tell: %(points)s; a run chart needs %(least_useful)s.",
            points=nsaid(
                "%(number)s useful point", "%(number)s useful points", found.useful
            ),
            least_useful=LEAST_USEFUL,
        )
    if found.too_long:
        where = said("above") if found.side > 0 else said("below")
        way = "" if found.side == direction.sign else said(", the wrong way")
        return said(
            "%(longest)s points in a row %(where)s the median%(way)s; "
            "unlikely to be chance.",
            longest=found.longest,
            where=where,
            way=way,
        )
    if found.too_few_crossings:
        return said(
            "The line crosses the median %(times)s, chance gives at least "
            "%(crossings_needed)s; something shifted.",
            times=nsaid("%(number)s time", "%(number)s times", found.crossings),
            crossings_needed=found.crossings_needed,
        )
    return said("Nothing stands out in %(useful)s useful points.", useful=found.useful)
