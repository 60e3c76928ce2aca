"""What an incident is linked to, and what improvements and waves ask of incidents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.core.finding import Hit, Hits, named_hits
from app.core.finding import Question as Asked
from app.core.texts import row_number
from app.core.together import Answered, Question, together
from app.incidents.links.rules import (
    BEFORE,
    IncidentSignal,
    MeasuredFacts,
    MeasuredTold,
    signal_of,
)
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import WaveState
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementState
from app.models.incidents.incident import Incident, IncidentLink, Rating
from app.models.incidents.words import IncidentState, LinkKind, LinkTo, Via

OPEN_IMPROVEMENTS = (
    ImprovementState.RAISED,
    ImprovementState.ACCEPTED,
    ImprovementState.IN_PROGRESS,
    ImprovementState.ON_HOLD,
)
NEVER_APPLIED = (WaveState.PLANNED, WaveState.APPROVED, WaveState.WITHDRAWN)
LATELY = timedelta(days=21)
MOST = 50


@dataclass(frozen=True, slots=True)
class Target:
    """An improvement or a wave: ``name`` is what a form sends, as in ``wave:3``."""

    of: LinkTo
    id: int
    title: str

    @property
    def name(self) -> str:
        """Return the name a form sends."""
        return f"{self.of}:{self.id}"


@dataclass(frozen=True, slots=True)
class Linked:
    """One link of an incident, with what it leads to."""

    id: int
    kind: LinkKind
    target: Target


@dataclass(frozen=True, slots=True)
class LinkPanel:
    """The section of an incident's page; ``suspects`` are waves in which the requester was switched
    lately.
    """

    linked: tuple[Linked, ...]
    suspects: tuple[Target, ...]


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
    since = incident.reported_at - LATELY
    return links_in(together(session, links_asked(incident, since)))


def links_asked(incident: Incident, since: datetime) -> dict[str, Question]:
    """Return the questions for what an incident is linked to and can be linked to; ``since`` is
    from when on a switch may be the reason for it.
    """
    linked = (
        select(
            IncidentLink.id,
            IncidentLink.kind,
            IncidentLink.improvement_id,
            IncidentLink.wave_id,
            Improvement.title,
            Role.name,
            Wave.number,
        )
        .outerjoin(Improvement, Improvement.id == IncidentLink.improvement_id)
        .outerjoin(Wave, Wave.id == IncidentLink.wave_id)
        .outerjoin(Role, Role.id == Wave.role_id)
    )
    return {
        "linked": linked.where(IncidentLink.incident_id == incident.id),
        "suspects": _switched_lately(incident, since),
    }


def links_in(found: Answered) -> LinkPanel:
    """Return the links section from the answers to its questions."""
    linked = tuple(
        Linked(row.id, row.kind, _linked_to(row))
        for row in sorted(found["linked"], key=lambda row: int(row.id))
    )
    taken = {each.target.name for each in linked}
    suspects = [_target(LinkTo.WAVE, row) for row in found["suspects"]]
    return LinkPanel(
        linked,
        tuple(each for each in suspects if each.name not in taken),
    )


def _linked_to(row: Any) -> Target:
    if row.improvement_id is not None:
        return Target(LinkTo.IMPROVEMENT, row.improvement_id, row.title)
    return Target(LinkTo.WAVE, row.wave_id, f"{row.name}, wave {row.number}")


def find_targets(session: Session, asked: Asked) -> Hits:
    """Find what an incident can belong to: improvements that go on, and waves that were applied."""
    chosen = None if asked.row else target_named(session, asked.text)
    if chosen:
        hit = Hit(chosen.id, chosen.title, exact=True, key=chosen.name)
        return Hits((hit,), 1)
    if asked.row:  # of which of the two kinds is not said
        return Hits()
    improvements, waves = (
        _improvements_like(session, asked),
        _waves_like(session, asked),
    )
    shown = (*improvements.shown, *waves.shown)
    return Hits(shown, improvements.total + waves.total)


def _improvements_like(session: Session, asked: Asked) -> Hits:
    return named_hits(
        session,
        asked,
        (Improvement.id, Improvement.title, Improvement.state),
        lambda row: _hit(LinkTo.IMPROVEMENT, row, row.state.value, asked),
        where=(Improvement.state.in_(OPEN_IMPROVEMENTS),),
    )


def _waves_like(session: Session, asked: Asked) -> Hits:
    """Find applied waves by the name of their role."""
    return named_hits(
        session,
        asked,
        (Role.id, Role.name, Wave.id.label("wave_id"), Wave.number, Wave.state),
        lambda row: _hit(LinkTo.WAVE, row, row.state.value, asked),
        where=(Wave.role_id == Role.id, Wave.state.not_in(NEVER_APPLIED)),
    )


def _hit(of: LinkTo, row: Any, state: str, asked: Asked) -> Hit:
    if of is LinkTo.IMPROVEMENT:
        name, number = row.title, row.id
    else:
        name, number = f"{row.name}, wave {row.number}", row.wave_id
    return Hit(number, name, state, asked.is_name(name), f"{of}:{number}")


def target_named(session: Session, name: str) -> Target | None:
    """Return the improvement or wave a form names, or None."""
    kind, _, typed = name.partition(":")
    number = row_number(typed)
    if number is None or kind not in list(LinkTo):
        return None
    of = LinkTo(kind)
    chosen = (
        _an_improvement().where(Improvement.id == number)
        if of is LinkTo.IMPROVEMENT
        else _a_wave().where(Wave.id == number)
    )
    row = session.execute(chosen).first()
    return _target(of, row) if row else None


def incidents_of(
    session: Session, *, improvement_id: int | None = None, wave_id: int | None = None
) -> Sequence[LinkedIncident]:
    """Return the incidents linked to an improvement or to a wave, newest first."""
    mine = (
        IncidentLink.improvement_id == improvement_id
        if improvement_id
        else IncidentLink.wave_id == wave_id
    )
    rows = session.execute(
        select(
            Incident.id,
            Incident.title,
            Incident.state,
            IncidentLink.kind,
            Incident.reported_at,
        )
        .join(IncidentLink, IncidentLink.incident_id == Incident.id)
        .where(mine)
        .order_by(Incident.reported_at.desc(), Incident.id.desc())
        .limit(MOST)
    )
    return [LinkedIncident(*row) for row in rows]


def _switched_lately(incident: Incident, since: datetime) -> Question:
    """Ask for the waves in which the requester was switched shortly before the report."""
    return (
        _a_wave()
        .join(Switch, Switch.wave_id == Wave.id)
        .where(
            Switch.person_id == incident.person_id,
            Switch.switched_at >= since,
            Switch.switched_at <= incident.reported_at,
        )
    )


def _an_improvement() -> Select[int, str]:
    return select(Improvement.id, Improvement.title)


def _a_wave() -> Select[int, str, int]:
    return select(Wave.id, Role.name, Wave.number).join_from(
        Wave, Role, Role.id == Wave.role_id
    )


def _target(of: LinkTo, row: Any) -> Target:
    return Target(
        of,
        row.id,
        row.title if of is LinkTo.IMPROVEMENT else f"{row.name}, wave {row.number}",
    )


NO_INCIDENT = (IncidentState.CANCELLED, IncidentState.MERGED)


@dataclass(frozen=True, slots=True)
class Reported:
    """When each of some people was switched, and how many incidents they had since and in the time
    before; ``hit`` are the numbers of those who had one since.
    """

    switched: tuple[datetime, ...]
    after: int
    before: int
    hit: frozenset[int] = frozenset()

    def signal(self, now: datetime) -> IncidentSignal:
        """Return what that says at a time."""
        return signal_of(self.switched, self.after, self.before, now)


def reported_by(
    session: Session,
    switched: Mapping[int, datetime],
    service_ids: Collection[int] = (),
) -> Reported | None:
    """Count what people reported about these services since their switch and in the time before.

    ``switched`` says since when, by the number of the person; no services means all. None when
    nobody was switched.
    """
    if not switched:
        return None
    chosen = select(Incident.person_id, Incident.reported_at).where(
        Incident.person_id.in_(switched),
        Incident.state.not_in(NO_INCIDENT),
        Incident.reported_at >= min(switched.values()) - BEFORE,
    )
    if service_ids:
        chosen = chosen.where(Incident.service_id.in_(service_ids))
    told = [
        (person, at, switched[person])
        for person, at in session.execute(chosen)
        if person is not None
    ]
    after = sum(at >= since for _, at, since in told)
    before = sum(since - BEFORE <= at < since for _, at, since in told)
    hit = frozenset(person for person, at, since in told if at >= since)
    return Reported(tuple(switched.values()), after, before, hit)


HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Among:
    """Which incidents count: those of one service, of some people, or all."""

    service_id: int | None = None
    person_ids: Collection[int] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions on the incident."""
        found: list[ColumnElement[bool]] = [Incident.state.not_in(NO_INCIDENT)]
        if self.service_id is not None:
            found.append(Incident.service_id == self.service_id)
        if self.person_ids is not None:
            found.append(Incident.person_id.in_(self.person_ids))
        return found


def facts_between(
    session: Session, start: datetime, end: datetime, among: Among
) -> MeasuredFacts:
    """Return what lies between two moments, the first included, the second not."""
    mine = among.conditions()
    told = session.execute(
        select(
            Incident.hand_overs, Incident.bounces, Incident.via, Incident.contacts
        ).where(Incident.reported_at >= start, Incident.reported_at < end, *mine)
    )
    restored = session.execute(
        select(Incident.reported_at, Incident.restored_at).where(
            Incident.restored_at >= start, Incident.restored_at < end, *mine
        )
    )
    ratings = session.scalars(
        select(Rating.score)
        .join(Incident, Incident.id == Rating.incident_id)
        .where(Rating.at >= start, Rating.at < end, *mine)
    )
    return MeasuredFacts(
        [
            MeasuredTold(overs > 0, bounces > 0, via is Via.PHONE, contacts)
            for overs, bounces, via, contacts in told
        ],
        [(at - since) / HOUR for since, at in restored if at is not None],
        list(ratings),
    )


def first_report(session: Session) -> datetime | None:
    """Return when the first incident was reported, or None without any."""
    return session.scalar(select(func.min(Incident.reported_at)))
