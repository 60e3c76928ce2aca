"""One person's page: rights with their sources, open switches, roles that fit, and the graph
around.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.fit.rules import Fit, fit_of
from app.access.person.explain import (
    PrimaryHeld,
    RightHeld,
    RoleHeld,
    primary_held,
    rights_held_by,
    roles_held,
)
from app.access.person.history import Happened, history_of
from app.access.queries import load_roles
from app.core.changes import one
from app.directory.rules import Graph, PersonRow, RightRow, build, names
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import HOLDING, UNDOABLE, SwitchState
from app.models.directory import Directory, Entitlement, MemberKind, Membership
from app.models.incidents.incident import Incident
from app.models.people import Person

BEST, LATEST = 3, 5
"""How many fitting roles are proposed, and how many incidents are told."""

RUNGS = {
    SwitchState.PLANNED: (1, 1),
    SwitchState.APPROVED: (2, 0),
    SwitchState.ROLE_ON: (2, 1),
    SwitchState.OVERLAP: (2, 1),
    SwitchState.DIRECT_OFF: (2, 1),
    SwitchState.SOAKING: (3, 1),
    SwitchState.CONFIRMED: (5, 0),
    SwitchState.CLOSED: (5, 0),
}
"""How far a person's move has climbed: planned, approved, applying, to be seen, confirmed."""


@dataclass(frozen=True, slots=True)
class OpenSwitch:
    """A switch of a person that is open or can be taken back."""

    wave_id: int
    wave: int
    role: str
    state: str
    reason: str
    is_open: bool

    @property
    def rungs(self) -> tuple[int, int]:
        """Return how many of the five rungs of a move are done, and whether one is running."""
        return RUNGS.get(SwitchState(self.state), (2, 0))


@dataclass(frozen=True, slots=True)
class RoleFit:
    """How well a role would fit: rights covered of all its rights, gains, and rights outside of
    it; ``colleagues`` of the same department are in it.
    """

    role_id: int
    role: str
    covered: int
    rights: int
    gained: tuple[str, ...]
    besides: tuple[str, ...]
    colleagues: int

    @property
    def missing(self) -> int:
        """Return how many rights would be gained."""
        return len(self.gained)

    @property
    def extra(self) -> int:
        """Return how many rights are held besides."""
        return len(self.besides)

    @property
    def clean(self) -> bool:
        """Tell whether the move would take and give nothing."""
        return not self.missing and not self.extra


@dataclass(frozen=True, slots=True)
class PersonIncident:
    """One incident a person reported or has."""

    id: int
    title: str
    state: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person with rights, roles, history and what to do next.

    ``undo`` is the newest switch to take back; ``fitting`` are the roles that fit best, ``others``
    how many more there are the person is not in.
    """

    id: int
    directory: str
    name: str
    uid: str
    dn: str
    mail: str
    principal: str
    domain_login: str
    phones: tuple[str, ...]
    title: str
    department: str
    site: str
    disabled: bool
    service: bool
    gone_at: datetime | None
    rights: tuple[RightHeld, ...]
    roles: tuple[RoleHeld, ...]
    open: OpenSwitch | None
    undo: OpenSwitch | None
    fitting: tuple[RoleFit, ...]
    others: int
    primary: PrimaryHeld | None
    history: tuple[Happened, ...]
    incidents: tuple[PersonIncident, ...]

    @property
    def through_roles(self) -> int:
        """Return how many rights come through roles."""
        return sum(right.role is not None for right in self.rights)

    @property
    def direct(self) -> int:
        """Return how many rights are held directly, neither through a role nor as exceptions."""
        return sum(right.source == "direct" for right in self.rights)

    @property
    def nested(self) -> int:
        """Return how many rights come only through groups inside groups."""
        return sum(right.source == "nested" for right in self.rights)

    @property
    def exceptions(self) -> int:
        """Return how many rights are kept as exceptions."""
        return sum(right.kept is not None for right in self.rights)


def person_page(
    session: Session, person_id: int, permissions: Collection[str]
) -> PersonPage:
    """Return one person's page. Raises ``NotFound``."""
    person = one(session, Person, person_id)
    home = session.get_one(Directory, person.directory_id)
    graph, roles = graph_around(session, person), roles_held(session, person)
    here = person.id in graph.people
    switches = _switches(session, person_id)
    free = _roles_free(session, person, roles) if here else []
    fitting = _fitting(graph, person, free, _colleagues(session, person))
    best = {fit.role_id for fit in fitting}
    return PersonPage(
        id=person.id,
        directory=home.name,
        name=person.name,
        uid=person.uid,
        dn=person.dn,
        mail=person.mail,
        principal=person.principal,
        domain_login=person.domain_login,
        phones=tuple(number for number in (person.phone, person.mobile) if number),
        title=person.title,
        department=person.department,
        site=person.site,
        disabled=person.disabled,
        service=person.service,
        gone_at=person.gone_at,
        rights=rights_held_by(session, graph, person, roles) if here else (),
        roles=roles,
        open=next((switch for switch, _ in switches if switch.is_open), None),
        undo=next((switch for switch, undoable in switches if undoable), None),
        fitting=fitting,
        others=sum(role.id not in best for role in free),
        primary=primary_held(graph, person) if here else None,
        history=history_of(session, person, permissions),
        incidents=_incidents(session, person_id),
    )


def _switches(session: Session, person_id: int) -> list[tuple[OpenSwitch, bool]]:
    """Return the person's switches, the open one and then the newest first, each with whether it
    can be undone.
    """
    rows = (
        select(Switch, Wave.number, Role.name)
        .join(Wave, Switch.wave_id == Wave.id)
        .join(Role, Wave.role_id == Role.id)
        .where(Switch.person_id == person_id)
        .order_by(Switch.open_person_id.is_(None), Switch.id.desc())
    )
    return [
        (
            OpenSwitch(
                switch.wave_id,
                number,
                role,
                switch.state.value,
                switch.reason,
                bool(switch.open_person_id),
            ),
            switch.state in UNDOABLE,
        )
        for switch, number, role in session.execute(rows)
    ]


def _incidents(session: Session, person_id: int) -> tuple[PersonIncident, ...]:
    rows = (
        select(Incident.id, Incident.title, Incident.state, Incident.reported_at)
        .where(Incident.person_id == person_id)
        .order_by(Incident.reported_at.desc(), Incident.id.desc())
        .limit(LATEST)
    )
    return tuple(
        PersonIncident(number, title, state.value, at)
        for number, title, state, at in session.execute(rows)
    )


def _roles_free(
    session: Session, person: Person, held: tuple[RoleHeld, ...]
) -> list[Role]:
    """Return the roles in use of the person's directory which the person is not in."""
    in_use = Role.directory_id == person.directory_id, Role.retired_at.is_(None)
    mine = {role.role_id for role in held}
    return [role for role in load_roles(session, *in_use) if role.id not in mine]


def _colleagues(session: Session, person: Person) -> Mapping[int, int]:
    """Count the people of the same department in each role."""
    if not person.department:
        return {}
    asked = (
        select(Wave.role_id, func.count(Switch.person_id.distinct()))
        .join(Switch, Switch.wave_id == Wave.id)
        .join(Person, Person.id == Switch.person_id)
        .where(Switch.state.in_(HOLDING), Person.id != person.id)
        .where(Person.department == person.department)
        .group_by(Wave.role_id)
    )
    return dict(session.execute(asked).all())


def _fitting(
    graph: Graph, person: Person, roles: Iterable[Role], colleagues: Mapping[int, int]
) -> tuple[RoleFit, ...]:
    """Return the roles that would fit best: of which something is held, then those of colleagues;
    who holds nothing is offered any.
    """
    nothing = not graph.direct.get(person.id)
    found = [
        _role_fit(graph, role, _fit(graph, role, person.id), colleagues)
        for role in roles
    ]
    useful = (fit for fit in found if fit.covered or fit.colleagues or nothing)
    return tuple(sorted(useful, key=_order)[:BEST])


def _order(fit: RoleFit) -> tuple[bool, bool, int, int, int, int, str]:
    """Sort key: something held first, then as the fit sorts, then where colleagues are."""
    of_colleagues = 0 if fit.covered else -fit.colleagues
    return (
        not fit.covered,
        not fit.clean,
        of_colleagues,
        fit.missing,
        fit.extra,
        -fit.covered,
        fit.role,
    )


def _role_fit(
    graph: Graph, role: Role, fit: Fit, colleagues: Mapping[int, int]
) -> RoleFit:
    return RoleFit(
        role.id,
        role.name,
        len(fit.covered),
        len(fit.covered) + len(fit.missing),
        _named(graph, fit.missing),
        _named(graph, fit.extra),
        colleagues.get(role.id, 0),
    )


def _named(graph: Graph, rights: Iterable[int]) -> tuple[str, ...]:
    found = (names(graph, right) for right in rights)
    return tuple(sorted(found, key=str.lower))


def _fit(graph: Graph, role: Role, person_id: int) -> Fit:
    rights = (
        frozenset(item.entitlement_id for item in role.versions[-1].rights)
        & graph.rights.keys()
    )
    group = next(
        (
            row.id
            for row in graph.rights.values()
            if role.group_key and row.key == role.group_key
        ),
        None,
    )
    return fit_of(
        graph,
        rights,
        person_id,
        group,
        role.directory.profile.get("memberof") == "transitive",
    )


def graph_around(session: Session, person: Person) -> Graph:
    """Return the graph with one person in it; its cost does not grow with the number of people."""
    row = PersonRow(
        person.id,
        person.key,
        person.dn,
        person.uid,
        person.name,
        person.department,
        person.title,
        person.site,
        person.disabled,
        person.service,
        person.primary_group,
        person.guarded,
    )
    columns = (
        Entitlement.id,
        Entitlement.key,
        Entitlement.dn,
        Entitlement.cn,
        Entitlement.attribute,
        Entitlement.lens,
        Entitlement.needs_member,
        Entitlement.is_role,
        Entitlement.owner_id,
        Entitlement.scope,
        Entitlement.is_privileged,
    )
    present = select(*columns).where(
        Entitlement.directory_id == person.directory_id, Entitlement.gone_at.is_(None)
    )
    rights = [RightRow(*each) for each in session.execute(present)]
    mine = select(Membership.entitlement_id, Membership.attribute, Membership.value)
    direct = session.execute(mine.where(Membership.person_id == person.id)).all()
    nested = select(Membership.entitlement_id, Membership.child_id).where(
        Membership.kind == MemberKind.GROUP
    )
    return build(
        [] if person.gone_at else [row],
        rights,
        [
            (right, person.id, value)
            for right, attribute, value in direct
            if not attribute
        ],
        [(outer, inner or 0) for outer, inner in session.execute(nested)],
        [
            (right, person.id, attribute, value)
            for right, attribute, value in direct
            if attribute
        ],
    )
