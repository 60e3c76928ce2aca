"""The log of messages, analysed: late, missing, not everyone, not proactive, by unit.

Six queries however many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.finding import meant
from app.incidents.inform.rules import (
    KINDS,
    History,
    JudgedMessage,
    MessageSaid,
    judged,
    share,
)
from app.incidents.rules import stands_as
from app.messages.queries.policy import inform_numbers
from app.models.incidents.incident import Contact, Incident, IncidentEvent
from app.models.incidents.words import EventKind
from app.models.messages import Delivery, DeliveryState, Message
from app.models.people import Site, Team

MOST = 5000


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: its incidents, how many show each kind of fact of how many that could, promises
    kept, people told.
    """

    name: str
    incidents: int
    shares: dict[str, tuple[int, int]]
    promises: tuple[int, int]
    coverage: tuple[int, int]


@dataclass(frozen=True, slots=True)
class MessageLog:
    """The analysis of a span of time; ``found`` are the incidents with something to see."""

    days: int
    whole: Unit
    units: tuple[Unit, ...]
    found: tuple[JudgedMessage, ...]


def message_log(
    session: Session, now: datetime, *, days: int = 30, unit: str = "", kind: str = ""
) -> MessageLog:
    """Analyse the messages of the incidents reported in the last days; children count with their
    mass incident.
    """
    numbers = inform_numbers(session)
    all_judged = [
        judged(one, numbers, now)
        for one in _histories(session, now - timedelta(days=days))
    ]
    by_unit: dict[str, list[JudgedMessage]] = defaultdict(list)
    for one in all_judged:
        by_unit[one.history.unit].append(one)
    wanted = meant(unit, by_unit) if unit else ()
    chosen = [
        one
        for one in all_judged
        if one.facts and (not unit or one.history.unit in wanted)
    ]
    found = tuple(one for one in chosen if not kind or one.has(kind))
    units = tuple(
        _unit(name, judged_there) for name, judged_there in sorted(by_unit.items())
    )
    return MessageLog(days, _unit("All", all_judged), units, found)


def _unit(name: str, found: Sequence[JudgedMessage]) -> Unit:
    return Unit(
        name,
        len(found),
        {kind: share(found, kind) for kind in KINDS},
        (sum(one.kept for one in found), sum(one.promises for one in found)),
        (
            sum(one.history.told for one in found),
            sum(one.history.meant_for for one in found),
        ),
    )


def _histories(session: Session, since: datetime) -> list[History]:
    chosen = (
        select(Incident, Team.name, Site.timezone)
        .outerjoin(Team, Team.id == Incident.team_id)
        .outerjoin(Site, Site.id == Incident.site_id)
        .where(Incident.reported_at >= since, Incident.parent_id.is_(None))
        .order_by(Incident.reported_at.desc())
        .limit(MOST)
    )
    rows = list(session.execute(chosen))
    ids = select(Incident.id).where(
        Incident.reported_at >= since, Incident.parent_id.is_(None)
    )
    said, contacts, told = (
        _said(session, ids),
        _contacts(session, ids),
        _people_told(session, ids),
    )
    return [
        History(
            one.id,
            one.title,
            team or "no team",
            stands_as(one.priority, one.raises),
            one.is_mass,
            one.reported_at,
            one.restored_at
            or one.closed_at
            or (None if one.is_open else one.touched_at),
            tuple(said.get(one.id, ())),
            tuple(contacts.get(one.id, ())),
            *told.get(one.id, (0, 0)),
            zone or "UTC",
        )
        for one, team, zone in rows
    ]


def _said(session: Session, ids: Any) -> dict[int, list[MessageSaid]]:
    found: dict[int, list[MessageSaid]] = defaultdict(list)
    chosen = select(IncidentEvent).where(
        IncidentEvent.kind == EventKind.INFORMED, IncidentEvent.incident_id.in_(ids)
    )
    for event in session.scalars(chosen.order_by(IncidentEvent.at, IncidentEvent.id)):
        promised = event.data.get("next")
        found[event.incident_id].append(
            MessageSaid(
                event.at, datetime.fromisoformat(promised) if promised else None
            )
        )
    return found


def _contacts(session: Session, ids: Any) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    chosen = (
        select(Contact.incident_id, Contact.at)
        .where(Contact.incident_id.in_(ids))
        .order_by(Contact.id)
    )
    for incident_id, at in session.execute(chosen):
        found[incident_id].append(at)
    return {incident_id: times[1:] for incident_id, times in found.items()}


def _people_told(session: Session, ids: Any) -> dict[int, tuple[int, int]]:
    """Return by incident how many recipients of a message it had and how many of them were told of
    any.
    """
    meant: dict[int, set[str]] = defaultdict(set)
    reached: dict[int, set[str]] = defaultdict(set)
    chosen = (
        select(Message.incident_id, Delivery.recipient, Delivery.state)
        .join(Message, Message.id == Delivery.message_id)
        .where(Message.incident_id.in_(ids))
    )
    for incident_id, recipient, state in session.execute(chosen):
        if incident_id is None or recipient.startswith("channel:"):
            continue
        meant[incident_id].add(recipient)
        if state in (DeliveryState.SENT, DeliveryState.TOLD):
            reached[incident_id].add(recipient)
    return {
        incident_id: (len(people), len(reached[incident_id]))
        for incident_id, people in meant.items()
    }
