"""Do people who were switched report more than they did before?

Their own past is what they are compared with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import comb

from app.core.figures import counted, people

BEFORE = timedelta(days=84)
"""How far back the usual number of incidents is looked for."""

EARLY = timedelta(days=3)
"""Nobody is judged by less time than this since the switch; two days without an incident say
nothing.
"""

UNLIKELY = 0.05


@dataclass(frozen=True, slots=True)
class IncidentSignal:
    """Incidents of people since their switch and in the time before; ``days`` are those of all of
    them together.

    ``quiet`` is None while it is too early to tell, ``chance`` how likely so many are if nothing
    had changed.
    """

    people: int
    after: int
    before: int
    days_after: float
    days_before: float

    @property
    def early(self) -> bool:
        """Tell whether too little time has passed on average."""
        return not self.people or self.days_after / self.people < EARLY / timedelta(days=1)

    @property
    def chance(self) -> float:
        """Return how likely at least so many incidents are by chance: a binomial share of all by
        days.
        """
        share = self.days_after / (self.days_after + self.days_before)
        total = self.after + self.before
        return sum(
            comb(total, k) * share**k * (1 - share) ** (total - k)
            for k in range(self.after, total + 1)
        )

    @property
    def quiet(self) -> bool | None:
        """Tell whether they report no more than usual; more than usual is said early, good news
        late.
        """
        if self.after and self.chance < UNLIKELY:
            return False
        return None if self.early else True

    @property
    def sentence(self) -> str:
        """Say what was counted, and what it means."""
        verdict = {True: "no more than usual", False: "more than usual", None: "too early to tell"}[
            self.quiet
        ]
        since = f"{counted(self.after, 'incident')} of {people(self.people)} since the switch"
        each = self.days_after / self.people if self.people else 0
        return f"{since} ({each:.0f} days each), {self.before} in the 84 days before: {verdict}."


def signal_of(
    switched: Iterable[datetime], after: int, before: int, now: datetime
) -> IncidentSignal:
    """Put together the signal: when each of them was switched, how many incidents they had since
    and before.
    """
    ages = [max(now - at, timedelta()) / timedelta(days=1) for at in switched]
    return IncidentSignal(
        len(ages), after, before, sum(ages), len(ages) * (BEFORE / timedelta(days=1))
    )
