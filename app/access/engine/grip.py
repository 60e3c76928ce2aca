"""How long ago the lease was last seen to be ours: who stood still meanwhile sends nothing more."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Moment:
    """The time by two clocks: the one of the machine's day, which also goes on while the machine
    itself is stopped, and one that nobody can set back.
    """

    day: datetime
    steady: float


@dataclass(slots=True)
class Grip:
    """Knows when the lease was last confirmed; it is loose after half of the lease, and before the
    first time.
    """

    now: Callable[[], datetime]
    seconds: float
    _since: Moment | None = None
    _heard: float = -math.inf

    def moment(self) -> Moment:
        """Return the time at which a look at the lease begins."""
        return Moment(self.now(), time.monotonic())

    def confirmed(self, at: Moment, *, orders: bool) -> None:
        """Note that the lease was ours at that time, and whether orders were heard then."""
        self._since = at
        if orders:
            self._heard = at.steady

    def forget_orders(self) -> None:
        """Begin something for which no orders were heard yet."""
        self._heard = -math.inf

    def heard_since(self) -> float:
        """Return how many seconds ago orders were heard."""
        return time.monotonic() - self._heard

    def loose(self) -> bool:
        """Tell whether the lease has to be confirmed before anything more is sent.

        The other half of the lease is for what is on its way to the server.
        """
        if self._since is None:
            return True
        half = self.seconds / 2
        late = self.now() - self._since.day > timedelta(seconds=half)
        return late or time.monotonic() - self._since.steady > half
