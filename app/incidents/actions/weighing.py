"""Open incidents follow the weight of their site."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core import audit
from app.core.changes import rows_changed
from app.core.figures import counted
from app.models.incidents.incident import Incident


def weigh_open_incidents(
    session: Session, *, site_id: int, weight: int, by: str, now: datetime
) -> int:
    """Give the open incidents of a site the weight they are ordered by; returns how many there
    are.
    """
    here = update(Incident).where(Incident.site_id == site_id, Incident.is_open)
    moved = rows_changed(session, here.values(site_weight=weight))
    if moved:
        sentence = f"{counted(moved, 'open incident')} now with the weight {weight} of the site"
        audit.record(
            session,
            by,
            "incident.weigh",
            f"site:{site_id}",
            sentence,
            after={"site_weight": weight},
            at=now,
        )
    return moved
