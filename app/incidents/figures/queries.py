"""What the desk's figures are computed from: the same number of queries for ten incidents and for
ten thousand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from app.catalog.hours.rules import ALWAYS
from app.incidents.clocks.queries import all_hours
from app.incidents.clocks.rules import Ruler
from app.incidents.figures.rules import FiguredIncident, Open
from app.models.auth import Operator
from app.models.catalog.service import Service
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementState
from app.models.incidents.incident import Classification, Incident, IncidentEvent
from app.models.incidents.words import EventKind, IncidentKind, IncidentState
from app.models.people import DeskType, Serves, Team, TeamMember

TAKEN = (EventKind.STARTED, EventKind.STEP, EventKind.OWNER_FIXED)
COUNTED = (*TAKEN, EventKind.REOPENED, EventKind.RETURNED)
NOT_COUNTED = (IncidentState.CANCELLED, IncidentState.MERGED)


@dataclass(frozen=True, slots=True)
class FiguresAsked:
    """Which incidents: reported from ``since`` until ``until``, of one service or team where that
    is asked for.
    """

    since: datetime
    until: datetime
    service_id: int | None = None
    team_id: int | None = None

    @property
    def earlier(self) -> datetime:
        """When the period before began, which is as long."""
        return self.since - (self.until - self.since)

    @property
    def fitting(self) -> ColumnElement[bool]:
        """The condition an incident has to meet."""
        return and_(
            Incident.reported_at >= self.since,
            Incident.reported_at < self.until,
            Incident.state.not_in(NOT_COUNTED),
            *self.narrowed,
        )

    @property
    def narrowed(self) -> list[ColumnElement[bool]]:
        """The conditions of service and team alone."""
        found: list[ColumnElement[bool]] = []
        if self.service_id is not None:
            found.append(Incident.service_id == self.service_id)
        if self.team_id is not None:
            found.append(Incident.team_id == self.team_id)
        return found


def cases_of(
    session: Session, asked: FiguresAsked, now: datetime
) -> list[FiguredIncident]:
    """Return the incidents of a period with all their times, in business hours of their
    services.
    """
    services = dict(session.execute(select(Service.id, Service.name)).all())
    teams = dict(session.execute(select(Team.id, Team.name)).all())
    hours = all_hours(session)
    laid = {
        id(each): Ruler(each, asked.since, now) for each in [*hours.values(), ALWAYS]
    }
    counts, taken = _events(session, asked)
    again, resorted = _classified(session, asked), _resorted(session, asked)
    chosen = (
        select(
            Incident.id,
            Incident.reported_at,
            Incident.priority,
            Incident.service_id,
            Incident.team_id,
            Incident.first_response_at,
            Incident.restored_at,
            Incident.hand_overs,
            Incident.bounces,
            Incident.contacts,
            Incident.kind,
        )
        .where(asked.fitting)
        .order_by(Incident.id)
    )
    found = []
    for (
        number,
        at,
        priority,
        service,
        team,
        response,
        restored,
        overs,
        bounces,
        contacts,
        kind,
    ) in session.execute(chosen):
        ruler = laid[id(hours.get(service, ALWAYS))]
        own = taken.get(number)
        found.append(
            FiguredIncident(
                at,
                priority,
                services.get(service or 0, ""),
                teams.get(team or 0, ""),
                own=ruler.between(at, own) if own else None,
                own_wall=own - at if own else None,
                response=ruler.between(at, response) if response else None,
                response_wall=response - at if response else None,
                restore=ruler.between(at, restored) if restored else None,
                restore_wall=restored - at if restored else None,
                hand_overs=overs,
                bounces=bounces,
                contacts=contacts,
                reopened=counts[number, EventKind.REOPENED],
                returned=counts[number, EventKind.RETURNED],
                reclassified=again.get(number, 1) - 1,
                resorted=resorted[number],
                complaint=kind is IncidentKind.COMPLAINT,
            )
        )
    return found


def open_ones(session: Session, asked: FiguresAsked, now: datetime) -> list[Open]:
    """Return what is open now, whenever it was reported. One query."""
    chosen = (
        select(Incident.priority, Team.name, Incident.reported_at, Incident.touched_at)
        .outerjoin(Team, Team.id == Incident.team_id)
        .where(Incident.is_open, *asked.narrowed)
    )
    return [
        Open(priority, team or "", now - reported, now - touched)
        for priority, team, reported, touched in session.execute(chosen)
    ]


def _events(
    session: Session, asked: FiguresAsked
) -> tuple[Counter[tuple[int, EventKind]], dict[int, datetime]]:
    chosen = (
        select(
            IncidentEvent.incident_id,
            IncidentEvent.kind,
            func.count(),
            func.min(IncidentEvent.at),
        )
        .join(Incident, Incident.id == IncidentEvent.incident_id)
        .where(asked.fitting, IncidentEvent.kind.in_(COUNTED))
        .group_by(IncidentEvent.incident_id, IncidentEvent.kind)
    )
    counts: Counter[tuple[int, EventKind]] = Counter()
    taken: dict[int, datetime] = {}
    for number, kind, count, first in session.execute(chosen):
        counts[number, kind] = count
        if kind in TAKEN:
            taken[number] = min(taken.get(number, first), first)
    return counts, taken


def _classified(session: Session, asked: FiguresAsked) -> dict[int, int]:
    chosen = (
        select(Classification.incident_id, func.count())
        .join(Incident, Incident.id == Classification.incident_id)
        .where(asked.fitting)
        .group_by(Classification.incident_id)
        .having(func.count() > 1)
    )
    return dict(session.execute(chosen).all())


def _resorted(session: Session, asked: FiguresAsked) -> Counter[int]:
    chosen = (
        select(IncidentEvent.incident_id, IncidentEvent.data)
        .join(Incident, Incident.id == IncidentEvent.incident_id)
        .where(asked.fitting, IncidentEvent.kind == EventKind.CHANGED)
    )
    return Counter(
        number
        for number, data in session.execute(chosen)
        if (data.get("service") or [None])[0]
    )


def desks_of(session: Session) -> dict[str, tuple[DeskType, Serves]]:
    """Return what each team that takes calls does with them and whom it serves, by the team's name.

    One query.
    """
    rows = select(Team.name, Team.desk, Team.serves).where(Team.desk != DeskType.NONE)
    return {name: (desk, serves) for name, desk, serves in session.execute(rows)}


def projects_of(session: Session) -> dict[str, int]:
    """Return how many improvements in progress are owned by members of each team, by the team's
    name.

    One query.
    """
    working = (
        select(Team.name, func.count())
        .join(TeamMember, TeamMember.team_id == Team.id)
        .join(Operator, Operator.id == TeamMember.operator_id)
        .join(Improvement, Improvement.owner == Operator.name)
        .where(Improvement.state == ImprovementState.IN_PROGRESS)
        .group_by(Team.name)
    )
    return dict(session.execute(working).all())


@dataclass(frozen=True, slots=True)
class InTime:
    """Of the incidents that were to be restored in a period: how many were, in time, and how many
    there were.
    """

    kept: int
    due: int


def in_time(session: Session, since: datetime, until: datetime) -> InTime:
    """Return how many incidents whose time came in a period were restored within it. One query."""
    due = and_(
        Incident.target_at >= since,
        Incident.target_at < until,
        Incident.kind != IncidentKind.COMPLAINT,
        Incident.state.not_in(NOT_COUNTED),
    )
    kept = case((Incident.restored_at <= Incident.target_at, 1))
    row = session.execute(select(func.count(kept), func.count()).where(due)).one()
    return InTime(*row)


def oldest_open(session: Session) -> datetime | None:
    """Return when the incident that is open for longest was reported."""
    return session.scalar(
        select(func.min(Incident.reported_at)).where(Incident.is_open.is_(True))
    )
