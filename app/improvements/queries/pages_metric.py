"""One metric with all its values, and a finding, note or cost with the improvement it belongs
to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.improvements.queries.points import Series, series_of
from app.improvements.queries.standing import first_start
from app.models.improvements.improvement import CostBenefit, Improvement, Note
from app.models.improvements.iteration import Finding, Iteration, Participation
from app.models.improvements.metric import Measurement, Metric, Rebase

MOST_VALUES = 60


@dataclass(frozen=True, slots=True)
class MetricPage:
    """A metric, its series, its latest entries (corrections beside what they correct), the days of
    new limits.
    """

    improvement: Improvement
    series: Series
    entries: tuple[Measurement, ...]
    rebases: tuple[Rebase, ...]
    pilot_from: date | None

    @property
    def metric(self) -> Metric:
        """Return the metric itself."""
        return self.series.metric


@dataclass(frozen=True, slots=True)
class FindingPage:
    """A finding with what it belongs to."""

    finding: Finding
    improvement: Improvement
    iteration: Iteration | None
    participant: Participation | None


def metric_page(session: Session, metric_id: int) -> MetricPage:
    """Load a metric with its values. Raises ``NotFound``."""
    metric = session.get(Metric, metric_id)
    if metric is None:
        raise NotFound(f"There is no metric {metric_id}.")
    improvement = session.get_one(Improvement, metric.improvement_id)
    latest = select(Measurement).where(Measurement.metric_id == metric_id)
    entries = session.scalars(
        latest.order_by(Measurement.day.desc(), Measurement.id.desc()).limit(MOST_VALUES)
    ).all()
    rebases = session.scalars(
        select(Rebase).where(Rebase.metric_id == metric_id).order_by(Rebase.day)
    ).all()
    (series,) = series_of(session, [metric])
    return MetricPage(
        improvement, series, tuple(entries), tuple(rebases), first_start(session, improvement.id)
    )


def finding_page(session: Session, finding_id: int) -> FindingPage:
    """Load a finding. Raises ``NotFound``."""
    finding = session.get(Finding, finding_id)
    if finding is None:
        raise NotFound(f"There is no finding {finding_id}.")
    iteration = session.get(Iteration, finding.iteration_id) if finding.iteration_id else None
    person = (
        session.get(Participation, finding.participation_id) if finding.participation_id else None
    )
    return FindingPage(
        finding, session.get_one(Improvement, finding.improvement_id), iteration, person
    )


def cost_and_improvement(session: Session, cost_id: int) -> tuple[CostBenefit, Improvement]:
    """Load a cost or benefit with its improvement. Raises ``NotFound``."""
    cost = session.get(CostBenefit, cost_id)
    if cost is None:
        raise NotFound(f"There is no cost or benefit {cost_id}.")
    return cost, session.get_one(Improvement, cost.improvement_id)


def note_and_improvement(session: Session, note_id: int) -> tuple[Note, Improvement]:
    """Load a note with its improvement. Raises ``NotFound``."""
    note = session.get(Note, note_id)
    if note is None:
        raise NotFound(f"There is no note {note_id}.")
    return note, session.get_one(Improvement, note.improvement_id)


def people_of(session: Session, iteration_id: int) -> list[tuple[int, str]]:
    """Return number and name of everybody who takes part in an iteration."""
    chosen = select(Participation.id, Participation.name).where(
        Participation.iteration_id == iteration_id, Participation.left_at.is_(None)
    )
    return [(number, name) for number, name in session.execute(chosen.order_by(Participation.id))]
