"""How well a role fits people: covered, missing, extra (design section 2), and how a draft role
would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.access.rules import effective_access
from app.directory.rules import Graph


@dataclass(frozen=True, slots=True)
class Fit:
    """One person against one role: ``missing`` would be gains, ``extra`` is held outside the
    role.
    """

    person_id: int
    covered: frozenset[int]
    missing: frozenset[int]
    extra: frozenset[int]
    in_role: bool = False

    @property
    def zero_change(self) -> bool:
        """Tell whether the switch would neither give nor leave anything."""
        return not self.missing and not self.extra

    @property
    def order(self) -> tuple[bool, int, int, int]:
        """Sort key: zero change first, then fewest gains, fewest extras, most covered."""
        return (
            not self.zero_change,
            len(self.missing),
            len(self.extra),
            -len(self.covered),
        )


def fit_of(
    graph: Graph,
    rights: frozenset[int],
    person_id: int,
    role_group: int | None,
    transitive_memberof: bool,
) -> Fit:
    """Compare one person with a set of rights.

    Role groups are never extras: they are how rights should be held.
    """
    direct = graph.direct[person_id]
    held = effective_access(graph, direct, transitive_memberof)
    extra = frozenset(
        right
        for right in direct - rights
        if not graph.rights[right].is_role and right != role_group
    )
    return Fit(
        person_id,
        rights & held,
        rights - held,
        extra,
        role_group is not None and role_group in direct,
    )


def fits(
    graph: Graph,
    rights: frozenset[int],
    role_group: int | None,
    transitive_memberof: bool,
) -> list[Fit]:
    """Compare everybody who holds at least one of ``rights`` (or stands in the role) with the role,
    best fit first.
    """
    holders = frozenset().union(*(graph.members[right] for right in rights))
    holders |= graph.members.get(role_group or 0, frozenset())
    same: dict[frozenset[int], frozenset[int]] = {}
    found = [
        _sparing(fit_of(graph, rights, person, role_group, transitive_memberof), same)
        for person in holders
    ]
    return sorted(
        found,
        key=lambda fit: (*fit.order, graph.people[fit.person_id].name, fit.person_id),
    )


def _sparing(fit: Fit, same: dict[frozenset[int], frozenset[int]]) -> Fit:
    """Let people who have the same in common share one set of it: fits are kept for a while."""
    return replace(
        fit,
        covered=same.setdefault(fit.covered, fit.covered),
        missing=same.setdefault(fit.missing, fit.missing),
        extra=same.setdefault(fit.extra, fit.extra),
    )


@dataclass(frozen=True, slots=True)
class DraftCount:
    """Whom a draft role would cover: people with exactly these rights, and people with one right
    more.
    """

    fully: tuple[int, ...]
    with_one_exception: tuple[int, ...]


def count_draft(
    direct: Mapping[int, frozenset[int]],
    rights: frozenset[int],
    ignored: Iterable[int] = (),
) -> DraftCount:
    """Tell whom a draft would cover with no change at all, and whom with one exception.

    ``ignored`` are role groups.
    """
    if not rights:
        return DraftCount((), ())
    aside = frozenset(ignored)
    over = {
        person: len(held - rights - aside)
        for person, held in direct.items()
        if rights <= held
    }
    return DraftCount(
        tuple(person for person, more in over.items() if more == 0),
        tuple(person for person, more in over.items() if more == 1),
    )
