"""One incident on one page, in few statements however much hangs on it.

A section is a template ``_<name>.html`` of its subject, included in ``page/incident.html``, and
what it finds as ``panels.<name>``: its questions stand in ``_asked`` and are put together, and its
answer is made of theirs in ``_panels``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, aliased

from app.catalog.hours.queries import named_hours
from app.core.changes import one
from app.core.together import Answered, Question, Together
from app.incidents.answering.queries import answering_in, answers_sent_asked
from app.incidents.articles.queries import articles_in, linked_asked
from app.incidents.basics.rules import SHIPPED, rules_from
from app.incidents.clocks.queries import clocks_in
from app.incidents.files.queries import files_asked, files_in
from app.incidents.hands.queries import (
    Responsibility,
    escalations_asked,
    orders_asked,
    orders_in,
)
from app.incidents.inform.queries import inform_panel, reminders_asked
from app.incidents.links.queries import LATELY, links_asked, links_in
from app.incidents.mass.queries import mass_asked, mass_in
from app.incidents.page.rules import Trouble, alarms, is_automatic
from app.incidents.queries import (
    Happening,
    answers_asked,
    answers_in,
    conversation_of,
)
from app.incidents.rules import DEFAULT, DeskNumbers, numbers_from
from app.incidents.work.queries import LASTS, present_asked, present_in
from app.messages.rules import policy as inform_policy
from app.models.catalog.service import Service
from app.models.incidents.desk import BasicsSheet, DeskPolicy
from app.models.incidents.incident import Incident, Problem, Rating
from app.models.messages import InformPolicy
from app.models.people import Person, Site, Team


@dataclass(frozen=True, slots=True)
class IncidentScene:
    """An incident with what it names; ``asked_team`` is whom the owner is asked to hand it to."""

    incident: Incident
    service: Service | None
    team: Team | None
    site: Site | None
    person: Person | None
    problem: Problem | None
    rating: Rating | None
    asked_team: str


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
    scene = scene_of(session, incident_id)
    found = _written().answers(session, _values(scene.incident, viewer, now))
    return IncidentPage(
        scene.incident,
        scene.service,
        scene.team,
        scene.site,
        scene.person,
        _panels(session, scene, found, now),
    )


def scene_of(session: Session, incident_id: int) -> IncidentScene:
    """Return an incident with what it names, in one statement. Raises ``NotFound``."""
    asked = {"incident": incident_id}
    row: Sequence[Any] = session.execute(_scene_asked(), asked).first() or ()
    found = one(session, Incident, incident_id)  # known by now; raises without one
    service, team, site, person, problem, rating, asked_team = row[1:]
    return IncidentScene(
        found, service, team, site, person, problem, rating, asked_team or ""
    )


@cache
def _scene_asked() -> Select[*tuple[Any, ...]]:
    asked = aliased(Team)
    return (
        select(Incident, Service, Team, Site, Person, Problem, Rating, asked.name)
        .outerjoin(Service, Service.id == Incident.service_id)
        .outerjoin(Team, Team.id == Incident.team_id)
        .outerjoin(Site, Site.id == Incident.site_id)
        .outerjoin(Person, Person.id == Incident.person_id)
        .outerjoin(Problem, Problem.incident_id == Incident.id)
        .outerjoin(Rating, Rating.incident_id == Incident.id)
        .outerjoin(asked, asked.id == Incident.asked_team_id)
        .where(Incident.id == bindparam("incident"))
    )


@cache
def _written() -> Together:
    """Return all questions about any incident: to write them anew for each page costs more than
    the database takes to answer them.
    """
    any_incident: Any = SimpleNamespace(
        id=bindparam("incident"),
        service_id=bindparam("service"),
        parent_id=bindparam("parent"),
        person_id=bindparam("person"),
        mass_sites=bindparam("mass_sites", expanding=True),
        reported_at=bindparam("reported_at"),
    )
    return Together(_asked(any_incident))


def _values(incident: Incident, viewer: str, now: datetime) -> dict[str, Any]:
    """Return what makes the questions about any incident those about this one."""
    return {
        "incident": incident.id,
        "service": incident.service_id,
        "parent": incident.parent_id,
        "person": incident.person_id,
        "mass_sites": incident.mass_sites,
        "reported_at": incident.reported_at,
        "switched_since": incident.reported_at - LATELY,
        "viewer": viewer,
        "present_since": now - LASTS,
    }


def _asked(incident: Any) -> dict[str, Question]:
    viewer: Any = bindparam("viewer")
    since: Any = bindparam("present_since")
    switched: Any = bindparam("switched_since")
    return {
        "desk": _newest(DeskPolicy.id, DeskPolicy.content),
        "inform": _newest(InformPolicy.id, InformPolicy.content),
        "basics": _newest(BasicsSheet.id, BasicsSheet.rules),
        "presence": present_asked(incident.id, viewer, since),
        "files": files_asked(incident.id),
        "orders": orders_asked(incident.id),
        "escalations": escalations_asked(incident.id),
        "reminders": reminders_asked(incident.id),
        "facts": answers_asked(incident),
        "articles": linked_asked(incident.id),
        "answers_sent": answers_sent_asked(incident.id),
        **mass_asked(incident),
        **links_asked(incident, switched),
    }


def _newest(number: Any, content: Any) -> Question:
    return select(number, content.label("content")).order_by(number.desc()).limit(1)


def _panels(
    session: Session, scene: IncidentScene, found: Answered, now: datetime
) -> dict[str, Any]:
    incident, numbers = scene.incident, _desk_numbers(found)
    story = conversation_of(session, incident.id)
    hours = named_hours(session, incident.service_id)
    policy = _inform_policy(found)
    return {
        "conversation": story,
        "responsibility": _responsibility(scene, found, numbers),
        "clocks": clocks_in(incident, story, hours, numbers, now),
        "inform": inform_panel(session, incident, found["reminders"], policy, now),
        "mass": mass_in(session, incident, found, numbers, now),
        "articles": articles_in(session, incident, found["articles"]),
        "links": links_in(found),
        "orders": orders_in(found["orders"]),
        "answering": answering_in(session, scene.incident, scene.person, found),
        "facts": answers_in(found["facts"], incident),
        "files": files_in(found["files"]),
        "presence": present_in(found["presence"]),
        "requester": scene.rating,
        "basics": [rule for row in found["basics"] for rule in rules_from(row.content)]
        or list(SHIPPED),
    }


def _desk_numbers(found: Answered) -> DeskNumbers:
    return numbers_from(found["desk"][0].content) if found["desk"] else DEFAULT


def _inform_policy(found: Answered) -> tuple[int, inform_policy.InformNumbers]:
    if not found["inform"]:
        return 0, inform_policy.DEFAULT
    newest = found["inform"][0]
    return newest.id, inform_policy.numbers_from(newest.content)


def _responsibility(
    scene: IncidentScene, found: Answered, numbers: DeskNumbers
) -> Responsibility:
    incident = scene.incident
    owner = scene.service.owner if scene.service else ""
    fixed = incident.is_open and incident.owner_fixed_at is not None
    return Responsibility(
        owner,
        incident.owner if fixed else owner,
        fixed,
        scene.asked_team,
        sorted(found["escalations"], key=lambda row: int(row.id)),
        scene.problem,
        numbers.problem_records,
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
