"""What the numbers say of a rung: pass, fail, inconclusive or no data.

Only a pass lets more people in.

Time alone decides nothing: waiting longer never turns "inconclusive" or "no data" into a pass.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from app.core.figures import counted, day, figure
from app.improvements.statistics.effect import welch
from app.improvements.statistics.ledger import Prediction
from app.models.improvements.words import Direction, Verdict


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A metric that must not get worse. ``worse`` is None while there is nothing to judge it by."""

    name: str
    worse: bool | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict is made from.

    ``helped`` is what the chart says of the values after the change (True the right way, False the
    wrong way, None neither); ``limits`` tells whether the chart could draw limits at all.
    ``full_count`` marks a metric that counts everything, such as rights in a directory, where every
    difference is real.
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
    failures = _failures(evidence)
    if failures:
        return Judgement(Verdict.FAIL, failures)
    if not evidence.after:
        return Judgement(
            Verdict.NO_DATA,
            (
                f"Nothing was measured of {evidence.prediction.metric} since the change.",
            ),
        )
    waiting = _waiting(evidence)
    if waiting:
        return Judgement(Verdict.INCONCLUSIVE, waiting)
    return _counted_fully(evidence) if evidence.full_count else _by_chart(evidence)


def _failures(evidence: Evidence) -> tuple[str, ...]:
    found = [
        f"{guardrail.name} got worse."
        for guardrail in evidence.guardrails
        if guardrail.worse
    ]
    if evidence.helped is False and evidence.after:
        found.append(
            f"{evidence.prediction.metric} moved the wrong way, and that is unlikely to be chance."
        )
    return tuple(found)


def _waiting(evidence: Evidence) -> tuple[str, ...]:
    found = []
    measured = len(evidence.after)
    if evidence.not_before and evidence.today < evidence.not_before:
        found.append(f"No verdict before {day(evidence.not_before)}.")
    if measured < evidence.minimum_points:
        found.append(
            f"{measured} of {counted(evidence.minimum_points, 'point')} measured."
        )
    found += [
        f"{guardrail.name} was not measured."
        for guardrail in evidence.guardrails
        if guardrail.worse is None
    ]
    if not evidence.limits and not evidence.full_count:
        found.append("Too few points before the change to tell it from chance.")
    return tuple(found)


def _counted_fully(evidence: Evidence) -> Judgement:
    wanted, last = evidence.prediction, evidence.after[-1]
    reached = wanted.direction.reached(last, wanted.expected)
    said = f"{wanted.metric} is {figure(last)}, expected {figure(wanted.expected)}."
    return Judgement(Verdict.PASS if reached else Verdict.FAIL, (said,))


def _by_chart(evidence: Evidence) -> Judgement:
    wanted, typical = evidence.prediction, _typical(evidence.after, evidence.logged)
    said = f"{wanted.metric} is {figure(typical)} on average, expected {figure(wanted.expected)}"
    reached = wanted.direction.reached(typical, wanted.expected)
    if evidence.helped:
        if reached:
            return Judgement(Verdict.PASS, (f"{said}; unlikely to be chance.",))
        return Judgement(
            Verdict.INCONCLUSIVE, (f"{said}: better, but less than predicted.",)
        )
    if not reached and _ruled_out(evidence):
        return Judgement(
            Verdict.FAIL,
            (f"{said}: no change stands out, and one that large can be ruled out.",),
        )
    return Judgement(Verdict.INCONCLUSIVE, (f"{said}: this could be chance.",))


def _typical(values: Sequence[float], logged: bool) -> float:
    return (
        math.exp(fmean(math.log(value) for value in values))
        if logged
        else fmean(values)
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
    interval = welch(before, after)
    if interval is None:
        return False
    expected = scale(evidence.prediction.expected) - fmean(before)
    if evidence.prediction.direction is Direction.UP:
        return interval.high < expected
    return interval.low > expected
