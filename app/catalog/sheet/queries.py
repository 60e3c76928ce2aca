"""One service with everything that belongs to it, and who answers for what over all services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.scripts.queries import published_script
from app.catalog.services.queries import (
    LIVE,
    get_service,
    incidents_of,
    users_of,
    who_can_sign_in,
)
from app.catalog.services.rules import spelled_out
from app.catalog.sheet import rules
from app.catalog.sheet.rules import (
    USUAL_PROCESSES,
    Edge,
    closure,
    levels,
    reversed_edges,
)
from app.core.charts.composite import Composite, Node, shown_edges
from app.core.figures import listed
from app.directory.queries.holders import holders_of
from app.models.catalog.calendar import Calendar
from app.models.catalog.service import (
    Dependency,
    Duty,
    Fact,
    Service,
    ServiceNote,
    ServiceRight,
)
from app.models.catalog.words import Letter, ServiceKind, ServiceState
from app.models.catalog.words import ServiceState as State
from app.models.directory import Entitlement
from app.models.knowledge import Article
from app.models.people import Team, TeamKind


@dataclass(frozen=True, slots=True)
class ServiceRightLine:
    """One right of a service, how its application looks at it, and how many people hold it so."""

    id: int
    cn: str
    lens: str
    gone: bool
    holders: int


@dataclass(frozen=True, slots=True)
class LinkedIncidents:
    """Another service, to go to."""

    id: int
    name: str
    kind: ServiceKind
    state: State
    owner: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ServicePage:
    """All the page of a service shows but its history."""

    one: Service
    owner_can_sign_in: bool
    team: Team | None
    calendar: str
    parts: tuple[LinkedIncidents, ...]
    users: tuple[LinkedIncidents, ...]
    composite: Composite | None
    successors: tuple[LinkedIncidents, ...]
    predecessors: tuple[LinkedIncidents, ...]
    duties: tuple[rules.RaciRow, ...]
    rights: tuple[ServiceRightLine, ...]
    people: int
    facts: tuple[Fact, ...]
    notes: tuple[ServiceNote, ...]
    script: int | None
    open_incidents: int
    incidents: int
    articles: int

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Return the questions urgency was derived from, with their answers."""
        return spelled_out(self.one.urgency_answers)

    @property
    def external(self) -> bool:
        """Tell whether a provider's team fixes it."""
        return self.team is not None and self.team.kind is TeamKind.EXTERNAL

    @property
    def disputes(self) -> int:
        """Return how many disputes are open."""
        return sum(
            note.kind == "dispute" and note.settled_at is None for note in self.notes
        )


def service_page(session: Session, service_id: int) -> ServicePage:
    """Return one service with everything that belongs to it. Raises ``NotFound``."""
    one = get_service(session, service_id)
    web = _Web(session, one)
    calendar = session.get(Calendar, one.calendar_id) if one.calendar_id else None
    script = published_script(session, service_id)
    total, still_open = incidents_of(session, service_id)
    return ServicePage(
        one=one,
        owner_can_sign_in=one.owner in who_can_sign_in(session),
        team=session.get(Team, one.team_id) if one.team_id else None,
        calendar=calendar.name if calendar else "",
        parts=web.parts,
        users=web.users,
        composite=web.picture(),
        successors=web.successors(),
        predecessors=web.predecessors(),
        duties=tuple(_duties(session, one)),
        rights=tuple(_rights(session, one)),
        people=len(users_of(session, service_id)),
        facts=tuple(_facts(session, service_id)),
        notes=tuple(_notes(session, service_id)),
        script=script.number if script else None,
        open_incidents=still_open,
        incidents=total,
        articles=_articles(session, service_id),
    )


class _Web:
    """The services around one: what it needs, what needs it, what it became, what it came from."""

    def __init__(self, session: Session, one: Service) -> None:
        rows = session.execute(
            select(Dependency.service_id, Dependency.part_id, Dependency.note)
        ).all()
        self.one, self.edges = one, [(row.service_id, row.part_id) for row in rows]
        self.notes = {(row.service_id, row.part_id): row.note for row in rows}
        self.below = closure(self.edges, one.id)
        self.above = closure(reversed_edges(self.edges), one.id)
        self.known = {
            service.id: service for service in session.scalars(self._around())
        }
        self.parts = tuple(self._link(b, (a, b)) for a, b in self.edges if a == one.id)
        self.users = tuple(self._link(a, (a, b)) for a, b in self.edges if b == one.id)

    def _around(self) -> Any:
        near = {
            self.one.id,
            self.one.became_id,
            self.one.split_from_id,
            *self.below,
            *self.above,
        } - {None}
        kin = (Service.became_id == self.one.id) | (
            Service.split_from_id == self.one.id
        )
        return (
            select(Service)
            .where(Service.id.in_(sorted(near)) | kin)
            .order_by(func.lower(Service.name))
        )

    def picture(self) -> Composite | None:
        """Return the picture, unless it stands alone."""
        if not self.parts and not self.users:
            return None
        down, up = (
            levels(self.edges, self.one.id),
            levels(reversed_edges(self.edges), self.one.id),
        )
        columns = {number: -depth for number, depth in up.items()} | down
        nodes = {
            number: Node(self.known[number].name, columns[number], self._look(number))
            for number in columns
        }
        here = frozenset({self.one.id})
        edges = shown_edges(self.edges, self.below | here, self.above | here)
        return Composite(
            f"What {self.one.name} is made of", nodes, edges, self.one.id, self._words()
        )

    def _words(self) -> str:
        needs = listed([link.name for link in self.parts])
        needed = listed([link.name for link in self.users])
        sentences = [
            f"{self.one.name} needs {needs}." if needs else "",
            f"Built on it: {needed}." if needed else "",
        ]
        return " ".join(filter(None, sentences))

    def _look(self, number: int) -> str:
        service = self.known[number]
        kind = "part" if service.kind is ServiceKind.PART else "customer"
        draft = "" if service.state is State.PUBLISHED else " draft"
        return f"{kind}{draft}" + (" here" if number == self.one.id else "")

    def _link(self, number: int, edge: Edge | None = None) -> LinkedIncidents:
        found = self.known[number]
        note = self.notes[edge] if edge else ""
        return LinkedIncidents(
            found.id, found.name, found.kind, found.state, found.owner, note
        )

    def successors(self) -> tuple[LinkedIncidents, ...]:
        """Return what took its place."""
        split = [
            number
            for number, each in self.known.items()
            if each.split_from_id == self.one.id
        ]
        return tuple(
            self._link(number)
            for number in [*filter(None, [self.one.became_id]), *split]
        )

    def predecessors(self) -> tuple[LinkedIncidents, ...]:
        """Return what it came from: what it was split from, what was merged into it."""
        merged = [
            number
            for number, each in self.known.items()
            if each.became_id == self.one.id
        ]
        return tuple(
            self._link(number)
            for number in [*filter(None, [self.one.split_from_id]), *merged]
        )


def _articles(session: Session, service_id: int) -> int:
    counted = (
        select(func.count())
        .select_from(Article)
        .where(Article.service_id == service_id)
    )
    return session.scalar(counted) or 0


def _duties(session: Session, one: Service) -> Sequence[rules.RaciRow]:
    found = session.scalars(select(Duty).where(Duty.service_id == one.id))
    return rules.rows(
        (
            rules.Cell(duty.process, duty.party, duty.letter.value, duty.id)
            for duty in found
        ),
        one.owner,
    )


def _rights(session: Session, one: Service) -> list[ServiceRightLine]:
    mine = (
        select(Entitlement.id, Entitlement.cn, Entitlement.lens, Entitlement.gone_at)
        .join(ServiceRight, ServiceRight.entitlement_id == Entitlement.id)
        .where(ServiceRight.service_id == one.id)
        .order_by(func.lower(Entitlement.cn))
    )
    rows = session.execute(mine).all()
    holders = holders_of(session, [row.id for row in rows])
    return [
        ServiceRightLine(
            row.id, row.cn, row.lens.value, bool(row.gone_at), len(holders[row.id])
        )
        for row in rows
    ]


def _facts(session: Session, service_id: int) -> Sequence[Fact]:
    mine = select(Fact).where(Fact.service_id == service_id, Fact.retired_at.is_(None))
    return session.scalars(mine.order_by(Fact.position, Fact.id)).all()


def _notes(session: Session, service_id: int) -> Sequence[ServiceNote]:
    mine = select(ServiceNote).where(ServiceNote.service_id == service_id)
    return session.scalars(mine.order_by(ServiceNote.id.desc())).all()


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One service with its owner and who is accountable for each process; nothing where nobody
    is.
    """

    id: int
    name: str
    state: ServiceState
    owner: str
    owner_can_sign_in: bool
    accountable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutyReport:
    """The blank spots: services without an owner, and pairs of service and process without an
    accountable.
    """

    processes: tuple[str, ...]
    lines: tuple[DutyLine, ...]

    @property
    def services_without(self) -> int:
        """Return how many services nobody answers for who can sign in."""
        return sum(not line.owner_can_sign_in for line in self.lines)

    @property
    def pairs(self) -> int:
        """Return how many pairs of service and process there are."""
        return len(self.lines) * len(self.processes)

    @property
    def pairs_without(self) -> int:
        """Return how many of them have nobody accountable."""
        return sum(not name for line in self.lines for name in line.accountable)


def duty_report(session: Session) -> DutyReport:
    """Return who answers for what; the processes are the usual ones and those written down
    anywhere.

    Three queries.
    """
    services = session.scalars(
        select(Service).where(LIVE).order_by(func.lower(Service.name))
    ).all()
    rows = session.execute(
        select(Duty.service_id, Duty.process, Duty.party, Duty.letter).where(
            Duty.process != ""
        )
    )
    duties, usable = rows.all(), set(who_can_sign_in(session))
    extra = sorted(
        {row.process for row in duties} - set(USUAL_PROCESSES), key=str.casefold
    )
    processes = (*USUAL_PROCESSES, *extra)
    named = {
        (row.service_id, row.process): row.party
        for row in duties
        if row.letter is Letter.ACCOUNTABLE
    }
    lines = (
        DutyLine(
            one.id,
            one.name,
            one.state,
            one.owner,
            one.owner in usable,
            tuple(named.get((one.id, process), "") for process in processes),
        )
        for one in services
    )
    return DutyReport(processes, tuple(lines))
