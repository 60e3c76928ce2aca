"""What looks like a mass incident, what is one and what it owes, and its wave of contacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from app.core.charts import ChartDot, SeriesChart
from app.core.said import said
from app.core.together import Answered, Question
from app.core.unchanged import unchanged
from app.incidents.mass.rules import IncidentWave, owed, sentence, wave_of
from app.incidents.queries import desk_numbers
from app.incidents.rules import DeskNumbers, stands_as
from app.messages.queries.policy import inform_numbers
from app.models.catalog.service import Service
from app.models.incidents.incident import Contact, Incident
from app.models.messages import Message
from app.models.people import Site

MOST_ALIKE = 2000
"""How many incidents of all likenesses are named; more help nobody."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Open incidents of one service, reported within a short time: perhaps one mass incident."""

    service_id: int
    service: str
    incident_ids: tuple[int, ...]
    site_ids: tuple[int, ...]

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self.incident_ids)


@dataclass(frozen=True, slots=True)
class Alarm:
    """A mass incident with its clock: when the next message is owed, and whether anybody was ever
    informed.
    """

    id: int
    title: str
    due_at: datetime
    informed: bool
    late: bool
    children: int


def similar_open(
    session: Session, service_id: int | None, now: datetime
) -> list[Incident]:
    """Return the open incidents of a service of the last minutes, across sites, when they are
    enough to be one.

    How many and how many minutes the desk's numbers say; fewer: an empty list. Children of a mass
    incident are left out: they are taken care of.
    """
    numbers = desk_numbers(session)
    if service_id is None:
        return []
    found = list(
        session.scalars(
            _recent(now, numbers.mass_minutes).where(Incident.service_id == service_id)
        )
    )
    return found if len(found) >= numbers.mass_from else []


def watch(session: Session, now: datetime) -> dict[str, Any]:
    """Return the alarms and the likenesses of this second; all who look at the queue share it."""

    def looked() -> dict[str, Any]:
        return {
            "alarms": alarms(session, now),
            "likenesses": likenesses(session, now),
        }

    return unchanged(session, "mass watch", looked, until=int(now.timestamp()))


def likenesses(session: Session, now: datetime) -> list[Likeness]:
    """Return what looks like a mass incident and is none yet, for the banner of the queue."""
    minutes = desk_numbers(session).mass_minutes
    crowded = session.scalars(crowded_services(session, now)).all()
    if not crowded:
        return []
    # Of thousands that are open in a mass incident only two columns are shown.
    columns = (Incident.service_id, Service.name, Incident.id, Incident.site_id)
    shown = (
        _recent(now, minutes)
        .where(Incident.service_id.in_(crowded))
        .join(Service, Service.id == Incident.service_id)
        .with_only_columns(*columns)
        .limit(MOST_ALIKE)
    )
    by_service: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(shown):
        by_service[row.service_id].append(row)
    return [_likeness(key, found) for key, found in sorted(by_service.items())]


def crowded_services(session: Session, now: datetime) -> Select[int]:
    """Select the services of which enough was reported lately, and none of it is a mass
    incident.
    """
    numbers = desk_numbers(session)
    # Said so that an index can serve the time alone: SQLite would rather read all that is open,
    # which may be 80,000, than what was reported within these minutes.
    lately = (
        Incident.reported_at > now - timedelta(minutes=numbers.mass_minutes),
        Incident.is_open.is_not(False),
        func.coalesce(Incident.parent_id, 0) == 0,
    )
    service = func.coalesce(Incident.service_id, 0)
    return (
        select(service)
        .where(*lately, service != 0)
        .group_by(service)
        .having(func.count() >= numbers.mass_from)
        .having(func.max(case((Incident.is_mass, 1), else_=0)) == 0)
    )


def running_mass(
    session: Session, service_id: int | None, site_id: int | None
) -> Incident | None:
    """Return the open mass incident a new report belongs to: the same service, and the site is
    affected.
    """
    if service_id is None:
        return None
    running = select(Incident).where(
        Incident.is_mass, Incident.is_open, Incident.service_id == service_id
    )
    for one in session.scalars(running.order_by(Incident.id)):
        if not one.mass_sites or site_id in one.mass_sites:
            return one
    return None


def informed_of(session: Session, incidents: Sequence[Incident]) -> set[int]:
    """Return the numbers of those about which somebody was told: an answer left, or the next
    message was promised in one that is on its way.
    """
    told = {one.id for one in incidents if one.first_response_at is not None}
    waiting = {
        one.id: (one.parent_id or one.id, one.next_update_at)
        for one in incidents
        if one.id not in told and one.next_update_at is not None
    }
    if not waiting:
        return told
    promises = select(Message.incident_id, Message.next_update_at).where(
        Message.incident_id.in_([about for about, _ in waiting.values()]),
        Message.next_update_at.is_not(None),
    )
    made = {(number, at) for number, at in session.execute(promises)}
    return told | {number for number, due in waiting.items() if due in made}


def alarms(session: Session, now: datetime) -> list[Alarm]:
    """Return the open mass incidents that owe a message, those that are latest first."""
    running = list(
        session.scalars(select(Incident).where(Incident.is_mass, Incident.is_open))
    )
    if not running:
        return []
    numbers = inform_numbers(session)
    counted = select(Incident.parent_id, func.count()).where(
        Incident.parent_id.in_([one.id for one in running])
    )
    children: dict[int | None, int] = dict(
        session.execute(counted.group_by(Incident.parent_id)).all()
    )
    promises = informed_of(session, running)
    found = []
    for one in running:
        informed = one.id in promises
        due = owed(
            priority=stands_as(one.priority, one.raises),
            mass=True,
            reported_at=one.reported_at,
            next_update_at=one.next_update_at,
            informed=informed,
            numbers=numbers,
        )
        if due is not None:
            found.append(
                Alarm(
                    one.id,
                    one.title,
                    due.at,
                    informed,
                    due.at <= now,
                    children.get(one.id, 0),
                )
            )
    return sorted(found, key=lambda alarm: alarm.due_at)


def _recent(now: datetime, minutes: int) -> Select[Incident]:
    return (
        select(Incident)
        .where(
            Incident.is_open,
            Incident.parent_id.is_(None),
            Incident.reported_at > now - timedelta(minutes=minutes),
        )
        .order_by(Incident.reported_at)
    )


def _likeness(service_id: int, found: Sequence[Any]) -> Likeness:
    sites = tuple(sorted({one.site_id for one in found if one.site_id}))
    numbers = tuple(one.id for one in found)
    return Likeness(service_id, found[0].name, numbers, sites)


def wave_meter(session: Session, incident_id: int, now: datetime) -> IncidentWave:
    """Return the contacts per ten minutes around the first message about an incident."""
    family = select(Incident.id).where(
        or_(Incident.id == incident_id, Incident.parent_id == incident_id)
    )
    contacts = list(
        session.scalars(select(Contact.at).where(Contact.incident_id.in_(family)))
    )
    informed = session.scalar(
        select(func.min(Message.created_at)).where(Message.incident_id == incident_id)
    )
    return wave_of(contacts, informed, now)


def wave_chart(wave: IncidentWave, zone: str) -> SeriesChart:
    """Return the meter as a chart; what was after the message is shaded."""
    there = ZoneInfo(zone)
    dots = tuple(
        ChartDot(
            span.start.date(),
            span.contacts,
            f"{span.start.astimezone(there):%H:%M}",
            pilot=span.after,
        )
        for span in wave.spans
    )
    return SeriesChart(
        said("Contacts per ten minutes"),
        sentence(wave),
        "contacts",
        dots,
        pilot_name=said("after the message"),
        zero=True,
    )


@dataclass(frozen=True, slots=True)
class MassPanel:
    """Whether this is a mass incident, belongs to one, could join one, or looks like one with
    others.
    """

    is_mass: bool
    sites: tuple[str, ...]
    children: int
    parent: Any
    joinable: Any
    alike: int

    @property
    def shown(self) -> bool:
        """Tell whether there is anything to say."""
        return bool(self.is_mass or self.parent or self.joinable or self.alike)


def mass_asked(incident: Incident) -> dict[str, Question]:
    """Return the questions for what the page says of mass incidents."""
    running = select(Incident.id, Incident.title).where(
        Incident.is_mass,
        Incident.is_open,
        Incident.service_id == incident.service_id,
        Incident.service_id.is_not(None),
    )
    children = select(func.count().label("count")).select_from(Incident)
    return {
        "mass_sites": select(Site.name).where(Site.id.in_(incident.mass_sites)),
        "children": children.where(Incident.parent_id == incident.id),
        "running": running.order_by(Incident.id).limit(1),
        "parent": select(Incident.id, Incident.title).where(
            Incident.id == incident.parent_id
        ),
    }


def mass_in(
    session: Session,
    incident: Incident,
    found: Answered,
    numbers: DeskNumbers,
    now: datetime,
) -> MassPanel:
    """Return what the page says of mass incidents from the answers to its questions."""
    alone = incident.is_open and not incident.is_mass and not found["parent"]
    joinable = found["running"][0] if alone and found["running"] else None
    alike = 0 if joinable or not alone else _alike(session, incident, numbers, now)
    return MassPanel(
        incident.is_mass,
        tuple(sorted(row.name for row in found["mass_sites"])),
        found["children"][0].count,
        found["parent"][0] if found["parent"] else None,
        joinable,
        alike,
    )


def _alike(
    session: Session, incident: Incident, numbers: DeskNumbers, now: datetime
) -> int:
    """Return how many open incidents of the service came within a short time, when they are
    enough to be one.
    """
    if incident.service_id is None:
        return 0
    recent = _recent(now, numbers.mass_minutes).order_by(None)
    counted = recent.with_only_columns(func.count()).where(
        Incident.service_id == incident.service_id
    )
    count = session.scalar(counted) or 0
    return count if count >= numbers.mass_from else 0
