"""Measured values in the order of time. A period without a value stays without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from app.core.said import said


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a metric.

    ``value`` is None where nothing was measured; ``label`` names it instead of the day.
    A share or a rate is ``part`` of ``whole``. ``set_aside`` is a value that was measured and
    counts on no side of a change; ``left_out`` is the reason why people decided so.
    """

    when: date
    value: float | None
    label: str = ""
    set_aside: float | None = None
    part: float | None = None
    whole: float | None = None
    left_out: str = ""


def known(points: Iterable[Point]) -> list[float]:
    """Return the measured values in order, without the periods that have none."""
    return [point.value for point in points if point.value is not None]


def split_at(
    points: Sequence[Point], day: date | None
) -> tuple[list[Point], list[Point]]:
    """Return the points before ``day`` and those from it on; without a day all are before."""
    before = [point for point in points if day is None or point.when < day]
    return before, list(points[len(before) :])


def cases_of(points: Iterable[Point]) -> tuple[float, ...]:
    """Return of how many cases each measured value comes; nothing where any of them does not say
    so.
    """
    measured = [point for point in points if point.value is not None]
    wholes = tuple(point.whole for point in measured if point.whole)
    return wholes if len(wholes) == len(measured) else ()


def average(points: Sequence[Point]) -> float:
    """Return the mean of at least one measured value; of shares and rates all events of all cases
    together, for 1 of 2 and 0 of 98 are 1 of 100.
    """
    return fmean(known(points), cases_of(points) or None)


def too_early(points: str, count: int, least: int) -> str:
    """Say how many points limits need, and where there are as many, that periods are missing
    between them.
    """
    if count < least:
        return said(
            "Too early to tell: %(points)s; limits need %(least)s.",
            points=points,
            least=least,
        )
    return said(
        "Too early to tell: %(points)s, with periods missing between them; limits "
        "need %(least)s one after the other.",
        points=points,
        least=least,
    )
