"""What people answered: recommendation (NPS), satisfaction (CSAT) and yes/no, each with how far it
can be trusted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from app.core.figures import figure, percent
from app.core.said import said

# 95 % of the time the true value lies within this many standard errors.
WIDE = NormalDist().inv_cdf(0.975)
COMPARABLE_WITHIN = 20  # points of NPS either way


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A net promoter score from -100 to 100 with its standard error in points."""

    score: float
    error: float
    answers: int

    @property
    def comparable(self) -> bool:
        """Tell whether the score is known to ±20 points, the least that makes a comparison worth
        looking at.
        """
        return WIDE * self.error <= COMPARABLE_WITHIN

    @property
    def text(self) -> str:
        """The score with the number of answers, and a warning where they are too few."""
        warning = "" if self.comparable else said(", too few to compare")
        return said(
            "%(score)s (n=%(answers)s%(warning)s)",
            score=figure(round(self.score)),
            answers=self.answers,
            warning=warning,
        )


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


def recommendation(answers: Sequence[int]) -> Recommendation | None:
    """Return the NPS of answers from 0 to 10: promoters (9–10) minus detractors (0–6); None without
    answers.
    """
    if not answers:
        return None
    n = len(answers)
    for_it, against = sum(a >= 9 for a in answers) / n, sum(a <= 6 for a in answers) / n
    return Recommendation(
        100 * (for_it - against), recommendation_error(for_it, against, n), n
    )


def recommendation_error(promoters: float, detractors: float, answers: int) -> float:
    """Return the standard error in points of an NPS with these shares (0–1)."""
    return 100 * math.sqrt(
        (promoters + detractors - (promoters - detractors) ** 2) / answers
    )


def satisfaction(answers: Sequence[int]) -> Proportion | None:
    """Return the share of 4 and 5 among answers from 1 to 5; None without answers."""
    return proportion(sum(a >= 4 for a in answers), len(answers))


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
