"""Priority out of impact and urgency, by a matrix that has to be monotone."""

from __future__ import annotations

from collections.abc import Sequence

Cells = Sequence[Sequence[int]]

DEFAULT: tuple[tuple[int, ...], ...] = ((1, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 4), (3, 4, 4, 5))
"""Rows are impact 1–4, columns urgency 1–4; 1 is the highest everywhere."""

IMPACTS = {1: "many sites", 2: "one site or department", 3: "several people", 4: "one person"}
URGENCIES = {
    1: "the main business process stops",
    2: "the main business process is hampered",
    3: "a supporting process",
    4: "convenience",
}
PRIORITIES = {1: "critical", 2: "high", 3: "medium", 4: "low", 5: "planned"}
UNSURE = 2
"""Urgency while a service says nothing: unsure means the higher one, reviewed later."""


def priority_of(cells: Cells, impact: int, urgency: int) -> int:
    """Return the priority (1 critical to 5 planned) of an impact and an urgency, each from 1 to 4."""
    return cells[impact - 1][urgency - 1]


def arithmetic(impact: int | None, urgency: int | None, priority: int) -> str:
    """Say how a priority came about: "P2 = impact 2 × urgency 1"."""
    if impact is None or urgency is None:
        return f"P{priority}, not classified yet"
    return f"P{priority} = impact {impact} × urgency {urgency}"
