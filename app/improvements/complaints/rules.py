"""Which complaint weighs most: how bad it is, times how many said it, weighted by where they
work.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LEAST, MOST = 1, 4


@dataclass(frozen=True, slots=True)
class Heard:
    """One complaint: severity 1–4, and for each voice the business weight of its site (1 where it
    is unknown).
    """

    id: int
    severity: int
    weights: tuple[int, ...]
    first_said: date

    @property
    def score(self) -> int:
        """Severity times the weights of all voices."""
        return self.severity * sum(self.weights)

    @property
    def arithmetic(self) -> str:
        """The score with the way it came about, as in "3 × (8 + 1) = 27"."""
        total = " + ".join(map(str, self.weights)) or "0"
        return (
            f"{self.severity} × "
            f"{f'({total})' if len(self.weights) > 1 else total} = {self.score}"
        )


def ranking(complaints: Iterable[Heard]) -> list[Heard]:
    """Order by score, highest first; ties go to the older one."""
    return sorted(complaints, key=lambda one: (-one.score, one.first_said, one.id))
