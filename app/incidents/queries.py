"""What many subjects read: the desk's numbers; an incident's story, facts, family and choices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.db import Base
from app.core.together import Question
from app.core.unchanged import unchanged
from app.incidents.rules import DEFAULT, DeskNumbers, numbers_from
from app.models.catalog.service import Fact
from app.models.incidents.desk import DeskPolicy
from app.models.incidents.incident import Incident, IncidentEvent, IncidentFact
from app.models.incidents.words import EventKind, IncidentState
from app.models.people import Site, Team, TeamKind


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as the page shows it."""

    id: int
    at: datetime
    kind: EventKind
    by: str
    text: str
    data: dict[str, Any]
    public: bool
    team: str
    external: bool
    state: IncidentState


def conversation_of(
    session: Session, incident_id: int, *, limit: int | None = None
) -> list[Happening]:
    """Return the events of an incident, the newest first."""
    chosen = (
        select(IncidentEvent, Team.name, Team.kind)
        .outerjoin(Team, Team.id == IncidentEvent.team_id)
        .where(IncidentEvent.incident_id == incident_id)
        .order_by(IncidentEvent.id.desc())
        .limit(limit)
    )
    return [
        Happening(
            event.id,
            event.at,
            event.kind,
            event.by,
            event.text,
            event.data,
            event.public,
            team or "",
            kind is TeamKind.EXTERNAL,
            event.state,
        )
        for event, team, kind in session.execute(chosen)
    ]


Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class Lead:
    """An incident as a small form shows it above; ``since`` is what others did after the form was
    opened.
    """

    one: Incident
    team: str
    since: Sequence[Happening]


def incident_lead(
    session: Session, incident_id: int, began_at: int | None = None
) -> Lead:
    """Return an incident for the head of a form, and what happened since its revision
    ``began_at``.
    """
    found = one(session, Incident, incident_id)
    team = named(session, Team, found.team_id)
    since = (
        conversation_of(session, incident_id, limit=found.revision - began_at)
        if began_at is not None
        else []
    )
    return Lead(found, team.name if team else "", since)


def named(session: Session, kind: type[Row], row_id: int | None) -> Row | None:
    """Return the row an incident names, or None when it names none."""
    return session.get(kind, row_id) if row_id is not None else None


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """One fact the service asks for; ``value`` is empty while nobody answered."""

    fact_id: int
    name: str
    hint: str
    required: bool
    value: str


def answers_of(session: Session, incident: Incident) -> list[AnswerGiven]:
    """Return what the service asks for, and answers to what it asked for earlier."""
    return answers_in(session.execute(answers_asked(incident)), incident)


def answers_asked(incident: Incident) -> Question:
    """Return the question for what the service asks for and what was answered."""
    answered = and_(
        IncidentFact.fact_id == Fact.id, IncidentFact.incident_id == incident.id
    )
    asks = and_(Fact.service_id == incident.service_id, Fact.retired_at.is_(None))
    return (
        select(
            Fact.id,
            Fact.name,
            Fact.hint,
            Fact.required,
            Fact.service_id,
            Fact.position,
            IncidentFact.value,
        )
        .outerjoin(IncidentFact, answered)
        .where(asks | IncidentFact.value.is_not(None))
    )


def answers_in(rows: Iterable[Any], incident: Incident) -> list[AnswerGiven]:
    """Return the facts of an incident in the order the service asks for them."""
    return [
        AnswerGiven(
            fact.id,
            fact.name,
            fact.hint,
            fact.required and fact.service_id == incident.service_id,
            fact.value or "",
        )
        for fact in sorted(rows, key=lambda row: (row.position, row.id))
    ]


def missing_facts(session: Session, incident: Incident) -> Sequence[AnswerGiven]:
    """Return the required facts nobody answered yet."""
    return [
        answer
        for answer in answers_of(session, incident)
        if answer.required and not answer.value
    ]


def children_of(session: Session, incident_id: int) -> list[Incident]:
    """Return the children of a mass incident, the oldest first."""
    return list(
        session.scalars(
            select(Incident)
            .where(Incident.parent_id == incident_id)
            .order_by(Incident.id)
        )
    )


def usual_sites(incident: Incident) -> list[int]:
    """Return the sites an incident is known to affect."""
    return list(incident.mass_sites) or ([incident.site_id] if incident.site_id else [])


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
    return list(
        session.scalars(
            select(Site.name).where(Site.id.in_(site_ids)).order_by(Site.name)
        )
    )


Pairs = Sequence[tuple[str, str]]


def facts_missing(session: Session, incident_id: int) -> Sequence[AnswerGiven]:
    """Return the required facts of an incident that nobody answered."""
    return missing_facts(session, one(session, Incident, incident_id))


def desk_numbers(session: Session) -> DeskNumbers:
    """Return the desk's numbers in force: the newest version, or the defaults."""
    return unchanged(session, "desk numbers", lambda: _desk_numbers(session))


def _desk_numbers(session: Session) -> DeskNumbers:
    newest = session.scalars(
        select(DeskPolicy).order_by(DeskPolicy.id.desc()).limit(1)
    ).first()
    return numbers_from(newest.content) if newest else DEFAULT
