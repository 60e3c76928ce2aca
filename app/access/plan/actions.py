"""Plan a wave: whom, what for each, kept as an immutable document with its hash and its LDIF
(design 5.6, 5.14).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.climb.queries import role_on_its_way
from app.access.document import PlanDocument, PlanHead, PlannedSoak
from app.access.plan.rules import plan_wave
from app.access.plan.values import (
    USUAL_SOAK,
    KeptOutside,
    PlanChoices,
    PlanOrder,
    WavePlan,
)
from app.access.plan.written import document, write_ldif
from app.access.queries import repairing, terrain_of
from app.access.roles.actions import role_in_use
from app.access.rules import RoleShape, Terrain, stand_in
from app.access.rungs import open_rung
from app.core.acting import Acting
from app.core.canonical import fingerprint
from app.core.changes import Change
from app.core.errors import Invalid, NotFound, Refused
from app.core.said import said as _said
from app.core.settings import Settings
from app.directory.queries import load_graph
from app.directory.rules import Graph, RightRow
from app.models.access.role import Role, RoleRight, RoleVersion
from app.models.access.wave import Switch, Wave
from app.models.access.words import Realisation, SwitchState, WaveState
from app.models.directory import GraphMark, Membership
from ldap_sync.dn import fold_or_self
from ldap_sync.scopes import GLOBAL
from ldap_sync.values import NewGroup

"""How long people are looked after, unless a plan says otherwise."""


class NobodyToMove(Refused):
    """The plan would touch nobody. ``plan`` is what it would have said, with the reasons."""

    def __init__(self, message: str, plan: PlanDocument) -> None:
        reasons = tuple(f"{item.name}: {item.why}" for item in plan.left_out)
        super().__init__(message, details=reasons)
        self.plan = plan


def plan(act: Acting, role_id: int, people: list[int], choices: PlanChoices) -> Wave:
    """Plan a wave of a role for people (ids).

    Raises ``NobodyToMove`` with the reasons when nobody is left.
    """
    order = PlanOrder(tuple(people), choices, act.by)
    return keep(act, draft(act.session, role_in_use(act.session, role_id), order))


def keep(act: Acting, drafted: Drafted) -> Wave:
    """Keep a plan that was worked out as a wave, with its LDIF.

    Raises ``NobodyToMove`` with the reasons when nobody is left, ``Refused`` while another role is
    on its way and nobody said why this one begins too.
    """
    role = role_in_use(act.session, drafted.role_id)
    _demand_choices(drafted.order.choices, act.now.date())
    why = _why_beside(act.session, role, drafted.order.choices)
    return keep_of(act, drafted, role, why)


def keep_of(act: Acting, drafted: Drafted, role: Role, beside: str = "") -> Wave:
    """Keep a plan whose choices hold good as a wave of ``role``, with its LDIF; ``beside`` is why
    it begins while another role is on its way.

    Raises ``NobodyToMove`` with the reasons when nobody is left.
    """
    drawn = drafted.plan
    if not drawn.people:
        raise NobodyToMove("Nobody can be moved with these choices.", drawn)
    wave = _kept(act, role, drafted)
    wave.beside = beside
    switches = [
        Switch(
            wave_id=wave.id,
            person_id=drafted.numbers[person.key],
            position=position,
            state=SwitchState.PLANNED,
        )
        for position, person in enumerate(drawn.people)
    ]
    # What is put right again is no rung of its own; a new version of the role is.
    if wave.brings_version or not drafted.order.choices.repairs:
        open_rung(act, wave, role, switches)
    act.session.add_all(switches)
    act.session.flush()
    write_ldif(act.settings.plans, wave.id, drawn)
    Change(
        after={
            "people": [person.person for person in drawn.people],
            "hash": wave.plan_hash,
        }
    ).record(
        act,
        f"wave:{wave.id}",
        "wave.plan",
        f"Planned wave {wave.number} of {role.name}",
        reason=wave.beside,
    )
    return wave


@dataclass(frozen=True, slots=True)
class Drafted:
    """A plan that was worked out and not kept, and what it was made of.

    ``version_id`` is the version of the role, ``numbers`` are those of the people by key, and
    ``basis`` changes with anything a plan depends on.
    """

    role_id: int
    version_id: int
    order: PlanOrder
    plan: PlanDocument
    text: str
    numbers: Mapping[str, int]
    basis: object


def draft(session: Session, role: Role, order: PlanOrder) -> Drafted:
    """Work out a plan without keeping it.

    Raises ``Refused`` when the role cannot be applied to anybody.
    """
    # Before all reading: PostgreSQL shows what others commit while this goes on.
    basis = basis_of(session, role)
    graph, version = load_graph(session, role.directory_id), role.versions[-1]
    if any(person not in graph.people for person in order.people):
        raise NotFound(
            _said("A chosen person is no longer in the directory; read it again.")
        )
    shape, terrain = shape_of(role, version, graph), terrain_of(session, role)
    if order.choices.repairs:
        terrain = repairing(session, terrain)
    people = _counted(order)
    found: WavePlan = plan_wave(graph, shape, people, order.choices, terrain)
    if found.refusals:
        raise Refused(found.refusals[0], details=found.refusals)
    head = PlanHead(
        directory=role.directory.name,
        role=role.name,
        role_version=version.number,
        realisation=role.realisation.value,
        author=order.by,
        idle=_idle_values(session, shape, terrain),
    )
    made = document(graph, found, shape, head, terrain.transitive_memberof)
    versions = order.choices.versions or None
    plan = replace(made, soak=order.choices.soak, versions=versions)
    return Drafted(
        role_id=role.id,
        version_id=version.id,
        order=order,
        plan=plan,
        text=plan.text,
        numbers={one.person.key: one.person.id for one in found.people},
        basis=basis,
    )


def basis_of(session: Session, role: Role) -> object:
    """Return what a plan of a loaded role is made of, to be compared: the rights of everybody, the
    version, and what stands around.
    """
    stamp = session.scalar(select(GraphMark.stamp))
    return stamp, role.versions[-1].id, terrain_of(session, role)


def _counted(order: PlanOrder) -> Iterator[int]:
    for done, person in enumerate(order.people):
        order.tell(done)
        yield person
    order.tell(len(order.people))


def default_choices(
    settings: Settings,
    role: str,
    by: str,
    today: date,
    *,
    kept: KeptOutside | None = None,
    soak: PlannedSoak | None = None,
    **more: Any,
) -> PlanChoices:
    """Return the careful choices: extras are kept until a date, nobody gains anything.

    What ``kept`` leaves empty, owner, reason or end, is filled in as usual.
    """
    until = (today + timedelta(days=settings.exception_days)).isoformat()
    reason = f"Not part of the role {role}; kept until somebody looked at it."
    said = kept or KeptOutside("", "", "")
    return PlanChoices(
        default=KeptOutside(
            said.owner or by, said.reason or reason, said.until or until
        ),
        soak=soak or USUAL_SOAK,
        **more,
    )


def shape_of(role: Role, version: RoleVersion, graph: Graph) -> RoleShape:
    """Return the role as the planner sees it, with its group as last read or the one to be
    created.
    """
    rights = frozenset(item.entitlement_id for item in version.rights)
    vanished = sorted(
        item.entitlement.cn
        for item in version.rights
        if item.entitlement_id not in graph.rights
    )
    if vanished:
        raise Refused(
            _said(
                "The role %(name)s holds %(vanished)s, which is no longer in "
                "the directory.",
                name=role.name,
                vanished=", ".join(vanished),
            )
        )
    group, new_group = _role_group(role, version, graph)
    former = (item.entitlement_id for one in role.versions for item in one.rights)
    nested = role.realisation is Realisation.NESTED
    return RoleShape(
        role.name, rights, nested, group, new_group, frozenset(former) - rights
    )


def _demand_choices(choices: PlanChoices, today: date) -> None:
    for kept in [choices.default, *choices.kept.values()]:
        if not kept.owner.strip() or not kept.reason.strip():
            raise Invalid(
                _said("A right that is kept needs an owner and a reason."),
                field="reason",
            )
        if date.fromisoformat(kept.until) <= today:
            raise Invalid(
                _said("A right can be kept until a date in the future."), field="until"
            )
    if any(not reason.strip() for reason in choices.losses.values()):
        raise Invalid(_said("Say why the right may go."), field="reason")


def _why_beside(session: Session, role: Role, choices: PlanChoices) -> str:
    """Return why this role begins while another one is on its way, nothing where none is; what is
    put right again waits for nothing. Raises ``Refused`` where nobody said why.
    """
    alone = choices.repairs or role.single
    other = "" if alone else role_on_its_way(session, role)
    if other and not choices.beside.strip():
        raise Refused(
            _said(
                "%(other)s is not decided yet: one role after the other, or say why this "
                "one begins beside it.",
                other=other,
            ),
            field="beside",
        )
    return choices.beside.strip() if other else ""


def _kept(
    act: Acting,
    role: Role,
    drafted: Drafted,
) -> Wave:
    number = act.session.scalar(
        select(func.coalesce(func.max(Wave.number), 0) + 1).where(
            Wave.role_id == role.id
        )
    )
    wave = Wave(
        role_id=role.id,
        version_id=drafted.version_id,
        number=number or 1,
        state=WaveState.PLANNED,
        plan=drafted.text,
        plan_hash=fingerprint(drafted.text),
        author=act.by,
        created_at=act.now,
        brings_version=bool(drafted.plan.versions),
    )
    if soak := drafted.plan.soak:
        wave.soak_days, wave.soak_deadline_days = soak.days, soak.deadline_days
        wave.soak_then = soak.then
    act.session.add(wave)
    act.session.flush()
    return wave


def _role_group(
    role: Role, version: RoleVersion, graph: Graph
) -> tuple[RightRow, NewGroup | None]:
    folded = fold_or_self(role.group_dn)
    for right in graph.rights.values():
        if (role.group_key and right.key == role.group_key) or fold_or_self(
            right.dn
        ) == folded:
            return right, None
    kind = "groupOfUniqueNames" if _prefers_unique(version.rights) else "groupOfNames"
    attribute = "uniqueMember" if kind == "groupOfUniqueNames" else "member"
    if role.directory.profile.get("family") == "ad":
        row = stand_in(role.name, role.group_dn, "member", True, GLOBAL)
        return row, _ad_group(role)
    new = _new_group(role, kind, attribute)
    return stand_in(role.name, role.group_dn, attribute, needs_member=True), new


def _prefers_unique(rights: list[RoleRight]) -> bool:
    unique = sum(
        item.entitlement.attribute.lower() == "uniquemember" for item in rights
    )
    return unique * 2 > len(rights)


def _new_group(role: Role, kind: str, attribute: str) -> NewGroup:
    # Without a configured placeholder the group lists itself: that value is no person and keeps the
    # schema content.
    placeholder = (
        role.directory.placeholders[0] if role.directory.placeholders else role.group_dn
    )
    return NewGroup(
        role.group_dn,
        (
            ("objectClass", ("top", kind)),
            ("cn", (role.name,)),
            ("description", (_description(role),)),
            (attribute, (placeholder,)),
        ),
    )


def _ad_group(role: Role) -> NewGroup:
    # Active Directory takes no account name with one of these signs, or with a dot at its end.
    account = re.sub(r'["/\\\[\]:;|=,+*?<>\x00-\x1f]', "-", role.name).rstrip(" .")
    names = (
        ("sAMAccountName", (account,)),
        ("description", (_description(role),)),
        ("groupType", ("-2147483646",)),
    )
    return NewGroup(
        role.group_dn, (("objectClass", ("top", "group")), ("cn", (role.name,)), *names)
    )


def _description(role: Role) -> str:
    return role.purpose or f"Role {role.name}, kept by Rung"


def _idle_values(
    session: Session, shape: RoleShape, terrain: Terrain
) -> tuple[str, ...]:
    """Return the values in the role's group that stand for nobody, among them the configured
    placeholders.
    """
    nobody = Membership.person_id.is_(None), Membership.child_id.is_(None)
    found = session.scalars(
        select(Membership.value).where(
            Membership.entitlement_id == shape.group.id, *nobody
        )
    )
    return tuple(sorted({*found, *terrain.placeholders}))
