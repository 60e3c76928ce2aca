"""The prediction ledger: what was expected of each decided iteration, what came, and how sure we
had been.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.improvements.statistics.ledger import Ledger, LedgerEntry, Prediction, judge
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Decision, Iteration
from app.models.improvements.metric import Metric
from app.models.improvements.words import DecisionKind, Verdict


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One prediction with its result."""

    improvement_id: int
    title: str
    iteration_id: int
    number: int
    unit: str
    entry: LedgerEntry
    verdict: Verdict | None
    decision: DecisionKind
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class PredictionLedger:
    """All predictions with a result, the latest first, and what they say of us."""

    lines: tuple[LedgerLine, ...]
    ledger: Ledger


def prediction_ledger(
    session: Session, improvement_id: int | None = None
) -> PredictionLedger:
    """Return the ledger of one improvement, or of all. One query."""
    rows = (
        select(Iteration, Improvement.title, Metric, Decision)
        .join(Decision, Decision.iteration_id == Iteration.id)
        .join(Metric, Metric.id == Iteration.metric_id)
        .join(Improvement, Improvement.id == Iteration.improvement_id)
        .where(
            Iteration.result.is_not(None),
            Iteration.expected.is_not(None),
            Iteration.confidence.is_not(None),
        )
        .order_by(Decision.id.desc())
    )
    if improvement_id is not None:
        rows = rows.where(Iteration.improvement_id == improvement_id)
    lines = tuple(_line(*row) for row in session.execute(rows))
    return PredictionLedger(lines, judge([line.entry for line in lines]))


def _line(
    iteration: Iteration, title: str, metric: Metric, decision: Decision
) -> LedgerLine:
    expected, confidence = iteration.expected or 0.0, (iteration.confidence or 0) / 100
    prediction = Prediction(
        metric.name, expected, confidence, metric.direction, iteration.baseline
    )
    return LedgerLine(
        iteration.improvement_id,
        title,
        iteration.id,
        iteration.number,
        metric.unit,
        LedgerEntry(prediction, iteration.result or 0.0),
        decision.verdict,
        decision.kind,
        decision.created_at,
    )
