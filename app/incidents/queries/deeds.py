"""What the small forms on an incident offer to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.queries import operators_with
from app.core.changes import one
from app.incidents.queries.facts import AnswerGiven, missing_facts
from app.models.catalog.service import Service
from app.models.catalog.words import ServiceState
from app.models.incidents.incident import Incident
from app.models.people import Team

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DeedChoices:
    """Teams, services and agents by number and name; ``facts`` the required ones nobody
    answered.
    """

    teams: Pairs
    services: Pairs
    agents: Sequence[str]
    facts: Sequence[AnswerGiven]


def choices_for(session: Session, incident_id: int) -> DeedChoices:
    """Return what can be chosen for an incident; where it is already is left out."""
    incident = one(session, Incident, incident_id)
    teams = select(Team.id, Team.name).where(Team.retired_at.is_(None)).order_by(Team.name)
    services = (
        select(Service.id, Service.name)
        .where(Service.state != ServiceState.RETIRED)
        .order_by(Service.name)
    )
    return DeedChoices(
        [(str(key), name) for key, name in session.execute(teams) if key != incident.team_id],
        [(str(key), name) for key, name in session.execute(services) if key != incident.service_id],
        sorted(operator.name for operator in operators_with(session, "desk")),
        missing_facts(session, incident),
    )
