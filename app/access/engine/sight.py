"""What is seen of a person in the live directory, through every lens, held against what the plan
promised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.access.document import (
    HeldBefore,
    LensSeen,
    OddListing,
    PlannedPerson,
    SeenRight,
)
from ldap_sync.dn import fold_or_self
from ldap_sync.looks import GroupName, LiveLook, Sought
from ldap_sync.port import ReadDirectory
from ldap_sync.values import (
    DirectoryChange,
    DirectoryGroup,
    DirectoryPerson,
    MemberPresence,
)

LENSES = ("direct", "memberof", "recursive")
WHERE = {
    "direct": "the group itself",
    "memberof": "memberOf",
    "recursive": "a group within the group",
}
"""Where a right is shown under each lens, in a sentence."""

PATIENCE = 10
PAUSE_SECONDS = 0.5
"""How often, and how long apart, a person is looked at again: on some servers memberOf follows a
moment later.
"""


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


class Glance:
    """One look at several people of a plan, live: all are asked about together, and what stands
    above a group once for all.
    """

    def __init__(
        self, directory: ReadDirectory, people: Iterable[PlannedPerson]
    ) -> None:
        self.directory = directory
        sought = [Sought(one.key, one.dn, one.person) for one in people]
        looks = directory.looks(sought)
        self._looks = {one.key: look for one, look in zip(sought, looks, strict=True)}
        self._above: dict[str, tuple[DirectoryGroup, ...]] = {}

    def look(self, planned: PlannedPerson) -> LiveLook | None:
        """Return what the directory shows of one of them; nothing when the entry is gone."""
        return self._looks[planned.key]

    def above(self, dn: str) -> tuple[DirectoryGroup, ...]:
        """Return the groups that list a group as a value."""
        if dn not in self._above:
            self._above[dn] = self.directory.parents_of(dn)
        return self._above[dn]


def sight_of(
    glance: Glance,
    planned: PlannedPerson,
    aside: frozenset[str] = frozenset(),
) -> tuple[DirectoryPerson | None, Sight | None]:
    """Return a person of the plan and what applications see of them now, live; nothing when the
    entry is gone.

    Groups with the keys ``aside`` are looked through, as if they no longer listed the person.
    """
    directory, look = glance.directory, glance.look(planned)
    if look is None:
        return None, None
    wanted = {right.key for right in planned.sees if right.lens == "recursive"}
    wanted |= {right.key for right in planned.sees if right.key in aside}
    profile = directory.profile
    if profile.memberof == "transitive":
        wanted |= planned.taken_away
    also = _oddly_listing(directory, planned)
    return look.person, _sight(glance, look, frozenset(wanted), aside, also)


def compare(
    sight: Sight, sees: Iterable[SeenRight], removed: Iterable[SeenRight] = ()
) -> tuple[LensSeen, ...]:
    """Return one line per lens: how many rights were promised and seen, which are missing, which
    are still shown.

    ``removed`` are the rights that were taken away, with the lens under which they must not be seen
    any more.
    """
    promised = list(sees)
    wrongly = [(sight.shows_wrongly(right), right.right) for right in removed]
    return tuple(_line(sight, lens, promised, wrongly) for lens in LENSES)


def missing_in(lenses: Iterable[LensSeen]) -> list[str]:
    """Return all rights that were promised and not seen, over all lenses."""
    return [right for line in lenses for right in line.missing]


def waits_for_memberof(lenses: Iterable[LensSeen]) -> bool:
    """Tell whether something is wrong that time alone may put right: what memberOf shows or does
    not show yet.
    """
    return any(
        line.lens == "memberof" and (line.missing or line.still_shown)
        for line in lenses
    )


def still_shown_told(lenses: Iterable[LensSeen]) -> str:
    """Say which removed rights are still shown, where, and what to do; nothing where none is."""
    where = [line for line in lenses if line.still_shown]
    told = [
        f"{WHERE[line.lens]} still shows {', '.join(line.still_shown)}"
        for line in where
    ]
    if not told:
        return ""
    behind = any(line.lens == "memberof" for line in where)
    repair = " Repair memberOf on the directory's page," if behind else ""
    next_step = (
        f"{repair} then look again, or undo." if repair else " Look again, or undo."
    )
    return f"Taken away, but {'; '.join(told)}. Nothing is lost.{next_step}"


def why_stale(planned: PlannedPerson, person: DirectoryPerson | None) -> str:
    """Return why a plan does not hold for a person any more, or nothing."""
    if person is None:
        return "Is no longer in the directory."
    if (
        person.disabled and planned.add
    ):  # whom nothing is given, may lose rights all the same
        return "The account was disabled since the plan."
    if person.dn != planned.dn:
        return f"Was renamed or moved since the plan, to {person.dn}."
    return ""


def changed_since(planned: PlannedPerson, direct: frozenset[str]) -> str:
    """Say how the rights a person holds differ from those of the plan, or nothing."""
    before = {held.key: held.right for held in planned.before}
    lost = sorted(name for key, name in before.items() if key not in direct)
    more = len(direct - before.keys())
    told = [f"no longer in {', '.join(lost)}"] if lost else []
    told += [f"in {more} more group{'s' if more > 1 else ''}"] if more else []
    return f"Changed since the plan: {' and '.join(told)}." if told else ""


def _sight(
    glance: Glance,
    look: LiveLook,
    wanted: frozenset[str],
    aside: frozenset[str],
    also: Iterable[GroupName],
) -> Sight:
    """Return what a look at a person means.

    Groups above are followed only as far as needed to find the keys ``wanted``. ``also`` are groups
    that are known to list the person in a spelling that no search for the person finds.
    """
    listing = [*look.groups, *also]
    groups = [group for group in listing if group.key not in aside]
    reached = _reached(glance, groups, wanted)
    hidden = {
        fold_or_self(group.dn) for group in listing if group.key in aside - reached
    }
    profile = glance.directory.profile
    return Sight(
        direct=frozenset(group.key for group in groups),
        reached=reached,
        memberof=look.memberof - hidden,
        has_memberof=profile.memberof != "none",
        memberof_nests=profile.memberof == "transitive",
    )


def _oddly_listing(directory: ReadDirectory, planned: PlannedPerson) -> list[GroupName]:
    """Return the groups that still list a person in the unusual spelling they had when the plan was
    made.
    """
    return [
        GroupName(held.key, held.dn or "")
        for held in planned.before
        for odd in held.listings
        if _still_lists(directory, held, odd)
    ]


def _still_lists(directory: ReadDirectory, held: HeldBefore, odd: OddListing) -> bool:
    taking = DirectoryChange(held.key, held.dn or "", odd.attribute, delete=odd.values)
    return directory.presence(taking) is MemberPresence.BEFORE


def _line(
    sight: Sight,
    lens: str,
    promised: Iterable[SeenRight],
    wrongly: Iterable[tuple[str, str]],
) -> LensSeen:
    rights = [right for right in promised if _lens(right) == lens]
    missing = [right.right for right in rights if not sight.shows(right)]
    return LensSeen(
        lens=lens,
        promised=len(rights),
        seen=len(rights) - len(missing),
        missing=tuple(missing),
        still_shown=tuple(
            right for shown_under, right in wrongly if shown_under == lens
        ),
    )


def _lens(right: SeenRight) -> str:
    return right.lens if right.lens in LENSES else "direct"


def _reached(
    glance: Glance, groups: Sequence[GroupName], wanted: frozenset[str]
) -> frozenset[str]:
    found = {group.key for group in groups}
    waiting = [group.dn for group in groups]
    while waiting and not wanted <= found:
        above = [
            group for group in glance.above(waiting.pop()) if group.key not in found
        ]
        found.update(group.key for group in above)
        waiting.extend(group.dn for group in above)
    return frozenset(found)
