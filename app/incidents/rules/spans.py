"""Business time between many moments: the hours are laid out once, each question is a look-up."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta

from app.catalog.hours.rules import Hours, intervals


class Ruler:
    """The business hours from ``start`` to ``end``, laid out; measures the same as ``between``
    within them.
    """

    def __init__(self, hours: Hours, start: datetime, end: datetime) -> None:
        self._always = hours.round_the_clock
        laid = [] if self._always else list(intervals(hours, start, end))
        self._opens, self._before, self._lengths = [opens for opens, _ in laid], [timedelta()], []
        for opens, closes in laid:
            self._lengths.append(closes - opens)
            self._before.append(self._before[-1] + closes - opens)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the business time between two moments; nothing when they are not in order."""
        if end <= start:
            return timedelta()
        return end - start if self._always else self._until(end) - self._until(start)

    def _until(self, moment: datetime) -> timedelta:
        place = bisect_right(self._opens, moment) - 1
        if place < 0:
            return timedelta()
        return self._before[place] + min(moment - self._opens[place], self._lengths[place])
