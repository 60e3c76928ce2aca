"""From values to pixels: round numbers on the axis, logarithms where a chart is logged, labels that
do not collide.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.figures import scale_of, scaled
from app.core.said import DAY, DAY_OF_YEAR, day_said, digits

LETTER = 7.7  # width of a letter of chart text in pixels, on the safe side: system fonts differ


@dataclass(frozen=True, slots=True)
class Axis:
    """A vertical axis: ``low`` is drawn at pixel ``bottom``, ``high`` at ``top``."""

    low: float
    high: float
    bottom: float
    top: float
    logged: bool = False

    def at(self, value: float) -> float:
        """Return the pixel of a value."""
        low, high, here = (
            self._scaled(number) for number in (self.low, self.high, value)
        )
        return self.bottom - (here - low) / (high - low) * (self.bottom - self.top)

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self.logged else value


def fitted(
    values: Iterable[float],
    bottom: float,
    top: float,
    *,
    logged: bool = False,
    zero: bool = False,
    most: float | None = None,
) -> Axis:
    """Return an axis that holds all values with a little air; ``zero`` makes it begin there, and it
    never goes beyond ``most``.
    """
    shown = list(values)
    if logged:
        return Axis(min(shown) / 1.3, max(shown) * 1.15, bottom, top, logged=True)
    low, high = (0.0 if zero else min(shown)), max(shown)
    air = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    # Whatever never goes below zero is not drawn below it, nor a share beyond the whole.
    low = max(low - air, 0.0) if low >= 0 else low - air
    return Axis(low, high + air if most is None else min(high + air, most), bottom, top)


def from_zero(counts: Iterable[float], bottom: float, top: float) -> Axis:
    """Return an axis for counts: it begins at 0 and ends a little above the largest."""
    return Axis(0, max([1, *counts]) * 1.06, bottom, top)


def ticks(axis: Axis, wanted: int) -> list[float]:
    """Return about so many round values on the axis."""
    if axis.logged:
        found = _log_ticks(axis)
        if len(found) >= 2:
            return found[:: math.ceil(len(found) / (wanted + 1))]
    rough = (axis.high - axis.low) / wanted
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(
        size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * 0.999
    )
    first = math.ceil(axis.low / step - 1e-9)
    return [
        count * step for count in range(first, math.floor(axis.high / step + 1e-9) + 1)
    ]


def tick_texts(values: Sequence[float]) -> list[str]:
    """Return tick labels with as many decimals as they all need together; millions are short."""
    largest = max((abs(value) for value in values), default=0)
    size = scale_of(largest)
    return [scaled(text, size) for text in _plain_texts([v / size for v in values])]


def _plain_texts(values: Sequence[float]) -> list[str]:
    decimals = next(
        (
            d
            for d in range(9)
            if all(math.isclose(v, round(v, d), abs_tol=1e-9) for v in values)
        ),
        9,
    )
    texts = [f"{value:,.{decimals}f}".replace("-", "\u2212") for value in values]
    return [digits(text) for text in texts]


def spread(
    wanted: Sequence[float], gap: float, top: float, bottom: float
) -> list[float]:
    """Move label heights apart until none is closer to the next than ``gap``, staying between top
    and bottom.
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    placed: list[float] = []
    for place in order:
        placed.append(max(wanted[place], placed[-1] + gap if placed else top))
    floor = bottom
    for at in range(len(placed) - 1, -1, -1):
        placed[at] = min(placed[at], floor)
        floor = placed[at] - gap
    found = [0.0] * len(wanted)
    for place, height in zip(order, placed, strict=True):
        found[place] = height
    return found


def thinned(count: int, room: float, label: float) -> list[int]:
    """Return which of ``count`` evenly spaced labels fit into ``room`` pixels, the last one always
    among them.
    """
    fit = max(2, int(room // max(label, 1)))
    step = max(1, math.ceil((count - 1) / (fit - 1))) if count > 1 else 1
    return list(range(count - 1, -1, -step))[::-1]


def day_text(day: date, before: date | None) -> str:
    """Return a day for the axis, with its year where it differs from the label before."""
    same = before is None or before.year == day.year
    return day_said(day, DAY_OF_YEAR if same else DAY)


def _log_ticks(axis: Axis) -> list[float]:
    powers = range(
        math.floor(math.log10(axis.low)), math.ceil(math.log10(axis.high)) + 1
    )
    steps = (factor * 10.0**power for power in powers for factor in (1, 2, 5))
    return [step for step in steps if axis.low <= step <= axis.high]
