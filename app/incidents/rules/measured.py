"""Figures of the desk that a metric can be measured by, each out of the incidents of one period."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from app.models.incidents.words import DeskFigure

MEANINGS: Mapping[DeskFigure, str] = {
    DeskFigure.REPORTED: "Incidents reported in the period.",
    DeskFigure.HOURS: (
        "Median of the hours from report to restoration, by the wall clock, of what was restored "
        "then."
    ),
    DeskFigure.CROSSED: (
        "Incidents reported in the period that were handed to another team, in per cent."
    ),
    DeskFigure.BOUNCED: (
        "Incidents reported in the period that came back to a team that had them, in per cent."
    ),
    DeskFigure.PHONE: "Incidents reported in the period by phone, in per cent.",
    DeskFigure.CONTACTS: "Times somebody got in touch, for each incident reported in the period.",
    DeskFigure.SATISFIED: "Ratings of 4 or 5 among those given in the period, in per cent.",
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
