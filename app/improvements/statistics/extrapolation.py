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
    """A saving per person carried over to everybody; the interval is 95 %.

    One participant is carried over to nobody: ``total`` and interval are None. ``measured`` is how
    many told theirs, ``least`` and ``most`` the smallest and the largest of them.
    """

    each: float
    total: float | None
    low: float | None
    high: float | None
    sentence: str
    assumptions: tuple[str, ...]
    unit: str = ""
    measured: int = 0
    least: float = 0
    most: float = 0


def extrapolate(
    savings: Sequence[float], eligible: int, unit: str, assumptions: Sequence[str] = ()
) -> Extrapolation | None:
    """Carry what each participant saved over to all eligible people; None when nobody was measured.

    ``unit`` is what is saved and in which time, as in "hours a month".
    """
    if not savings:
        return None
    each, reach = fmean(savings), _reach(savings)
    if reach is None:
        return _of_one(each, eligible, unit, assumptions)
    low, high = (each - reach) * eligible, (each + reach) * eligible
    told = said(
        "%(people)s saved %(each)s %(unit)s each (%(least)s to %(most)s); for %(everybody)s "
        "that is %(value)s %(unit)s, 95 %% interval %(low)s to %(high)s.",
        people=people(len(savings)),
        each=figure(each),
        unit=unit,
        least=figure(min(savings)),
        most=figure(max(savings)),
        everybody=people(eligible),
        value=figure(each * eligible),
        low=figure(low),
        high=figure(high),
    )
    assumed = (*_own(len(savings), eligible), *assumptions)
    return Extrapolation(
        each,
        each * eligible,
        low,
        high,
        told,
        assumed,
        unit,
        len(savings),
        min(savings),
        max(savings),
    )


def _of_one(
    each: float, eligible: int, unit: str, assumptions: Sequence[str]
) -> Extrapolation:
    told = said(
        "%(people)s saved %(each)s %(unit)s; one is too few to carry over to %(everybody)s.",
        people=people(1),
        each=figure(each),
        unit=unit,
        everybody=people(eligible),
    )
    assumed = (said("Measured on %(people)s only.", people=people(1)), *assumptions)
    return Extrapolation(each, None, None, None, told, assumed)


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
