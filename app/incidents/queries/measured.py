"""What a period holds of incidents, restorations and ratings, for figures that metrics are measured
by.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.incidents.rules.measured import MeasuredFacts, MeasuredTold
from app.models.incidents.incident import Incident, Rating
from app.models.incidents.words import IncidentState, Via

NO_INCIDENT = (IncidentState.CANCELLED, IncidentState.MERGED)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Among:
    """Which incidents count: those of one service, of some people, or all."""

    service_id: int | None = None
    person_ids: Collection[int] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions on the incident."""
        found: list[ColumnElement[bool]] = [Incident.state.not_in(NO_INCIDENT)]
        if self.service_id is not None:
            found.append(Incident.service_id == self.service_id)
        if self.person_ids is not None:
            found.append(Incident.person_id.in_(self.person_ids))
        return found


def facts_between(session: Session, start: datetime, end: datetime, among: Among) -> MeasuredFacts:
    """Return what lies between two moments, the first included, the second not."""
    mine = among.conditions()
    told = session.execute(
        select(Incident.hand_overs, Incident.bounces, Incident.via, Incident.contacts).where(
            Incident.reported_at >= start, Incident.reported_at < end, *mine
        )
    )
    restored = session.execute(
        select(Incident.reported_at, Incident.restored_at).where(
            Incident.restored_at >= start, Incident.restored_at < end, *mine
        )
    )
    ratings = session.scalars(
        select(Rating.score)
        .join(Incident, Incident.id == Rating.incident_id)
        .where(Rating.at >= start, Rating.at < end, *mine)
    )
    return MeasuredFacts(
        [
            MeasuredTold(overs > 0, bounces > 0, via is Via.PHONE, contacts)
            for overs, bounces, via, contacts in told
        ],
        [(at - since) / HOUR for since, at in restored if at is not None],
        list(ratings),
    )


def first_report(session: Session) -> datetime | None:
    """Return when the first incident was reported, or None without any."""
    return session.scalar(select(func.min(Incident.reported_at)))
