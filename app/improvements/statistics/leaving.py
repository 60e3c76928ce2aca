"""Points that people left out: shown, with their reason, and counted nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from app.core.figures import day as day_text
from app.core.said import joined, nsaid, said
from app.improvements.statistics.series import Point

NAMED = 3
"""So many are named with their reasons; of the others it is said how many there are."""


def without(
    points: Iterable[Point], reasons: Mapping[tuple[date, str], str]
) -> list[Point]:
    """Return the points with those set aside that have a reason, by day and label."""
    return [
        replace(
            point,
            value=None,
            set_aside=point.value,
            left_out=reasons[point.when, point.label],
        )
        if point.value is not None and (point.when, point.label) in reasons
        else point
        for point in points
    ]


def left_out_said(points: Iterable[Point]) -> str:
    """Say which points are left out and why; nothing where none is."""
    gone = [point for point in points if point.left_out]
    if not gone:
        return ""
    named = joined(map(_named, gone[:NAMED]), "; ")
    more = len(gone) - NAMED
    if more > 0:
        told = nsaid(
            "%(number)s more",
            "%(number)s more",
            more,
        )
        named = joined([named, told], "; ")
    count = nsaid(
        "%(number)s point",
        "%(number)s points",
        len(gone),
    )
    return said(
        "%(count)s left out: %(named)s.",
        count=count,
        named=named,
    )


def _named(point: Point) -> str:
    return said(
        "%(when)s (%(why)s)",
        when=point.label or day_text(point.when),
        why=point.left_out.rstrip("."),
    )
