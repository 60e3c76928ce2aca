"""What an application sees of a person under the lens it looks through (design section 2, effective
access).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.directory.rules import Graph, RightRow, closure_up, follows_nesting

__all__ = [
    "NO_ROLE_GROUP",
    "effective_access",
    "follows_nesting",
    "people_below",
    "with_role_group",
]

NO_ROLE_GROUP = -1
"""Stands for the role's group while the directory does not have one yet."""


def effective_access(
    graph: Graph, direct: Iterable[int], transitive_memberof: bool
) -> frozenset[int]:
    """Return the rights applications grant to a direct member of ``direct``, each under its own
    lens.
    """
    stands_in = frozenset(direct)
    nested = closure_up(graph, stands_in) - stands_in
    return stands_in | {
        r for r in nested if follows_nesting(graph.rights[r].lens, transitive_memberof)
    }


def with_role_group(graph: Graph, role_group: RightRow, nested_in: Iterable[int]) -> Graph:
    """Return the graph as it will be once the role's group exists and is a member of the groups
    ``nested_in``.
    """
    own, above = role_group.id, frozenset(nested_in)
    parents = {**graph.parents, own: graph.parents.get(own, frozenset()) | above}
    children = {**graph.children, own: graph.children.get(own, frozenset())}
    children.update({right: children[right] | {own} for right in above})
    members = {**graph.members, own: graph.members.get(own, frozenset())}
    return replace(
        graph,
        rights={**graph.rights, own: role_group},
        parents=parents,
        children=children,
        members=members,
    )


def people_below(graph: Graph, right_id: int) -> frozenset[int]:
    """Return everybody in a group, directly or through the groups in it; cycles do no harm."""
    found, waiting = {right_id}, [right_id]
    while waiting:
        fresh = graph.children.get(waiting.pop(), frozenset()) - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset().union(*(graph.members.get(group, frozenset()) for group in found))
