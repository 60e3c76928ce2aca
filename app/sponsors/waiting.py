"""What of the sponsors room waits for a person: a step with a stakeholder, a silent sponsor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.core.waiting import (
    ME,
    MOST,
    NOW,
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
from app.models.auth import Operator
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import TaskState
from app.models.sponsors.meeting import Meeting
from app.models.sponsors.objection import Objection
from app.models.sponsors.stakeholder import Stakeholder, StakeholderAction
from app.models.sponsors.words import MeetingState, ObjectionState
from app.sponsors.pulses import waiting as _pulses_waiting  # noqa: F401 (its lines)
from app.sponsors.rollouts import waiting as _rollouts_waiting  # noqa: F401 (its lines)
from app.sponsors.said import waiting as _said_waiting  # noqa: F401 (its lines)
from app.sponsors.stakeholders.queries import StakeholderLine, sponsors_going_on
from app.sponsors.visits import waiting as _visits_waiting  # noqa: F401 (its lines)

KNOWING = "stakeholders"
SHOWN_WORDS = 120

declare_moments(
    {
        "status_link.until": "an address that ends by itself",
        "stakeholder_action.due": Wait.FOLLOW_UP,
        "objection.follow_up": Wait.FOLLOW_UP,
        "objection.answered_at": "it is over then",
    }
)
declare(
    ObjectionState,
    {ObjectionState.OPEN: Wait.FOLLOW_UP, ObjectionState.ANSWERED: "it is over"},
)
declare(
    MeetingState,
    {
        MeetingState.PLANNED: Wait.FOLLOW_UP,
        MeetingState.HELD: "it is over",
        MeetingState.CANCELLED: "it is over",
    },
)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def mine_or_nobodys(owner: Any) -> ColumnElement[bool]:
    """Tell of a deed that it is the operator's, or of nobody who signs in to Rung."""
    signs_in = select(Operator.id).where(
        func.lower(Operator.name) == func.lower(owner), Operator.disabled_at.is_(None)
    )
    return or_(func.lower(owner) == func.lower(ME), ~signs_in.exists())


@tells(Wait.FOLLOW_UP)
def steps_due(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find what is to be done with stakeholders and is due; only for who may know of them."""
    if not who.may(KNOWING):
        return
    rows = session.execute(_steps_asked(), asked_for(who)).all()
    lines = tuple(_step_line(one, name) for one, name, _all in rows)
    yield WaitingFound(lines, rows[0][2] if rows else 0)


@cache
def _steps_asked() -> Select[*tuple[Any, ...]]:
    return (
        select(StakeholderAction, Stakeholder.name, func.count().over())
        .join(Stakeholder, Stakeholder.id == StakeholderAction.stakeholder_id)
        .where(
            StakeholderAction.state == TaskState.OPEN,
            StakeholderAction.due <= TODAY,
            mine_or_nobodys(StakeholderAction.owner),
        )
        .order_by(StakeholderAction.due, StakeholderAction.id)
        .limit(MOST)
    )


def _step_line(one: StakeholderAction, name: str) -> WaitingLine:
    return WaitingLine(
        Wait.FOLLOW_UP,
        one.what,
        _midnight(one.due or date.min),
        f"/stakeholders/{one.stakeholder_id}#steps",
        f"stakeholder-step:{one.id}:{one.due}",
        why=_("with %(name)s, by %(who)s", name=name, who=one.owner),
    )


@tells(Wait.FOLLOW_UP)
def objections_due(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find objections that are to be taken up; only for who may know of them."""
    if not who.may(KNOWING):
        return
    rows = session.execute(_objections_asked(), asked_for(who)).all()
    lines = tuple(_objection_line(one, title) for one, title, _all in rows)
    yield WaitingFound(lines, rows[0][2] if rows else 0)


@cache
def _objections_asked() -> Select[*tuple[Any, ...]]:
    return (
        select(Objection, Improvement.title, func.count().over())
        .join(Improvement, Improvement.id == Objection.improvement_id)
        .where(
            Objection.state == ObjectionState.OPEN,
            Objection.follow_up <= TODAY,
            mine_or_nobodys(Objection.owner),
        )
        .order_by(Objection.follow_up, Objection.id)
        .limit(MOST)
    )


def _objection_line(one: Objection, title: str) -> WaitingLine:
    return WaitingLine(
        Wait.FOLLOW_UP,
        _("Answer “%(words)s”", words=one.words[:SHOWN_WORDS]),
        _midnight(one.follow_up or date.min),
        f"/objections/{one.id}",
        f"objection:{one.id}:{one.follow_up}",
        why=_("%(title)s, said by %(who)s", title=title, who=one.who or "–"),
    )


@tells(Wait.FOLLOW_UP)
def meetings_over(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find meetings of which nobody noted yet who came; only for who may know of them."""
    if not who.may(KNOWING):
        return
    rows = session.execute(_meetings_asked(), asked_for(who)).all()
    lines = tuple(_meeting_line(one, title) for one, title, _all in rows)
    yield WaitingFound(lines, rows[0][2] if rows else 0)


@cache
def _meetings_asked() -> Select[*tuple[Any, ...]]:
    return (
        select(Meeting, Improvement.title, func.count().over())
        .join(Improvement, Improvement.id == Meeting.improvement_id)
        .where(
            Meeting.state == MeetingState.PLANNED,
            Meeting.begins_at <= NOW,
            mine_or_nobodys(Meeting.created_by),
        )
        .order_by(Meeting.begins_at, Meeting.id)
        .limit(MOST)
    )


def _meeting_line(one: Meeting, title: str) -> WaitingLine:
    return WaitingLine(
        Wait.FOLLOW_UP,
        _("Who came to “%(title)s”?", title=one.title),
        one.begins_at,
        f"/meetings/{one.id}#guests",
        f"meeting:{one.id}",
        why=title,
    )


@tells(Wait.FOLLOW_UP)
def silent_sponsors(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find sponsors of improvements in progress who were not heard for too long."""
    if not who.may(KNOWING):
        return
    silent = [
        line
        for line in sponsors_going_on(session, who.now.date())
        if line.clock.is_silent
    ]
    yield WaitingFound(tuple(map(_silent_line, silent[:MOST])), len(silent))


def _silent_line(line: StakeholderLine) -> WaitingLine:
    heard = line.clock.heard or line.clock.since
    return WaitingLine(
        Wait.FOLLOW_UP,
        _("Ask %(name)s, the sponsor", name=line.row.name),
        _midnight(heard),
        f"/stakeholders/{line.row.id}#contacts",
        f"silent:{line.row.id}:{heard}",
        why=_("%(title)s: %(words)s", title=line.improvement, words=line.clock.words),
    )
