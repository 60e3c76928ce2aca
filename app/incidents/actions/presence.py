"""Who has an incident's page open just now, and who is typing an answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.incidents.queries.presence import LASTS
from app.models.incidents.incident import Presence
from app.models.incidents.words import Doing


def be_present(session: Session, incident_id: int, doing: Doing, *, by: str, now: datetime) -> None:
    """Note that somebody looks at an incident; a page that is closed is forgotten by itself."""
    session.execute(delete(Presence).where(Presence.seen_at < now - LASTS))
    mine = select(Presence).where(Presence.incident_id == incident_id, Presence.operator == by)
    found = session.scalars(mine).first()
    if found is None:
        session.add(Presence(incident_id=incident_id, operator=by, doing=doing, seen_at=now))
    else:
        found.doing, found.seen_at = doing, now
