"""Where a record is shown: the page for a name such as ``finding:12``."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.models.improvements.complaint import Complaint
from app.models.improvements.improvement import CostBenefit, Improvement, Note
from app.models.improvements.iteration import CheckIn, Decision, Finding, Iteration, Participation
from app.models.improvements.metric import Measurement, Metric

KINDS = {
    "improvement": Improvement,
    "iteration": Iteration,
    "participation": Participation,
    "finding": Finding,
    "metric": Metric,
    "measurement": Measurement,
    "note": Note,
    "cost": CostBenefit,
    "check-in": CheckIn,
    "decision": Decision,
    "complaint": Complaint,
}


def shown_on(session: Session, kind: str, number: int) -> tuple[str, int]:
    """Return the kind of page that shows a record (improvement, iteration, metric, finding,
    complaint) and its number.

    Raises ``NotFound``.
    """
    found = session.get(KINDS[kind], number) if kind in KINDS else None
    if found is None:
        raise NotFound(f"There is no {kind} {number}.")
    if isinstance(found, Participation | CheckIn | Decision):
        return "iteration", found.iteration_id
    if isinstance(found, Measurement):
        return "metric", found.metric_id
    if isinstance(found, Note | CostBenefit):
        return "improvement", found.improvement_id
    return kind, number
