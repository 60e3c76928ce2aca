"""What of improvements waits for a person: next steps, reviews, decisions, drift, undo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from app.core.waiting import (
    ME,
    MOST,
    MY_NUMBER,
    TODAY,
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    asked_for,
    declare,
    declare_moments,
    tells,
)
from app.improvements.register.rules import DRIFT
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import (
    ComplaintState,
    FindingState,
    ImprovementState,
    IterationState,
    ParticipationState,
)

declare(
    ImprovementState,
    {
        ImprovementState.RAISED: "the board shows it in its order; nobody promised it",
        ImprovementState.ACCEPTED: "the board shows it in its order",
        ImprovementState.IN_PROGRESS: Wait.STEP,
        ImprovementState.ON_HOLD: "somebody decided that it waits",
        ImprovementState.EMBEDDED: Wait.DRIFT,
        ImprovementState.STOPPED: "it is over",
    },
)
declare(
    IterationState,
    {
        IterationState.PLANNED: "the next step of its improvement says when it begins",
        IterationState.RUNNING: Wait.REVIEW,
        IterationState.REVIEWING: Wait.DECIDE,
        IterationState.DECIDED: "it is over",
        IterationState.ABORTED: "it is over",
    },
)
declare(
    ParticipationState,
    {
        ParticipationState.INVITED: "its rung has a window and a next step",
        ParticipationState.PREPARED: "its rung has a window and a next step",
        ParticipationState.SWITCHED: "its rung has a window and a next step",
        ParticipationState.OBSERVING: "its rung has a window and a next step",
        ParticipationState.ACCEPTED: "it is over",
        ParticipationState.UNDONE: "it is over",
    },
)
declare(
    FindingState,
    {
        FindingState.OPEN: "it closes the gate of a rung that waits itself",
        FindingState.FIXED: "it closes the gate of a rung that waits itself",
        FindingState.VERIFIED: "it is over",
        FindingState.ACCEPTED: "it is over",
    },
)
declare(
    ComplaintState,
    {
        ComplaintState.OPEN: "the register of complaints counts it",
        ComplaintState.IN_IMPROVEMENT: "its improvement has a next step",
        ComplaintState.ANSWERED: "it is over",
    },
)
declare_moments(
    {
        "improvement.next_due": Wait.STEP,
        "improvement.required_by": "the board says it; the next step is what waits",
        "iteration.ends_on": Wait.REVIEW,
        "participation.undo_asked_at": Wait.UNDO,
        "participation.feedback_read_at": "the gate of its rung asks for it",
        "finding.settled_at": "it closes the gate of a rung that waits itself",
    }
)


def _mine(may_improve: bool = True) -> ColumnElement[bool]:
    """Tell of an improvement that is the operator's, or of nobody who signs in to Rung."""
    own = or_(Improvement.owner_operator_id == MY_NUMBER, Improvement.owner == ME)
    nobodys = Improvement.owner_operator_id.is_(None)
    return or_(own, nobodys if may_improve else false())


def _midnight(day: date | None) -> datetime:
    return datetime.combine(day or date.min, time(), UTC)


@tells(Wait.STEP, Wait.DRIFT)
def steps_due(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find next steps that are due: of who is to do them, and of the owner."""
    asked = _steps_asked(who.may("improve"))
    rows = session.execute(asked, asked_for(who)).all()
    lines = tuple(_step_line(one) for one, _all in rows)
    yield WaitingFound(lines, rows[0][1] if rows else 0)


@cache
def _steps_asked(may_improve: bool) -> Select[*tuple[Any, ...]]:
    mine = or_(Improvement.next_who == ME, _mine(may_improve))
    due = Improvement.next_due <= TODAY
    drifted = Improvement.next_what.startswith(DRIFT, autoescape=True)
    return (
        select(Improvement, func.count().over())
        .where(
            Improvement.state == ImprovementState.IN_PROGRESS, mine, or_(due, drifted)
        )
        .order_by(Improvement.next_due, Improvement.id)
        .limit(MOST)
    )


def _step_line(one: Improvement) -> WaitingLine:
    drifted = one.next_what.startswith(DRIFT)
    kind = Wait.DRIFT if drifted else Wait.STEP
    page = f"/improvements/{one.id}"
    return WaitingLine(
        kind,
        one.next_what,
        one.since if drifted else _midnight(one.next_due),
        page if drifted else f"{page}/next",
        f"{kind}:{one.id}:{one.next_due}",
        why=_("%(title)s, by %(who)s", title=one.title, who=one.next_who)
        if one.next_who
        else one.title,
    )


@tells(Wait.REVIEW, Wait.DECIDE)
def iterations_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find iterations whose window is over, and those that are reviewed and may be decided."""
    if not who.may("improve"):
        return
    rows = session.execute(_iterations_asked(), asked_for(who)).all()
    lines = tuple(_iteration_line(one, title) for one, title, _all in rows)
    yield WaitingFound(lines, rows[0][2] if rows else 0)


@cache
def _iterations_asked() -> Select[*tuple[Any, ...]]:
    over = and_(Iteration.state == IterationState.RUNNING, Iteration.ends_on < TODAY)
    ready = and_(
        Iteration.state == IterationState.REVIEWING,
        func.coalesce(Iteration.verdict_not_before, date.min) <= TODAY,
    )
    return (
        select(Iteration, Improvement.title, func.count().over())
        .join(Improvement, Improvement.id == Iteration.improvement_id)
        .where(or_(over, ready), _mine())
        .order_by(Iteration.ends_on, Iteration.id)
        .limit(MOST)
    )


def _iteration_line(one: Iteration, title: str) -> WaitingLine:
    kind = Wait.REVIEW if one.state is IterationState.RUNNING else Wait.DECIDE
    reason = (
        _("its time is over; what did it show?")
        if kind is Wait.REVIEW
        else _("it was reviewed; how does it go on?")
    )
    return WaitingLine(
        kind,
        _("Rung %(number)s of %(title)s", number=one.number, title=title),
        _midnight(one.ends_on) if one.ends_on else one.created_at,
        f"/iterations/{one.id}",
        f"{kind}:{one.id}",
        why=reason,
    )


@tells(Wait.UNDO)
def undo_asked(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find participants who asked to go back."""
    if not who.may("improve"):
        return
    rows = session.execute(_undo_asked(), asked_for(who)).all()
    lines = tuple(_undo_line(one, title) for one, title, _all in rows)
    yield WaitingFound(lines, rows[0][2] if rows else 0)


@cache
def _undo_asked() -> Select[*tuple[Any, ...]]:
    asked = and_(
        Participation.undo_asked_at.is_not(None),
        Participation.undone_at.is_(None),
        Participation.left_at.is_(None),
    )
    return (
        select(Participation, Improvement.title, func.count().over())
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .join(Improvement, Improvement.id == Iteration.improvement_id)
        .where(asked, _mine())
        .order_by(Participation.undo_asked_at, Participation.id)
        .limit(MOST)
    )


def _undo_line(one: Participation, title: str) -> WaitingLine:
    at = one.undo_asked_at or one.created_at
    return WaitingLine(
        Wait.UNDO,
        _("%(name)s wants to go back", name=one.name),
        at,
        f"/iterations/{one.iteration_id}",
        f"undo:{one.id}:{at:%Y%m%d%H%M}",
        why=title,
    )
