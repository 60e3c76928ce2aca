"""What the service of an incident asks for, and what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.models.catalog.service import Fact
from app.models.incidents.incident import Incident, IncidentFact


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
    answered = and_(IncidentFact.fact_id == Fact.id, IncidentFact.incident_id == incident.id)
    asks = and_(Fact.service_id == incident.service_id, Fact.retired_at.is_(None))
    chosen = (
        select(Fact, IncidentFact.value)
        .outerjoin(IncidentFact, answered)
        .where(asks | IncidentFact.value.is_not(None))
        .order_by(Fact.position, Fact.id)
    )
    return [
        AnswerGiven(
            fact.id,
            fact.name,
            fact.hint,
            fact.required and fact.service_id == incident.service_id,
            value or "",
        )
        for fact, value in session.execute(chosen)
    ]


def missing_facts(session: Session, incident: Incident) -> Sequence[AnswerGiven]:
    """Return the required facts nobody answered yet."""
    return [
        answer for answer in answers_of(session, incident) if answer.required and not answer.value
    ]
