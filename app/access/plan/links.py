"""The links of a role's group: those that begin, those that a new version ends, and why that cannot
be. A link is everybody's at once, so nobody in the group may be left out of a new version.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.access.plan.values import LeftOutOfPlan
from app.access.rules import (
    PREPARE,
    PlannedStep,
    RoleShape,
    Terrain,
    people_below,
)
from app.core.said import said
from app.directory.rules import Graph, names
from ldap_sync.values import DirectoryChange


def in_order(graph: Graph, rights: frozenset[int]) -> list[int]:
    """Return rights by their names."""
    return sorted(rights, key=lambda right: (names(graph, right).lower(), right))


def links_to_begin(
    graph: Graph, role: RoleShape, nested: frozenset[int]
) -> list[PlannedStep]:
    """Return the steps that make the role's group and put it into the rights' groups; they change
    nobody's access.
    """
    steps = []
    if role.new_group is not None:
        steps.append(
            PlannedStep(
                PREPARE,
                role.group.cn,
                f"Create the role's group {role.group.cn}.",
                role.new_group,
            )
        )
    for right_id in in_order(
        graph, nested - graph.parents.get(role.group.id, frozenset())
    ):
        right, name = graph.rights[right_id], names(graph, right_id)
        change = DirectoryChange(
            right.key, right.dn, right.attribute, add=(role.group.dn,)
        )
        steps.append(
            PlannedStep(
                PREPARE,
                name,
                f"Make the role's group {role.group.cn} a member of {name}.",
                change,
            )
        )
    return steps


def links_let_go(graph: Graph, role: RoleShape) -> frozenset[int]:
    """Return the rights of earlier versions that the role's group is still a member of."""
    linked = graph.parents.get(role.group.id, frozenset())
    return (linked & role.former) - role.rights


def links_to_end(
    graph: Graph, role: RoleShape, let_go: Collection[int], terrain: Terrain
) -> list[PlannedStep]:
    """Return the steps that take the role's group out of rights of earlier versions."""
    steps = []
    for right_id in in_order(graph, frozenset(let_go)):
        right, name = graph.rights[right_id], names(graph, right_id)
        filler = terrain.placeholders[:1] if _empties(graph, right_id) else ()
        change = DirectoryChange(
            right.key, right.dn, right.attribute, add=filler, delete=(role.group.dn,)
        )
        sentence = f"Take the role's group {role.group.cn} out of {name}."
        steps.append(PlannedStep(PREPARE, name, sentence, change))
    return steps


def links_refused(
    graph: Graph,
    world: Graph,
    role: RoleShape,
    let_go: Collection[int],
    terrain: Terrain,
) -> tuple[str, ...]:
    """Return why the group cannot leave a right: it is the last one in it."""
    if terrain.placeholders:
        return ()
    return tuple(
        said(
            "%(group)s is the last member of %(right)s, which must not be empty; name a "
            "placeholder member first.",
            group=role.group.cn,
            right=names(world, right),
        )
        for right in sorted(let_go)
        if _empties(graph, right)
    )


def everybody_or_nobody(
    graph: Graph,
    role: RoleShape,
    wanted: Collection[int],
    left_out: Iterable[LeftOutOfPlan],
) -> tuple[str, ...]:
    """Return who is in the role's group and not in the plan: they would get the version unasked."""
    found = [
        said("%(name)s cannot come along: %(why)s", name=one.person.name, why=one.why)
        for one in left_out
    ]
    inside = people_below(graph, role.group.id)
    found += [
        said(
            "%(name)s is in the group %(group)s and was not moved by Rung; take them in or out "
            "first.",
            name=graph.people[person].name,
            group=role.group.cn,
        )
        for person in sorted(inside - set(wanted))
    ]
    return tuple(found)


def _empties(graph: Graph, right_id: int) -> bool:
    right = graph.rights[right_id]
    if not right.needs_member:
        return False
    others = right.placeholders + right.dangling + right.others
    children = graph.children.get(right_id, frozenset())
    return not graph.members.get(right_id) and len(children) <= 1 and not others
