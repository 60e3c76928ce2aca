"""What a measured saving would be for the whole organisation, with the assumptions that carry
it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from app.core.figures import figure, people, percent
from app.core.said import said
from app.improvements.statistics.distributions import student_t
from app.improvements.statistics.effect import CONFIDENCE

FEW = 5
THIN = 0.1


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """A saving per person carried over to everybody; the interval is 95 %, None with a single
    participant.
    """

    each: float
    total: float
    low: float | None
    high: float | None
    sentence: str
    assumptions: tuple[str, ...]


def extrapolate(
    savings: Sequence[float], eligible: int, unit: str, assumptions: Sequence[str] = ()
) -> Extrapolation | None:
    """Carry what each participant saved over to all eligible people; None when nobody was measured.

    ``unit`` is what is saved and in which time, as in "hours a month".
    """
    if not savings:
        return None
    each, reach = fmean(savings), _reach(savings)
    low, high = (
        (None, None)
        if reach is None
        else ((each - reach) * eligible, (each + reach) * eligible)
    )
    total = said(
        "for %(people)s that is %(value)s %(unit)s",
        people=people(eligible),
        value=figure(each * eligible),
        unit=unit,
    )
    told = said(
        "%(people)s saved %(each)s %(unit)s each; %(total)s",
        people=people(len(savings)),
        each=figure(each),
        unit=unit,
        total=total,
    )
    if low is not None and high is not None:
        told += said(
            ", 95 %% interval %(low)s to %(high)s", low=figure(low), high=figure(high)
        )
    return Extrapolation(
        each,
        each * eligible,
        low,
        high,
        said("%(told)s.", told=told),
        (*_own(len(savings), eligible), *assumptions),
    )


def _reach(savings: Sequence[float]) -> float | None:
    if len(savings) < 2:
        return None
    return (
        student_t(CONFIDENCE, len(savings) - 1)
        * stdev(savings)
        / math.sqrt(len(savings))
    )


def _own(measured: int, eligible: int) -> tuple[str, ...]:
    found = [said("The others are like the participants.")]
    if measured < FEW:
        found.append(said("Measured on %(people)s only.", people=people(measured)))
    elif eligible and measured / eligible < THIN:
        found.append(
            said(
                "Measured on %(value)s of the people.",
                value=percent(measured / eligible),
            )
        )
    return tuple(found)
