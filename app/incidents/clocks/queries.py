"""The clocks of an incident, what is due to be judged, and what management has to take note of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.catalog.hours.queries import hours_in, named_hours, office_hours
from app.catalog.hours.rules import ALWAYS, Hours
from app.core.said import digits, said
from app.incidents.clocks import rules
from app.incidents.clocks.rules import Clock, Hand, Mark, Spent, TimeShare
from app.incidents.queries import Happening, conversation_of, desk_numbers
from app.incidents.rules import DeskNumbers
from app.models.catalog.calendar import Calendar, Holiday
from app.models.catalog.service import Service
from app.models.incidents.incident import Escalation, Incident, IncidentEvent, WorkOrder
from app.models.incidents.words import EventKind, IncidentState, OrderState
from app.models.people import Team


@dataclass(frozen=True, slots=True)
class Clocks:
    """All clocks of an incident, who had it for how long, and what the delay costs."""

    clocks: tuple[Clock, ...]
    total: Spent
    running: bool
    target: timedelta
    target_rule: str
    target_at: datetime
    shares: tuple[TimeShare, ...]
    hands: tuple[Hand, ...]
    cost: str
    cost_rule: str
    hours: str

    @property
    def late(self) -> bool:
        """Tell whether the target is over, or was when it worked again."""
        return self.total.business > self.target

    @property
    def share(self) -> int:
        """Return how much of the target is used, in per cent, 100 at most."""
        return min(100, round(100 * (self.total.business / self.target)))

    @property
    def target_text(self) -> str:
        """The target in words."""
        return rules.in_hours(self.target)


def clocks_of(session: Session, incident: Incident, now: datetime) -> Clocks:
    """Return the clocks of an incident as they stand at ``now``; the same number of queries for
    each.
    """
    story = conversation_of(session, incident.id)
    looked_after = named_hours(session, incident.service_id)
    return clocks_in(incident, story, looked_after, desk_numbers(session), now)


def clocks_in(
    incident: Incident,
    story: Iterable[Happening],
    looked_after: tuple[str, Hours],
    numbers: DeskNumbers,
    now: datetime,
) -> Clocks:
    """Return the clocks of an incident from its story.

    ``looked_after``: what the calendar of its service is called, and its hours.
    """
    marks = _marks(story) or [
        Mark(incident.reported_at, "reported", incident.state.value)
    ]
    return _computed(incident, _whole(marks, incident), looked_after, numbers, now)


def _marks(story: Iterable[Happening]) -> list[Mark]:
    """Return a story as marks on clocks, in the order of time."""
    found: list[Mark] = []
    waiting = ""
    for event in sorted(story, key=lambda event: (event.at, event.id)):
        if event.kind is EventKind.WAITING:
            waiting = str(event.data.get("on") or "")
        found.append(
            Mark(
                event.at,
                event.kind.value,
                event.state.value,
                event.team,
                event.external,
                waiting,
                bool(event.data.get("agent")),
                event.public,
            )
        )
    return found


def _whole(marks: list[Mark], incident: Incident) -> list[Mark]:
    """Let the first hand begin with the report, also when it was told of later."""
    first = marks[0]
    start = Mark(
        incident.reported_at, first.kind, first.state, first.team, first.external
    )
    return [start, *(mark for mark in marks[1:] if mark.at >= incident.reported_at)]


def _computed(
    incident: Incident,
    marks: list[Mark],
    looked_after: tuple[str, Hours],
    numbers: DeskNumbers,
    now: datetime,
) -> Clocks:
    calendar, hours = looked_after
    restored = rules.restored_at(marks)
    end = restored or now
    held = rules.hands(marks, end)
    spoken = rules.spoken(hours, calendar)
    total = rules.spent(hours, incident.reported_at, end)
    target = timedelta(hours=numbers.target_hours[incident.priority])
    return Clocks(
        clocks=_clocks(incident, marks, hours, restored, now),
        total=total,
        running=restored is None,
        target=target,
        target_rule=_target_rule(incident, numbers, spoken),
        target_at=incident.target_at,
        shares=tuple(rules.shares(hours, held)),
        hands=tuple(held),
        cost=_cost(incident, total, numbers),
        cost_rule=_cost_rule(incident, total, numbers),
        hours=spoken,
    )


def _clocks(
    incident: Incident,
    marks: list[Mark],
    hours: Hours,
    restored: datetime | None,
    now: datetime,
) -> tuple[Clock, ...]:
    answered = incident.first_response_at
    rows = (
        (
            said("To own"),
            rules.owned_at(marks),
            said("From the report until somebody took it by name."),
        ),
        (
            said("First response"),
            answered,
            said(
                "From the report until the first message of a person to the requester."
            ),
        ),
        (
            said("To restore"),
            restored,
            said(
                "From the report until it works again. It never stops, whoever has it."
            ),
        ),
        (
            said("To close"),
            incident.closed_at,
            said(
                "From the report until the requester agreed, or did not object in time."
            ),
        ),
    )
    return tuple(
        Clock(name, rules.spent(hours, incident.reported_at, at or now), at, rule)
        for name, at, rule in rows
        if name != "To close" or restored
    )


def _target_rule(incident: Incident, numbers: DeskNumbers, spoken: str) -> str:
    wanted = rules.number(numbers.target_hours[incident.priority])
    return said(
        "Target: %(wanted)s business hours after the report, because "
        "P%(priority)s; %(spoken)s.",
        wanted=wanted,
        priority=incident.priority,
        spoken=spoken,
    )


def _cost(incident: Incident, total: Spent, numbers: DeskNumbers) -> str:
    cost = rules.cost_of_delay(
        total.business, incident.site_weight, numbers.cost_per_weight_hour
    )
    return f"{cost:,.0f} {numbers.currency}"


def _cost_rule(incident: Incident, total: Spent, numbers: DeskNumbers) -> str:
    hours = total.business / timedelta(hours=1)
    return said(
        "%(hours)s business hours × site weight %(site_weight)s × "
        "%(cost_per_weight_hour)s %(currency)s",
        hours=digits(f"{hours:,.1f}"),
        site_weight=incident.site_weight,
        cost_per_weight_hour=rules.number(numbers.cost_per_weight_hour),
        currency=numbers.currency,
    )


BATCH = 50


@dataclass(frozen=True, slots=True)
class Past:
    """What was done already for each incident: the rules management was told by, and when raises
    fell due.
    """

    told: dict[int, set[str]]
    raised: dict[int, list[datetime]]


def due_incidents(
    session: Session, now: datetime, besides: ColumnElement[bool]
) -> Sequence[int]:
    """Return some open incidents that are to be judged, by number; ``besides`` is a further
    condition.
    """
    chosen = select(Incident.id).where(_is_due(now), besides)
    return session.scalars(chosen.order_by(Incident.id).limit(BATCH)).all()


def still_due(
    session: Session, incident_ids: Sequence[int], now: datetime
) -> Sequence[Incident]:
    """Return those of some incidents that are still to be judged, locked; those others work on are
    passed by.
    """
    chosen = (
        select(Incident)
        .where(Incident.id.in_(incident_ids), _is_due(now))
        .order_by(Incident.id)
    )
    return session.scalars(chosen.with_for_update(skip_locked=True)).all()


def due_to_close(
    session: Session, before: datetime, besides: ColumnElement[bool]
) -> Sequence[int]:
    """Return some incidents that have been restored since before this moment without an
    objection.
    """
    chosen = select(Incident.id).where(
        Incident.state == IncidentState.RESTORED,
        Incident.restored_at <= before,
        besides,
    )
    return session.scalars(chosen.order_by(Incident.id).limit(BATCH)).all()


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        Incident.is_open, or_(Incident.look_at.is_(None), Incident.look_at <= now)
    )


def past_of(session: Session, incident_ids: Sequence[int]) -> Past:
    """Return what was done already for these incidents. Two queries."""
    told: dict[int, set[str]] = defaultdict(set)
    chosen = select(Escalation.incident_id, Escalation.rule).where(
        Escalation.incident_id.in_(incident_ids)
    )
    for incident_id, rule in session.execute(chosen):
        told[incident_id].add(rule)
    raised: dict[int, list[datetime]] = defaultdict(list)
    kinds = (EventKind.RAISED, EventKind.RESUMED)
    events = select(IncidentEvent.incident_id, IncidentEvent.data).where(
        IncidentEvent.incident_id.in_(incident_ids), IncidentEvent.kind.in_(kinds)
    )
    for incident_id, data in session.execute(events):
        if data.get("due"):
            raised[incident_id].append(datetime.fromisoformat(data["due"]))
    return Past(told, raised)


def all_hours(session: Session) -> dict[int | None, Hours]:
    """Return the business hours of every service by its number; one without a calendar is not among
    them.

    Under ``None`` are the office hours, in which a report counts that names no service yet.
    """
    days: dict[int, set[date]] = defaultdict(set)
    for calendar_id, day in session.execute(select(Holiday.calendar_id, Holiday.day)):
        days[calendar_id].add(day)
    calendars = {
        each.id: hours_in(each, days[each.id])
        for each in session.scalars(select(Calendar))
    }
    services = select(Service.id, Service.calendar_id).where(
        Service.calendar_id.is_not(None)
    )
    found: dict[int | None, Hours] = {None: office_hours(session)}
    for service, calendar in session.execute(services):
        found[service] = calendars.get(calendar or 0, ALWAYS)
    return found


LATEST = 20


@dataclass(frozen=True, slots=True)
class EscalationLine:
    """One thing management was told; with its answer once somebody took note."""

    id: int
    level: int
    why: str
    at: datetime
    seen_at: datetime | None
    seen_by: str
    answer: str
    incident_id: int
    title: str
    priority: int
    is_open: bool
    service: str
    team: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A work order that was refused lately, or not answered in its time."""

    id: int
    incident_id: int
    what: str
    state: OrderState
    answer: str
    by: str
    team: str
    due_at: datetime


def escalation_lines(session: Session, *, noted: bool = False) -> list[EscalationLine]:
    """Return what nobody has taken note of, the highest level first; or the latest with their
    answers.

    One query.
    """
    chosen = (
        select(
            Escalation,
            Incident.title,
            Incident.priority,
            Incident.is_open,
            Service.name,
            Team.name,
        )
        .join(Incident, Incident.id == Escalation.incident_id)
        .outerjoin(Service, Service.id == Incident.service_id)
        .outerjoin(Team, Team.id == Incident.team_id)
    )
    if noted:
        chosen = (
            chosen.where(Escalation.seen_at.is_not(None))
            .order_by(Escalation.seen_at.desc())
            .limit(LATEST)
        )
    else:
        order = (Escalation.level.desc(), Incident.priority, Escalation.at)
        chosen = chosen.where(Escalation.seen_at.is_(None)).order_by(*order).limit(200)
    return [
        EscalationLine(
            one.id,
            one.level,
            one.why,
            one.at,
            one.seen_at,
            one.seen_by,
            one.answer,
            one.incident_id,
            title,
            priority,
            is_open,
            service or "",
            team or "",
        )
        for one, title, priority, is_open, service, team in session.execute(chosen)
    ]


def order_lines(session: Session, now: datetime) -> Sequence[OrderLine]:
    """Return the work orders refused in the last 30 days and those not answered in time.

    One query.
    """
    refused = (WorkOrder.state == OrderState.REFUSED) & (
        WorkOrder.answered_at > now - timedelta(days=30)
    )
    late = (WorkOrder.state == OrderState.OPEN) & (WorkOrder.due_at <= now)
    chosen = (
        select(WorkOrder, Team.name)
        .join(Team, Team.id == WorkOrder.team_id)
        .where(or_(refused, late))
        .order_by(WorkOrder.due_at)
        .limit(100)
    )
    return [
        OrderLine(
            one.id,
            one.incident_id,
            one.what,
            one.state,
            one.answer,
            one.answered_by,
            team,
            one.due_at,
        )
        for one, team in session.execute(chosen)
    ]
