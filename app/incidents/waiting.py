"""What of the desk waits for a person: promises, answers, work orders, hand-overs, management."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.core.waiting import (
    MOST,
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    declare,
    declare_moments,
    tells,
)
from app.incidents.queue.queries import ANYBODY, Viewer, named, viewer_of
from app.models.incidents.incident import (
    Contact,
    Escalation,
    Incident,
    IncidentEvent,
    WorkOrder,
)
from app.models.incidents.words import CallState, IncidentState, OrderState
from app.models.people import Team

QUEUE = "the queue shows it with its place; nobody alone is waited for"

declare(
    IncidentState,
    {
        IncidentState.NEW: QUEUE,
        IncidentState.ASSIGNED: QUEUE,
        IncidentState.IN_PROGRESS: Wait.ANSWER,
        IncidentState.WAITING: Wait.LOOK,
        IncidentState.RESTORED: "the requester is waited for; it closes by itself",
        IncidentState.CLOSED: "it is over",
        IncidentState.CANCELLED: "it is over",
        IncidentState.MERGED: "it is worked on with another one",
    },
)
declare(
    OrderState,
    {
        OrderState.OPEN: Wait.ORDER,
        OrderState.ACCEPTED: Wait.ORDER,
        OrderState.DONE: "it is over",
        OrderState.REFUSED: Wait.MANAGEMENT,
    },
)
declare(
    CallState,
    {
        CallState.RINGING: "every page of the desk shows it",
        CallState.ANSWERED: "somebody speaks",
        CallState.ENDED: "it is over",
        CallState.MISSED: "the list of calls shows it; who called calls again",
    },
)
declare_moments(
    {
        "incident.asked_team_id": Wait.HAND_OVER,
        "incident.waiting_until": Wait.LOOK,
        "incident.next_update_at": Wait.PROMISE,
        "incident.look_at": "the worker looks at it",
        "escalation.seen_at": Wait.MANAGEMENT,
        "work_order.due_at": Wait.ORDER,
        "work_order.answered_at": Wait.ORDER,
        "attachment.delete_on": "the worker deletes it",
        "call.answered_at": "the list of calls shows it",
        "mail_seen.settled_at": "the page for management shows how many mails were left",
        "mail_seen.try_at": "the worker tries again",
        "mail_seen.delete_on": "the worker deletes it",
        "presence.seen_at": "who looks just now",
        "reminder.promised_at": "it tells of a promise that waits itself",
    }
)
Made = Callable[..., WaitingLine]
OPEN, OPEN_TOO = Incident.is_open.is_(True), Incident.is_open.is_not(False)
"""The same twice: by the first one SQLite looks at all that are open, by the second one at the few
that the other conditions leave.
"""


@tells(Wait.PROMISE, Wait.ANSWER, Wait.LOOK, Wait.ORDER, Wait.HAND_OVER)
def desk_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find what of the desk waits for somebody who works there."""
    if not who.may("desk"):
        return
    viewer = viewer_of(session, who.name, who.now)
    yield _promises(session, viewer)
    yield _answers(session, viewer)
    yield _to_look_at(session, viewer)
    yield _orders(session, viewer)
    yield _hand_overs(session, viewer)


def _found(rows: Sequence[Any], made: Made) -> WaitingFound:
    """Make lines of rows whose last column counts them all."""
    return WaitingFound(
        tuple(made(*row[:-1]) for row in rows), rows[0][-1] if rows else 0
    )


def _mine() -> ColumnElement[bool]:
    """Tell of an incident in the operator's hands, or in nobody's of his teams."""
    me = ANYBODY.name
    in_team = and_(Incident.agent == "", Incident.team_id.in_(ANYBODY.teams))
    owned = and_(Incident.owner == me, Incident.owner_fixed_at.is_not(None))
    return or_(Incident.agent == me, in_team, owned)


def _promises(session: Session, viewer: Viewer) -> WaitingFound:
    def line(one: Incident) -> WaitingLine:
        owed = one.next_update_at or viewer.now
        return WaitingLine(
            Wait.PROMISE,
            _(
                "An update was promised to %(who)s",
                who=one.requester or _("the requester"),
            ),
            owed,
            f"/desk/{one.id}/inform",
            f"promise:{one.id}:{owed:%Y%m%d%H%M}",
            why=f"#{one.id} {one.title}",
        )

    return _found(session.execute(_promises_asked(), named(viewer)).all(), line)


@cache
def _promises_asked() -> Select[*tuple[Any, ...]]:
    return (
        select(Incident, func.count().over())
        .where(_mine(), OPEN, Incident.next_update_at < ANYBODY.now)
        .order_by(Incident.next_update_at, Incident.id)
        .limit(MOST)
    )


def _answers(session: Session, viewer: Viewer) -> WaitingFound:
    """Find incidents in whose story the requester has the last word."""

    def line(one: Incident, at: Any) -> WaitingLine:
        return WaitingLine(
            Wait.ANSWER,
            _("%(who)s got in touch again", who=one.requester or _("The requester")),
            at,
            f"/desk/{one.id}",
            f"answer:{one.id}:{at:%Y%m%d%H%M%S}",
            why=f"#{one.id} {one.title}",
        )

    return _found(session.execute(_answers_asked(), named(viewer)).all(), line)


@cache
def _answers_asked() -> Select[*tuple[Any, ...]]:
    handled = (
        select(func.max(IncidentEvent.at))
        .where(
            IncidentEvent.incident_id == Incident.id, IncidentEvent.by == ANYBODY.name
        )
        .correlate(Incident)
        .scalar_subquery()
    )
    said = func.max(Contact.at)
    return (
        select(Incident, said, func.count().over())
        .join(Contact, Contact.incident_id == Incident.id)
        .where(
            Incident.is_open.is_(True),
            Incident.agent == ANYBODY.name,
            Contact.by != ANYBODY.name,
            Contact.at > func.coalesce(handled, Incident.reported_at),
        )
        .group_by(Incident.id)
        .order_by(said, Incident.id)
        .limit(MOST)
    )


def _to_look_at(session: Session, viewer: Viewer) -> WaitingFound:
    def line(one: Incident) -> WaitingLine:
        until = one.waiting_until or viewer.now
        return WaitingLine(
            Wait.LOOK,
            _("The time to wait is over"),
            until,
            f"/desk/{one.id}",
            f"look:{one.id}:{until:%Y%m%d%H%M}",
            why=f"#{one.id} {one.title}",
        )

    return _found(session.execute(_to_look_at_asked(), named(viewer)).all(), line)


@cache
def _to_look_at_asked() -> Select[*tuple[Any, ...]]:
    return (
        select(Incident, func.count().over())
        .where(
            _mine(),
            OPEN_TOO,
            Incident.state == IncidentState.WAITING,
            Incident.waiting_until < ANYBODY.now,
        )
        .order_by(Incident.waiting_until, Incident.id)
        .limit(MOST)
    )


def _orders(session: Session, viewer: Viewer) -> WaitingFound:
    """Find work ordered from the operator's teams: not answered, or accepted and late."""
    if not viewer.teams:
        return WaitingFound()

    def line(order: WorkOrder, team: str) -> WaitingLine:
        return WaitingLine(
            Wait.ORDER,
            order.what,
            order.created_at,
            f"/desk/{order.incident_id}#orders",
            f"order:{order.id}:{order.state.value}",
            why=_(
                "ordered from %(team)s by %(name)s", team=team, name=order.created_by
            ),
            by=order.created_by,
        )

    return _found(session.execute(_orders_asked(), named(viewer)).all(), line)


@cache
def _orders_asked() -> Select[*tuple[Any, ...]]:
    late = and_(WorkOrder.state == OrderState.ACCEPTED, WorkOrder.due_at < ANYBODY.now)
    return (
        select(WorkOrder, Team.name, func.count().over())
        .join(Incident, Incident.id == WorkOrder.incident_id)
        .join(Team, Team.id == WorkOrder.team_id)
        .where(
            WorkOrder.team_id.in_(ANYBODY.teams),
            or_(WorkOrder.state == OrderState.OPEN, late),
            Incident.is_open.is_(True),
        )
        .order_by(WorkOrder.created_at, WorkOrder.id)
        .limit(MOST)
    )


def _hand_overs(session: Session, viewer: Viewer) -> WaitingFound:
    """Find hand-overs that somebody asks the owner for."""

    def line(one: Incident, team: str) -> WaitingLine:
        return WaitingLine(
            Wait.HAND_OVER,
            _("%(title)s to %(team)s", title=f"#{one.id} {one.title}", team=team),
            one.touched_at,
            f"/desk/{one.id}",
            f"hand-over:{one.id}:{one.asked_team_id}",
            why=_("a hand-over the owner decides"),
        )

    return _found(session.execute(_hand_overs_asked(), named(viewer)).all(), line)


@cache
def _hand_overs_asked() -> Select[*tuple[Any, ...]]:
    by_service = Incident.service_id.in_(ANYBODY.services)
    fixed = (Incident.owner_fixed_at.is_not(None), Incident.owner == ANYBODY.name)
    decides = case(
        fixed, else_=by_service
    )  # OR would have SQLite read all of a service
    return (
        select(Incident, Team.name, func.count().over())
        .join(Team, Team.id == Incident.asked_team_id)
        .where(Incident.asked_team_id.is_not(None), OPEN_TOO, decides)
        .order_by(Incident.touched_at, Incident.id)
        .limit(MOST)
    )


@tells(Wait.MANAGEMENT)
def management_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find what management was told and nobody has taken note of; one line an incident."""
    if not (who.may("policy") and who.may("desk")):
        return
    yield _found(session.execute(_management_asked()).all(), _management_line)


@cache
def _management_asked() -> Select[*tuple[Any, ...]]:
    told = (
        select(
            func.min(Escalation.at).label("since"),
            func.min(Escalation.id).label("first"),
            func.max(Escalation.id).label("last"),
            func.count().label("times"),
        )
        .where(Escalation.seen_at.is_(None))
        .group_by(Escalation.incident_id)
        .subquery()
    )
    return (
        select(Escalation, Incident, *told.c, func.count().over())
        .join(told, told.c.last == Escalation.id)
        .join(Incident, Incident.id == Escalation.incident_id)
        .order_by(told.c.since, told.c.first)
        .limit(MOST)
    )


def _management_line(
    last: Escalation, one: Incident, since: Any, first: int, _last: int, times: int
) -> WaitingLine:
    more = lazy_ngettext("told once before", "told %(num)s times before", times - 1)
    why = _("%(why)s (%(more)s)", why=last.why, more=more) if times > 1 else last.why
    return WaitingLine(
        Wait.MANAGEMENT,
        f"#{one.id} {one.title}",
        since,
        f"/desk/management#note-{last.id}",
        f"management:{one.id}:{first}",
        why=why,
    )
