"""What improvements and waves learn from incidents: figures measured, and a signal of too many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import comb
from statistics import median

from app.core.figures import people
from app.core.said import digits, nsaid, said
from app.models.incidents.words import DeskFigure

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
        return not self.people or self.days_after / self.people < EARLY / timedelta(
            days=1
        )

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
        verdict = {
            True: said("no more than usual"),
            False: said("more than usual"),
            None: said("too early to tell"),
        }[self.quiet]
        since = said(
            "%(incidents)s of %(people)s since the switch",
            incidents=nsaid("%(number)s incident", "%(number)s incidents", self.after),
            people=people(self.people),
        )
        each = self.days_after / self.people if self.people else 0
        return said(
            "%(since)s (%(each)s days each), %(before)s in the 84 days "
            "before: %(verdict)s.",
            since=since,
            each=digits(f"{each:.0f}"),
            before=self.before,
            verdict=verdict,
        )


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


MEANINGS: Mapping[DeskFigure, str] = {
    DeskFigure.REPORTED: said("Incidents reported in the period."),
    DeskFigure.HOURS: (
        said(
            "Median of the hours from report to restoration, by the wall "
            "clock, of what was restored then."
        )
    ),
    DeskFigure.CROSSED: (
        said(
            "Incidents reported in the period that were handed to another "
            "team, in per cent."
        )
    ),
    DeskFigure.BOUNCED: (
        said(
            "Incidents reported in the period that came back to a team that "
            "had them, in per cent."
        )
    ),
    DeskFigure.PHONE: said("Incidents reported in the period by phone, in per cent."),
    DeskFigure.CONTACTS: said(
        "Times somebody got in touch, for each incident reported in the period."
    ),
    DeskFigure.SATISFIED: said(
        "Ratings of 4 or 5 among those given in the period, in per cent."
    ),
}


@dataclass(frozen=True, slots=True)
class MeasuredTold:
    """One incident reported in the period."""

    crossed: bool
    bounced: bool
    by_phone: bool
    contacts: int


@dataclass(frozen=True, slots=True)
class MeasuredFacts:
    """What a period holds: incidents reported, hours of those restored in it, ratings (1–5) given
    in it.
    """

    told: Sequence[MeasuredTold] = ()
    hours: Sequence[float] = ()
    ratings: Sequence[int] = ()


def measured(figure: DeskFigure, facts: MeasuredFacts) -> float | None:
    """Return the figure of a period, or None where there is nothing to take it of: what is missing
    stays missing.
    """
    return _FIGURES[figure](facts)


def _share(flags: Sequence[bool]) -> float | None:
    return 100 * sum(flags) / len(flags) if flags else None


_FIGURES: Mapping[DeskFigure, Callable[[MeasuredFacts], float | None]] = {
    DeskFigure.REPORTED: lambda facts: float(len(facts.told)),
    DeskFigure.HOURS: lambda facts: median(facts.hours) if facts.hours else None,
    DeskFigure.CROSSED: lambda facts: _share([each.crossed for each in facts.told]),
    DeskFigure.BOUNCED: lambda facts: _share([each.bounced for each in facts.told]),
    DeskFigure.PHONE: lambda facts: _share([each.by_phone for each in facts.told]),
    DeskFigure.CONTACTS: lambda facts: (
        sum(e.contacts for e in facts.told) / len(facts.told) if facts.told else None
    ),
    DeskFigure.SATISFIED: lambda facts: _share([score >= 4 for score in facts.ratings]),
}
