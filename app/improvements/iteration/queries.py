"""One iteration on one page: prediction and result, people, gate, findings, check-ins, snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from app.core.canonical import fingerprint
from app.core.charts import Happened
from app.improvements.board.rules import Rungs, rungs
from app.improvements.crowd.queries import CrowdPage
from app.improvements.crowd.rules import ONE_BY_ONE, groups
from app.improvements.gate.ahead import plan_checks, power_of, untold
from app.improvements.gate.checks import QUESTIONS, RungCheck, band
from app.improvements.gate.queries import (
    RungScene,
    Standing,
    last_accepted,
    standing_of,
)
from app.improvements.metrics.marks import dated_notes, marks
from app.improvements.people.rules import MOVES, SWITCHED, may_leave
from app.improvements.rungs.queries import get_iteration, iteration_facts
from app.improvements.rungs.rules import objections
from app.improvements.statistics.detection import Power
from app.improvements.statistics.ladder import size_advice
from app.improvements.statistics.ledger import LedgerEntry
from app.models.access.wave import Wave
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import (
    CheckIn,
    Decision,
    Finding,
    Iteration,
    Participation,
    Snapshot,
)
from app.models.improvements.talk import ImprovementComment
from app.models.improvements.words import (
    SETTLED_FINDINGS,
    IterationState,
    ParticipationState,
)

SETTLED = (ParticipationState.ACCEPTED, ParticipationState.UNDONE)
MOST_OPEN = 5


@dataclass(frozen=True, slots=True)
class Seat:
    """One participant: where they may go, until when they are observed, whether they can still be
    left out, and whether they are gone from the directory.
    """

    person: Participation
    onward: tuple[ParticipationState, ...]
    observed_until: date | None
    may_leave: bool
    gone: bool = False


@dataclass(frozen=True, slots=True)
class IterationPage:
    """Everything the page shows. ``start_objections`` say what is missing before it may start,
    ``untold`` what its gate will ask and it cannot show.
    """

    standing: Standing
    seats: tuple[Seat, ...]
    check_ins: tuple[CheckIn, ...]
    snapshot: Snapshot | None
    decision: Decision | None
    checks: tuple[RungCheck, ...]
    power: Power | None
    untold: tuple[str, ...]
    start_objections: tuple[str, ...]
    advice: int
    last_accepted: int
    happened: tuple[Happened, ...]
    comments: int
    wave_id: int | None = None

    @property
    def scene(self) -> RungScene:
        """Return the improvement with all its iterations."""
        return self.standing.scene

    @property
    def iteration(self) -> Iteration:
        """Return the iteration itself."""
        return self.standing.iteration

    @property
    def one(self) -> Improvement:
        """Return the improvement."""
        return self.scene.improvement

    @property
    def is_crowd(self) -> bool:
        """Tell whether they are too many to be listed one by one."""
        return len(self.seats) > ONE_BY_ONE

    @property
    def crowd(self) -> CrowdPage:
        """Return the participants counted by where they stand."""
        people = [one.person for one in self.seats]
        return CrowdPage(
            self.iteration,
            self.one,
            groups(Counter(one.state for one in people)),
            len(people),
            sum(
                one.id in self.scene.gone and one.state not in SETTLED for one in people
            ),
        )

    @property
    def light(self) -> bool:
        """Tell whether it is so small that it asks who, what and until when."""
        return self.scene.light(self.iteration)

    @property
    def question(self) -> str:
        """Return what a rung of this size answers."""
        return QUESTIONS[band(len(self.seats) or self.iteration.planned_size)]

    @property
    def evidence(self) -> dict[str, list[int]]:
        """Return the records the decision rests on: their numbers, by kind."""
        found: dict[str, list[int]] = {}
        for name in self.decision.evidence if self.decision else ():
            kind, _, number = name.partition(":")
            found.setdefault(kind, []).append(int(number))
        return {kind: sorted(numbers) for kind, numbers in sorted(found.items())}

    @property
    def seats_in_order(self) -> tuple[Seat, ...]:
        """Return the participants, those somebody still has to do something for first."""
        return tuple(sorted(self.seats, key=lambda one: one.person.state in SETTLED))

    @property
    def fold_after(self) -> int:
        """Return how many participants stand open on the page: those to be taken on, or a few."""
        waiting = sum(one.person.state not in SETTLED for one in self.seats)
        return min(waiting or 3, MOST_OPEN)

    @property
    def rungs(self) -> Rungs:
        """Return how far this iteration is up the ladder of its own people."""
        states = [one.person.state for one in self.seats]
        moving = sum(state in SWITCHED for state in states)
        accepted = sum(state is ParticipationState.ACCEPTED for state in states)
        return rungs(accepted, moving, self.one.eligible)

    @property
    def entry(self) -> LedgerEntry | None:
        """Return the prediction beside its result, once there is one."""
        prediction, judged = self.standing.prediction, self.standing.judged
        result = self.iteration.result
        if result is None and judged:
            result = judged.result
        return (
            None
            if prediction is None or result is None
            else LedgerEntry(prediction, result)
        )

    @property
    def intact(self) -> bool:
        """Tell whether the snapshot is still the one that was frozen."""
        return (
            self.snapshot is not None
            and fingerprint(self.snapshot.content) == self.snapshot.hash
        )

    @property
    def open_findings(self) -> Sequence[Finding]:
        """Return the findings nobody settled: of the whole improvement, or of this iteration once
        it is closed.
        """
        closed = self.iteration.ended_at is not None
        found = [
            one for one in self.scene.findings if one.state not in SETTLED_FINDINGS
        ]
        return [
            one for one in found if not closed or one.iteration_id == self.iteration.id
        ]

    @property
    def settled_findings(self) -> Sequence[Finding]:
        """Return the settled findings of this iteration."""
        return [
            one
            for one in self.scene.findings
            if one.state in SETTLED_FINDINGS and one.iteration_id == self.iteration.id
        ]

    @property
    def goes_on(self) -> bool:
        """Tell whether another iteration of the improvement is planned or on its way."""
        going = (
            IterationState.PLANNED,
            IterationState.RUNNING,
            IterationState.REVIEWING,
        )
        return any(
            one.state in going
            for one in self.scene.iterations
            if one.id != self.iteration.id
        )


def iteration_page(session: Session, iteration_id: int, today: date) -> IterationPage:
    """Load the page of an iteration.

    Fifteen queries, however much there is. Raises ``NotFound``.
    """
    iteration = get_iteration(session, iteration_id)
    about = select(Improvement, _comments(iteration_id))
    mine = about.where(Improvement.id == iteration.improvement_id)
    improvement, comments = session.execute(mine).one()
    standing = standing_of(session, improvement, iteration, today)
    scene = standing.scene
    accepted = last_accepted(scene, iteration)
    talks = (
        select(CheckIn)
        .where(CheckIn.iteration_id == iteration_id)
        .order_by(CheckIn.id.desc())
    )
    return IterationPage(
        standing=standing,
        seats=tuple(_seat(scene, iteration, one) for one in scene.people(iteration)),
        check_ins=tuple(session.scalars(talks)),
        snapshot=session.scalar(
            select(Snapshot).where(Snapshot.iteration_id == iteration_id)
        ),
        decision=scene.decisions.get(iteration_id),
        checks=plan_checks(scene, iteration),
        comments=comments,
        power=power_of(standing),
        untold=untold(standing),
        start_objections=_start_objections(standing),
        advice=size_advice(accepted, improvement.undo_capacity, improvement.eligible),
        last_accepted=accepted,
        happened=marks(
            scene.iterations,
            scene.decisions.values(),
            dated_notes(session, improvement.id),
        ),
        wave_id=session.scalar(
            select(Wave.id).where(Wave.iteration_id == iteration_id)
        ),
    )


def _comments(iteration_id: int) -> ScalarSelect[int]:
    """Return the question how many comments stand on a rung."""
    counted = select(func.count(ImprovementComment.id)).where(
        ImprovementComment.iteration_id == iteration_id,
        ImprovementComment.deleted_at.is_(None),
    )
    return counted.scalar_subquery()


def _seat(scene: RungScene, iteration: Iteration, person: Participation) -> Seat:
    until, gone = None, person.id in scene.gone
    if person.switched_at and iteration.observe_days:
        until = (person.switched_at + timedelta(days=iteration.observe_days)).date()
    onward, out = MOVES.onward(person.state), may_leave(person.state, gone=gone)
    return Seat(person, onward, until, out, gone)


def _start_objections(standing: Standing) -> tuple[str, ...]:
    if standing.iteration.state is not IterationState.PLANNED:
        return ()
    return objections(iteration_facts(standing), IterationState.RUNNING)
