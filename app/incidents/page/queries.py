"""One incident on one page: what all its sections share, and what each of them loads for itself.

A section is a template ``_<name>.html`` of its subject, included in ``page/incident.html``, and a
loader here whose answer the template finds as ``panels.<name>``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from app.core.changes import one
from app.incidents.articles.queries import article_panel
from app.incidents.basics.queries import basics_rules
from app.incidents.clocks.queries import clocks_of
from app.incidents.files.queries import files_of
from app.incidents.hands.queries import orders_of, responsibility_of
from app.incidents.inform.queries import inform_panel
from app.incidents.links.queries import link_panel
from app.incidents.mass.queries import mass_panel
from app.incidents.page.rules import Trouble, alarms, is_automatic
from app.incidents.queries import Happening, answers_of, conversation_of, named
from app.incidents.requester.queries import rating_of
from app.incidents.work.queries import present
from app.models.catalog.service import Service
from app.models.incidents.incident import Incident
from app.models.people import Person, Site, Team


@dataclass(frozen=True, slots=True)
class IncidentScene:
    """What a loader may ask: the session, the incident, who is looking and when, and what the
    incident names.
    """

    session: Session
    incident: Incident
    viewer: str
    now: datetime
    service: Service | None
    team: Team | None
    site: Site | None
    person: Person | None


LOADERS: dict[str, Callable[[IncidentScene], Any]] = {
    "responsibility": lambda scene: responsibility_of(scene.session, scene.incident),
    "articles": lambda scene: article_panel(scene.session, scene.incident),
    "basics": lambda scene: basics_rules(scene.session),
    "clocks": lambda scene: clocks_of(scene.session, scene.incident, scene.now),
    "conversation": lambda scene: conversation_of(scene.session, scene.incident.id),
    "inform": lambda scene: inform_panel(scene.session, scene.incident, scene.now),
    "mass": lambda scene: mass_panel(scene.session, scene.incident, scene.now),
    "orders": lambda scene: orders_of(scene.session, scene.incident.id),
    "facts": lambda scene: answers_of(scene.session, scene.incident),
    "presence": lambda scene: present(
        scene.session, scene.incident.id, scene.viewer, scene.now
    ),
    "files": lambda scene: files_of(scene.session, scene.incident.id),
    "requester": lambda scene: rating_of(scene.session, scene.incident.id),
    "links": lambda scene: link_panel(scene.session, scene.incident),
}
"""What each section shows, by the name of its template."""


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """An incident with what it names; ``panels`` are the sections' own."""

    one: Incident
    service: Service | None
    team: Team | None
    site: Site | None
    person: Person | None
    panels: dict[str, Any]


def incident_page(
    session: Session, incident_id: int, viewer: str, now: datetime
) -> IncidentPage:
    """Return everything the page of an incident shows. Raises ``NotFound``."""
    scene = scene_of(session, incident_id, viewer, now)
    panels = {name: load(scene) for name, load in LOADERS.items()}
    return IncidentPage(
        scene.incident, scene.service, scene.team, scene.site, scene.person, panels
    )


def scene_of(
    session: Session, incident_id: int, viewer: str, now: datetime
) -> IncidentScene:
    """Return an incident with what it names. Raises ``NotFound``."""
    found = one(session, Incident, incident_id)
    return IncidentScene(
        session,
        found,
        viewer,
        now,
        named(session, Service, found.service_id),
        named(session, Team, found.team_id),
        named(session, Site, found.site_id),
        named(session, Person, found.person_id),
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbours in a story that people wrote, or that came about by themselves."""

    automatic: bool
    events: Sequence[Happening]


def stretches(story: Sequence[Happening]) -> list[Stretch]:
    """Return a story in its order, cut where people and the program take turns."""
    turns = groupby(story, lambda event: is_automatic(event.kind.value, event.by))
    return [Stretch(automatic, list(events)) for automatic, events in turns]


def alarms_of(page: IncidentPage) -> list[tuple[str, str]]:
    """Return what is wrong with an incident, the most urgent first, each with its tone."""
    held, mass = page.panels["responsibility"], page.panels["mass"]
    open_now = page.one.is_open
    return alarms(
        Trouble(
            late=page.panels["inform"].late,
            asked=open_now and bool(held.asked_team),
            management=any(not told.seen_at for told in held.escalations),
            mass=mass.is_mass,
            parent=mass.parent is not None,
            joinable=mass.joinable is not None,
            alike=bool(mass.alike),
        )
    )
