"""Did a guardrail get worse?

A failed guardrail closes a gate, so it has a budget for false alarms. All values since the change
are ranked among those of before; the share of all ways to deal out the ranks that look as bad or
worse is counted exactly. That holds for counts, shares and long tails alike, needs no limits and
therefore none that have no width: one major incident in eight weeks after none in twelve is what
chance does in 8 of 20 cases.

A guardrail without a past (there was no chat before there was one) is judged by its target.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.figures import figure
from app.core.said import nsaid, said
from app.improvements.gate.verdict import Guardrail
from app.improvements.statistics.control import LEAST
from app.improvements.statistics.distributions import rank_sum_p
from app.improvements.statistics.effect import superiority
from app.improvements.statistics.reading import MetricReading
from app.models.improvements.words import Direction

ONE_OF = 200
"""Chance alone may look this bad at one look of so many. With three guardrails, looked at after
each of 24 points, fewer than 1 pilot in 10 fails by chance (a simulation in the tests)."""


@dataclass(frozen=True, slots=True)
class GuardrailSeen:
    """A guardrail with its values read against those before the change."""

    name: str
    direction: Direction
    target: float | None
    reading: MetricReading


def guardrail_of(watched: GuardrailSeen) -> Guardrail:
    """Judge one guardrail by its past, or where it has none by its target."""
    if not watched.reading.after:
        return _unknown(said("%(name)s was not measured.", name=watched.name), watched)
    if watched.reading.enough:
        return _by_its_past(watched)
    if watched.target is not None:
        return _by_its_target(watched, watched.target)
    return _unknown(unjudged(watched.name), watched)


def unjudged(name: str) -> str:
    """Return why a guardrail with neither a past nor a target holds the rung."""
    return said(
        "%(name)s has fewer than %(least)s points before the change and no target: "
        "give it one it has to keep.",
        name=name,
        least=LEAST,
    )


def got_worse(
    before: tuple[float, ...], after: tuple[float, ...], direction: Direction
) -> bool:
    """Tell whether values after a change are worse than chance explains."""
    if superiority(before, after, direction) >= 0.5:
        return False
    return rank_sum_p(before, after) / 2 <= 1 / ONE_OF


def _by_its_past(watched: GuardrailSeen) -> Guardrail:
    reading = watched.reading
    if not got_worse(reading.before, reading.after, watched.direction):
        return Guardrail(watched.name, False, "")
    told = said(
        "%(name)s got worse: %(before)s before, %(after)s since; chance alone does that "
        "in fewer than 1 of %(one_of)s cases.",
        name=watched.name,
        before=figure(reading.usual or 0),
        after=figure(reading.now or 0),
        one_of=ONE_OF,
    )
    return Guardrail(watched.name, True, told)


def _by_its_target(watched: GuardrailSeen, target: float) -> Guardrail:
    reading = watched.reading
    level, count = reading.now or 0.0, len(reading.after)
    told = said(
        "%(name)s has no past to compare with: %(level)s in %(points)s, its target is "
        "%(target)s.",
        name=watched.name,
        level=figure(level),
        points=nsaid("%(number)s point", "%(number)s points", count),
        target=figure(target),
    )
    if watched.direction.reached(level, target):
        return Guardrail(watched.name, False, told)
    return Guardrail(watched.name, True if count >= LEAST else None, told)


def _unknown(why: str, watched: GuardrailSeen) -> Guardrail:
    return Guardrail(watched.name, None, why)
