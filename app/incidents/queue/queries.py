"""The queue in the system's order, its views, and incidents found by words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.core.counting import up_to_most
from app.core.search import count, search
from app.core.unchanged import unchanged
from app.incidents.queries import desk_numbers
from app.incidents.queue.lines import QueueLine
from app.incidents.queue.rules import Place, QueueCandidate, Turn, seated
from app.incidents.rules import EMERGENCY
from app.models.auth import Operator
from app.models.catalog.service import Service
from app.models.incidents.incident import Incident
from app.models.incidents.words import IncidentState
from app.models.people import Site, Team, TeamMember

ORDER = (
    Incident.rank,
    Incident.site_weight.desc(),
    Incident.target_at,
    Incident.reported_at,
    Incident.id,
)
"""The order without the places kept for the longest overdue."""
LATEST_FIRST = (Incident.target_at, Incident.id)
_LAST_TURN = select(func.max(Incident.turn))
BATCH = 500
"""How many incidents one query names; databases bound the number of values."""


class View(StrEnum):
    """Which part of the queue somebody looks at."""

    ALL = "all"
    MINE = "mine"
    TEAM = "my team"
    SERVICES = "my services"
    UNOWNED = "unowned"
    OVERDUE = "overdue update"
    MASS = "mass"
    RESTORED = "restored"


STEADY = tuple(view for view in View if view is not View.OVERDUE)
"""The views in which nothing comes or goes by time alone."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the name, the teams and the services owned. ``now`` decides what is overdue."""

    name: str
    teams: tuple[int, ...]
    services: tuple[int, ...]
    now: datetime


def _anybody() -> Viewer:
    teams: Any = bindparam("teams", expanding=True)
    services: Any = bindparam("services", expanding=True)
    name: Any = bindparam("viewer")
    now: Any = bindparam("now")
    return Viewer(name, teams, services, now)


ANYBODY = _anybody()
"""Stands for who looks in statements that are written once; ``named`` says who it is."""


def named(viewer: Viewer) -> dict[str, Any]:
    """Return who looks, for a statement that was written for ``ANYBODY``."""
    return {
        "viewer": viewer.name,
        "teams": viewer.teams,
        "services": viewer.services,
        "now": viewer.now,
    }


def viewer_of(session: Session, name: str, now: datetime) -> Viewer:
    """Return who looks, with teams and services."""
    key = ("teams and services", name)
    teams, services = unchanged(session, key, lambda: _responsible(session, name))
    return Viewer(name, teams, services, now)


def _responsible(
    session: Session, name: str
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    teams = (
        select(TeamMember.team_id)
        .join(Operator, Operator.id == TeamMember.operator_id)
        .where(Operator.name == name)
    )
    services = select(Service.id).where(Service.owner == name)
    return tuple(session.scalars(teams)), tuple(session.scalars(services))


def queue_lines(
    session: Session,
    viewer: Viewer,
    view: View = View.ALL,
    words: str = "",
    offset: int = 0,
    limit: int = 50,
) -> list[QueueLine]:
    """Return the incidents of a view, the one to take up next first."""
    turn = turn_of(session)
    places = _places(session, viewer, _ordered(view, words), turn, offset + limit)
    shown = list(islice(places, offset, offset + limit))
    rows = _rows_of(session, [place.number for place in shown])
    return [
        QueueLine._make((*rows[place.number], turn.every if place.kept else 0))
        for place in shown
    ]


def next_free(session: Session, viewer: Viewer, view: View = View.ALL) -> int | None:
    """Return the incident of a view that is to be taken up next, or None when nothing is free."""
    ordered = _ordered(view, free_only=True)
    places = _places(session, viewer, ordered, turn_of(session), 1)
    return next((place.number for place in places), None)


def turn_of(session: Session) -> Turn:
    """Return whose turn it is at the desk."""
    every = desk_numbers(session).kept_every
    taken = unchanged(session, "turn", lambda: session.scalar(_LAST_TURN) or 0)
    return Turn(every, taken)


@dataclass(frozen=True, slots=True)
class Ordered:
    """The statements that tell who has which place: all in order, and the longest overdue."""

    all: Select[int, int, bool]
    late: Select[int]


def _places(
    session: Session, viewer: Viewer, ordered: Ordered, turn: Turn, most: int
) -> Iterator[Place]:
    """Yield the first places of a view.

    As many of each kind are read as there are places: all may be the same.
    """
    asked = named(viewer)
    ranked = session.execute(ordered.all, {**asked, "most": most}).all()
    emergencies = [number for number, rank, _ in ranked if rank == EMERGENCY]
    others = [
        QueueCandidate(number, bool(free))
        for number, rank, free in ranked
        if rank != EMERGENCY
    ]
    late = {**asked, "most": len(others)}
    overdue = session.scalars(ordered.late, late).all() if others else ()
    return seated(emergencies, others, overdue, turn)


@lru_cache(64)
def _ordered(view: View, words: str = "", free_only: bool = False) -> Ordered:
    # Written once, like all that the queue asks: to write a statement anew for each page costs
    # more than the database takes to answer it.
    free, most = _free(ANYBODY.now), bindparam("most", type_=Integer)
    wanted = [*_within(ANYBODY, view), *_with_words(words)]
    if free_only:
        wanted.append(free)
    in_order = select(Incident.id, Incident.rank, free).order_by(*ORDER)
    is_late = and_(free, Incident.rank != EMERGENCY, Incident.target_at < ANYBODY.now)
    late = select(Incident.id).where(*wanted, is_late).order_by(*LATEST_FIRST)
    return Ordered(in_order.where(*wanted).limit(most), late.limit(most))


def _free(now: datetime) -> ColumnElement[bool]:
    """Tell of an incident that nobody has it in hand and that it waits for nobody else."""
    agreed = and_(Incident.state == IncidentState.WAITING, Incident.waiting_until > now)
    return and_(
        Incident.is_open.is_(True),
        Incident.agent == "",
        not_(func.coalesce(agreed, false())),
    )


def _rows_of(session: Session, numbers: Sequence[int]) -> dict[int, Any]:
    """Return what a line shows, by the incident's number: a sixth of its columns."""
    found: dict[int, Any] = {}
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        for row in session.execute(_shown(), {"numbers": batch}):
            found[row.id] = row
    return found


@cache
def _shown() -> Select[*tuple[Any, ...]]:
    others: dict[str, ColumnElement[Any]] = {
        "asked": Incident.asked_team_id.is_not(None),
        "service": func.coalesce(Service.name, ""),
        "team": func.coalesce(Team.name, ""),
        "site": func.coalesce(Site.name, ""),
    }
    columns = (
        others[name].label(name) if name in others else getattr(Incident, name)
        for name in QueueLine._fields
        if name != "kept_every"
    )
    return (
        select(*columns)
        .outerjoin(Service, Service.id == Incident.service_id)
        .outerjoin(Team, Team.id == Incident.team_id)
        .outerjoin(Site, Site.id == Incident.site_id)
        .where(Incident.id.in_(bindparam("numbers", expanding=True)))
    )


def count_lines(
    session: Session, viewer: Viewer, view: View = View.ALL, words: str = ""
) -> int:
    """Return how many incidents a view holds, as `up_to_most` counts."""
    return session.scalar(_counted(view, words), named(viewer)) or 0


def counts(session: Session, viewer: Viewer) -> dict[View, int]:
    """Return how many incidents each view holds, as `up_to_most` counts.

    Only what is overdue becomes more by time alone; the others are kept until something changes.
    """
    key = ("counts", viewer.name, viewer.teams, viewer.services)
    steady = unchanged(
        session, key, lambda: session.execute(_counting(), named(viewer)).one()
    )
    overdue = count_lines(session, viewer, View.OVERDUE)
    return dict(zip(STEADY, steady, strict=True)) | {View.OVERDUE: overdue}


@cache
def _counting() -> Select[*tuple[int, ...]]:
    return select(*(_counted(view).scalar_subquery() for view in STEADY))


@lru_cache(64)
def _counted(view: View, words: str = "") -> Select[int]:
    wanted = (*_within(ANYBODY, view), *_with_words(words))
    return up_to_most(Incident.id, *wanted)


def _within(viewer: Viewer, view: View) -> list[ColumnElement[bool]]:
    if view is View.RESTORED:
        return [Incident.state == IncidentState.RESTORED]
    narrowed: dict[View, list[ColumnElement[bool]]] = {
        View.MINE: [Incident.agent == viewer.name],
        View.TEAM: [Incident.team_id.in_(viewer.teams)],
        View.SERVICES: [_watched(viewer)],
        View.UNOWNED: [Incident.agent == ""],
        View.OVERDUE: [Incident.next_update_at < viewer.now],
        View.MASS: [Incident.is_mass.is_(True)],
    }
    return [Incident.is_open.is_(True), *narrowed.get(view, [])]


def _watched(viewer: Viewer) -> ColumnElement[bool]:
    elsewhere = or_(Incident.team_id.is_(None), Incident.team_id.not_in(viewer.teams))
    owned = Incident.service_id.in_(viewer.services) & elsewhere
    return or_(owned, Incident.owner == viewer.name)


def _with_words(words: str) -> list[ColumnElement[bool]]:
    words = words.strip()
    if not words:
        return []
    if words.removeprefix("#").isdecimal() and len(words) < 10:
        return [Incident.id == int(words.removeprefix("#"))]
    return [
        or_(
            func.lower(Incident.title).contains(word, autoescape=True),
            func.lower(Incident.requester).contains(word, autoescape=True),
        )
        for word in words.lower().split()[:6]
    ]


def found_incidents(
    session: Session, words: str, limit: int, offset: int = 0
) -> tuple[list[Incident], int]:
    """Return a page of the incidents in which the words stand, best first, and how many there
    are.
    """
    ids = search(session, "incident", words, limit, offset)
    typed = words.strip().lstrip("#")
    if typed.isdecimal() and offset == 0 and len(typed) < 10:
        ids = [int(typed), *(number for number in ids if number != int(typed))]
    if not ids:
        return [], 0
    order = case(
        {number: place for place, number in enumerate(ids)},
        value=Incident.id,
        else_=len(ids),
    )
    found = list(
        session.scalars(select(Incident).where(Incident.id.in_(ids)).order_by(order))
    )
    return found, max(count(session, "incident", words), len(found))
