"""What comes next: one scheme, weighted shortest job first, with its arithmetic on show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.core.figures import figure


@dataclass(frozen=True, slots=True)
class Estimate:
    """Value, urgency, risk reduced or opportunity opened, and size; each 1–10, None while nobody
    estimated it.
    """

    value: int | None
    urgency: int | None
    risk: int | None
    size: int | None

    @property
    def score(self) -> Fraction | None:
        """(value + urgency + risk) / size, exactly; None while a figure is missing."""
        if (
            self.value is None
            or self.urgency is None
            or self.risk is None
            or not self.size
        ):
            return None
        return Fraction(self.value + self.urgency + self.risk, self.size)

    @property
    def arithmetic(self) -> str:
        """The score with the way it came about, as in "(8 + 4 + 3) / 5 = 3"."""
        if self.score is None:
            return f"Not estimated: {', '.join(self.missing)}."
        return (
            f"({self.value} + {self.urgency} + {self.risk}) / {self.size} = "
            f"{figure(float(self.score))}"
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the figures that nobody estimated."""
        named = (
            ("value", self.value),
            ("urgency", self.urgency),
            ("risk", self.risk),
            ("size", self.size),
        )
        return tuple(name for name, number in named if not number)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One improvement to be put in order: its id, its estimate, when it was raised."""

    id: int
    estimate: Estimate
    raised_at: datetime


def ranking(items: Iterable[Ranked]) -> list[Ranked]:
    """Order by score, highest first; ties go to the smaller size, then to the older; the
    unestimated come last.
    """
    return sorted(items, key=_place)


def _place(item: Ranked) -> tuple[bool, Fraction, int, datetime, int]:
    score = item.estimate.score
    return (
        score is None,
        -(score or Fraction(0)),
        item.estimate.size or 0,
        item.raised_at,
        item.id,
    )
