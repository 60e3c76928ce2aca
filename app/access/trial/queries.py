"""The rights a person holds beyond the roles, and those that are tried without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.person.explain import rights_held_by, roles_held
from app.access.person.queries import graph_around
from app.core.changes import one
from app.models.access.trial import RightTrial, TrialState
from app.models.access.wave import Switch
from app.models.access.words import SwitchState
from app.models.catalog.service import ServiceRight
from app.models.directory import Entitlement
from app.models.incidents.incident import Incident
from app.models.people import Person

OPEN = (TrialState.PLANNED, TrialState.OFF, TrialState.RETURNING)


@dataclass(frozen=True, slots=True)
class ExtraRight:
    """A right a person holds directly, outside all roles and with no end."""

    right_id: int
    name: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A right that is or was tried without."""

    id: int
    right: str
    state: TrialState
    days: int
    reason: str
    quiet_until: date | None
    objection: str
    asked_by: str
    wave_id: int

    def is_quiet(self, today: date) -> bool:
        """Tell whether nobody missed it for all its days, so that somebody may decide."""
        over = self.quiet_until is not None and self.quiet_until < today
        return self.state is TrialState.OFF and over


@dataclass(frozen=True, slots=True)
class ExtrasPage:
    """One person with the rights beyond the roles, and what is tried without."""

    person_id: int
    name: str
    disabled: bool
    extras: tuple[ExtraRight, ...]
    trials: tuple[TrialLine, ...]


def extras_page(session: Session, person_id: int) -> ExtrasPage:
    """Return a person's rights beyond the roles. Raises ``NotFound``."""
    person = one(
        session,
        Person,
        person_id,
    )
    graph, roles = graph_around(session, person), roles_held(session, person)
    held = (
        ()
        if person.gone_at
        else rights_held_by(
            session,
            graph,
            person,
            roles,
        )
    )
    extras = tuple(
        ExtraRight(
            right.right_id,
            right.name,
            right.since,
        )
        for right in held
        if right.direct and right.role is None and right.kept is None
    )
    mine = _trials().where(RightTrial.person_id == person_id)
    newest = session.execute(mine.order_by(RightTrial.id.desc()).limit(20))
    trials = tuple(trial_line(*row) for row in newest)
    return ExtrasPage(
        person.id,
        person.name,
        person.disabled,
        extras,
        trials,
    )


def trials_told(
    session: Session, person_id: int | None, *, also_over: bool
) -> list[tuple[TrialLine, Person]]:
    """Return what is tried without, the newest first, of one person or everybody, with whose right
    it is.
    """
    asked = _trials().add_columns(Person)
    asked = asked.join(Person, Person.id == RightTrial.person_id)
    if person_id is not None:
        asked = asked.where(RightTrial.person_id == person_id)
    if not also_over:
        asked = asked.where(RightTrial.state.in_(OPEN))
    rows = session.execute(asked.order_by(RightTrial.id.desc()))
    return [(trial_line(trial, right, wave), who) for trial, right, wave, who in rows]


def quiet_trials(session: Session, today: date) -> list[tuple[TrialLine, Person]]:
    """Return the trials nobody objected to for all their days, with whose right it is."""
    quiet = RightTrial.state == TrialState.OFF, RightTrial.quiet_until < today
    rows = session.execute(
        _trials()
        .add_columns(Person)
        .join(Person, Person.id == RightTrial.person_id)
        .where(*quiet)
        .order_by(RightTrial.quiet_until, RightTrial.id)
    )
    return [
        (
            trial_line(
                trial,
                right,
                wave,
            ),
            who,
        )
        for trial, right, wave, who in rows
    ]


def _trials() -> Select[RightTrial, str, int]:
    return (
        select(
            RightTrial,
            Entitlement.cn,
            Switch.wave_id,
        )
        .join(Entitlement, Entitlement.id == RightTrial.entitlement_id)
        .join(Switch, Switch.id == RightTrial.switch_id)
    )


def trial_line(trial: RightTrial, right: str, wave_id: int) -> TrialLine:
    """Return a trial as a page shows it."""
    return TrialLine(
        id=trial.id,
        right=right,
        state=trial.state,
        days=trial.days,
        reason=trial.reason,
        quiet_until=trial.quiet_until,
        objection=trial.objection,
        asked_by=trial.asked_by,
        wave_id=wave_id,
    )


def further(session: Session) -> list[tuple[int, SwitchState]]:
    """Return the open trials with where their switch stands."""
    asked = (
        select(RightTrial.id, Switch.state)
        .join(Switch, Switch.id == RightTrial.switch_id)
        .where(RightTrial.state.in_(OPEN))
    )
    return [(number, state) for number, state in session.execute(asked)]


def objections(session: Session) -> list[tuple[int, int, str]]:
    """Return the trials whose person reported an incident on the right's service meanwhile: trial,
    number of the incident, its title.
    """
    asked = (
        select(
            RightTrial.id,
            Incident.id,
            Incident.title,
        )
        .join(Switch, Switch.id == RightTrial.switch_id)
        .join(
            ServiceRight,
            ServiceRight.entitlement_id == RightTrial.entitlement_id,
        )
        .join(Incident, Incident.service_id == ServiceRight.service_id)
        .where(
            RightTrial.state == TrialState.OFF,
            Incident.person_id == RightTrial.person_id,
            Incident.reported_at >= Switch.switched_at,
        )
        .order_by(Incident.id)
    )
    found: dict[int, tuple[int, int, str]] = {}
    for trial, number, title in session.execute(asked):
        found.setdefault(trial, (trial, number, title))
    return list(found.values())
