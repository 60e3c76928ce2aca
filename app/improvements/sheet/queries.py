"""One improvement, a tab at a time: now, its sheet in seven steps, measures, findings, money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.services.queries import service_called
from app.core.charts import Happened
from app.improvements.board.queries import ENDED, BoardCard, cards_of
from app.improvements.comments.queries import CommentLine, comments_of
from app.improvements.complaints.queries import ComplaintLine, complaint_lines
from app.improvements.gate.ahead import plan_checks, untold
from app.improvements.gate.checks import RungCheck
from app.improvements.gate.queries import (
    JudgedMetric,
    RungScene,
    Standing,
    baseline_of,
    judge_iteration,
    prediction_of,
    scene_of,
    standing_in,
)
from app.improvements.merging.queries import AlsoAsked, also_asked, same_as
from app.improvements.metrics.marks import marks, marks_of
from app.improvements.metrics.queries import Series, metrics_of, series_of
from app.improvements.queries import first_start, get_improvement
from app.improvements.rungs.queries import iteration_facts
from app.improvements.rungs.rules import objections
from app.improvements.sheet import rules
from app.improvements.tasks.queries import TaskLine, given, task_lines
from app.incidents.links.queries import LinkedIncident, incidents_of
from app.models.improvements.improvement import CostBenefit, Improvement, Note, Vote
from app.models.improvements.iteration import (
    Decision,
    Finding,
    Iteration,
    Participation,
)
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import (
    SETTLED_FINDINGS,
    DecisionKind,
    FindingKind,
    ImprovementKind,
    ImprovementState,
    IterationState,
    MetricRole,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class SheetHead:
    """What stands above every tab: the improvement, what it is a part of, how many findings are
    open.
    """

    one: Improvement
    parent: Improvement | None
    open_findings: int


def head_of(session: Session, improvement_id: int) -> SheetHead:
    """Load what stands above every tab.

    Two or three queries. Raises ``NotFound``.
    """
    one = get_improvement(session, improvement_id)
    unsettled = select(func.count()).where(
        Finding.improvement_id == one.id, Finding.state.not_in(SETTLED_FINDINGS)
    )
    return SheetHead(one, _parent(session, one), session.scalar(unsettled) or 0)


def _parent(session: Session, one: Improvement) -> Improvement | None:
    return session.get(Improvement, one.parent_id) if one.parent_id else None


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
class Sheet:
    """The seven steps with all that stands in them; ``baseline`` is what was usual for the primary
    metric before anything changed.
    """

    head: SheetHead
    scene: RungScene
    steps: tuple[rules.ItilStep, ...]
    current: rules.ItilStep
    checks: tuple[RungCheck, ...]
    rungs: tuple[Rung, ...]
    baseline: float | None
    notes: tuple[Note, ...]

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
    def happened(self) -> tuple[Happened, ...]:
        """Return what is marked on its charts."""
        return marks(self.scene.iterations, self.scene.decisions.values(), self.notes)

    def noted(self, *kinds: str) -> list[Note]:
        """Return the notes of these kinds."""
        return [note for note in self.notes if note.kind in kinds]


ONWARD = (DecisionKind.SCALE, DecisionKind.ADAPT, DecisionKind.HOLD)
_GOING = (IterationState.PLANNED, IterationState.RUNNING, IterationState.REVIEWING)


def sheet_of(session: Session, improvement_id: int, today: date) -> Sheet:
    """Load the seven steps of an improvement.

    About a dozen queries, however much there is. Raises ``NotFound``.
    """
    one = get_improvement(session, improvement_id)
    scene = scene_of(session, one)
    head = SheetHead(one, _parent(session, one), len(open_among(scene.findings)))
    notes = session.scalars(_of(Note, one.id).where(Note.struck_at.is_(None)))
    facts = _facts(scene)
    return Sheet(
        head=head,
        scene=scene,
        steps=rules.steps(facts),
        current=rules.current(facts),
        checks=plan_checks(scene, _planned(scene)),
        rungs=tuple(_rung(scene, iteration, today) for iteration in scene.iterations),
        baseline=baseline_of(scene, scene.primary) if scene.primary else None,
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class GoingRung:
    """The iteration on its way: how it stands, and what is missing before it may start."""

    standing: Standing
    objections: tuple[str, ...]
    people: tuple[Participation, ...]

    @property
    def iteration(self) -> Iteration:
        """Return the iteration itself."""
        return self.standing.iteration

    @property
    def light(self) -> bool:
        """Tell whether it is so small that it asks who, what and until when."""
        return self.standing.scene.light(self.iteration)

    @property
    def in_the_way(self) -> tuple[str, ...]:
        """Return what stands in the way of its next move."""
        if self.iteration.state is IterationState.PLANNED:
            return self.objections
        return tuple(check.sentence for check in self.standing.gate.blocked)

    @property
    def untold(self) -> tuple[str, ...]:
        """Return what its gate will ask and it cannot show, while that can still be changed."""
        return untold(self.standing)

    def ripe(self, today: date) -> bool:
        """Tell whether it is time to look at it: its window is over, or nothing is missing."""
        ends = self.iteration.ends_on
        return self.standing.gate.open or (ends is not None and ends <= today)


@dataclass(frozen=True, slots=True)
class NowPage:
    """What somebody who opens an improvement wants to know first, and its outline."""

    sheet: Sheet
    card: BoardCard
    going: GoingRung | None
    last: Decision | None
    voters: tuple[str, ...]
    children: tuple[BoardCard, ...]
    complaints: tuple[ComplaintLine, ...]
    incidents: tuple[LinkedIncident, ...]
    tasks: tuple[TaskLine, ...]
    comments: Sequence[CommentLine]
    also: Sequence[AlsoAsked]
    other: Improvement | None
    service_id: int | None

    @property
    def one(self) -> Improvement:
        """Return the improvement itself."""
        return self.sheet.one

    @property
    def shown(self) -> Series | None:
        """Return the series worth a chart: what is predicted, under watch, or primary."""
        if self.going and self.going.standing.series:
            return self.going.standing.series
        series = self.sheet.scene.series
        watched = next((one for one in series if one.metric.control_of), None)
        ended = self.one.state is ImprovementState.EMBEDDED
        return watched if ended and watched else self.sheet.scene.primary

    @property
    def guardrails(self) -> tuple[Series, ...]:
        """Return the series that must not get worse."""
        series = self.sheet.scene.series
        return tuple(one for one in series if one.metric.role is MetricRole.GUARDRAIL)

    @property
    def next_task(self) -> ImprovementTask | None:
        """Return the task that is its next step."""
        tasks = (line.task for line in self.tasks)
        return next((task for task in tasks if given(task).step), None)

    @property
    def open_children(self) -> int:
        """Return how many parts are neither embedded nor stopped."""
        return sum(card.improvement.state not in ENDED for card in self.children)


def now_page(session: Session, improvement_id: int, today: date) -> NowPage:
    """Load what stands first on the page of an improvement.

    About 28 queries, however much there is. Raises ``NotFound``.
    """
    sheet = sheet_of(session, improvement_id, today)
    one, scene = sheet.one, sheet.scene
    children = session.scalars(
        select(Improvement).where(Improvement.parent_id == one.id)
    ).all()
    cards = cards_of(session, [one, *children], today)
    voters = select(Vote.voter).where(Vote.improvement_id == one.id).order_by(Vote.id)
    decided = [
        scene.decisions[i.id] for i in scene.iterations if i.id in scene.decisions
    ]
    return NowPage(
        sheet=sheet,
        card=cards[0],
        going=_going(scene, sheet.going, today),
        last=decided[-1] if decided else None,
        voters=tuple(session.scalars(voters)),
        children=tuple(cards[1:]),
        complaints=tuple(complaint_lines(session, improvement_id=one.id)),
        incidents=tuple(incidents_of(session, improvement_id=one.id)),
        tasks=tuple(
            task_lines(session, ImprovementTask.improvement_id == one.id),
        ),
        comments=comments_of(session, one.id),
        also=also_asked(session, one.id),
        other=same_as(session, one),
        service_id=service_called(session, one.service),
    )


def _going(
    scene: RungScene, iteration: Iteration | None, today: date
) -> GoingRung | None:
    if iteration is None:
        return None
    standing = standing_in(scene, iteration, today)
    missing: tuple[str, ...] = ()
    if iteration.state is IterationState.PLANNED:
        missing = objections(iteration_facts(standing), IterationState.RUNNING)
    return GoingRung(standing, missing, tuple(scene.people(iteration)))


@dataclass(frozen=True, slots=True)
class MeasuresPage:
    """Everything an improvement is measured by."""

    head: SheetHead
    series: tuple[Series, ...]
    changed: date | None
    happened: tuple[Happened, ...]

    @property
    def measured(self) -> tuple[Series, ...]:
        """Return those that have values."""
        return tuple(one for one in self.series if one.values)

    @property
    def unmeasured(self) -> tuple[Series, ...]:
        """Return those nobody measured yet."""
        return tuple(one for one in self.series if not one.values)


def measures_page(session: Session, improvement_id: int) -> MeasuresPage:
    """Load the metrics of an improvement with their values. Raises ``NotFound``."""
    head = head_of(session, improvement_id)
    series = series_of(session, metrics_of(session, improvement_id))
    return MeasuresPage(
        head,
        tuple(series),
        first_start(session, improvement_id),
        marks_of(session, improvement_id),
    )


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """What came up: findings, those in the way first, and incidents."""

    head: SheetHead
    open_findings: tuple[Finding, ...]
    settled_findings: tuple[Finding, ...]
    incidents: tuple[LinkedIncident, ...]


def findings_page(session: Session, improvement_id: int) -> FindingsPage:
    """Load the findings of an improvement. Raises ``NotFound``."""
    head = head_of(session, improvement_id)
    found = session.scalars(_of(Finding, improvement_id)).all()
    return FindingsPage(
        head,
        open_among(found),
        tuple(one for one in found if one.state in SETTLED_FINDINGS),
        tuple(incidents_of(session, improvement_id=improvement_id)),
    )


def costs_of(session: Session, improvement_id: int) -> list[CostBenefit]:
    """Return the costs and benefits of an improvement that were not struck out."""
    chosen = _of(CostBenefit, improvement_id).where(CostBenefit.struck_at.is_(None))
    return list(session.scalars(chosen))


def open_among(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings nobody settled, those that say stop first."""
    order = (FindingKind.STOP, FindingKind.FIX, FindingKind.NOTE)
    found = [one for one in findings if one.state not in SETTLED_FINDINGS]
    return tuple(sorted(found, key=lambda one: order.index(one.kind)))


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
        planned_size=1,
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
        going=any(one.open_of for one in scene.iterations),
        goes_on=_goes_on(scene),
        judged=len(scene.decisions),
        adopted=any(one.kind is DecisionKind.ADOPT for one in scene.decisions.values()),
        control_metric=any(one.metric.control_of for one in scene.series),
        stopped_with_learning=improvement.state is ImprovementState.STOPPED
        and bool(improvement.stop_learning),
    )


def _goes_on(scene: RungScene) -> bool:
    """Tell whether the latest rung was decided so that another follows, and none is planned."""
    latest = scene.decisions.get(scene.iterations[-1].id) if scene.iterations else None
    return latest is not None and latest.kind in ONWARD


def _baseline_points(scene: RungScene) -> int:
    if scene.improvement.kind is ImprovementKind.ROLE:
        return 1
    primary = scene.primary
    return len(primary.before(scene.before_until(primary))) if primary else 0
