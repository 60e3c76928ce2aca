"""A share of a few people with the range it may truly lie in (Wilson)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from app.core.figures import percent
from app.core.said import said

# 95 % of the time the true value lies within this many standard errors.
WIDE = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share of answers with its 95 % Wilson interval, all 0–1."""

    part: int
    whole: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share itself."""
        return self.part / self.whole

    @property
    def text(self) -> str:
        """The share with its denominator and interval."""
        interval = said(
            "95 %% interval %(low)s to %(high)s",
            low=percent(self.low),
            high=percent(self.high),
        )
        return said(
            "%(share)s (%(part)s of %(whole)s; %(interval)s)",
            share=percent(self.share),
            part=self.part,
            whole=self.whole,
            interval=interval,
        )


def proportion(part: int, whole: int) -> Proportion | None:
    """Return a share with its Wilson interval; None of nothing."""
    if not whole:
        return None
    share, z2 = part / whole, WIDE * WIDE
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    reach = (
        WIDE
        / (1 + z2 / whole)
        * math.sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    )
    return Proportion(part, whole, max(0.0, middle - reach), min(1.0, middle + reach))
