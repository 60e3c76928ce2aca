"""Can this pilot tell?

What a gate will ask of a rung, and which of it no waiting can ever answer. It is said while the
plan can still be changed: once the rung starts, its metric is locked and the past is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.figures import people
from app.core.said import nsaid, said
from app.improvements.gate.checks import Band, band
from app.improvements.gate.guardrails import unjudged
from app.improvements.statistics.control import LEAST
from app.improvements.statistics.periods import start_of
from app.models.improvements.words import MetricScope, Period


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The metric a rung is going to be judged by, as it stands before the start.

    ``enough`` tells whether there is enough of it from before the change; ``instead`` names a
    metric of the improvement that counts the other scope, "" without one.
    """

    name: str
    scope: MetricScope
    points: int
    enough: bool
    full_count: bool = False
    instead: str = ""


@dataclass(frozen=True, slots=True)
class RungAhead:
    """A rung before it starts.

    ``reached`` of ``eligible`` people have the change once everybody in it has accepted;
    ``unjudged`` are guardrails with neither a past nor a target; ``periods`` are the values that
    fit into its window, None where nobody can say.
    """

    size: int
    reached: int
    eligible: int | None
    metric: Foreseen | None
    unjudged: tuple[str, ...] = ()
    minimum_points: int = 0
    periods: int | None = None

    @property
    def everybody(self) -> bool:
        """Tell whether the participants are all the people it is for."""
        return is_everybody(self.reached, self.eligible)


def is_everybody(reached: int, eligible: int | None) -> bool:
    """Tell whether participants are everybody: then their metric is the one of the service."""
    return bool(eligible) and reached >= (eligible or 0)


def cannot_tell(ahead: RungAhead) -> tuple[str, ...]:
    """Return a sentence for each thing the gate will ask and this rung cannot show."""
    metric = ahead.metric
    found = [unjudged(name) for name in ahead.unjudged]
    if metric is None:
        return tuple(found)
    if not metric.enough and not metric.full_count:
        found.append(
            said(
                "“%(name)s” has %(points)s before the change; a verdict needs %(least)s "
                "in a row. Add what is known of the past, or measure first.",
                name=metric.name,
                points=nsaid("%(number)s point", "%(number)s points", metric.points),
                least=LEAST,
            )
        )
    found += _scope(ahead, metric)
    return (*found, *_window(ahead))


def periods_between(first: date, last: date, period: Period) -> int | None:
    """Count the whole periods from one day to another, both included; None for groups of tickets,
    which have no calendar.
    """
    if period is Period.GROUP:
        return None
    day, count = start_of(first, period), 0
    if day < first:
        day = _next(day, period)
    while _next(day, period) <= last + timedelta(days=1):
        day, count = _next(day, period), count + 1
    return count


def _next(day: date, period: Period) -> date:
    length = {Period.DAY: 1, Period.WEEK: 7}.get(period, 31)
    return start_of(day + timedelta(days=length), period)


def _window(ahead: RungAhead) -> list[str]:
    asks = band(ahead.size) in (Band.MANY, Band.ALL)
    if not asks or ahead.periods is None or ahead.periods >= ahead.minimum_points:
        return []
    return [
        said(
            "The window has room for %(periods)s; the verdict asks for %(points)s.",
            periods=nsaid("%(number)s value", "%(number)s values", ahead.periods),
            points=ahead.minimum_points,
        )
    ]


def _scope(ahead: RungAhead, metric: Foreseen) -> list[str]:
    if ahead.everybody:
        return []
    size, service = band(ahead.size), metric.scope is MetricScope.SERVICE
    reached = said(
        "%(reached)s of %(people)s",
        reached=ahead.reached,
        people=people(ahead.eligible or 0),
    )
    instead = (
        said(" Predict “%(name)s” instead.", name=metric.instead)
        if metric.instead
        else ""
    )
    if size is Band.MANY and service:
        return [
            said(
                "“%(name)s” counts the whole service and hardly moves while %(reached)s "
                "take part.%(instead)s",
                name=metric.name,
                reached=reached,
                instead=instead,
            )
        ]
    if size is Band.ALL and not service:
        return [
            said(
                "Above 25 people the gate asks for a metric of the whole service; "
                "“%(name)s” counts the participants, %(reached)s.%(instead)s",
                name=metric.name,
                reached=reached,
                instead=instead,
            )
        ]
    return []
