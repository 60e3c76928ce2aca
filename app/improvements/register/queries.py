"""How an improvement stands, as the rules ask for it before it may move."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.improvements.register.rules import WIP_LIMIT, ImprovementFacts
from app.improvements.rules import rung_named
from app.improvements.tasks.rules import NextStep
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Decision, Iteration
from app.models.improvements.metric import Metric
from app.models.improvements.words import (
    DecisionKind,
    ImprovementState,
)


def next_step_of(improvement: Improvement) -> NextStep | None:
    """Return the next step, or None while nobody set one."""
    if not improvement.next_what or improvement.next_due is None:
        return None
    return NextStep(improvement.next_what, improvement.next_who, improvement.next_due)


def facts_of(
    session: Session, improvement: Improvement, wip_limit: int = WIP_LIMIT
) -> ImprovementFacts:
    """Return what is known of an improvement when somebody wants to move it.

    What belongs to a larger improvement does not count on the board: its parent does.
    """
    open_rung = session.execute(
        select(Iteration.id, Iteration.number).where(
            Iteration.open_of == improvement.id
        )
    ).first()
    return ImprovementFacts(
        state=improvement.state,
        owner=improvement.owner,
        next_step=next_step_of(improvement),
        others_in_progress=0
        if improvement.parent_id
        else others_in_progress(session, improvement.id),
        wip_limit=wip_limit,
        open_iteration=rung_named(*open_rung) if open_rung else "",
        adopted=last_decision(session, improvement.id) is DecisionKind.ADOPT,
        control_metric=session.scalar(
            select(Metric.id).where(Metric.control_of == improvement.id)
        )
        is not None,
        everyone_has_it=improvement.everyone_has_it_on is not None,
    )


def others_in_progress(session: Session, but: int) -> int:
    """Return how many improvements that stand for themselves are in progress, apart from one."""
    query = select(func.count()).select_from(Improvement)
    alone = (
        Improvement.state == ImprovementState.IN_PROGRESS,
        Improvement.parent_id.is_(None),
        Improvement.id != but,
    )
    return session.scalar(query.where(*alone)) or 0


def last_decision(session: Session, improvement_id: int) -> DecisionKind | None:
    """Return what was decided last."""
    decided = select(Decision.kind).join(
        Iteration, Iteration.id == Decision.iteration_id
    )
    return session.scalar(
        decided.where(Iteration.improvement_id == improvement_id)
        .order_by(Decision.id.desc())
        .limit(1)
    )
