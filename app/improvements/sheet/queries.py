"""One improvement on one page: the seven steps, metrics, iterations, findings, costs, notes, votes,
parts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.services.queries import service_called
from app.core.plain import ref
from app.core.trail import ToldEvent, about, history
from app.improvements.board.queries import BoardCard, cards_of
from app.improvements.complaints.queries import ComplaintLine, complaint_lines
from app.improvements.gate.checks import RungCheck
from app.improvements.gate.queries import (
    JudgedMetric,
    RungScene,
    baseline_of,
    judge_iteration,
    plan_checks,
    prediction_of,
    scene_of,
)
from app.improvements.queries import get_improvement
from app.improvements.sheet import rules
from app.incidents.links.queries import LinkedIncident, incidents_of
from app.models.improvements.improvement import CostBenefit, Improvement, Note, Vote
from app.models.improvements.iteration import Decision, Finding, Iteration
from app.models.improvements.words import (
    SETTLED_FINDINGS,
    DecisionKind,
    FindingKind,
    ImprovementKind,
    ImprovementState,
    IterationState,
    Verdict,
)

LATEST = 6


@dataclass(frozen=True, slots=True)
class Rung:
    """One iteration as a line of the page: who is in it, what the numbers say, what was decided."""

    iteration: Iteration
    people: int
    judged: JudgedMetric | None
    decision: Decision | None

    @property
    def verdict(self) -> Verdict | None:
        """Return the verdict it was decided with, or as it stands today."""
        if self.decision:
            return self.decision.verdict
        return self.judged.judgement.verdict if self.judged else None


@dataclass(frozen=True, slots=True)
class ImprovementPage:
    """Everything the page shows; ``baseline`` is what was usual for the primary metric before
    anything changed.
    """

    scene: RungScene
    card: BoardCard
    steps: tuple[rules.ItilStep, ...]
    current: rules.ItilStep
    checks: tuple[RungCheck, ...]
    rungs: tuple[Rung, ...]
    baseline: float | None
    voters: tuple[str, ...]
    notes: tuple[Note, ...]
    costs: tuple[CostBenefit, ...]
    children: tuple[BoardCard, ...]
    parent: Improvement | None
    complaints: tuple[ComplaintLine, ...]
    events: tuple[ToldEvent, ...]
    incidents: tuple[LinkedIncident, ...]
    service_id: int | None

    @property
    def one(self) -> Improvement:
        """Return the improvement itself."""
        return self.scene.improvement

    @property
    def going(self) -> Iteration | None:
        """Return the iteration that is on its way, or the latest planned one."""
        return next(
            (one for one in reversed(self.scene.iterations) if one.state in _GOING),
            None,
        )

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """Return the findings nobody settled, those that say stop first."""
        order = (FindingKind.STOP, FindingKind.FIX, FindingKind.NOTE)
        found = [
            one for one in self.scene.findings if one.state not in SETTLED_FINDINGS
        ]
        return tuple(sorted(found, key=lambda one: order.index(one.kind)))

    @property
    def settled_findings(self) -> tuple[Finding, ...]:
        """Return the findings that were verified or accepted."""
        return tuple(
            one for one in self.scene.findings if one.state in SETTLED_FINDINGS
        )

    def noted(self, *kinds: str) -> list[Note]:
        """Return the notes of these kinds."""
        return [note for note in self.notes if note.kind in kinds]


_GOING = (IterationState.PLANNED, IterationState.RUNNING, IterationState.REVIEWING)


def improvement_page(
    session: Session, improvement_id: int, today: date, permissions: Collection[str]
) -> ImprovementPage:
    """Load the page of an improvement.

    About 26 queries, however much there is. Raises ``NotFound``.
    """
    one = get_improvement(session, improvement_id)
    scene = scene_of(session, one)
    children = session.scalars(
        select(Improvement).where(Improvement.parent_id == one.id)
    ).all()
    notes = tuple(session.scalars(_of(Note, one.id).where(Note.struck_at.is_(None))))
    cards = cards_of(session, [one, *children], today)
    steps = rules.steps(_facts(scene))
    return ImprovementPage(
        scene=scene,
        card=cards[0],
        steps=steps,
        current=rules.current(_facts(scene)),
        checks=plan_checks(scene, _planned(scene)),
        rungs=tuple(_rung(scene, iteration, today) for iteration in scene.iterations),
        baseline=baseline_of(scene, scene.primary) if scene.primary else None,
        voters=tuple(
            session.scalars(
                select(Vote.voter)
                .where(Vote.improvement_id == one.id)
                .order_by(Vote.id)
            )
        ),
        notes=notes,
        costs=tuple(
            session.scalars(
                _of(CostBenefit, one.id).where(CostBenefit.struck_at.is_(None))
            )
        ),
        children=tuple(cards[1:]),
        parent=session.get(Improvement, one.parent_id) if one.parent_id else None,
        complaints=tuple(complaint_lines(session, improvement_id=one.id)),
        events=tuple(history(session, about(ref(one)), permissions, limit=LATEST)),
        incidents=tuple(incidents_of(session, improvement_id=one.id)),
        service_id=service_called(session, one.service),
    )


def _of(kind: Any, improvement_id: int) -> Any:
    return select(kind).where(kind.improvement_id == improvement_id).order_by(kind.id)


def _planned(scene: RungScene) -> Iteration:
    """Return the rung whose plan is checked: the open or planned one, else an empty plan for the
    next.
    """
    going = [one for one in scene.iterations if one.state in _GOING]
    number = len(scene.iterations) + 1
    empty = Iteration(
        id=0,
        number=number,
        improvement_id=scene.improvement.id,
        start_reason="",
        simple_reason="",
        size_reason="",
    )
    return going[-1] if going else empty


def _rung(scene: RungScene, iteration: Iteration, today: date) -> Rung:
    judged = judge_iteration(scene, iteration, prediction_of(scene, iteration), today)
    return Rung(
        iteration,
        len(scene.people(iteration)),
        judged,
        scene.decisions.get(iteration.id),
    )


def _facts(scene: RungScene) -> rules.ItilFacts:
    improvement, primary = scene.improvement, scene.primary
    return rules.ItilFacts(
        vision=improvement.vision,
        objective=improvement.objective,
        baseline_points=_baseline_points(scene),
        target=primary.metric.target if primary else None,
        planned=len(scene.iterations),
        started=sum(one.started_at is not None for one in scene.iterations),
        judged=len(scene.decisions),
        adopted=any(one.kind is DecisionKind.ADOPT for one in scene.decisions.values()),
        control_metric=any(one.metric.control_of for one in scene.series),
        stopped_with_learning=improvement.state is ImprovementState.STOPPED
        and bool(improvement.stop_learning),
    )


def _baseline_points(scene: RungScene) -> int:
    if scene.improvement.kind is ImprovementKind.ROLE:
        return 1
    return len(scene.primary.before(scene.first_start)) if scene.primary else 0
