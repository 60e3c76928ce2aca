"""What a chart of values in the order of time is made of: periods, and lines that hold for
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ChartDot:
    """One period.

    ``mark`` is "better" or "worse" for a signal, ``why`` names its rule; a "ring" is shown and
    counts for nothing, nor does "out", which people left out; no value: not measured.
    """

    when: date
    value: float | None
    label: str = ""
    pilot: bool = False
    mark: str = ""
    why: str = ""
    of: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that hold for the positions ``start`` to ``stop`` (not included); a run chart has
    no limits.

    ``baseline`` is how many values the lines come from, ``firm`` tells locked limits from trial
    limits.
    """

    start: int
    stop: int
    centre: float
    lower: float | None = None
    upper: float | None = None
    firm: bool = True
    baseline: int = 0
    follows: bool = False
