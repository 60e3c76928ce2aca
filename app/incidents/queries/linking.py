"""What an incident is linked to, what it could be linked to, and whether its requester was switched lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, TableClause, column, select, table
from sqlalchemy.orm import Session

from app.db import UTCTime
from app.models.incidents.incident import Incident, IncidentLink
from app.models.incidents.words import IncidentState, LinkKind
from app.texts import row_number

# Of the rooms that build on this one and can therefore not be imported here.
IMPROVEMENTS = table("improvement", column("id"), column("title"), column("state"), column("touched_at"))
WAVES = table("wave", column("id"), column("role_id"), column("number"), column("state"))
ROLES = table("role", column("id"), column("name"))
SWITCHES = table(
    "switch", column("wave_id"), column("person_id"), column("switched_at", UTCTime()), column("undone_at", UTCTime())
)
OPEN_IMPROVEMENTS = ("raised", "accepted", "in progress", "on hold")
LATELY = timedelta(days=21)
MOST = 50


@dataclass(frozen=True, slots=True)
class Target:
    """An improvement or a wave: ``name`` is what a form sends, as in ``wave:3``."""

    of: TableClause
    id: int
    title: str

    @property
    def name(self) -> str:
        """Return the name a form sends."""
        return f"{self.of.name}:{self.id}"


@dataclass(frozen=True, slots=True)
class Linked:
    """One link of an incident, with what it leads to."""

    id: int
    kind: LinkKind
    target: Target


@dataclass(frozen=True, slots=True)
class LinkPanel:
    """The section of an incident's page; ``suspects`` are waves in which the requester was switched lately."""

    linked: tuple[Linked, ...]
    suspects: tuple[Target, ...]
    choices: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class LinkedIncident:
    """One incident of an improvement or a wave."""

    id: int
    title: str
    state: IncidentState
    kind: LinkKind
    reported_at: datetime


def link_panel(session: Session, incident: Incident) -> LinkPanel:
    """Return what the links section of an incident shows."""
    linked = _linked(session, incident.id)
    taken = {each.target.name for each in linked}
    suspects = [each for each in _switched_lately(session, incident) if each.name not in taken]
    every = (*_improvements(session), *_waves(session))
    return LinkPanel(tuple(linked), tuple(suspects), tuple(each for each in every if each.name not in taken))


def target_named(session: Session, name: str) -> Target | None:
    """Return the improvement or wave a form names, or None."""
    kind, _, typed = name.partition(":")
    number = row_number(typed)
    if number is None:
        return None
    if kind == IMPROVEMENTS.name:
        return _by_id(session, IMPROVEMENTS, _an_improvement(), [number]).get(number)
    return _by_id(session, WAVES, _a_wave(), [number]).get(number) if kind == WAVES.name else None


def incidents_of(
    session: Session, *, improvement_id: int | None = None, wave_id: int | None = None
) -> Sequence[LinkedIncident]:
    """Return the incidents linked to an improvement or to a wave, newest first."""
    mine = IncidentLink.improvement_id == improvement_id if improvement_id else IncidentLink.wave_id == wave_id
    rows = session.execute(
        select(Incident.id, Incident.title, Incident.state, IncidentLink.kind, Incident.reported_at)
        .join(IncidentLink, IncidentLink.incident_id == Incident.id)
        .where(mine)
        .order_by(Incident.reported_at.desc(), Incident.id.desc())
        .limit(MOST)
    )
    return [LinkedIncident(*row) for row in rows]


def _linked(session: Session, incident_id: int) -> list[Linked]:
    found = session.scalars(select(IncidentLink).where(IncidentLink.incident_id == incident_id)).all()
    improvements = _by_id(session, IMPROVEMENTS, _an_improvement(), [each.improvement_id for each in found])
    waves = _by_id(session, WAVES, _a_wave(), [each.wave_id for each in found])
    targets = [improvements.get(each.improvement_id or 0) or waves.get(each.wave_id or 0) for each in found]
    return [Linked(each.id, each.kind, to) for each, to in zip(found, targets, strict=True) if to is not None]


def _by_id(session: Session, of: TableClause, chosen: Select[Any], ids: Sequence[int | None]) -> dict[int, Target]:
    wanted = [each for each in ids if each is not None]
    rows = session.execute(chosen.where(of.c.id.in_(wanted))).all() if wanted else []
    return {row.id: _target(of, row) for row in rows}


def _switched_lately(session: Session, incident: Incident) -> list[Target]:
    """Return the waves in which the requester was switched within three weeks before the report."""
    if incident.person_id is None:
        return []
    since = incident.reported_at - LATELY
    chosen = _a_wave().join(SWITCHES, SWITCHES.c.wave_id == WAVES.c.id).where(
        SWITCHES.c.person_id == incident.person_id, SWITCHES.c.switched_at >= since,
        SWITCHES.c.switched_at <= incident.reported_at,
    )  # fmt: skip
    return [_target(WAVES, row) for row in session.execute(chosen)]


def _improvements(session: Session) -> list[Target]:
    chosen = _an_improvement().where(IMPROVEMENTS.c.state.in_(OPEN_IMPROVEMENTS))
    rows = session.execute(chosen.order_by(IMPROVEMENTS.c.touched_at.desc()).limit(MOST))
    return [_target(IMPROVEMENTS, row) for row in rows]


def _waves(session: Session) -> list[Target]:
    applied = _a_wave().where(WAVES.c.state.not_in(("planned", "approved", "withdrawn")))
    return [_target(WAVES, row) for row in session.execute(applied.order_by(WAVES.c.id.desc()).limit(MOST))]


def _an_improvement() -> Select[Any]:
    return select(IMPROVEMENTS.c.id, IMPROVEMENTS.c.title)


def _a_wave() -> Select[Any]:
    return select(WAVES.c.id, ROLES.c.name, WAVES.c.number).join_from(WAVES, ROLES, ROLES.c.id == WAVES.c.role_id)


def _target(of: TableClause, row: Any) -> Target:
    return Target(of, row.id, row.title if of is IMPROVEMENTS else f"{row.name}, wave {row.number}")
