"""What a composite service is made of: no service may need itself, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable

Edge = tuple[int, int]
"""A composite and one part it needs."""


def needed_by(edges: Iterable[Edge]) -> dict[int, list[int]]:
    """Return the parts of each composite, in the order given."""
    found: dict[int, list[int]] = {}
    for service, part in edges:
        found.setdefault(service, []).append(part)
    return found


def closure(edges: Iterable[Edge], start: int) -> frozenset[int]:
    """Return everything ``start`` needs, directly or through others; without ``start`` unless it
    needs itself.
    """
    parts, waiting, found = needed_by(edges), [start], set[int]()
    while waiting:
        fresh = set(parts.get(waiting.pop(), ())) - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found)


def would_cycle(edges: Iterable[Edge], service: int, part: int) -> bool:
    """Tell whether a service would need itself if it needed ``part``."""
    return service == part or service in closure(edges, part)


def levels(edges: Iterable[Edge], start: int) -> dict[int, int]:
    """Return how deep everything below ``start`` stands: one deeper than the deepest that needs it;
    ``start`` is 0.
    """
    parts, depth = needed_by(edges), {start: 0}
    waiting = [start]
    while waiting:
        service = waiting.pop()
        for part in parts.get(service, ()):
            if depth.get(part, 0) < depth[service] + 1:
                depth[part] = depth[service] + 1
                waiting.append(part)
    return depth


def reversed_edges(edges: Iterable[Edge]) -> list[Edge]:
    """Return the same with the arrows turned round: who is needed by whom."""
    return [(part, service) for service, part in edges]
