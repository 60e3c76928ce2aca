"""How a plan is written down: as the document that is kept, and as LDIF to run and to take back by
hand (design 5.14).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from app.access.document import (
    HeldBefore,
    HoldProof,
    LeftOutPerson,
    OddListing,
    PlanDocument,
    PlanHead,
    PlannedException,
    PlannedGain,
    PlannedGroup,
    PlannedLoss,
    PlannedPerson,
    PlannedRight,
    SeenRight,
)
from app.access.plan.rules import privileged_in
from app.access.plan.values import PersonPlan, WavePlan
from app.access.rules import RoleShape, nested_rights, reversed_changes
from app.directory.rules import Graph, PersonRow, by_attribute, names
from ldap_sync.ldif import rendered_changes
from ldap_sync.values import value_in


def document(
    graph: Graph,
    plan: WavePlan,
    role: RoleShape,
    head: PlanHead,
    transitive_memberof: bool,
) -> PlanDocument:
    """Return a plan as the document that is kept."""
    world = plan.world or graph
    told = _Told(world)
    nested = nested_rights(graph, role, transitive_memberof)
    privileged = {
        name for person in plan.people for name in privileged_in(world, person)
    }
    return PlanDocument(
        directory=head.directory,
        role=head.role,
        role_version=head.role_version,
        realisation=head.realisation,
        author=head.author,
        idle=head.idle,
        role_group=_role_group(graph, role, head.idle),
        rights=tuple(
            _right(graph, right, right in nested)
            for right in _by_name(graph, role.rights)
        ),
        prepare=plan.prepare,
        people=tuple(
            _person(told, person, role.group.id, head.author) for person in plan.people
        ),
        left_out=tuple(
            LeftOutPerson(item.person.uid, item.person.name, item.why)
            for item in plan.left_out
        ),
        privileged=tuple(sorted(privileged)),
    )


def forward_ldif(plan: PlanDocument) -> str:
    """Return the plan as change records for ``ldapmodify``."""
    return "".join(_forward(plan))


def reverse_ldif(plan: PlanDocument) -> str:
    """Return what takes the plan back with ``ldapmodify -c``; the role's group itself stays,
    emptied.
    """
    return "".join(_reverse(plan))


def _forward(plan: PlanDocument) -> Iterator[str]:
    header = f"Rung plan {plan.role} v{plan.role_version}: apply"
    return rendered_changes((step.change for step in plan.steps), header)


def _reverse(plan: PlanDocument) -> Iterator[str]:
    header = f"Rung plan {plan.role} v{plan.role_version}: take back (run with ldapmodify -c)"
    back = reversed_changes([step.change for step in plan.steps])
    return rendered_changes(back, header)


def _by_name(graph: Graph, rights: Iterable[int]) -> list[int]:
    return sorted(rights, key=lambda right: (names(graph, right).lower(), right))


def _names(graph: Graph, rights: Iterable[int]) -> tuple[str, ...]:
    return tuple(names(graph, right) for right in _by_name(graph, rights))


def _keys(graph: Graph, rights: Iterable[int]) -> tuple[str, ...]:
    return tuple(sorted(graph.rights[right].key for right in rights))


def _role_group(graph: Graph, role: RoleShape, idle: tuple[str, ...]) -> PlannedGroup:
    """Return the role's group with every value known to be in it: anybody else in it would gain its
    rights.
    """
    group = role.group
    values = [
        value
        for person in graph.members.get(group.id, ())
        for _, value in graph.listings(group.id, person)
    ]
    values += [graph.rights[child].dn for child in graph.children.get(group.id, ())]
    return PlannedGroup(
        cn=group.cn,
        dn=group.dn,
        key=group.key,
        create=role.new_group is not None,
        values=tuple(sorted(values)),
        idle=tuple(sorted([*idle, group.dn])),
    )


def _right(graph: Graph, right_id: int, nested: bool) -> PlannedRight:
    right = graph.rights[right_id]
    held = "nested" if nested else "materialised"
    return PlannedRight(names(graph, right_id), right.key, right.dn, right.lens, held)


class _Told:
    """What is said of rights, alike for all who hold them: held once, however many they are."""

    def __init__(self, world: Graph) -> None:
        self.world = world
        self._held: dict[int, HeldBefore] = {}
        self._seen: dict[int, SeenRight] = {}

    def held(self, right_id: int) -> HeldBefore:
        """Return a right that somebody held before, listed as usual."""
        if right_id not in self._held:
            right = self.world.rights[right_id]
            self._held[right_id] = HeldBefore(names(self.world, right_id), right.key)
        return self._held[right_id]

    def seen(self, right_id: int) -> SeenRight:
        """Return a right as an application sees it."""
        if right_id not in self._seen:
            self._seen[right_id] = _seen(self.world, right_id)
        return self._seen[right_id]


def _person(
    told: _Told, plan: PersonPlan, role_group: int, author: str
) -> PlannedPerson:
    world = told.world
    return PlannedPerson(
        person=plan.person.uid,
        name=plan.person.name,
        key=plan.person.key,
        dn=plan.person.dn,
        before=tuple(
            _held(told, right, plan.person) for right in _by_name(world, plan.before)
        ),
        covered=_names(world, plan.covered),
        missing=_names(world, plan.missing),
        extra=_names(world, plan.extra),
        kept=_names(world, plan.kept),
        exceptions=_exceptions(world, plan),
        losses=_losses(world, plan, author),
        gains=_gains(world, plan),
        proof=_proof(world, plan),
        sees=tuple(
            told.seen(right)
            for right in _by_name(world, plan.sees_after - {role_group})
        ),
        add=tuple(names(world, right) for right in plan.add),
        remove=tuple(names(world, right) for right in plan.remove),
        steps=plan.steps,
    )


def _exceptions(world: Graph, plan: PersonPlan) -> tuple[PlannedException, ...]:
    return tuple(
        PlannedException(
            right=names(world, right),
            key=world.rights[right].key,
            owner=plan.exceptions[right].owner,
            reason=plan.exceptions[right].reason,
            until=plan.exceptions[right].until,
        )
        for right in _by_name(world, plan.exceptions)
    )


def _losses(world: Graph, plan: PersonPlan, author: str) -> tuple[PlannedLoss, ...]:
    return tuple(
        PlannedLoss(
            right=names(world, right),
            reason=plan.losses[right],
            accepted_by=author,
            still_seen="yes, through nesting" if right in plan.sees_after else "no",
        )
        for right in _by_name(world, plan.losses)
    )


def _gains(world: Graph, plan: PersonPlan) -> tuple[PlannedGain, ...]:
    return tuple(
        PlannedGain(
            names(world, right),
            "through the role" if right not in plan.after else "as a member",
        )
        for right in _by_name(world, plan.gains)
    )


def _proof(world: Graph, plan: PersonPlan) -> HoldProof:
    return HoldProof(
        covered=_keys(world, plan.covered & plan.before),
        kept=_keys(world, plan.kept),
        exceptions=_keys(world, plan.before.intersection(plan.exceptions)),
        losses=_keys(world, frozenset(plan.losses) & plan.extra),
    )


def _held(told: _Told, right_id: int, person: PersonRow) -> HeldBefore:
    """Return one right held before; with its place where the person is listed there in an unusual
    spelling.
    """
    world = told.world
    odd = [
        (attribute, value)
        for attribute, value in world.listings(right_id, person.id)
        if value != value_in(attribute, person.uid, person.dn)
    ]
    if not odd:
        return told.held(right_id)
    right, name = world.rights[right_id], names(world, right_id)
    first, *others = (
        OddListing(attribute, tuple(values)) for attribute, values in by_attribute(odd)
    )
    elsewhere = tuple(others) or None
    return HeldBefore(
        name, right.key, right.dn, first.attribute, first.values, elsewhere
    )


def _seen(world: Graph, right_id: int) -> SeenRight:
    right = world.rights[right_id]
    return SeenRight(names(world, right_id), right.key, right.dn, right.lens)


def write_ldif(plans: Path, wave_id: int, plan: PlanDocument) -> None:
    """Write forward and reverse LDIF, so that the plan can be run and taken back without Rung
    (design 5.14).
    """
    plans.mkdir(parents=True, exist_ok=True)
    _write(plans / f"wave-{wave_id}.ldif", _forward(plan))
    _write(plans / f"wave-{wave_id}-reverse.ldif", _reverse(plan))


def _write(file: Path, pieces: Iterable[str]) -> None:
    with file.open("w", encoding="utf-8") as opened:
        opened.writelines(pieces)
