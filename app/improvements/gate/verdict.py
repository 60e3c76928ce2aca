"""What the numbers say of a rung: pass, fail, inconclusive or no data.

Only a pass lets more people in.

Time alone decides nothing: waiting longer never turns "inconclusive" or "no data" into a pass.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core.figures import day, figure
from app.core.said import nsaid, said
from app.improvements.statistics.effect import welch
from app.improvements.statistics.ledger import Prediction
from app.improvements.statistics.reading import typical
from app.models.improvements.words import Direction, Verdict


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A metric that must not get worse. ``worse`` is None while there is nothing to judge it by;
    ``why`` is a sentence, empty where it simply holds.
    """

    name: str
    worse: bool | None
    why: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict is made from.

    ``helped`` is what the chart says of the values after the change (True the right way, False the
    wrong way, None neither); ``limits`` tells whether the chart could draw limits at all.
    ``full_count`` marks a metric that counts everything, such as rights in a directory, where every
    difference is real. ``cases`` are of how many cases the values before and after come;
    ``left_out`` names the points that people left out, which no verdict hides.
    """

    before: Sequence[float]
    after: Sequence[float]
    prediction: Prediction
    helped: bool | None
    limits: bool
    minimum_points: int
    today: date
    not_before: date | None = None
    guardrails: tuple[Guardrail, ...] = ()
    full_count: bool = False
    logged: bool = False
    cases: tuple[Sequence[float], Sequence[float]] = ((), ())
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reasons, each a sentence."""

    verdict: Verdict
    reasons: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Tell whether the rung is held where it is."""
        return self.verdict is not Verdict.PASS


def judge(evidence: Evidence) -> Judgement:
    """Compute the verdict on the participants' metric, or on the service's for the largest
    rungs.
    """
    found = _judged(evidence)
    return replace(found, reasons=(*found.reasons, *evidence.left_out))


def _judged(evidence: Evidence) -> Judgement:
    failures = _failures(evidence)
    if failures:
        return Judgement(Verdict.FAIL, failures)
    if not evidence.after:
        return Judgement(
            Verdict.NO_DATA,
            (
                said(
                    "Nothing was measured of %(metric)s since the change.",
                    metric=evidence.prediction.metric,
                ),
            ),
        )
    waiting = _waiting(evidence)
    if waiting:
        return Judgement(Verdict.INCONCLUSIVE, waiting)
    found = _counted_fully(evidence) if evidence.full_count else _by_chart(evidence)
    held = (one.why for one in evidence.guardrails if one.why)
    return replace(found, reasons=(*found.reasons, *held))


def _failures(evidence: Evidence) -> tuple[str, ...]:
    found = [one.why for one in evidence.guardrails if one.worse]
    if evidence.helped is False and evidence.after:
        found.append(
            said(
                "%(metric)s moved the wrong way, and that is unlikely to be chance.",
                metric=evidence.prediction.metric,
            )
        )
    return tuple(found)


def _waiting(evidence: Evidence) -> tuple[str, ...]:
    found = []
    measured = len(evidence.after)
    if evidence.not_before and evidence.today < evidence.not_before:
        found.append(
            said(
                "No verdict before %(not_before)s.", not_before=day(evidence.not_before)
            )
        )
    if measured < evidence.minimum_points:
        found.append(
            said(
                "%(measured)s of %(points)s measured.",
                measured=measured,
                points=nsaid(
                    "%(number)s point", "%(number)s points", evidence.minimum_points
                ),
            )
        )
    found += [one.why for one in evidence.guardrails if one.worse is None]
    if not evidence.limits and not evidence.full_count:
        found.append(said("Too few points before the change to tell it from chance."))
    return tuple(found)


def _counted_fully(evidence: Evidence) -> Judgement:
    wanted, last = evidence.prediction, evidence.after[-1]
    reached = wanted.direction.reached(last, wanted.expected)
    told = said(
        "%(metric)s is %(last)s, expected %(expected)s.",
        metric=wanted.metric,
        last=figure(last),
        expected=figure(wanted.expected),
    )
    return Judgement(Verdict.PASS if reached else Verdict.FAIL, (told,))


def _by_chart(evidence: Evidence) -> Judgement:
    wanted = evidence.prediction
    level = typical(
        evidence.after,
        evidence.cases[1],
        logged=evidence.logged,
    )
    told = said(
        "%(metric)s is %(typical)s on average, expected %(expected)s",
        metric=wanted.metric,
        typical=figure(level),
        expected=figure(wanted.expected),
    )
    reached = wanted.direction.reached(level, wanted.expected)
    if evidence.helped:
        if reached:
            return Judgement(
                Verdict.PASS, (said("%(told)s; unlikely to be chance.", told=told),)
            )
        return Judgement(
            Verdict.INCONCLUSIVE,
            (said("%(told)s: better, but less than predicted.", told=told),),
        )
    if not reached and _ruled_out(evidence):
        return Judgement(
            Verdict.FAIL,
            (
                said(
                    "%(told)s: no change stands out, and one that large can be "
                    "ruled out.",
                    told=told,
                ),
            ),
        )
    return Judgement(
        Verdict.INCONCLUSIVE, (said("%(told)s: this could be chance.", told=told),)
    )


def _ruled_out(evidence: Evidence) -> bool:
    """Tell whether the 95 % interval of the change ends short of the change that was expected."""
    if evidence.logged and evidence.prediction.expected <= 0:
        return False  # a logarithm cannot say how far from zero a value is
    scale = math.log if evidence.logged else float
    before, after = (
        [scale(v) for v in evidence.before],
        [scale(v) for v in evidence.after],
    )
    first, then = (
        typical(
            values,
            cases,
            logged=False,
        )
        for values, cases in zip(
            (before, after),
            evidence.cases,
            strict=True,
        )
    )
    interval = welch(
        before,
        after,
        then - first,
    )
    if interval is None:
        return False
    expected = scale(evidence.prediction.expected) - first
    if evidence.prediction.direction is Direction.UP:
        return interval.high < expected
    return interval.low > expected
