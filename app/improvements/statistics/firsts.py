"""The first fall of what never fell: told at once, proved only by what follows.

Where all values were the same no limit has a width, and chance cannot be told from one other value:
of thirteen values that are dealt out at random one is the last in 1 of 13 cases. The first value on
the worse side is therefore named, and alarms as a signal only as the rules of the chart say.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.core.figures import day, figure
from app.core.said import said
from app.improvements.statistics.series import Point
from app.models.improvements.words import Direction

LEAST = 5
"""So many equal values before it make a first fall worth a sentence."""


def first_fall(points: Sequence[Point], direction: Direction) -> str:
    """Say of the latest measured value that it is the first worse one after values that were all
    the same; nothing where it is not.
    """
    measured = [point for point in points if point.value is not None]
    if len(measured) <= LEAST:
        return ""
    *before, last = measured
    usual = before[0].value
    if usual is None or last.value is None:
        return ""
    same = all(point.value == usual for point in before)
    if not same or (last.value - usual) * direction.sign >= 0:
        return ""
    return said(
        "It was always %(usual)s; %(value)s on %(day)s is the first worse value in "
        "%(count)s. Look why; one alone proves nothing.",
        usual=figure(usual),
        value=figure(last.value),
        day=last.label or day(last.when),
        count=len(measured),
    )
