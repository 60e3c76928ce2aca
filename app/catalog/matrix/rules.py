"""Priority out of impact and urgency, by a matrix that has to be monotone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.said import said

Cells = Sequence[Sequence[int]]

DEFAULT: tuple[tuple[int, ...], ...] = (
    (1, 1, 2, 3),
    (1, 2, 3, 4),
    (2, 3, 4, 4),
    (3, 4, 4, 5),
)
"""Rows are impact 1–4, columns urgency 1–4; 1 is the highest everywhere."""

IMPACTS = {
    1: said("many sites"),
    2: said("one site or department"),
    3: said("several people"),
    4: said("one person"),
}
URGENCIES = {
    1: said("the main business process stops"),
    2: said("the main business process is hampered"),
    3: said("a supporting process"),
    4: "convenience",
}
PRIORITIES = {1: "critical", 2: "high", 3: "medium", 4: "low", 5: "planned"}
UNSURE = 2
"""Urgency while a service says nothing: unsure means the higher one, reviewed later."""


def priority_of(cells: Cells, impact: int, urgency: int) -> int:
    """Return the priority (1 critical to 5 planned) of an impact and an urgency, each from 1 to
    4.
    """
    return cells[impact - 1][urgency - 1]


def arithmetic(impact: int | None, urgency: int | None, priority: int) -> str:
    """Say how a priority came about: "P2 = impact 2 × urgency 1"."""
    if impact is None or urgency is None:
        return said("P%(priority)s, not classified yet", priority=priority)
    return said(
        "P%(priority)s = impact %(impact)s × urgency %(urgency)s",
        priority=priority,
        impact=impact,
        urgency=urgency,
    )


@dataclass(frozen=True, slots=True)
class Break:
    """One cell of a matrix that cannot stay as it is, and why."""

    impact: int
    urgency: int
    sentence: str


def breaks(cells: Cells) -> list[Break]:
    """Return the cells that are no priority or are higher than one of more weight; none: the matrix
    is monotone.
    """
    found = [*_out_of_range(cells)]
    for impact in range(1, 5):
        for urgency in range(1, 5):
            for before in ((impact - 1, urgency), (impact, urgency - 1)):
                if min(before) >= 1 and priority_of(cells, *before) > priority_of(
                    cells, impact, urgency
                ):
                    found.append(
                        Break(
                            impact, urgency, _broken(cells, (impact, urgency), before)
                        )
                    )
    return found


def differing(cells: Cells, others: Cells) -> list[tuple[int, int]]:
    """Return impact and urgency of the cells in which two matrices differ."""
    places = [(impact, urgency) for impact in range(1, 5) for urgency in range(1, 5)]
    return [
        place
        for place in places
        if priority_of(cells, *place) != priority_of(others, *place)
    ]


def _out_of_range(cells: Cells) -> Iterator[Break]:
    for row, impact in enumerate(cells, start=1):
        for urgency, priority in enumerate(impact, start=1):
            if priority not in PRIORITIES:
                yield Break(
                    row,
                    urgency,
                    said(
                        "Impact %(row)s × urgency %(urgency)s: %(priority)s is no "
                        "priority from 1 to 5.",
                        row=row,
                        urgency=urgency,
                        priority=priority,
                    ),
                )


def _broken(cells: Cells, here: tuple[int, int], before: tuple[int, int]) -> str:
    mine, theirs = priority_of(cells, *here), priority_of(cells, *before)
    return said(
        "Impact %(value)s × urgency %(value_2)s is P%(mine)s, more than "
        "impact %(value_3)s × urgency %(value_4)s with P%(theirs)s; "
        "less impact or urgency may never come first.",
        value=here[0],
        value_2=here[1],
        mine=mine,
        value_3=before[0],
        value_4=before[1],
        theirs=theirs,
    )
