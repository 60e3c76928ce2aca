"""Look at a person in the live directory, through every lens, and compare with what the plan promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ldap_sync.dn import fold_or_self
from ldap_sync.port import ReadDirectory
from ldap_sync.values import Group, Person

LENSES = ("direct", "memberof", "recursive")


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of one person, live: keys of the groups that list them, of all groups reached, and memberOf."""

    direct: frozenset[str]
    reached: frozenset[str]
    memberof: frozenset[str]
    has_memberof: bool

    def shows(self, right: Mapping[str, str]) -> bool:
        """Tell whether an application sees a right of the plan under the lens it looks through."""
        if right["lens"] == "recursive":
            return right["key"] in self.reached
        if right["lens"] == "memberof" and self.has_memberof:
            return fold_or_self(right["dn"]) in self.memberof
        return right["key"] in self.direct


def look(
    directory: ReadDirectory, person: Person, wanted: Iterable[str] = (), aside: frozenset[str] = frozenset(),
    also: Iterable[Group] = (),
) -> Sight:  # fmt: skip
    """Read a person's groups, live. Groups above are followed only as far as needed to find the keys ``wanted``.

    The person is seen as if the groups with the keys ``aside`` no longer listed them. ``also`` are groups that are
    known to list them in a spelling that no search for the person finds.
    """
    listing = [*directory.groups_of(person), *also]
    groups = [group for group in listing if group.key not in aside]
    reached = _reached(directory, groups, frozenset(wanted))
    hidden = {fold_or_self(group.dn) for group in listing if group.key in aside - reached}
    return Sight(
        direct=frozenset(group.key for group in groups),
        reached=reached,
        memberof=directory.memberof(person) - hidden,
        has_memberof=directory.profile.memberof != "none",
    )


def compare(sight: Sight, sees: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return one line per lens: how many rights were promised, how many are seen, which are missing."""
    promised = list(sees)
    lines = []
    for lens in LENSES:
        rights = [right for right in promised if _lens(right) == lens]
        missing = [right["right"] for right in rights if not sight.shows(right)]
        lines.append({"lens": lens, "promised": len(rights), "seen": len(rights) - len(missing), "missing": missing})
    return lines


def _lens(right: Mapping[str, str]) -> str:
    return right["lens"] if right["lens"] in LENSES else "direct"


def _reached(directory: ReadDirectory, groups: Iterable[Group], wanted: frozenset[str]) -> frozenset[str]:
    waiting = list(groups)
    found = {group.key for group in waiting}
    while waiting and not wanted <= found:
        above = [group for group in directory.parents_of(waiting.pop().dn) if group.key not in found]
        found.update(group.key for group in above)
        waiting.extend(above)
    return frozenset(found)
