"""What changes when rights are given and taken one by one (design 5.1, 5.8, 5.13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from app.access.plan.rules import Planner
from app.access.plan.values import (
    KeptOutside,
    LeftOutOfPlan,
    PersonPlan,
    PlanChoices,
    WavePlan,
)
from app.access.rules import RoleShape, Terrain, effective_access, off_limits, stand_in
from app.directory.rules import Graph, PersonRow, names

NOTHING = frozenset[int]()


@dataclass(frozen=True, slots=True)
class OneByOne:
    """What changes for one person: rights to give, by id, and rights to take, each with the reason.

    A right that is given with a date ends by itself then; one without a date stays. So does a right
    to ``keep``, which is held already.
    """

    person: int
    give: Mapping[int, KeptOutside] = field(default_factory=dict)
    take: Mapping[int, str] = field(default_factory=dict)
    keep: Mapping[int, KeptOutside] = field(default_factory=dict)


def no_role(name: str) -> RoleShape:
    """Return what stands where a plan needs a role, and is none."""
    group = stand_in(
        "",
        "",
        "member",
        needs_member=False,
    )
    return RoleShape(
        name,
        NOTHING,
        False,
        group,
    )


def plan_single(
    graph: Graph, name: str, orders: Iterable[OneByOne], terrain: Terrain
) -> WavePlan:
    """Work out what the orders change; who cannot be touched is left out with the reason.

    Pure: the same inputs give the same plan.
    """
    nobody = PlanChoices(
        default=KeptOutside(
            "",
            "",
            "",
        )
    )
    planner = SinglePlanner(
        graph,
        graph,
        no_role(name),
        NOTHING,
        nobody,
        terrain,
    )
    results = [planner.turned(order) for order in orders]
    return WavePlan(
        prepare=(),
        people=tuple(one for one in results if isinstance(one, PersonPlan)),
        left_out=tuple(one for one in results if isinstance(one, LeftOutOfPlan)),
        world=graph,
    )


class SinglePlanner(Planner):
    """Plans single rights of person after person, by the steps and refusals of every plan."""

    def turned(self, order: OneByOne) -> PersonPlan | LeftOutOfPlan:
        """Return one person's part, or why nothing can be changed."""
        person = self.graph.people[order.person]
        before = self.graph.direct[person.id]
        give = frozenset(order.give) - before
        take = frozenset(order.take) & before
        keep = frozenset(order.keep) & (before - take)
        ends = {right: order.give[right] for right in give if order.give[right].until}
        ends |= {right: order.keep[right] for right in keep}
        why = self._refused(
            person,
            give | keep,
            take,
        )
        if why:
            return LeftOutOfPlan(person, why)
        after = (before - take) | give
        seen, will_see = (self._seen(held) for held in (before, after))
        lost = {right: _why(order.take) for right in seen - will_see}
        lost |= {right: order.take[right] for right in take}
        self.choices = replace(
            self.choices,
            accept_all_gains=True,
            gains=frozenset((person.id, right) for right in give),
            losses={(person.id, right): reason for right, reason in lost.items()},
        )
        why = self._objection(
            person,
            seen,
            will_see,
            take,
        )
        why = why or self._of_a_role(person, seen - will_see)
        if why:
            return LeftOutOfPlan(person, why)
        add, gone = self._ordered(give), self._ordered(take)
        steps = *self._on(person, [*add]), *self._off(person, [*gone])
        for right in take:  # after the steps, which say who is the last in a group
            own = self._own(right, person.id)
            self.taken[right] = self.taken.get(right, 0) + own
        return PersonPlan(
            person=person,
            before=before,
            covered=NOTHING,
            missing=NOTHING,
            extra=take,
            kept=before - take - keep,
            exceptions=ends,
            losses=lost,
            gains=will_see - seen,
            after=after,
            sees_before=seen,
            sees_after=will_see,
            add=add,
            remove=gone,
            steps=steps,
        )

    def _refused(
        self, person: PersonRow, give: frozenset[int], take: frozenset[int]
    ) -> str:
        """Return why this person may not be touched; who has left may still lose rights."""
        if not give and not take:
            return "There is nothing to change: it is so already."
        known = person if give else replace(person, disabled=False)
        return (
            off_limits(known, self.terrain)
            or self._primary(person, give | take)
            or self._not_taken(person, [*self._ordered(give)])
        )

    def _of_a_role(self, person: PersonRow, lost: frozenset[int]) -> str:
        """Return why rights may not go that a role of the person gives; nobody works who left."""
        mine = self.terrain.other_roles.get(person.id, NOTHING)
        if person.disabled or not lost & mine:
            return ""
        named = self._told(lost & mine)
        return f"{named} belongs to a role of this person; undo that move instead."

    def _primary(self, person: PersonRow, rights: frozenset[int]) -> str:
        rows = (self.graph.rights[right] for right in rights)
        primary = person.primary_group
        found = [row for row in rows if primary and row.key == primary]
        if not found:
            return ""
        named = names(self.graph, found[0].id)
        return f"{named} is the primary group, which cannot be changed."

    def _seen(self, held: frozenset[int]) -> frozenset[int]:
        return effective_access(
            self.graph,
            held,
            self.terrain.transitive_memberof,
        )

    def _ordered(self, rights: frozenset[int]) -> tuple[int, ...]:
        return tuple(sorted(rights, key=lambda right: names(self.graph, right).lower()))


def _why(take: Mapping[int, str]) -> str:
    """Return why something is lost along with what is taken."""
    return next(iter(take.values()), "")
