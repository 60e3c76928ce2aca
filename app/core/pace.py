"""How often somebody may ask: so many times a minute, saved up for a burst as long as a minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from threading import Lock

MOST_KNOWN = 10_000
MINUTE = 60
ALMOST = 1e-6
"""What is lost of a number by adding parts of it."""


@dataclass(slots=True)
class Pace:
    """Who asked how often of late, in this process. It is safe between threads."""

    known: dict[int, tuple[float, datetime]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def wait(self, who: int, now: datetime, per_minute: int) -> int:
        """Return after how many seconds ``who`` may ask again, 0 for now, which counts as asked.

        ``per_minute`` 0 lets everybody in. A clock that was put back gives nothing and takes
        nothing.
        """
        if not per_minute:
            return 0
        with self.lock:
            left = self._left(who, now, per_minute)
            if left > 1 - ALMOST:
                self.known[who] = (max(0.0, left - 1), now)
                return 0
            self.known[who] = (left, now)
        seconds = (1 - left) * MINUTE / per_minute
        return max(1, ceil(seconds - ALMOST))

    def _left(self, who: int, now: datetime, per_minute: int) -> float:
        if len(self.known) > MOST_KNOWN:
            self.known.clear()
        saved, at = self.known.get(who, (float(per_minute), now))
        passed = max(0.0, (now - at).total_seconds())
        return min(float(per_minute), saved + passed * per_minute / MINUTE)
