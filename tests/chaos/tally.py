"""What chaos counted, and how it is told."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.misfortunes import KINDS
from tests.chaos.scenario import Found

UNDO_TIMES = "seconds to undo a wave, its faults included: median, longest"


@dataclass
class Tally:
    """What came of many scenarios, by directory."""

    found: dict[str, list[Found]] = field(default_factory=dict)
    faults: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, family: str, found: Found, faults: Counter[str]) -> None:
        """Count one scenario."""
        self.found.setdefault(family, []).append(found)
        self.faults[family] = self.faults.get(family, Counter()) + faults

    @property
    def total(self) -> int:
        """Return how many faults there were."""
        return sum(sum(counted.values()) for counted in self.faults.values())

    @property
    def wrong(self) -> list[str]:
        """Return all that did not hold."""
        found = [one for some in self.found.values() for one in some]
        return [sentence for one in found for sentence in one.wrong]

    def lines(self) -> list[str]:
        """Return the tally as lines of a page."""
        families = list(self.found)
        head = ["", *families, "together"]
        rows = [
            self._row(kind, [self.faults[one][kind] for one in families])
            for kind in KINDS
        ]
        rows.append(
            self._row(
                "**faults**", [sum(self.faults[one].values()) for one in families]
            )
        )
        sums = {
            "waves, each up and down": lambda some: len(some),
            "processes": lambda some: sum(one.lives for one in some),
            "looks at everybody's access meanwhile": lambda some: sum(
                one.looks for one in some
            ),
            "people moved": lambda some: sum(one.moved for one in some),
            "people moved back": lambda some: sum(one.undone for one in some),
            "**rights lost, or anything else wrong**": lambda some: sum(
                len(one.wrong) for one in some
            ),
        }
        rows += [
            self._row(name, [count(self.found[one]) for one in families])
            for name, count in sums.items()
        ]
        times = [self._times(one) for one in families]
        rows.append(_cells([UNDO_TIMES, *times, ""]))
        return [_cells(head), _cells(["---"] * len(head)), *rows]

    def _times(self, family: str) -> str:
        seconds = [one.undo_seconds for one in self.found[family]]
        return f"{statistics.median(seconds):.1f}, {max(seconds):.1f}"

    def _row(self, name: str, numbers: list[int]) -> str:
        return _cells([name, *(f"{one:,}" for one in (*numbers, sum(numbers)))])


def _cells(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
