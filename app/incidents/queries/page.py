"""One incident on one page: what all its sections share, and what each of them loads for itself.

A section is a template ``templates/incidents/_<name>.html``, included in ``incident.html``, and a
loader here whose answer the template finds as ``panels.<name>``. A section of another room's making
adds one line to each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.db import Base
from app.incidents.queries.articles import article_panel
from app.incidents.queries.basics import basics_rules
from app.incidents.queries.callers import contacts_of
from app.incidents.queries.clocks import clocks_of
from app.incidents.queries.conversation import Happening, conversation_of, steps_of
from app.incidents.queries.facts import answers_of
from app.incidents.queries.files import files_of
from app.incidents.queries.inform_panel import inform_panel, mass_panel
from app.incidents.queries.linking import link_panel
from app.incidents.queries.presence import present
from app.incidents.queries.requester import rating_of
from app.incidents.queries.responsible import orders_of, responsibility_of
from app.models.catalog.service import Service
from app.models.incidents.incident import Incident
from app.models.people import Person, Site, Team

Row = TypeVar("Row", bound=Base)


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
    "restoration": lambda scene: steps_of(scene.session, scene.incident.id),
    "responsibility": lambda scene: responsibility_of(scene.session, scene.incident),
    "articles": lambda scene: article_panel(scene.session, scene.incident),
    "basics": lambda scene: basics_rules(scene.session),
    "clocks": lambda scene: clocks_of(scene.session, scene.incident, scene.now),
    "conversation": lambda scene: conversation_of(scene.session, scene.incident.id),
    "inform": lambda scene: inform_panel(scene.session, scene.incident, scene.now),
    "mass": lambda scene: mass_panel(scene.session, scene.incident, scene.now),
    "orders": lambda scene: orders_of(scene.session, scene.incident.id),
    "contacts": lambda scene: contacts_of(scene.session, scene.incident.id),
    "facts": lambda scene: answers_of(scene.session, scene.incident),
    "presence": lambda scene: present(scene.session, scene.incident.id, scene.viewer, scene.now),
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


def incident_page(session: Session, incident_id: int, viewer: str, now: datetime) -> IncidentPage:
    """Return everything the page of an incident shows. Raises ``NotFound``."""
    scene = scene_of(session, incident_id, viewer, now)
    panels = {name: load(scene) for name, load in LOADERS.items()}
    return IncidentPage(scene.incident, scene.service, scene.team, scene.site, scene.person, panels)


@dataclass(frozen=True, slots=True)
class Lead:
    """An incident as a small form shows it above; ``since`` is what others did after the form was
    opened.
    """

    one: Incident
    team: str
    since: Sequence[Happening]


def incident_lead(session: Session, incident_id: int, began_at: int | None = None) -> Lead:
    """Return an incident for the head of a form, and what happened since its revision
    ``began_at``.
    """
    found = one(session, Incident, incident_id)
    team = _named(session, Team, found.team_id)
    since = (
        conversation_of(session, incident_id, limit=found.revision - began_at)
        if began_at is not None
        else []
    )
    return Lead(found, team.name if team else "", since)


def scene_of(session: Session, incident_id: int, viewer: str, now: datetime) -> IncidentScene:
    """Return an incident with what it names. Raises ``NotFound``."""
    found = one(session, Incident, incident_id)
    return IncidentScene(
        session,
        found,
        viewer,
        now,
        _named(session, Service, found.service_id),
        _named(session, Team, found.team_id),
        _named(session, Site, found.site_id),
        _named(session, Person, found.person_id),
    )


def _named(session: Session, kind: type[Row], row_id: int | None) -> Row | None:
    return session.get(kind, row_id) if row_id is not None else None
