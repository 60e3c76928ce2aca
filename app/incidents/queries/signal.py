"""The incident signal of a rung: what its people report since they were switched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.incidents.rules.signal import BEFORE, IncidentSignal, signal_of
from app.models.incidents.incident import Incident
from app.models.incidents.words import IncidentState

NO_INCIDENT = (IncidentState.CANCELLED, IncidentState.MERGED)


@dataclass(frozen=True, slots=True)
class Reported:
    """When each of some people was switched, and how many incidents they had since and in the time
    before.
    """

    switched: tuple[datetime, ...]
    after: int
    before: int

    def signal(self, now: datetime) -> IncidentSignal:
        """Return what that says at a time."""
        return signal_of(self.switched, self.after, self.before, now)


def reported_by(
    session: Session, switched: Mapping[int, datetime], service_ids: Collection[int] = ()
) -> Reported | None:
    """Count what people reported about these services since their switch and in the time before.

    ``switched`` says since when, by the number of the person; no services means all. None when
    nobody was switched.
    """
    if not switched:
        return None
    chosen = select(Incident.person_id, Incident.reported_at).where(
        Incident.person_id.in_(switched),
        Incident.state.not_in(NO_INCIDENT),
        Incident.reported_at >= min(switched.values()) - BEFORE,
    )
    if service_ids:
        chosen = chosen.where(Incident.service_id.in_(service_ids))
    told = [(at, switched[person]) for person, at in session.execute(chosen) if person is not None]
    after = sum(at >= since for at, since in told)
    before = sum(since - BEFORE <= at < since for at, since in told)
    return Reported(tuple(switched.values()), after, before)
