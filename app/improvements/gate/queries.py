"""How an iteration stands: its plan against the rules, its metric against the prediction, its gate.

``standing_of`` works all of it out once; who needs a part of it reads the fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.services.queries import service_called
from app.core.said import said
from app.improvements.findings.rules import FindingGiven as SeenFinding
from app.improvements.gate import checks
from app.improvements.gate.checks import RungShown, incidents_quiet
from app.improvements.gate.foresight import is_everybody
from app.improvements.gate.guardrails import GuardrailSeen, guardrail_of
from app.improvements.gate.quiet import hit_among
from app.improvements.gate.rules import Gate, RungReach, gate
from app.improvements.gate.verdict import Evidence, Guardrail, Judgement, judge
from app.improvements.metrics.queries import Series, metrics_of, series_of
from app.improvements.people.queries import gone_people
from app.improvements.queries import iterations_of
from app.improvements.statistics.ledger import Prediction
from app.improvements.statistics.reading import MetricReading
from app.incidents.links.queries import Reported, reported_by
from app.incidents.links.rules import IncidentSignal
from app.models.improvements.improvement import CostBenefit, Improvement
from app.models.improvements.iteration import (
    Decision,
    Finding,
    Iteration,
    Participation,
)
from app.models.improvements.words import (
    DecisionKind,
    FindingSource,
    FindingState,
    ImprovementKind,
    IterationState,
    MetricRole,
    MetricScope,
    ParticipationState,
    Side,
)

SAID = (ParticipationState.ACCEPTED, ParticipationState.UNDONE)
"""Who is in one of these has said how it was; that stays, also of somebody who is gone."""


@dataclass(frozen=True, slots=True)
class RungScene:
    """An improvement with everything that judging one of its iterations needs.

    Ten queries, however much there is.

    ``reported`` counts incidents of the people of the iteration on its way, by its number; ``gone``
    says since when participants are gone from the directory."""

    improvement: Improvement
    iterations: Sequence[Iteration]
    participations: Sequence[Participation]
    findings: Sequence[Finding]
    series: Sequence[Series]
    decisions: dict[int, Decision]
    costs_filled: bool
    reported: dict[int, Reported | None]
    gone: dict[int, datetime] = field(default_factory=dict)

    def people(self, iteration: Iteration) -> list[Participation]:
        """Return who takes part in an iteration, without those who were taken off the list."""
        return [
            one
            for one in self.participations
            if one.iteration_id == iteration.id and one.left_at is None
        ]

    def light(self, iteration: Iteration) -> bool:
        """Tell whether a rung is so small that it asks who, what and until when and no number."""
        return checks.is_light(len(self.people(iteration)) or iteration.planned_size)

    def reached(self, iteration: Iteration) -> int:
        """Return how many have the change once everybody in an iteration accepts it: those, and
        who accepted in another one.
        """
        mine = {one.person_id or one.name for one in self.people(iteration)}
        return len(mine | self.accepted)

    @property
    def accepted(self) -> set[int | str]:
        """Return who accepted in any iteration."""
        return {
            one.person_id or one.name
            for one in self.participations
            if one.state is ParticipationState.ACCEPTED
        }

    def of_metric(self, metric_id: int | None) -> Series | None:
        """Return the series of a metric of this improvement."""
        return next((one for one in self.series if one.metric.id == metric_id), None)

    @property
    def first_start(self) -> date | None:
        """Return the day from which the change of the first iteration holds."""
        return min(
            (one.changed_on for one in self.iterations if one.changed_on),
            default=None,
        )

    def before_until(self, series: Series) -> date | None:
        """Return the day before which the values of a series tell how it was: the first start, or,
        where nothing was measured until then, the start of the first rung that asks for numbers.
        """
        first = self.first_start
        if first is None or series.before(first):
            return first
        asked = (
            one.changed_on
            for one in self.iterations
            if one.changed_on and not self.light(one)
        )
        return min(asked, default=None)

    @property
    def primary(self) -> Series | None:
        """Return the series of the primary metric."""
        return next((one for one in self.series if one.metric.primary_of), None)


@dataclass(frozen=True, slots=True)
class JudgedMetric:
    """What the numbers of an iteration say, and the reading they were taken from; ``result`` is the
    typical value.
    """

    judgement: Judgement
    reading: MetricReading
    result: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an iteration stands on one day: what is predicted, what its numbers say, what it has
    shown so far, and what its gate makes of that.
    """

    scene: RungScene
    iteration: Iteration
    prediction: Prediction | None
    judged: JudgedMetric | None
    shown: RungShown
    gate: Gate

    @property
    def series(self) -> Series | None:
        """Return the series of the metric that is predicted."""
        return self.scene.of_metric(self.iteration.metric_id)


def standing_of(
    session: Session, improvement: Improvement, iteration: Iteration, today: date
) -> Standing:
    """Load and judge an iteration as it stands today, each thing once."""
    return standing_in(scene_of(session, improvement), iteration, today)


def standing_in(scene: RungScene, iteration: Iteration, today: date) -> Standing:
    """Judge an iteration of a scene that is loaded already."""
    prediction = prediction_of(scene, iteration)
    judged = judge_iteration(scene, iteration, prediction, today)
    shown = _shown(scene, iteration, judged, today)
    return Standing(scene, iteration, prediction, judged, shown, _gate(scene, shown))


def scene_of(session: Session, improvement: Improvement) -> RungScene:
    """Load an improvement with its iterations, people, findings, metrics and decisions."""
    iterations = iterations_of(session, improvement.id)
    ids = [one.id for one in iterations]
    people = (
        select(Participation)
        .where(Participation.iteration_id.in_(ids))
        .order_by(Participation.id)
    )
    findings = (
        select(Finding)
        .where(Finding.improvement_id == improvement.id)
        .order_by(Finding.id)
    )
    decided = session.scalars(select(Decision).where(Decision.iteration_id.in_(ids)))
    costs = (
        select(func.count())
        .select_from(CostBenefit)
        .where(
            CostBenefit.improvement_id == improvement.id,
            CostBenefit.side == Side.COST,
            CostBenefit.struck_at.is_(None),
            func.coalesce(CostBenefit.actual, CostBenefit.planned).is_not(None),
        )
    )
    taking_part = session.scalars(people).all()
    scene = RungScene(
        improvement,
        iterations,
        taking_part,
        session.scalars(findings).all(),
        series_of(session, metrics_of(session, improvement.id)),
        {one.iteration_id: one for one in decided},
        bool(session.scalar(costs)),
        {},
        gone_people(session, taking_part),
    )
    return replace(scene, reported=_reported(session, scene))


def _reported(session: Session, scene: RungScene) -> dict[int, Reported | None]:
    going = next(
        (one for one in scene.iterations if one.open_of and one.started_at), None
    )
    if going is None:
        return {}
    switched = {
        one.person_id: one.switched_at
        for one in scene.people(going)
        if one.person_id and one.switched_at
    }
    service = service_called(session, scene.improvement.service)
    return {going.id: reported_by(session, switched, [service] if service else ())}


def signal_in(
    scene: RungScene, iteration: Iteration, today: date
) -> IncidentSignal | None:
    """Return what the desk counts of an iteration's people since their switch; None when nobody is
    known to it.
    """
    found = scene.reported.get(iteration.id)
    return found.signal(datetime.combine(today, time.max, UTC)) if found else None


def prediction_of(scene: RungScene, iteration: Iteration) -> Prediction | None:
    """Return what is predicted for an iteration; the baseline is the locked one, or how it is now
    before the start.
    """
    series = scene.of_metric(iteration.metric_id)
    if series is None or iteration.expected is None or iteration.confidence is None:
        return None
    baseline = (
        iteration.baseline if iteration.started_at else baseline_of(scene, series)
    )
    metric = series.metric
    return Prediction(
        metric.name,
        iteration.expected,
        iteration.confidence / 100,
        metric.direction,
        baseline,
    )


def baseline_of(
    scene: RungScene, series: Series, changed: date | None = None
) -> float | None:
    """Return what was usual for a metric before the first iteration, or before the day of a change
    that is about to start, or until now.
    """
    return series.read(scene.before_until(series) or changed or date.max).usual


def last_accepted(scene: RungScene, iteration: Iteration) -> int:
    """Return how many accepted in the last rung before this one that was decided to scale; 0 before
    the first.
    """
    for one in reversed(scene.iterations):
        decided = scene.decisions.get(one.id)
        if (
            one.number < iteration.number
            and decided
            and decided.kind is DecisionKind.SCALE
        ):
            return sum(
                person.state is ParticipationState.ACCEPTED
                for person in scene.people(one)
            )
    return 0


def judge_iteration(
    scene: RungScene, iteration: Iteration, prediction: Prediction | None, today: date
) -> JudgedMetric | None:
    """Judge the predicted metric of a started iteration; None before it started."""
    series = scene.of_metric(iteration.metric_id)
    if series is None or prediction is None or iteration.started_at is None:
        return None
    reading = _read(scene, series, iteration)
    evidence = Evidence(
        before=reading.before,
        after=reading.after,
        prediction=prediction,
        helped=reading.helped,
        limits=reading.enough,
        minimum_points=iteration.minimum_points,
        today=today,
        not_before=iteration.verdict_not_before,
        guardrails=_guardrails(scene, iteration),
        full_count=series.metric.full_count,
        logged=reading.logged,
        cases=reading.cases,
        left_out=_left_out(scene, iteration, series),
    )
    result = reading.now
    if series.metric.full_count and reading.after:
        result = reading.after[-1]
    return JudgedMetric(judge(evidence), reading, result)


def _shown(
    scene: RungScene, iteration: Iteration, judged: JudgedMetric | None, today: date
) -> RungShown:
    people, series = scene.people(iteration), scene.of_metric(iteration.metric_id)
    undone = [one for one in people if one.state is ParticipationState.UNDONE]
    gone = [one for one in people if one.id in scene.gone and one.state not in SAID]
    signal = signal_in(scene, iteration, today)
    judgement = judged.judgement if judged else None
    of_service = (
        series is not None and series.metric.scope is MetricScope.SERVICE
    ) or is_everybody(scene.reached(iteration), scene.improvement.eligible)
    return RungShown(
        participants=len(people) - len(gone),
        gone=len(gone),
        accepted=sum(one.state is ParticipationState.ACCEPTED for one in people),
        undone=len(undone),
        undone_without_reason=sum(not one.undo_reason for one in undone),
        undo_rehearsed=any(one.undo_rehearsed_at for one in scene.iterations),
        feedback_unread=sum(
            bool(one.feedback) and one.feedback_read_at is None for one in people
        ),
        judgement=judgement,
        pulse=iteration.pulse,
        pulse_floor=iteration.pulse_floor,
        pulse_answered=_answers_pulse(scene, iteration),
        incidents_quiet=incidents_quiet(
            iteration.incidents_quiet,
            iteration.incidents_note,
            signal.quiet if signal else None,
        ),
        incidents_told=signal.sentence if signal else "",
        service_judgement=judgement if of_service else None,
        support_change=iteration.support_change,
        forecast_shown=scene.improvement.forecast_shown_on is not None,
        costs_filled=scene.costs_filled,
        switched=sum(one.switched_at is not None for one in people),
        hit=hit_among(people, scene.findings, scene.reported.get(iteration.id)),
        by_plan=_is_of_role(scene) and iteration.metric_id is None,
    )


def _is_of_role(scene: RungScene) -> bool:
    return scene.improvement.kind is ImprovementKind.ROLE


def _gate(scene: RungScene, shown: RungShown) -> Gate:
    findings = [
        SeenFinding(one.id, one.title, one.kind, one.state) for one in scene.findings
    ]
    eligible, undo = scene.improvement.eligible, scene.improvement.undo_capacity
    reach = RungReach(eligible, len(scene.accepted), undo)
    return gate(shown, findings, reach)


def _read(scene: RungScene, series: Series, iteration: Iteration) -> MetricReading:
    began = iteration.changed_on or date.max
    over = (
        iteration.ended_at.date()
        if iteration.state is IterationState.DECIDED and iteration.ended_at
        else None
    )
    return series.read_between(scene.before_until(series) or began, began, over)


def _guardrails(scene: RungScene, iteration: Iteration) -> tuple[Guardrail, ...]:
    chosen = [one for one in scene.series if one.metric.role is MetricRole.GUARDRAIL]
    return tuple(
        guardrail_of(
            GuardrailSeen(
                one.metric.name,
                one.metric.direction,
                one.metric.target,
                _read(scene, one, iteration),
            )
        )
        for one in chosen
    )


def _left_out(
    scene: RungScene, iteration: Iteration, series: Series
) -> tuple[str, ...]:
    """Name what was left out of the metrics that judge an iteration."""
    role = MetricRole.GUARDRAIL
    judging = [one for one in scene.series if one is series or one.metric.role is role]
    told = ((one.metric.name, _read(scene, one, iteration).left_out) for one in judging)
    return tuple(
        said("“%(name)s”: %(points)s", name=name, points=points)
        for name, points in told
        if points
    )


def _answers_pulse(scene: RungScene, iteration: Iteration) -> bool:
    return any(
        one.iteration_id == iteration.id
        and one.source is FindingSource.PULSE
        and one.state is not FindingState.OPEN
        for one in scene.findings
    )
