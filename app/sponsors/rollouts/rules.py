"""How many calls a roll-out brings, how many hours they take, and when it may go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp
from random import Random

from app.core.said import said
from app.models.sponsors.words import RolloutState

RUNS = 400
LEAST, MOST = 0.5, 2.0
"""A rate is believed: in each run it is drawn between half and twice of it."""
MANY = 30
ORDER = tuple(RolloutState)


@dataclass(
    frozen=True,
    slots=True,
)
class CallType:
    """One type of call: users, calls per user in the first week, per cent fewer each week."""

    users: int
    rate: float
    decay: float
    minutes: int = 10

    def in_week(self, week: int) -> float:
        """Return how many calls are expected in a week, the first being 0."""
        return self.users * self.rate * (1 - self.decay / 100) ** week


@dataclass(
    frozen=True,
    slots=True,
)
class Band:
    """Calls of one week that are not exceeded with half, and with nine of ten chances."""

    half: int
    nine: int


def expected(types: Sequence[CallType], weeks: int) -> tuple[float, ...]:
    """Return users × rate × decay of all types, week by week."""
    return tuple(sum(one.in_week(week) for one in types) for week in range(weeks))


def analogue(
    actuals: Sequence[int], then: int, now: int, weeks: int
) -> tuple[float | None, ...]:
    """Return what came of an earlier roll-out, for as many users as now; None where it ended."""
    scaled = [calls * now / then for calls in actuals[:weeks]] if then else []
    return (*scaled, *(None,) * (weeks - len(scaled)))


def simulated(types: Sequence[CallType], weeks: int, seed: int) -> tuple[Band, ...]:
    """Return the bands of many made-up roll-outs; one seed gives the same bands again."""
    chance = Random(seed)  # noqa: S311 (no secret is made of it)
    runs = [
        _run(
            types,
            weeks,
            chance,
        )
        for _ in range(RUNS)
    ]
    return tuple(
        Band(
            _rank(
                column,
                50,
            ),
            _rank(
                column,
                90,
            ),
        )
        for column in zip(
            *runs,
            strict=True,
        )
    )


def _run(types: Sequence[CallType], weeks: int, chance: Random) -> list[int]:
    factors = [
        chance.triangular(
            LEAST,
            MOST,
            1,
        )
        for _ in types
    ]
    return [
        sum(
            _drawn(
                one.in_week(week) * factor,
                chance,
            )
            for one, factor in zip(
                types,
                factors,
                strict=True,
            )
        )
        for week in range(weeks)
    ]


def _drawn(mean: float, chance: Random) -> int:
    """Draw a count with this mean: one after another (Poisson), in the large its bell curve."""
    if mean > MANY:
        return max(
            0,
            round(
                chance.gauss(
                    mean,
                    mean**0.5,
                )
            ),
        )
    count, left, end = 0, chance.random(), exp(-mean)
    while left > end:
        count, left = count + 1, left * chance.random()
    return count


def _rank(values: Sequence[int], per_cent: int) -> int:
    return sorted(values)[ceil(len(values) * per_cent / 100) - 1]


def hours(types: Sequence[CallType], bands: Sequence[Band]) -> tuple[float, ...]:
    """Return the hours a week that the careful number of calls takes."""
    return tuple(
        round(
            band.nine
            * _minutes(
                types,
                week,
            )
            / 60,
            1,
        )
        for week, band in enumerate(bands)
    )


def _minutes(types: Sequence[CallType], week: int) -> float:
    calls = sum(one.in_week(week) for one in types)
    if not calls:
        return 0.0
    return sum(one.in_week(week) * one.minutes for one in types) / calls


def above(counts: Sequence[int], bands: Sequence[Band]) -> list[int]:
    """Return the weeks in which more calls came than nine of ten chances held."""
    pairs = enumerate(
        zip(
            counts,
            bands,
            strict=False,
        )
    )
    return [week for week, (count, band) in pairs if count > band.nine]


def over_usual(counts: Sequence[int], usual: float) -> list[int]:
    """Return the calls a roll-out brought: those over what is usual."""
    return [max(0, round(count - usual)) for count in counts]


def learned(
    actuals: Sequence[int], foreseen: Sequence[float], users: int
) -> tuple[float, float] | None:
    """Return calls per user in the first week, and what came for each call that was foreseen."""
    known = sum(foreseen[: len(actuals)])
    if not actuals or not users or not known:
        return None
    return actuals[0] / users, sum(actuals) / known


@dataclass(
    frozen=True,
    slots=True,
)
class Prepared:
    """What is there before a roll-out begins."""

    seat: bool = False
    trained: bool = False
    types: bool = False
    volunteers: bool = False
    open_items: int = 0
    hours_known: bool = False
    short: bool = False
    decided: bool = False


def missing(there: Prepared) -> list[str]:
    """Return what is missing before it is ready."""
    asked = (
        (there.seat, said("Name who of the desk sits at the table.")),
        (there.trained, said("Say when the desk was trained or had it in hand.")),
        (there.types, said("Say which calls are expected.")),
        (there.volunteers, said("Name a volunteer.")),
        (not there.open_items, said("Finish what has to be there before it begins.")),
        (there.hours_known, said("Say how many hours a week there are for it.")),
        (
            not there.short or there.decided,
            said("Decide what helps where it is short."),
        ),
    )
    return [why for is_there, why in asked if not is_there]


def why_not_closed(has_it: int | None, users: int, reason: str) -> str:
    """Return why it stays open: until its customers have it, or a reason is written."""
    if has_it is None:
        return said("Say how many have it.")
    if has_it < users and not reason.strip():
        return said(
            "%(there)s of %(all)s have it. Close it when all do, or say why not.",
            there=has_it,
            all=users,
        )
    return ""


def may_move(now: RolloutState, to: RolloutState) -> bool:
    """Tell whether a roll-out goes from one state to another: one step on, or one back."""
    if now is RolloutState.CLOSED:
        return False
    return abs(ORDER.index(to) - ORDER.index(now)) == 1
