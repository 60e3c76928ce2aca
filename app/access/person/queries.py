"""One person's page: rights with their sources, open switches, roles that fit, and the graph
around.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.fit.rules import Fit, fit_of
from app.access.person.explain import RightHeld, RoleHeld, rights_held_by, roles_held
from app.access.person.history import Happened, history_of
from app.access.queries import load_roles
from app.core.changes import one
from app.directory.rules import Graph, PersonRow, RightRow, build
from app.models.access import UNDOABLE, Role, Switch, Wave
from app.models.directory import Directory, Entitlement, MemberKind, Membership
from app.models.people import Person

BEST = 3
"""How many fitting roles are proposed."""


@dataclass(frozen=True, slots=True)
class OpenSwitch:
    """A switch of a person that is open or can be taken back."""

    wave_id: int
    wave: int
    role: str
    state: str
    reason: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class RoleFit:
    """How well a role would fit: rights covered of all its rights, gains, and rights outside of
    it.
    """

    role_id: int
    role: str
    covered: int
    rights: int
    missing: int
    extra: int


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person with rights, roles, history and what to do next.

    ``undo`` is the newest switch to take back.
    """

    id: int
    directory: str
    name: str
    uid: str
    dn: str
    mail: str
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
    history: tuple[Happened, ...]

    @property
    def through_roles(self) -> int:
        """Return how many rights come through roles."""
        return sum(right.role is not None for right in self.rights)

    @property
    def exceptions(self) -> int:
        """Return how many rights are kept as exceptions."""
        return sum(right.kept is not None for right in self.rights)


def person_page(
    session: Session, person_id: int, permissions: Collection[str]
) -> PersonPage:
    """Return one person's page. Raises ``NotFound``."""
    person = one(session, Person, person_id)
    graph, roles = graph_around(session, person), roles_held(session, person)
    here = person.id in graph.people
    switches = _switches(session, person_id)
    return PersonPage(
        id=person.id,
        directory=session.get_one(Directory, person.directory_id).name,
        name=person.name,
        uid=person.uid,
        dn=person.dn,
        mail=person.mail,
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
        fitting=_fitting(session, graph, person, roles) if here else (),
        history=history_of(session, person, permissions),
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


def _fitting(
    session: Session, graph: Graph, person: Person, held: tuple[RoleHeld, ...]
) -> tuple[RoleFit, ...]:
    """Return the roles that would fit best, without those the person holds and those that share
    nothing.
    """
    in_use = Role.directory_id == person.directory_id, Role.retired_at.is_(None)
    mine = {role.role_id for role in held}
    fits = [
        (role, _fit(graph, role, person.id))
        for role in load_roles(session, *in_use)
        if role.id not in mine
    ]
    useful = sorted(
        (pair for pair in fits if pair[1].covered),
        key=lambda pair: (*pair[1].order, pair[0].name),
    )
    return tuple(
        RoleFit(
            role.id,
            role.name,
            len(fit.covered),
            len(fit.covered) + len(fit.missing),
            len(fit.missing),
            len(fit.extra),
        )
        for role, fit in useful[:BEST]
    )


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
