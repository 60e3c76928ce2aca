"""Who has an incident's page open just now, and who is typing an answer."""

from __future__ import annotations

from sqlalchemy import delete, select

from app.core.acting import Acting
from app.incidents.queries.presence import LASTS
from app.models.incidents.incident import Presence
from app.models.incidents.words import Doing


def be_present(act: Acting, incident_id: int, doing: Doing) -> None:
    """Note that somebody looks at an incident; a page that is closed is forgotten by itself."""
    act.session.execute(delete(Presence).where(Presence.seen_at < act.now - LASTS))
    mine = select(Presence).where(Presence.incident_id == incident_id, Presence.operator == act.by)
    found = act.session.scalars(mine).first()
    if found is None:
        act.session.add(
            Presence(incident_id=incident_id, operator=act.by, doing=doing, seen_at=act.now)
        )
    else:
        found.doing, found.seen_at = doing, act.now
