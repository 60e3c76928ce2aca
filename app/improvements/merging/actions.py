"""Say that an improvement asks for the same as another, or make both one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import signals
from app.core.acting import Acting
from app.core.changes import demand
from app.core.plain import ref
from app.improvements.events import NotedChange, locked, tell
from app.improvements.merging.queries import MOVING, one_of_two
from app.improvements.merging.rules import (
    duplicate_objections,
    free_name,
    merge_objections,
)
from app.improvements.register.actions import move
from app.improvements.signals import improvement_merged
from app.improvements.tasks.actions import follow, let_go
from app.improvements.tasks.queries import tasks_of
from app.incidents.links.actions import link
from app.models.improvements.improvement import Improvement, Vote
from app.models.improvements.iteration import Iteration
from app.models.improvements.metric import Metric
from app.models.improvements.words import ImprovementState, MetricRole
from app.models.incidents.incident import IncidentLink

OWN_WAY = (Vote, IncidentLink, Metric, Iteration)
"""What may meet its like in the other improvement."""


def reject(act: Acting, improvement_id: int, reason: str) -> Improvement:
    """Reject an idea, with the reason that who asked reads. Raises ``Refused``."""
    return move(
        act,
        improvement_id,
        ImprovementState.REJECTED,
        reason=reason,
    )


def mark_duplicate(
    act: Acting,
    improvement_id: int,
    other_id: int,
    *,
    why: str = "",
) -> Improvement:
    """Say that an improvement asks for the same as another, which goes on.

    Raises ``Refused`` with every reason against it.
    """
    one, other = _both(
        act.session,
        improvement_id,
        other_id,
    )
    demand(
        duplicate_objections(
            one_of_two(act.session, one), one_of_two(act.session, other)
        )
    )
    _set_aside(
        act,
        one,
        other,
        f"A duplicate of “{other.title}”",
        why,
    )
    tell(
        act,
        other,
        "improvement.also",
        f"Also asked for in “{one.title}”",
    )
    return one


def merge(act: Acting, improvement_id: int, into_id: int) -> Improvement:
    """Move everything of one improvement into another and set it aside; return the other.

    Raises ``Refused`` with every reason against it.
    """
    one, into = _both(act.session, improvement_id, into_id)
    demand(
        merge_objections(one_of_two(act.session, one), one_of_two(act.session, into))
    )
    change = NotedChange()
    _move_what_it_has(act.session, change, one, into)
    _link_incidents(act, one, into)
    follow(act.session, change, into)
    signals.tell(improvement_merged, act, one_id=one.id, into_id=into.id)
    came = f"“{one.title}” came into it"
    tell(act, into, "improvement.merge", came, change)
    _set_aside(act, one, into, f"Went into “{into.title}”", "")
    return into


def _move_what_it_has(
    session: Session, change: NotedChange, one: Improvement, into: Improvement
) -> None:
    """Move all that hangs on an improvement, each kind in its way, and what stands below it."""
    _move_tasks(session, change, one, into)
    for kind in MOVING.values():
        if kind not in OWN_WAY:
            _move_all(session, change, kind, one, into)
    _move_metrics(session, change, one, into)
    _move_rungs(session, change, one, into)
    _move_votes(session, one, into)
    below = select(Improvement).where(Improvement.parent_id == one.id)
    for child in session.scalars(below.order_by(Improvement.id)):
        change.put(child, {"parent_id": into.id})


def _both(session: Session, one_id: int, other_id: int) -> list[Improvement]:
    """Return both, locked in the order of their numbers, so that two who merge never wait for
    each other.
    """
    rows = {number: locked(session, number) for number in sorted({one_id, other_id})}
    return [rows[one_id], rows[other_id]]


def _set_aside(
    act: Acting,
    one: Improvement,
    other: Improvement,
    sentence: str,
    why: str,
) -> None:
    change = NotedChange()
    change.put(
        one,
        {
            "state": ImprovementState.DUPLICATE,
            "since": act.now,
            "duplicate_of_id": other.id,
            "closed_why": why.strip(),
            "revision": one.revision + 1,
        },
    )
    let_go(
        act,
        change,
        one,
    )
    tell(
        act,
        one,
        "improvement.duplicate",
        sentence,
        change,
        reason=why,
    )


def _rows(session: Session, kind: Any, one: Improvement) -> list[Any]:
    mine = kind.improvement_id == one.id
    return list(session.scalars(select(kind).where(mine).order_by(kind.id)))


def _move_all(
    session: Session,
    change: NotedChange,
    kind: Any,
    one: Improvement,
    into: Improvement,
) -> None:
    for row in _rows(
        session,
        kind,
        one,
    ):
        change.put(row, {"improvement_id": into.id})


def _move_tasks(
    session: Session, change: NotedChange, one: Improvement, into: Improvement
) -> None:
    """Put its tasks behind those of the other, in their order."""
    end = max((task.place for task in tasks_of(session, into.id)), default=0)
    for place, task in enumerate(tasks_of(session, one.id), start=end + 1):
        change.put(task, {"improvement_id": into.id, "place": place})


def _move_metrics(
    session: Session, change: NotedChange, one: Improvement, into: Improvement
) -> None:
    """Move its metrics: a name that is taken gets a number, a second primary one is one more."""
    there = _rows(
        session,
        Metric,
        into,
    )
    taken = [metric.name for metric in there]
    has_primary = any(metric.primary_of for metric in there)
    has_control = any(metric.control_of for metric in there)
    for metric in _rows(
        session,
        Metric,
        one,
    ):
        name = free_name(metric.name, taken)
        taken.append(name)
        values: dict[str, Any] = {"improvement_id": into.id, "name": name}
        if metric.primary_of:
            values["primary_of"] = None if has_primary else into.id
            values["role"] = MetricRole.OTHER if has_primary else MetricRole.PRIMARY
        if metric.control_of:
            values["control_of"] = None if has_control else into.id
        change.put(metric, values)


def _move_rungs(
    session: Session, change: NotedChange, one: Improvement, into: Improvement
) -> None:
    """Move its rungs behind those of the other."""
    last = select(func.max(Iteration.number)).where(Iteration.improvement_id == into.id)
    number = session.scalar(last) or 0
    for rung in _rows(
        session,
        Iteration,
        one,
    ):
        number += 1
        change.put(rung, {"improvement_id": into.id, "number": number})


def _move_votes(session: Session, one: Improvement, into: Improvement) -> None:
    """Move the votes of who did not vote for the other; one voter counts once."""
    voted = {
        vote.voter
        for vote in _rows(
            session,
            Vote,
            into,
        )
    }
    for vote in _rows(
        session,
        Vote,
        one,
    ):
        if vote.voter in voted:
            session.delete(vote)
        else:
            vote.improvement_id = into.id


def _link_incidents(act: Acting, one: Improvement, into: Improvement) -> None:
    """Link its incidents to the other too; the incident keeps both links."""
    there = {
        row.incident_id
        for row in _rows(
            act.session,
            IncidentLink,
            into,
        )
    }
    for row in _rows(
        act.session,
        IncidentLink,
        one,
    ):
        if row.incident_id not in there:
            link(
                act,
                row.incident_id,
                ref(into),
                row.kind,
            )
