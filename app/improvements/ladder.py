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
from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.gate.queries import standing_of
from app.improvements.gate.rules import Gate
from app.improvements.people import actions as people_actions
from app.improvements.queries import get_improvement
from app.improvements.rungs import closing
from app.improvements.rungs.actions import plan_iteration, rehearse_undo, review
from app.improvements.rungs.queries import get_iteration
from app.improvements.rungs.starting import start
from app.models.improvements.iteration import Participation, Snapshot
from app.models.improvements.words import DecisionKind, ParticipationState


@dataclass(frozen=True, slots=True)
class RungPerson:
    """One participant: the number by which he or she is told of, and where he or she stands."""

    id: int
    person_id: int | None
    name: str
    state: ParticipationState


def open_rung(
    act: Acting,
    improvement_id: int,
    plan: Mapping[str, Any],
    people: Sequence[str],
) -> int:
    """Plan the next rung with these people, by login or name, and return its number.

    Raises ``Invalid`` naming the field, ``Refused`` while another rung is open.
    """
    rung = plan_iteration(act, improvement_id, plan)
    people_actions.invite(act, rung.id, people)
    return rung.id


def begin_rung(act: Acting, rung_id: int) -> None:
    """Start a rung. Raises ``Refused`` with every reason against it."""
    start(act, rung_id)


def rung_people(session: Session, rung_id: int) -> list[RungPerson]:
    """Return who takes part in a rung."""
    chosen = select(Participation).where(
        Participation.iteration_id == rung_id, Participation.left_at.is_(None)
    )
    return [
        RungPerson(one.id, one.person_id, one.name, one.state)
        for one in session.scalars(chosen.order_by(Participation.id))
    ]


def tell_state(
    act: Acting,
    participant_id: int,
    to: ParticipationState,
    *,
    reason: str = "",
    confirmed_by: str = "",
) -> None:
    """Tell where one participant stands now. Raises ``Refused`` for a move that cannot be."""
    people_actions.move(
        act,
        participant_id,
        to,
        reason=reason,
        confirmed_by=confirmed_by,
    )


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
) -> Snapshot:
    """Look at a rung, decide once and for good, and return its snapshot.

    Raises ``Blocked`` with the lines of a closed gate, ``Conflict`` where it was decided already.
    """
    review(act, rung_id)
    closing.decide(act, rung_id, kind, reason, evidence=evidence)
    kept = select(Snapshot).where(Snapshot.iteration_id == rung_id)
    return act.session.scalars(kept).one()
