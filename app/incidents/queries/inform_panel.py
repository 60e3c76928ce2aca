"""What an incident's page shows of its messages and of the mass incident it is or belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.incidents.queries.mass import running_mass, similar_open, site_names
from app.incidents.rules.promise import Owed, owed
from app.incidents.rules.queue import stands_as
from app.messages.queries.board import boards_of
from app.messages.queries.policy import inform_numbers, newest_policy
from app.models.incidents.desk import Reminder
from app.models.incidents.incident import Incident
from app.models.messages import Message


@dataclass(frozen=True, slots=True)
class InformPanel:
    """The last message and who was told of it, when the next is owed, who was reminded, the
    policy's version.
    """

    latest: Message | None
    counts: Counter[str]
    people: int
    messages: int
    owed: Owed | None
    late: bool
    reminders: tuple[Reminder, ...]
    version: int


@dataclass(frozen=True, slots=True)
class MassPanel:
    """Whether this is a mass incident, belongs to one, could join one, or looks like one with
    others.
    """

    is_mass: bool
    sites: tuple[str, ...]
    children: int
    parent: Incident | None
    joinable: Incident | None
    alike: int

    @property
    def shown(self) -> bool:
        """Tell whether there is anything to say."""
        return bool(self.is_mass or self.parent or self.joinable or self.alike)


def inform_panel(session: Session, incident: Incident, now: datetime) -> InformPanel:
    """Return what the page shows of messages; those of the mass incident count for a report that
    belongs to it.
    """
    about = incident.parent_id or incident.id
    newest = select(Message).where(Message.incident_id == about).order_by(Message.id.desc())
    latest = session.scalars(newest.limit(1)).first()
    counted = (
        session.scalar(
            select(func.count()).select_from(Message).where(Message.incident_id == about)
        )
        or 0
    )
    board = boards_of(session, [latest])[0] if latest else None
    due = owed(
        priority=stands_as(incident.priority, incident.raises),
        mass=incident.is_mass,
        reported_at=incident.reported_at,
        next_update_at=incident.next_update_at,
        informed=incident.first_response_at is not None,
        numbers=inform_numbers(session),
    )
    due = due if incident.is_open else None
    policy = newest_policy(session)
    return InformPanel(
        latest,
        board.counts if board else Counter(),
        len(board.people) if board else 0,
        counted,
        due,
        bool(due and due.at <= now),
        tuple(_reminders(session, incident, due)),
        policy.id if policy else 0,
    )


def mass_panel(session: Session, incident: Incident, now: datetime) -> MassPanel:
    """Return what the page says of mass incidents."""
    parent = session.get(Incident, incident.parent_id) if incident.parent_id else None
    alone = incident.is_open and not incident.is_mass and parent is None
    running = (
        running_mass(session, incident.service_id, None) or _any_running(session, incident)
        if alone
        else None
    )
    alike = (
        [one for one in similar_open(session, incident.service_id, now) if not one.is_mass]
        if alone
        else []
    )
    children = 0
    if incident.is_mass:
        counted = (
            select(func.count()).select_from(Incident).where(Incident.parent_id == incident.id)
        )
        children = session.scalar(counted) or 0
    return MassPanel(
        incident.is_mass,
        tuple(site_names(session, incident.mass_sites) if incident.is_mass else ()),
        children,
        parent,
        running,
        0 if running else len(alike),
    )


def _any_running(session: Session, incident: Incident) -> Incident | None:
    if incident.service_id is None:
        return None
    same = select(Incident).where(
        Incident.is_mass, Incident.is_open, Incident.service_id == incident.service_id
    )
    return session.scalars(same.order_by(Incident.id).limit(1)).first()


def _reminders(session: Session, incident: Incident, due: Owed | None) -> Sequence[Reminder]:
    if due is None:
        return ()
    mine = select(Reminder).where(
        Reminder.incident_id == incident.id, Reminder.promised_at == due.at
    )
    return session.scalars(mine.order_by(Reminder.level)).all()
