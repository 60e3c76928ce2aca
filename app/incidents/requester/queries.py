"""An incident as its requester sees it: no reasons, no hand-overs, nobody else's data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.incidents.requester.rules import RequesterStanding
from app.messages.requester_links import read_token
from app.models.catalog.service import Service
from app.models.incidents.incident import Incident, IncidentEvent, Rating
from app.models.incidents.words import EventKind
from app.models.people import Team

GONE = (
    "This link leads nowhere any more. Call the service desk, or write to it: it is glad to tell "
    "you."
)
BY_WORDS = (
    EventKind.INFORMED,
    EventKind.NOTE,
    EventKind.RESTORED,
    EventKind.WAITING,
    EventKind.CONTACT,
)
"""Events whose words the requester reads; of the others only that they happened."""

OF_THE_WHOLE = (EventKind.INFORMED, EventKind.RESTORED)
"""What is told of a mass incident to everybody in it."""


@dataclass(frozen=True, slots=True)
class RequesterTold:
    """One thing the requester was told or said; ``by`` is a person where one signed it."""

    at: datetime
    kind: EventKind
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class RequesterPage:
    """Everything the page behind the link shows."""

    incident_id: int
    title: str
    service: str
    team: str
    reported_at: datetime
    next_update_at: datetime | None
    standing: RequesterStanding
    told: Sequence[RequesterTold]
    rating: Rating | None
    mass: bool


def incident_behind(session: Session, secret: str, token: str) -> Incident:
    """Return the incident a link belongs to.

    Raises ``NotFound`` for a forged, revoked or incomplete one.
    """
    number, mail_token = read_token(secret, token) or (0, "")
    incident = session.get(Incident, number)
    if incident is None or incident.mail_token != mail_token:
        raise NotFound(GONE)
    return incident


def requester_page(
    session: Session, secret: str, token: str, now: datetime
) -> RequesterPage:
    """Return the page behind a link. Raises ``NotFound`` when the link is none or too old."""
    mine = incident_behind(session, secret, token)
    rating = rating_of(session, mine.id)
    standing = standing_of(mine, rating, now)
    if not standing.link_works:
        raise NotFound(GONE)
    whole = session.get(Incident, mine.merged_into_id or mine.parent_id or 0)
    team = session.get(Team, mine.team_id) if mine.team_id else None
    service = session.get(Service, mine.service_id) if mine.service_id else None
    promised = [
        at
        for at in (mine.next_update_at, whole.next_update_at if whole else None)
        if at is not None
    ]
    return RequesterPage(
        mine.id,
        mine.title,
        service.name if service else "",
        team.name if team else "",
        mine.reported_at,
        min(promised, default=None) if mine.is_open else None,
        standing,
        _requester_told(session, mine, whole),
        rating,
        whole is not None and whole.is_mass,
    )


def standing_of(
    incident: Incident, rating: Rating | None, now: datetime
) -> RequesterStanding:
    """Return where an incident stands for its requester."""
    return RequesterStanding(
        incident.state,
        incident.waiting_on,
        incident.closed_at,
        rating.at if rating else None,
        now,
    )


def rating_of(session: Session, incident_id: int) -> Rating | None:
    """Return what the requester said after closing."""
    return session.scalars(
        select(Rating).where(Rating.incident_id == incident_id)
    ).first()


def _requester_told(
    session: Session, mine: Incident, whole: Incident | None
) -> list[RequesterTold]:
    ids = [mine.id, *([whole.id] if whole else [])]
    chosen = select(IncidentEvent).where(
        IncidentEvent.incident_id.in_(ids), IncidentEvent.public
    )
    return [
        RequesterTold(
            event.at, event.kind, event.text if event.kind in BY_WORDS else "", event.by
        )
        for event in session.scalars(
            chosen.order_by(IncidentEvent.at.desc(), IncidentEvent.id.desc())
        )
        if event.incident_id == mine.id or event.kind in OF_THE_WHOLE
    ]
