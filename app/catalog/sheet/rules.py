"""Parts of a service without circles, and who does what: exactly one is accountable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Edge = tuple[int, int]
"""A composite and one part it needs."""


def needed_by(edges: Iterable[Edge]) -> dict[int, list[int]]:
    """Return the parts of each composite, in the order given."""
    found: dict[int, list[int]] = {}
    for service, part in edges:
        found.setdefault(service, []).append(part)
    return found


def closure(edges: Iterable[Edge], start: int) -> frozenset[int]:
    """Return everything ``start`` needs, directly or through others; without ``start`` unless it
    needs itself.
    """
    parts, waiting, found = needed_by(edges), [start], set[int]()
    while waiting:
        fresh = set(parts.get(waiting.pop(), ())) - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found)


def would_cycle(edges: Iterable[Edge], service: int, part: int) -> bool:
    """Tell whether a service would need itself if it needed ``part``."""
    return service == part or service in closure(edges, part)


def levels(edges: Iterable[Edge], start: int) -> dict[int, int]:
    """Return how deep everything below ``start`` stands: one deeper than the deepest that needs it;
    ``start`` is 0.
    """
    parts, depth = needed_by(edges), {start: 0}
    waiting = [start]
    while waiting:
        service = waiting.pop()
        for part in parts.get(service, ()):
            if depth.get(part, 0) < depth[service] + 1:
                depth[part] = depth[service] + 1
                waiting.append(part)
    return depth


def reversed_edges(edges: Iterable[Edge]) -> list[Edge]:
    """Return the same with the arrows turned round: who is needed by whom."""
    return [(part, service) for service, part in edges]


LETTERS = {"R": "responsible", "A": "accountable", "C": "consulted", "I": "informed"}
USUAL_PROCESSES = ("Incidents", "Changes", "Requests", "Costs")
ITSELF = ""
"""The process that stands for the service itself."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One party's letter for a process of one service."""

    process: str
    party: str
    letter: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class RaciRow:
    """One process with its parties by letter."""

    process: str
    cells: tuple[Cell, ...]

    def of(self, letter: str) -> tuple[Cell, ...]:
        """Return the parties with a letter."""
        return tuple(cell for cell in self.cells if cell.letter == letter)


def rows(cells: Iterable[Cell], owner: str) -> list[RaciRow]:
    """Return the table: the service itself first, whose accountable is its owner, then its
    processes by name.
    """
    by_process: dict[str, list[Cell]] = {
        ITSELF: [Cell(ITSELF, owner, "A")] if owner else []
    }
    for cell in sorted(
        cells, key=lambda cell: (cell.process.casefold(), cell.party.casefold())
    ):
        by_process.setdefault(cell.process, []).append(cell)
    return [RaciRow(process, tuple(found)) for process, found in by_process.items()]


def objection(cells: Iterable[Cell], process: str, party: str, letter: str) -> str:
    """Say why a letter cannot be given, or nothing.

    Whoever is made accountable takes it over from who was.
    """
    if process == ITSELF and letter == "A":
        return (
            "For the service itself its owner is accountable: change the owner instead."
        )
    here = [cell for cell in cells if cell.process == process]
    if (
        process != ITSELF
        and letter != "A"
        and not any(cell.letter == "A" and cell.party != party for cell in here)
    ):
        return f"Say first who is accountable for {process}: exactly one has to be."
    return ""


def parting(cells: Iterable[Cell], gone: Cell) -> str:
    """Say why a party cannot be taken out, or nothing: the accountable goes last."""
    others = [
        cell
        for cell in cells
        if cell.process == gone.process and cell.party != gone.party
    ]
    if gone.letter == "A" and others:
        return (
            f"{gone.party} is accountable for {gone.process}; make "
            "somebody else accountable first."
        )
    return ""
