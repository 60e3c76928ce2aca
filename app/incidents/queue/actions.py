"""Open incidents follow the weight of their site; somebody takes up the next one."""

from __future__ import annotations

from sqlalchemy import update

from app.core.acting import Acting
from app.core.changes import Change, rows_changed
from app.core.said import nsaid, said
from app.incidents.events import open_one
from app.incidents.queue.queries import View, next_free, viewer_of
from app.incidents.work.actions import assign
from app.models.incidents.incident import Incident

TRIES = 5
"""How often the next one is looked for when others are quicker."""


def weigh_open_incidents(act: Acting, *, site_id: int, weight: int) -> int:
    """Give the open incidents of a site the weight they are ordered by; returns how many there
    are.
    """
    here = update(Incident).where(Incident.site_id == site_id, Incident.is_open)
    moved = rows_changed(act.session, here.values(site_weight=weight))
    if moved:
        sentence = said(
            "%(incidents)s now with the weight %(weight)s of the site",
            incidents=nsaid(
                "%(number)s open incident", "%(number)s open incidents", moved
            ),
            weight=weight,
        )
        Change(after={"site_weight": weight}).record(
            act, f"site:{site_id}", "incident.weigh", sentence
        )
    return moved


def take_next(act: Acting, view: View = View.ALL) -> Incident | None:
    """Give who acts the incident of a view that is to be taken up next, by the queue's own rule;
    None when nothing there is free.
    """
    viewer = viewer_of(act.session, act.by, act.now)
    for _ in range(TRIES):
        number = next_free(act.session, viewer, view)
        if number is None:
            return None
        if not open_one(act.session, number).agent:
            return assign(act, number, act.by)
    return None
