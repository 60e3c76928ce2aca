"""What silence proves: how many of those still to come can be hit although nobody, or only few, of
those who have it were.
"""

from __future__ import annotations

import math

from app.core.figures import people as counted
from app.core.figures import percent
from app.core.said import said

SURE = 0.95
_STEPS = 200


def most_hit(hit: int, people: int, sure: float = SURE) -> float:
    """Return the largest share (0–1) that is still believable after ``hit`` of ``people`` were hit:
    the exact one-sided bound of Clopper and Pearson.

    With nobody hit it is 1 - (1 - sure)^(1/people), near 3/people. Raises ``ValueError`` for counts
    that cannot be.
    """
    if not 0 <= hit <= people or not people:
        raise ValueError(f"{hit} of {people} cannot be hit.")
    if hit == people:
        return 1.0
    if not hit:
        return float(1 - (1 - sure) ** (1 / people))
    low, high = hit / people, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        believable = middle < 1 and _at_most(hit, people, middle) > 1 - sure
        low, high = (middle, high) if believable else (low, middle)
    return high


def silence(hit: int, people: int) -> str:
    """Return in a sentence what the silence of all but ``hit`` of ``people`` proves; nothing of
    nobody.
    """
    if not people:
        return ""
    share = most_hit(hit, people)
    if share > 1 / 2:
        bound = said("up to %(share)s", share=percent(share))
    else:
        bound = said("at most about 1 in %(number)s", number=math.floor(1 / share))
    if hit:
        return said(
            "%(hit)s of %(people)s hit: %(bound)s can be (95 %% sure).",
            hit=hit,
            people=counted(people),
            bound=bound,
        )
    return said(
        "%(people)s quiet: %(bound)s can still be hit (95 %% sure).",
        people=counted(people),
        bound=bound,
    )


def _at_most(hit: int, people: int, share: float) -> float:
    """Return the probability of at most ``hit`` of ``people`` at a share between 0 and 1."""
    return sum(
        math.exp(
            math.lgamma(people + 1)
            - math.lgamma(number + 1)
            - math.lgamma(people - number + 1)
            + number * math.log(share)
            + (people - number) * math.log1p(-share)
        )
        for number in range(hit + 1)
    )
