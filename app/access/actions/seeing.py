"""Look at a person in the live directory, through every lens, and compare with what the plan
promised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.access.rules.document import SeenRight
from ldap_sync.dn import fold_or_self
from ldap_sync.port import ReadDirectory
from ldap_sync.values import DirectoryGroup, DirectoryPerson

LENSES = ("direct", "memberof", "recursive")


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of one person, live: keys of the groups that list them, of all groups reached,
    and memberOf.
    """

    direct: frozenset[str]
    reached: frozenset[str]
    memberof: frozenset[str]
    has_memberof: bool
    memberof_nests: bool = False

    def shows(self, right: SeenRight) -> bool:
        """Tell whether an application sees a right of the plan under the lens it looks through."""
        if right.lens == "recursive":
            return right.key in self.reached
        if right.lens == "memberof" and self.has_memberof:
            return fold_or_self(right.dn) in self.memberof
        return right.key in self.direct

    def shows_wrongly(self, right: SeenRight) -> str:
        """Return under which lens a right is still shown that was taken away and that nothing else
        gives, or nothing.

        ``lens`` is how its application looks; memberOf is looked at in any case, as it is kept for
        all.
        """
        if right.key in self.direct:
            return "direct"
        if fold_or_self(right.dn) in self.memberof and not self._follows(right.key):
            return "memberof"
        if right.lens == "recursive" and right.key in self.reached:
            return "recursive"
        return ""

    def _follows(self, key: str) -> bool:
        """Tell whether memberOf rightly shows a group that does not list the person itself."""
        return self.memberof_nests and key in self.reached


def look(
    directory: ReadDirectory,
    person: DirectoryPerson,
    wanted: Iterable[str] = (),
    aside: frozenset[str] = frozenset(),
    also: Iterable[DirectoryGroup] = (),
) -> Sight:
    """Read a person's groups, live.

    Groups above are followed only as far as needed to find the keys ``wanted``.

    The person is seen as if the groups with the keys ``aside`` no longer listed them. ``also`` are
    groups that are known to list them in a spelling that no search for the person finds.
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
        memberof_nests=directory.profile.memberof == "transitive",
    )


def compare(
    sight: Sight, sees: Iterable[SeenRight], removed: Iterable[SeenRight] = ()
) -> list[dict[str, Any]]:
    """Return one line per lens: how many rights were promised and seen, which are missing, which
    are still shown.

    ``removed`` are the rights that were taken away, with the lens under which they must not be seen
    any more.
    """
    promised = list(sees)
    wrongly = [(sight.shows_wrongly(right), right.right) for right in removed]
    return [_line(sight, lens, promised, wrongly) for lens in LENSES]


def _line(
    sight: Sight,
    lens: str,
    promised: Iterable[SeenRight],
    wrongly: Iterable[tuple[str, str]],
) -> dict[str, Any]:
    rights = [right for right in promised if _lens(right) == lens]
    missing = [right.right for right in rights if not sight.shows(right)]
    return {
        "lens": lens,
        "promised": len(rights),
        "seen": len(rights) - len(missing),
        "missing": missing,
        "still_shown": [right for shown_under, right in wrongly if shown_under == lens],
    }


def faults_of(lenses: Iterable[Mapping[str, Any]], kind: str) -> list[str]:
    """Return all rights of one kind of fault, ``missing`` or ``still_shown``, over all lenses."""
    return [right for line in lenses for right in line[kind]]


def still_shown_told(lenses: Iterable[Mapping[str, Any]]) -> str:
    """Say which removed rights are still shown, where, and what to do; nothing where none is."""
    where = [(line["lens"], line["still_shown"]) for line in lenses if line["still_shown"]]
    told = [f"{WHERE[lens]} still shows {', '.join(rights)}" for lens, rights in where]
    if not told:
        return ""
    repair = (
        " Repair memberOf on the directory's page,"
        if any(lens == "memberof" for lens, _ in where)
        else ""
    )
    next_step = f"{repair} then look again, or undo." if repair else " Look again, or undo."
    return f"Taken away, but {'; '.join(told)}. Nothing is lost.{next_step}"


WHERE = {
    "direct": "the group itself",
    "memberof": "memberOf",
    "recursive": "a group within the group",
}
"""Where a right is shown under each lens, in a sentence."""


def _lens(right: SeenRight) -> str:
    return right.lens if right.lens in LENSES else "direct"


def _reached(
    directory: ReadDirectory, groups: Iterable[DirectoryGroup], wanted: frozenset[str]
) -> frozenset[str]:
    waiting = list(groups)
    found = {group.key for group in waiting}
    while waiting and not wanted <= found:
        above = [
            group for group in directory.parents_of(waiting.pop().dn) if group.key not in found
        ]
        found.update(group.key for group in above)
        waiting.extend(above)
    return frozenset(found)
