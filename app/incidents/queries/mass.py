"""Mass incidents: what looks like one, what is one, who belongs to it, and which of them nobody was
informed of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.incidents.queries.policy import desk_numbers
from app.incidents.rules.promise import owed
from app.incidents.rules.queue import stands_as
from app.messages.queries.policy import inform_numbers
from app.models.catalog.service import Service
from app.models.incidents.incident import Incident
from app.models.people import Site


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


def similar_open(session: Session, service_id: int | None, now: datetime) -> list[Incident]:
    """Return the open incidents of a service of the last minutes, across sites, when they are
    enough to be one.

    How many and how many minutes the desk's numbers say; fewer: an empty list. Children of a mass
    incident are left out: they are taken care of.
    """
    numbers = desk_numbers(session)
    if service_id is None:
        return []
    found = list(
        session.scalars(_recent(now, numbers.mass_minutes).where(Incident.service_id == service_id))
    )
    return found if len(found) >= numbers.mass_from else []


def likenesses(session: Session, now: datetime) -> list[Likeness]:
    """Return what looks like a mass incident and is none yet, for the banner of the queue."""
    numbers = desk_numbers(session)
    by_service: dict[int, list[Incident]] = defaultdict(list)
    for one in session.scalars(
        _recent(now, numbers.mass_minutes).where(Incident.service_id.is_not(None)).limit(2000)
    ):
        by_service[one.service_id or 0].append(one)
    enough = {
        key: found
        for key, found in by_service.items()
        if len(found) >= numbers.mass_from and not any(one.is_mass for one in found)
    }
    named = select(Service.id, Service.name).where(Service.id.in_(enough))
    names: dict[int, str] = dict(session.execute(named).all()) if enough else {}
    return [_likeness(key, names.get(key, ""), found) for key, found in sorted(enough.items())]


def running_mass(session: Session, service_id: int | None, site_id: int | None) -> Incident | None:
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


def alarms(session: Session, now: datetime) -> list[Alarm]:
    """Return the open mass incidents that owe a message, those that are latest first."""
    running = list(session.scalars(select(Incident).where(Incident.is_mass, Incident.is_open)))
    if not running:
        return []
    numbers = inform_numbers(session)
    counted = select(Incident.parent_id, func.count()).where(
        Incident.parent_id.in_([one.id for one in running])
    )
    children: dict[int | None, int] = dict(
        session.execute(counted.group_by(Incident.parent_id)).all()
    )
    found = []
    for one in running:
        informed = one.first_response_at is not None
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
                Alarm(one.id, one.title, due.at, informed, due.at <= now, children.get(one.id, 0))
            )
    return sorted(found, key=lambda alarm: alarm.due_at)


def site_choices(session: Session) -> list[tuple[int, str]]:
    """Return the sites in use, those where the business matters most first."""
    weighed = (
        select(Site.id, Site.name)
        .where(Site.retired_at.is_(None))
        .order_by(Site.weight.desc(), Site.name)
    )
    return [(number, name) for number, name in session.execute(weighed)]


def site_names(session: Session, site_ids: Sequence[int]) -> list[str]:
    """Return the names of sites."""
    return list(session.scalars(select(Site.name).where(Site.id.in_(site_ids)).order_by(Site.name)))


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


def _likeness(service_id: int, name: str, found: Sequence[Incident]) -> Likeness:
    sites = tuple(sorted({one.site_id for one in found if one.site_id}))
    return Likeness(service_id, name, tuple(one.id for one in found), sites)
