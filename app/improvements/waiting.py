"""What of improvements waits for a person: tasks, reviews, decisions, drift, undo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from app.core.said import nsaid
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
from app.improvements.due.queries import Whose, due_days
from app.improvements.due.rules import due_since
from app.improvements.register.rules import DRIFT
from app.improvements.tasks.queries import HAS_LEFT
from app.models.auth import Operator
from app.models.improvements.improvement import CaseAsk, Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.talk import ImprovementComment, ImprovementMention
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import (
    ComplaintState,
    FindingState,
    ImprovementState,
    IterationState,
    ParticipationState,
    TaskState,
)
from app.models.people import Person

SHOWN_WORDS = 120

declare(
    ImprovementState,
    {
        ImprovementState.RAISED: "the board shows it in its order; nobody promised it",
        ImprovementState.ACCEPTED: "the board shows it in its order",
        ImprovementState.IN_PROGRESS: Wait.STEP,
        ImprovementState.ON_HOLD: "somebody decided that it waits",
        ImprovementState.EMBEDDED: Wait.DRIFT,
        ImprovementState.STOPPED: "it is over",
        ImprovementState.REJECTED: "it is over",
        ImprovementState.DUPLICATE: "its other one is worked on",
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
declare(
    TaskState,
    {
        TaskState.OPEN: Wait.STEP,
        TaskState.DONE: "it is over",
        TaskState.DROPPED: "it is over",
    },
)
declare_moments(
    {
        "improvement.next_due": "it is the day of the first task, which waits itself",
        "improvement_task.due": Wait.STEP,
        "improvement_mention.seen_at": Wait.MENTION,
        "case_ask.due": Wait.DECIDE,
        "case_ask.answered_at": "it is over then",
        "improvement.required_by": "the board says it; the next step is what waits",
        "iteration.ends_on": Wait.REVIEW,
        "measurement.day": Wait.VALUES,
        "participation.undo_asked_at": Wait.UNDO,
        "participation.link_until": "an address that ends by itself",
        "participation.answered_at": "the gate of its rung counts it",
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
    return datetime.combine(
        day or date.min,
        time(),
        UTC,
    )


@tells(Wait.STEP, Wait.DRIFT)
def tasks_due(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find tasks that are due, or whose bearer has left: of who is to do them, and of the owner."""
    asked = _tasks_asked(who.may("improve"))
    rows = session.execute(asked, asked_for(who)).all()
    lines = tuple(
        _task_line(
            one,
            title,
            left,
        )
        for one, title, left, _all in rows
    )
    yield WaitingFound(lines, rows[0][3] if rows else 0)


@cache
def _tasks_asked(may_improve: bool) -> Select[*tuple[Any, ...]]:
    own = or_(
        ImprovementTask.owner_operator_id == MY_NUMBER, ImprovementTask.owner == ME
    )
    pressing = or_(
        ImprovementTask.due <= TODAY,
        ImprovementTask.what.startswith(DRIFT, autoescape=True),
        HAS_LEFT,
    )
    return (
        select(
            ImprovementTask,
            Improvement.title,
            HAS_LEFT,
            func.count().over(),
        )
        .join(Improvement, Improvement.id == ImprovementTask.improvement_id)
        .outerjoin(Operator, Operator.id == ImprovementTask.owner_operator_id)
        .outerjoin(Person, Person.id == ImprovementTask.owner_person_id)
        .where(
            ImprovementTask.state == TaskState.OPEN,
            Improvement.state != ImprovementState.ON_HOLD,
            or_(own, _mine(may_improve)),
            pressing,
        )
        .order_by(ImprovementTask.due, ImprovementTask.id)
        .limit(MOST)
    )


def _task_line(one: ImprovementTask, title: str, left: bool | None) -> WaitingLine:
    drifted = one.what.startswith(DRIFT)
    kind = Wait.DRIFT if drifted else Wait.STEP
    late = one.due is not None and not drifted
    return WaitingLine(
        kind,
        one.what,
        _midnight(one.due) if late else one.created_at,
        f"/improvements/{one.improvement_id}" if drifted else f"/tasks/{one.id}",
        f"{kind}:{one.id}:{one.due}",
        why=_why(
            one,
            title,
            bool(left),
        ),
    )


def _why(one: ImprovementTask, title: str, left: bool) -> Any:
    if left:
        return _(
            "%(title)s; %(who)s has left",
            title=title,
            who=one.owner,
        )
    if one.owner:
        return _(
            "%(title)s, by %(who)s",
            title=title,
            who=one.owner,
        )
    return title


@tells(Wait.VALUES)
def values_wanted(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find the metrics that want their value, in one line that leads to the sheet of all of
    them.
    """
    if not who.may("improve"):
        return
    today = who.now.date()
    whose = Whose(who.operator_id, who.name, nobodys=True)
    days = due_days(session, today, whose)
    if not days:
        yield WaitingFound()
        return
    first = min(due_since(day, period) for day, period in days)
    what = nsaid(
        "%(number)s metric wants its value",
        "%(number)s metrics want their value",
        len(days),
    )
    line = WaitingLine(
        Wait.VALUES,
        what,
        _midnight(first),
        "/improvements/values",
        f"values:{first}:{len(days)}",
        why=_("all of them on one sheet"),
    )
    yield WaitingFound((line,), 1)


@tells(Wait.MENTION)
def mentions(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find comments in which the operator is named and of which he took no note yet."""
    rows = session.execute(_mentions_asked(), asked_for(who)).all()
    lines = tuple(_mention_line(one, title) for one, title, _all in rows)
    yield WaitingFound(lines, rows[0][2] if rows else 0)


@cache
def _mentions_asked() -> Select[*tuple[Any, ...]]:
    return (
        select(ImprovementComment, Improvement.title, func.count().over())
        .join(
            ImprovementMention, ImprovementMention.comment_id == ImprovementComment.id
        )
        .join(Improvement, Improvement.id == ImprovementComment.improvement_id)
        .where(
            ImprovementMention.operator_id == MY_NUMBER,
            ImprovementMention.seen_at.is_(None),
        )
        .order_by(ImprovementComment.id)
        .limit(MOST)
    )


def _mention_line(one: ImprovementComment, title: str) -> WaitingLine:
    page = f"/improvements/{one.improvement_id}/comments"
    return WaitingLine(
        Wait.MENTION,
        _("%(who)s mentions you on “%(title)s”", who=one.created_by, title=title),
        one.created_at,
        f"{page}#comment-{one.id}",
        f"mention:{one.id}",
        why=one.text if len(one.text) <= SHOWN_WORDS else f"{one.text[:SHOWN_WORDS]}…",
        by=one.created_by,
        deed=f"/comments/{one.id}/seen",
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
        select(
            Iteration,
            Improvement.title,
            func.count().over(),
        )
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
        _(
            "Rung %(number)s of %(title)s",
            number=one.number,
            title=title,
        ),
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
        select(
            Participation,
            Improvement.title,
            func.count().over(),
        )
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


@tells(Wait.DECIDE)
def asks_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find what owners ask of their sponsor, the earliest day first."""
    rows = session.execute(_asks_asked(), asked_for(who)).all()
    lines = tuple(_ask_line(one, title) for one, title, _all in rows)
    yield WaitingFound(lines, rows[0][2] if rows else 0)


@cache
def _asks_asked() -> Select[*tuple[Any, ...]]:
    myself = (
        select(Person.id)
        .join(Operator, Operator.person_uid == Person.uid)
        .where(Operator.id == MY_NUMBER, Operator.person_uid != "")
    )
    return (
        select(
            CaseAsk,
            Improvement.title,
            func.count().over(),
        )
        .join(Improvement, Improvement.id == CaseAsk.open_of)
        .where(
            or_(Improvement.sponsor == ME, Improvement.sponsor_person_id.in_(myself))
        )
        .order_by(CaseAsk.due, CaseAsk.id)
        .limit(MOST)
    )


def _ask_line(one: CaseAsk, title: str) -> WaitingLine:
    return WaitingLine(
        Wait.DECIDE,
        one.text,
        one.created_at,
        f"/improvements/{one.improvement_id}/case",
        f"{Wait.DECIDE}:ask:{one.id}:{one.due}",
        why=_("%(title)s; asked until %(day)s", title=title, day=one.due),
        by=one.created_by,
    )
