"""How good our predictions are: what was expected, what came, and how sure we had been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from app.core.figures import percent
from app.core.said import digits, nsaid, said
from app.models.improvements.words import Direction

LEAST = 5
# What somebody scores who always says fifty-fifty.
GUESSING = 0.25


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was written down before the start: expected value, and how sure (0–1) that it would be
    reached.
    """

    metric: str
    expected: float
    confidence: float
    direction: Direction
    baseline: float | None = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A prediction beside its result."""

    prediction: Prediction
    result: float

    @property
    def came_true(self) -> bool:
        """Tell whether the result is at least as good as expected."""
        return self.prediction.direction.reached(self.result, self.prediction.expected)

    @property
    def error(self) -> float:
        """Result minus expectation, in the metric's unit; positive when the result was better."""
        return (self.result - self.prediction.expected) * self.prediction.direction.sign

    @property
    def relative_error(self) -> float | None:
        """The error as a share of the change that was expected; None when no change was."""
        if (
            self.prediction.baseline is None
            or self.prediction.expected == self.prediction.baseline
        ):
            return None
        return self.error / abs(self.prediction.expected - self.prediction.baseline)

    @property
    def brier(self) -> float:
        """The squared distance of the confidence from what happened: 0 is perfect, 1 is surely
        wrong.
        """
        return (self.prediction.confidence - self.came_true) ** 2


@dataclass(frozen=True, slots=True)
class Ledger:
    """All predictions with a result.

    ``confidence`` is what we said on average, ``hits`` what came true.
    """

    entries: int
    hits: int
    confidence: float | None
    brier: float | None
    typical_error: float | None
    sentence: str


def judge(entries: Sequence[LedgerEntry]) -> Ledger:
    """Sum up the ledger; says so when there is too little to judge."""
    if not entries:
        return Ledger(0, 0, None, None, None, said("No prediction has a result yet."))
    hits = sum(entry.came_true for entry in entries)
    confidence = fmean(entry.prediction.confidence for entry in entries)
    brier = fmean(entry.brier for entry in entries)
    errors = [error for entry in entries if (error := entry.relative_error) is not None]
    sentence = _sentence(len(entries), hits, confidence, brier)
    return Ledger(
        len(entries),
        hits,
        confidence,
        brier,
        median(errors) if errors else None,
        sentence,
    )


def _sentence(entries: int, hits: int, confidence: float, brier: float) -> str:
    told = said(
        "%(hits)s of %(predictions)s came true; we were %(confidence)s sure on average",
        hits=hits,
        predictions=nsaid("%(number)s prediction", "%(number)s predictions", entries),
        confidence=percent(confidence),
    )
    if entries < LEAST:
        return said("%(told)s. Too few to judge.", told=told)
    compared = said("better than") if brier < GUESSING else said("no better than")
    return said(
        "%(told)s. Brier score %(brier)s, %(compared)s tossing a coin (%(guessing)s).",
        told=told,
        brier=digits(f"{brier:.2f}"),
        compared=compared,
        guessing=GUESSING,
    )
