"""The plan as it is kept: plain data in one canonical text, its hash, its proof, its LDIF (design
5.6, 5.14).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.access.rules.plan import nested_rights, privileged_in
from app.access.rules.plan_values import LeftOutOfPlan, PersonPlan, RoleShape, WavePlan
from app.access.rules.steps import PlannedStep, as_change, as_data, reversed_changes
from app.directory.rules import Graph, PersonRow, by_attribute, names
from ldap_sync.ldif import render_changes
from ldap_sync.values import value_in

Document = dict[str, Any]


def document(
    graph: Graph,
    plan: WavePlan,
    role: RoleShape,
    head: Mapping[str, Any],
    transitive_memberof: bool,
) -> Document:
    """Return the plan as plain data.

    ``head``: directory, role, role_version, realisation, author, and ``idle``, the values in the
    role's group that stand for nobody.
    """
    world = plan.world or graph
    nested = nested_rights(graph, role, transitive_memberof)
    return {
        **head,
        "role_group": _role_group(graph, role, head["idle"]),
        "rights": [_right(graph, right, right in nested) for right in _by_name(graph, role.rights)],
        "prepare": [_step(step) for step in plan.prepare],
        "people": [
            _person(world, person, role.group.id, str(head["author"])) for person in plan.people
        ],
        "left_out": [_left_out(item) for item in plan.left_out],
        "privileged": sorted(
            {name for person in plan.people for name in privileged_in(world, person)}
        ),
    }


def proves(person: Mapping[str, Any]) -> bool:
    """Check one person's proof: what was held before is exactly covered + kept + exceptions +
    accepted losses.
    """
    before = sorted(item["key"] for item in person["before"])
    parts = [*person["proof"]["covered"], *person["proof"]["kept"], *person["proof"]["exceptions"]]
    return before == sorted([*parts, *person["proof"]["losses"]])


def losses(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return every accepted loss with whose it is."""
    return [
        {"person": person["person"], **loss}
        for person in content["people"]
        for loss in person["losses"]
    ]


def gains(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return every accepted gain with whose it is."""
    return [
        {"person": person["person"], **gain}
        for person in content["people"]
        for gain in person["gains"]
    ]


def all_steps(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the steps of the whole plan in the order they run: first the role, then person after
    person.
    """
    return [
        *content["prepare"],
        *(step for person in content["people"] for step in person["steps"]),
    ]


def forward_ldif(content: Mapping[str, Any]) -> str:
    """Return the plan as change records for ``ldapmodify``."""
    header = f"Rung plan {content['role']} v{content['role_version']}: apply"
    return render_changes((as_change(step["change"]) for step in all_steps(content)), header)


def reverse_ldif(content: Mapping[str, Any]) -> str:
    """Return what takes the plan back with ``ldapmodify -c``; the role's group itself stays,
    emptied.
    """
    header = (
        f"Rung plan {content['role']} v{content['role_version']}: take back (run with ldapmodify "
        "-c)"
    )
    changes = [as_change(step["change"]) for step in all_steps(content)]
    return render_changes(reversed_changes(changes), header)


def _by_name(graph: Graph, rights: Iterable[int]) -> list[int]:
    return sorted(rights, key=lambda right: (names(graph, right).lower(), right))


def _names(graph: Graph, rights: Iterable[int]) -> list[str]:
    return [names(graph, right) for right in _by_name(graph, rights)]


def _role_group(graph: Graph, role: RoleShape, idle: list[str]) -> dict[str, Any]:
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
    kept = {"cn": group.cn, "dn": group.dn, "key": group.key, "create": role.new_group is not None}
    return {**kept, "values": sorted(values), "idle": sorted([*idle, group.dn])}


def _right(graph: Graph, right_id: int, nested: bool) -> dict[str, Any]:
    right = graph.rights[right_id]
    held = "nested" if nested else "materialised"
    return {
        "right": names(graph, right_id),
        "key": right.key,
        "dn": right.dn,
        "lens": right.lens,
        "held": held,
    }


def _person(world: Graph, plan: PersonPlan, role_group: int, author: str) -> dict[str, Any]:
    def keys(rights: Iterable[int]) -> list[str]:
        return sorted(world.rights[right].key for right in rights)

    return {
        "person": plan.person.uid,
        "name": plan.person.name,
        "key": plan.person.key,
        "dn": plan.person.dn,
        "before": [_held(world, r, plan.person) for r in _by_name(world, plan.before)],
        "covered": _names(world, plan.covered),
        "missing": _names(world, plan.missing),
        "extra": _names(world, plan.extra),
        "kept": _names(world, plan.kept),
        "exceptions": [
            {
                "right": names(world, r),
                "key": world.rights[r].key,
                "owner": plan.exceptions[r].owner,
                "reason": plan.exceptions[r].reason,
                "until": plan.exceptions[r].until,
            }
            for r in _by_name(world, plan.exceptions)
        ],
        "losses": [
            {
                "right": names(world, r),
                "reason": plan.losses[r],
                "accepted_by": author,
                "still_seen": "yes, through nesting" if r in plan.sees_after else "no",
            }
            for r in _by_name(world, plan.losses)
        ],
        "gains": [
            {
                "right": names(world, r),
                "how": "through the role" if r not in plan.after else "as a member",
            }
            for r in _by_name(world, plan.gains)
        ],
        "proof": {
            "covered": keys(plan.covered & plan.before),
            "kept": keys(plan.kept),
            "exceptions": keys(plan.exceptions),
            "losses": keys(frozenset(plan.losses) & plan.extra),
        },
        "sees": [_seen(world, right) for right in _by_name(world, plan.sees_after - {role_group})],
        "add": _names_in_order(world, plan.add),
        "remove": _names_in_order(world, plan.remove),
        "steps": [_step(step) for step in plan.steps],
    }


def _held(world: Graph, right_id: int, person: PersonRow) -> dict[str, Any]:
    """Return one right held before; with its place where the person is listed there in an unusual
    spelling.
    """
    right, held = (
        world.rights[right_id],
        {"right": names(world, right_id), "key": world.rights[right_id].key},
    )
    odd = [
        (attribute, value)
        for attribute, value in world.listings(right_id, person.id)
        if value != value_in(attribute, person.uid, person.dn)
    ]
    if not odd:
        return held
    first, *others = (
        {"attribute": attribute, "values": list(values)} for attribute, values in by_attribute(odd)
    )
    return {**held, "dn": right.dn, **first, **({"elsewhere": others} if others else {})}


def _seen(world: Graph, right_id: int) -> dict[str, str]:
    right = world.rights[right_id]
    return {"right": names(world, right_id), "key": right.key, "dn": right.dn, "lens": right.lens}


def _names_in_order(graph: Graph, rights: Iterable[int]) -> list[str]:
    return [names(graph, right) for right in rights]


def _left_out(item: LeftOutOfPlan) -> dict[str, str]:
    return {"person": item.person.uid, "name": item.person.name, "why": item.why}


def _step(step: PlannedStep) -> dict[str, Any]:
    return {
        "phase": step.phase,
        "right": step.right,
        "sentence": step.sentence,
        "change": as_data(step.change),
    }
