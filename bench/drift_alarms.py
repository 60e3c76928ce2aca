"""How often drift is told without any change: normal values, twelve before, twelve reached.

PYTHONPATH=. .venv/bin/python bench/drift_alarms.py
"""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta

from app.improvements.statistics.control import About
from app.improvements.statistics.level import Embedding, watched
from app.improvements.statistics.series import Point
from app.models.improvements.words import Direction

FIRST, TRIES = date(2026, 1, 1), 2000


def share(chance: random.Random, gain: float, after: int, lost: float = 0) -> float:
    """Return the share of improvements that are opened again, of which so much was lost."""
    opened = 0
    for _ in range(TRIES):
        levels = [gain] * 12 + [0.0] * 12 + [gain * lost] * after
        points = [
            Point(FIRST + timedelta(days=place), chance.gauss(level, 1))
            for place, level in enumerate(levels)
        ]
        changed = FIRST + timedelta(days=12)
        embedding = Embedding(changed + timedelta(days=12), (changed,))
        about = About(Direction.DOWN)
        opened += watched(points, about, embedding, skewed=False).worse
    return opened / TRIES


def main() -> int:
    """Print a line for each gain in sigmas."""
    chance = random.Random(11)
    sys.stdout.write("gain  12 quiet  24 quiet  52 quiet  all lost: 4, 8, 12 values\n")
    for gain in (1.5, 2.0, 3.0):
        quiet = [share(chance, gain, after) for after in (12, 24, 52)]
        lost = [share(chance, gain, after, 1) for after in (4, 8, 12)]
        shown = "  ".join(f"{100 * one:5.1f} %" for one in (*quiet, *lost))
        sys.stdout.write(f"{gain:4}  {shown}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
