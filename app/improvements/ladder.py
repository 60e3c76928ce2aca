"""The ladder for rooms above: a rung of an improvement is opened, its people told of, its gate
read, its findings, decision and snapshot kept; through the same actions as the pages.

The access room climbs with it: a wave is a rung, a person moved is a participant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.improvements.events import Who
from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.gate.queries import standing_of
from app.improvements.gate.rules import Gate, WaveLines
from app.improvements.people import actions as people_actions
from app.improvements.people.following import StandingTold, follow
from app.improvements.queries import get_improvement
from app.improvements.register.actions import begin_role, raise_improvement
from app.improvements.register.actions import move as move_improvement
from app.improvements.rungs import closing
from app.improvements.rungs.actions import plan_iteration, rehearse_undo, review
from app.improvements.rungs.queries import get_iteration
from app.improvements.rungs.starting import start
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation, Snapshot
from app.models.improvements.words import (
    IMPROVEMENT_ENDED,
    DecisionKind,
    ImprovementKind,
    ImprovementState,
    IterationState,
    ParticipationState,
)


@dataclass(frozen=True, slots=True)
class RungPerson:
    """One participant: the number by which he or she is told of, and where he or she stands."""

    id: int
    person_id: int | None
    name: str
    state: ParticipationState


def open_role(act: Acting, title: str) -> int:
    """Raise the improvement a role climbs under, and return its number.

    It stands below the programme for roles, where there is one that goes on.
    """
    values: dict[str, Any] = {"kind": ImprovementKind.ROLE}
    programme = programme_of(act.session)
    if programme is not None:
        values["parent_id"] = programme.id
    made = raise_improvement(act, title, values)
    move_improvement(act, made.id, ImprovementState.ACCEPTED)
    return made.id


def programme_of(session: Session) -> Improvement | None:
    """Return the programme for roles that goes on, the oldest of several; None: there is none."""
    programmes = select(Improvement).where(
        Improvement.kind == ImprovementKind.ACCESS,
        Improvement.state.not_in(IMPROVEMENT_ENDED),
    )
    return session.scalars(programmes.order_by(Improvement.id)).first()


def open_rung(
    act: Acting,
    improvement_id: int,
    plan: Mapping[str, Any],
    people: Sequence[Who],
) -> int:
    """Plan the next rung with these people and return its number.

    Raises ``Invalid`` naming the field, ``Refused`` for an improvement that ended.
    """
    rung = plan_iteration(act, improvement_id, plan)
    people_actions.ask(act, rung.id, people)
    return rung.id


def begin_rung(act: Acting, rung_id: int) -> None:
    """Start a rung that carries a plan of its own; its improvement is in progress from now on.

    Raises ``Refused`` while another rung of it is open.
    """
    rung = get_iteration(act.session, rung_id)
    begin_role(act, rung.improvement_id)
    start(act, rung_id, planned_elsewhere=True)


def open_rung_of(session: Session, improvement_id: int) -> int | None:
    """Return the number of the rung that is running or under review, None where there is none."""
    found = select(Iteration.id).where(Iteration.open_of == improvement_id)
    return session.scalar(found)


def rung_people(session: Session, rung_id: int) -> list[RungPerson]:
    """Return who takes part in a rung."""
    chosen = select(Participation).where(
        Participation.iteration_id == rung_id, Participation.left_at.is_(None)
    )
    return [
        RungPerson(one.id, one.person_id, one.name, one.state)
        for one in session.scalars(chosen.order_by(Participation.id))
    ]


def tell_people(act: Acting, told: Mapping[int, StandingTold]) -> None:
    """Tell where participants stand now, by their numbers; what happened is not refused."""
    follow(act, told)


def tell_undo(act: Acting, rung_id: int, seconds: int) -> None:
    """Tell that the undo was rehearsed with one person, and how long it took, in seconds."""
    rehearse_undo(act, rung_id, seconds)


def tell_finding(act: Acting, rung_id: int, draft: FindingDraft) -> int:
    """Keep what came up in a rung and return its number; an open one may close the gate."""
    rung = get_iteration(act.session, rung_id)
    return raise_finding(act, rung.improvement_id, draft, iteration_id=rung_id).id


def gate_of(session: Session, rung_id: int, today: date) -> Gate:
    """Return the gate of a rung as it stands today, each line with its sentence."""
    rung = get_iteration(session, rung_id)
    improvement = get_improvement(session, rung.improvement_id)
    return standing_of(session, improvement, rung, today).gate


def close_rung(
    act: Acting,
    rung_id: int,
    kind: DecisionKind,
    reason: str = "",
    evidence: tuple[str, ...] = (),
    lines: WaveLines | None = None,
) -> Snapshot:
    """Look at a rung, decide once and for good, and return its snapshot; ``lines`` are those of
    its wave.

    Raises ``Blocked`` with the lines of a closed gate, ``Conflict`` where it was decided already.
    """
    if get_iteration(act.session, rung_id).state is not IterationState.REVIEWING:
        review(act, rung_id)
    closing.decide(act, rung_id, kind, reason, evidence=evidence, lines=lines)
    kept = select(Snapshot).where(Snapshot.iteration_id == rung_id)
    return act.session.scalars(kept).one()


def end_rung(act: Acting, rung_id: int, reason: str) -> None:
    """End a rung by which nobody was moved in the end: taken back where somebody was on it, else
    aborted. One that is over already stays as it is.
    """
    rung = get_iteration(act.session, rung_id)
    if rung.state in (IterationState.DECIDED, IterationState.ABORTED):
        return
    people = rung_people(act.session, rung_id)
    if any(one.state is ParticipationState.UNDONE for one in people):
        close_rung(act, rung_id, DecisionKind.ROLL_BACK, reason)
    else:
        closing.abort(act, rung_id, reason)
