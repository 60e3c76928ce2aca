"""Costs against benefits in one unit, with the assumption that brings hours and money together.

What comes once and what comes every year stay apart; what no unit leads to stays outside and is
named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.figures import day, figure, listed, people, signed
from app.core.said import joined, nsaid, said
from app.improvements.statistics.extrapolation import Extrapolation
from app.models.improvements.words import Per, Side

HOURS = "hours"
IN_HOURS = {
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "stunde", "stunden"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "minuten"), 1 / 60),
}
"""Words for time that is worked, and how many hours one of each is."""

MONEY = {"€": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "£": "GBP"}
A_YEAR = {Per.ONCE: 0, Per.WEEK: 52, Per.MONTH: 12, Per.YEAR: 1}
PERIODS = {
    **dict.fromkeys(("week", "woche"), 52),
    **dict.fromkeys(("month", "monat"), 12),
    **dict.fromkeys(("year", "jahr"), 1),
}
SAVED = re.compile(r"^(.+?)\s+(?:an?|per|each|every|pro|je|im|in der)\s+(\w+)$", re.I)
"""How a saving of one person is noted: "minutes a week"."""


@dataclass(frozen=True, slots=True)
class CountedSum:
    """One figure of a cost, a benefit or a dis-benefit; ``came`` tells it from a planned one."""

    side: Side
    what: str
    value: float
    unit: str
    per: Per
    came: bool


@dataclass(frozen=True, slots=True)
class HourWorth:
    """What an hour is valued at, by whom, and over how many years yearly sums are added up."""

    amount: float | None
    unit: str
    by: str
    on: date | None
    years: int


@dataclass(frozen=True, slots=True)
class NetSum:
    """What goes out and what comes in, in one unit."""

    costs: float = 0
    benefits: float = 0

    @property
    def net(self) -> float:
        """Return what is left: more than nothing where benefits are larger."""
        return self.benefits - self.costs


@dataclass(frozen=True, slots=True)
class Net:
    """All figures of one unit: those that come once, and those of a year."""

    unit: str
    once: NetSum
    yearly: NetSum
    planned: int
    count: int


def nets(sums: Sequence[CountedSum], worth: HourWorth) -> tuple[Net, ...]:
    """Return one net for each unit that is left once hours are valued; without figures none."""
    units = dict.fromkeys(_in_one(one, worth)[1] for one in sums)
    return tuple(
        _net(
            unit,
            sums,
            worth,
        )
        for unit in units
        if unit
    )


def net_told(
    sums: Sequence[CountedSum],
    worth: HourWorth,
    carried: Sequence[Extrapolation],
    eligible: int,
) -> list[str]:
    """Return the net as sentences: what it rests on, what comes once, what comes every year."""
    found = nets(sums, worth)
    told = [*_assumed(found, worth), *_apart(found, worth)]
    for one in found:
        told += _told(one, worth.years)
    outside = [one for one in sums if not _in_one(one, worth)[1]]
    if outside:
        named = listed([one.what.rstrip(".") for one in outside])
        told.append(said("Left out, having no unit: %(named)s.", named=named))
    for one_of_them in carried:
        told += _carried(
            one_of_them,
            worth,
            eligible,
        )
    return told


def _assumed(found: Sequence[Net], worth: HourWorth) -> Iterator[str]:
    if worth.amount is None or worth.unit not in [one.unit for one in found]:
        return
    yield said(
        "An hour is valued at %(amount)s %(unit)s%(who)s.",
        amount=figure(worth.amount),
        unit=worth.unit,
        who=said(
            ", as %(name)s said on %(day)s",
            name=worth.by,
            day=day(worth.on),
        )
        if worth.on
        else "",
    )


def _apart(found: Sequence[Net], worth: HourWorth) -> Iterator[str]:
    units = [one.unit for one in found]
    if len(units) > 1 and HOURS in units:
        yield said(
            "%(units)s stay apart, because nobody said what an hour is worth here.",
            units=listed(units),
        )
    elif len(units) > 1:
        yield said("%(units)s stay apart: none leads to another.", units=listed(units))


def _told(one: Net, years: int) -> Iterator[str]:
    if one.once != NetSum():
        yield _sums_told(
            said("Once"),
            one.once,
            one.unit,
        )
    if one.yearly != NetSum():
        yield _sums_told(
            said("A year"),
            one.yearly,
            one.unit,
        )
        yield said(
            "Over %(years)s that is %(net)s %(unit)s.",
            years=nsaid(
                "%(number)s year",
                "%(number)s years",
                years,
            ),
            net=signed(one.once.net + years * one.yearly.net),
            unit=one.unit,
        )
    if one.planned:
        yield said(
            "%(planned)s of %(figures)s in %(unit)s only planned yet.",
            planned=one.planned,
            figures=nsaid(
                "%(number)s figure",
                "%(number)s figures",
                one.count,
            ),
            unit=one.unit,
        )


def _sums_told(when: str, one: NetSum, unit: str) -> str:
    return said(
        "%(when)s: costs %(costs)s, benefits %(benefits)s, net %(net)s %(unit)s.",
        when=when,
        costs=figure(one.costs),
        benefits=figure(one.benefits),
        net=signed(one.net),
        unit=unit,
    )


def _carried(one: Extrapolation, worth: HourWorth, eligible: int) -> Iterator[str]:
    parsed = SAVED.match(one.unit.strip())
    times = PERIODS.get(parsed[2].lower().rstrip("s")) if parsed else None
    if one.total is None or one.low is None or one.high is None:
        return
    if parsed is None or times is None:
        return
    factor, unit = _rate(parsed[1], worth)
    scale = factor * times
    yield said(
        "Not in it: carried over from n = %(n)s (%(least)s to %(most)s %(saved)s each) to "
        "%(everybody)s, %(value)s %(unit)s a year, 95 %% interval %(low)s to %(high)s.",
        n=one.measured,
        least=figure(one.least),
        most=figure(one.most),
        saved=one.unit,
        everybody=people(eligible),
        value=figure(one.total * scale),
        unit=unit,
        low=figure(one.low * scale),
        high=figure(one.high * scale),
    )


def _net(unit: str, sums: Iterable[CountedSum], worth: HourWorth) -> Net:
    mine = [one for one in sums if _in_one(one, worth)[1] == unit]
    once = [one for one in mine if one.per is Per.ONCE]
    yearly = [one for one in mine if one.per is not Per.ONCE]
    planned = sum(not one.came for one in mine)
    return Net(
        unit,
        _sum(once, worth),
        _sum(yearly, worth),
        planned,
        len(mine),
    )


def _sum(sums: Sequence[CountedSum], worth: HourWorth) -> NetSum:
    out = [_in_one(one, worth)[0] for one in sums if one.side is not Side.BENEFIT]
    into = [_in_one(one, worth)[0] for one in sums if one.side is Side.BENEFIT]
    return NetSum(sum(out), sum(into))


def _in_one(one: CountedSum, worth: HourWorth) -> tuple[float, str]:
    """Return a figure in the unit it ends in, a yearly one for the year."""
    factor, unit = _rate(one.unit, worth)
    return one.value * factor * (A_YEAR[one.per] or 1), unit


def _rate(unit: str, worth: HourWorth) -> tuple[float, str]:
    word = unit.strip()
    hours = IN_HOURS.get(word.lower())
    if hours is None:
        return 1, MONEY.get(word.lower(), word.upper() if len(word) == 3 else word)
    if worth.amount is None:
        return hours, HOURS
    return hours * worth.amount, worth.unit


def rungs_alike(rungs: Iterable[tuple[int, str, str]]) -> list[str]:
    """Say at what risk and cost rungs were taken, those that are alike in one sentence.

    ``rungs`` are number, risk and cost of each.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for number, risk, cost in rungs:
        groups.setdefault((risk, cost), []).append(number)
    return [_taken(numbers, *levels) for levels, numbers in groups.items()]


def _taken(numbers: Sequence[int], risk: str, cost: str) -> str:
    if len(numbers) == 1:
        return said(
            "Rung %(value)s was taken at %(value_2)s risk and %(value_3)s cost",
            value=numbers[0],
            value_2=risk,
            value_3=cost,
        )
    shown = [str(number) for number in numbers]
    return joined(
        [
            said("Rungs %(numbers)s", numbers=listed(shown)),
            said(
                "were taken at %(risk)s risk and %(cost)s cost",
                risk=risk,
                cost=cost,
            ),
        ]
    )
