"""The hand that tells the demo's improvements: who does what, and when in the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.improvements.actions import (
    iterations,
    measuring,
    participants,
    register,
)
from app.models.improvements.iteration import Participation
from app.models.improvements.metric import Metric
from app.models.improvements.words import (
    ImprovementState,
    Level,
    MetricRole,
    ParticipationState,
)


@dataclass
class ImprovementStory:
    """Tells one improvement after the other; ``at`` is where in the past it stands."""

    session: Session
    by: str
    now: datetime
    at: datetime
    owner: str
    people: Sequence[str]

    def ago(self, days: int) -> None:
        """Go to so many days before now."""
        self.at = self.now - timedelta(days=days)

    def do(self, action: Any, *values: Any, **more: Any) -> Any:
        """Do something there."""
        return action(self.session, *values, **{"by": self.by, "now": self.at, **more})

    def step(self, improvement_id: int, what: str, days: int) -> None:
        """Set the next step, so many days ahead."""
        self.do(
            register.set_next_step,
            improvement_id,
            what,
            self.owner or self.by,
            self.at.date() + timedelta(days),
        )

    def metric(self, improvement_id: int) -> Metric:
        """Return the primary metric of an improvement."""
        return self.session.scalars(select(Metric).where(Metric.primary_of == improvement_id)).one()

    def guardrail(self, improvement_id: int) -> Metric:
        """Return the first guardrail of an improvement."""
        chosen = select(Metric).where(
            Metric.improvement_id == improvement_id, Metric.role == MetricRole.GUARDRAIL
        )
        return self.session.scalars(chosen.order_by(Metric.id).limit(1)).one()

    def measure(self, metric_id: int, values: Sequence[float], days: int = 1) -> None:
        """Write down values, one every ``days``, the last of them yesterday as seen from here."""
        last = self.at.date() - timedelta(days=1)
        told = (
            f"{last - timedelta(days * (len(values) - 1 - n))} {value}"
            for n, value in enumerate(values)
        )
        self.do(measuring.measure_pasted, metric_id, "\n".join(told))

    def begin(self, improvement_id: int, what: str) -> None:
        """Bring an improvement into progress."""
        self.step(improvement_id, what, 7)
        self.do(register.move, improvement_id, ImprovementState.ACCEPTED)
        self.do(
            register.move, improvement_id, ImprovementState.IN_PROGRESS, reason="Shown in the demo."
        )

    def people_of(self, iteration_id: int) -> Sequence[int]:
        """Return the participations of an iteration."""
        return self.session.scalars(
            select(Participation.id).where(Participation.iteration_id == iteration_id)
        ).all()


def tell_rung(
    story: ImprovementStory,
    iteration_id: int,
    names: Sequence[str],
    what: str,
    *,
    expected: float,
    days: int,
) -> None:
    """Plan, staff and start an iteration, rehearse its undo, and switch everybody."""
    plan = {
        "what_changes": what,
        "starts_on": story.at.date(),
        "ends_on": story.at.date() + timedelta(days=days),
        "minimum_points": 8,
        "budget_hours": 6,
        "risk_level": Level.LOW,
        "cost_level": Level.LOW,
        "expected": expected,
        "confidence": 70,
    }
    story.do(iterations.change_iteration, iteration_id, plan)
    story.do(
        participants.invite, iteration_id, names, technique="Asked in person, beside a colleague"
    )
    story.do(iterations.start, iteration_id)
    story.do(iterations.rehearse_undo, iteration_id, 90)
    for person_id in story.people_of(iteration_id):
        for state in (
            ParticipationState.PREPARED,
            ParticipationState.SWITCHED,
            ParticipationState.OBSERVING,
        ):
            story.do(participants.move, person_id, state)


def tell_accepted(story: ImprovementStory, iteration_id: int, **said: Any) -> None:
    """Let everybody of an iteration accept the change, with what was said."""
    for person_id in story.people_of(iteration_id):
        story.do(
            participants.move, person_id, ParticipationState.ACCEPTED, confirmed_by="the person"
        )
        story.do(participants.describe, person_id, {"would_go_back": False, **said})
        story.do(participants.read_feedback, person_id)
