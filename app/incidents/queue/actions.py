"""Open incidents follow the weight of their site."""

from __future__ import annotations

from sqlalchemy import update

from app.core.acting import Acting
from app.core.changes import Change, rows_changed
from app.core.figures import counted
from app.models.incidents.incident import Incident


def weigh_open_incidents(act: Acting, *, site_id: int, weight: int) -> int:
    """Give the open incidents of a site the weight they are ordered by; returns how many there
    are.
    """
    here = update(Incident).where(Incident.site_id == site_id, Incident.is_open)
    moved = rows_changed(act.session, here.values(site_weight=weight))
    if moved:
        sentence = f"{counted(moved, 'open incident')} now with the weight {weight} of the site"
        Change(after={"site_weight": weight}).record(
            act, f"site:{site_id}", "incident.weigh", sentence
        )
    return moved
