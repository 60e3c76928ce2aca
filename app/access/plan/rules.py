"""The plan of a wave: what changes for whom, nothing lost or gained that nobody accepted (design
5.1, 5.6, 5.8).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.access.plan.links import (
    everybody_or_nobody,
    in_order,
    links_let_go,
    links_refused,
    links_to_begin,
    links_to_end,
)
from app.access.plan.values import LeftOutOfPlan, PersonPlan, PlanChoices, WavePlan
from app.access.rules import (
    DIRECT_OFF,
    ROLE_ON,
    PlannedStep,
    RoleShape,
    Terrain,
    effective_access,
    nested_rights,
    off_limits,
    people_below,
    scope_objection,
    with_role_group,
)
from app.directory.rules import Graph, PersonRow, RightRow, by_attribute, names
from ldap_sync.values import DirectoryChange


def plan_wave(
    graph: Graph,
    role: RoleShape,
    people: Iterable[int],
    choices: PlanChoices,
    terrain: Terrain,
) -> WavePlan:
    """Work out the whole wave from the last complete reading.

    Pure: the same inputs give the same plan.
    """
    nested = nested_rights(graph, role, terrain.transitive_memberof)
    let_go = links_let_go(graph, role) if choices.versions else frozenset()
    world = with_role_group(graph, role.group, nested, let_go)
    wanted = tuple(people)
    refusals = _refusals(graph, world, role, terrain, choices.gains_of(wanted))
    refusals += links_refused(graph, world, role, let_go, terrain)
    if refusals:
        return WavePlan((), (), (), refusals, world)
    planner = Planner(graph, world, role, nested, choices, terrain)
    results = _in_own_wave(world, [planner.person(person_id) for person_id in wanted])
    left = [one for one in results if isinstance(one, LeftOutOfPlan)]
    if choices.versions and world.parents != graph.parents:
        refusals = everybody_or_nobody(graph, role, wanted, left)
        if refusals:
            return WavePlan((), (), (), refusals, world)
    links = links_to_end(graph, role, let_go, terrain)
    return WavePlan(
        prepare=(*links_to_begin(graph, role, nested), *links),
        people=tuple(result for result in results if isinstance(result, PersonPlan)),
        left_out=tuple(left),
        world=world,
    )


def _in_own_wave(
    world: Graph, results: list[PersonPlan | LeftOutOfPlan]
) -> list[PersonPlan | LeftOutOfPlan]:
    """Leave out whom the plan touches in a privileged right, unless it does so with everybody in
    it.
    """
    plain = [
        one
        for one in results
        if isinstance(one, PersonPlan) and not privileged_in(world, one)
    ]
    return [_aside(world, one) if plain else one for one in results]


def _aside(
    world: Graph, result: PersonPlan | LeftOutOfPlan
) -> PersonPlan | LeftOutOfPlan:
    touched = privileged_in(world, result) if isinstance(result, PersonPlan) else ()
    if not touched:
        return result
    return LeftOutOfPlan(
        result.person,
        f"Touches the privileged {', '.join(touched)}; plan a wave of its own for that.",
    )


def privileged_in(world: Graph, plan: PersonPlan) -> tuple[str, ...]:
    """Return the names of the privileged rights that a person gains, loses, or is taken out of or
    put into.
    """
    touched = {*plan.add, *plan.remove, *plan.gains, *plan.losses}
    privileged = frozenset(right for right in touched if world.rights[right].privileged)
    return tuple(names(world, right) for right in in_order(world, privileged))


def _refusals(
    graph: Graph,
    world: Graph,
    role: RoleShape,
    terrain: Terrain,
    accepted: frozenset[tuple[int, int]],
) -> tuple[str, ...]:
    """Return why the role itself cannot be applied; above all because people who are in it already
    would gain what nobody accepted for them by name.
    """
    found = [] if role.rights else ["The role has no rights."]
    fresh = world.parents[role.group.id] - graph.parents.get(role.group.id, frozenset())
    if fresh and role.group.others:
        found.append(
            f"The group {role.group.cn} lists {role.group.others} that are no people, such as "
            "computers or accounts of "
            "another domain: they would gain its rights at once. Take them out first."
        )
    objections = (
        scope_objection(graph.rights[right], role.group)
        for right in in_order(graph, fresh)
    )
    found += filter(None, objections)
    for person_id in sorted(people_below(world, role.group.id)):
        person, direct = graph.people[person_id], graph.direct[person_id]
        before = effective_access(graph, direct, terrain.transitive_memberof)
        gained = (
            effective_access(world, direct, terrain.transitive_memberof)
            - before
            - {role.group.id}
        )
        gained = frozenset(r for r in gained if (person_id, r) not in accepted)
        if gained:
            told = ", ".join(sorted(names(world, right) for right in gained))
            found.append(
                f"{person.name} is already in the group {role.group.cn} and would gain {told} "
                "at once."
            )
    return tuple(found)


@dataclass(slots=True)
class Planner:
    """Plans person after person, remembering how many values earlier people take out of each
    group.
    """

    graph: Graph
    world: Graph
    role: RoleShape
    nested: frozenset[int]
    choices: PlanChoices
    terrain: Terrain
    taken: dict[int, int] = field(default_factory=dict)
    listed: dict[int, int] = field(default_factory=dict)

    def person(self, person_id: int) -> PersonPlan | LeftOutOfPlan:
        """Return one person's part of a move into the role, or why there is none."""
        person = self.graph.people[person_id]
        why = off_limits(person, self.terrain) or self._primary_group(person)
        return LeftOutOfPlan(person, why) if why else self._planned(person)

    def _primary_group(self, person: PersonRow) -> str:
        primary = [
            r
            for r in self.role.rights
            if person.primary_group and self.graph.rights[r].key == person.primary_group
        ]
        return (
            f"{names(self.graph, primary[0])} is the primary group, which cannot be changed."
            if primary
            else ""
        )

    def _planned(self, person: PersonRow) -> PersonPlan | LeftOutOfPlan:
        before = self.graph.direct[person.id]
        sees_before = effective_access(
            self.graph, before, self.terrain.transitive_memberof
        )
        missing = self.role.rights - sees_before
        kept = self._kept(person.id, before)
        extra = before - self.role.rights - kept
        losses = {
            r: t
            for r in extra
            if (t := self.choices.loss_reason(person.id, r)) is not None
        }
        removed = (self.nested & before) | losses.keys()
        materialised_gains = (missing - self.nested) | self._restored(person.id, before)
        after = (before - removed) | {self.role.group.id} | materialised_gains
        sees_after = effective_access(
            self.world, after, self.terrain.transitive_memberof
        )
        why = self._objection(person, sees_before, sees_after, removed)
        if why:
            return LeftOutOfPlan(person, why)
        add = [] if self.role.group.id in before else [self.role.group.id]
        add += in_order(self.graph, materialised_gains)
        why = self._not_taken(person, add)
        if why:
            return LeftOutOfPlan(person, why)
        gone = in_order(self.graph, frozenset(removed))
        inside = self.choices.repairs and self.role.group.id in before
        if not add and not gone and not inside:
            return LeftOutOfPlan(
                person,
                "There is nothing to change: the role and its rights are in place.",
            )
        lost = sees_before - sees_after
        plan = PersonPlan(
            person=person,
            before=before,
            covered=sees_before & self.role.rights,
            missing=missing,
            extra=extra,
            kept=kept,
            exceptions={
                r: self.choices.kept.get((person.id, r), self.choices.default)
                for r in extra - losses.keys()
            },
            losses={
                r: self.choices.loss_reason(person.id, r) or ""
                for r in lost | losses.keys()
            },
            gains=sees_after - sees_before - {self.role.group.id},
            after=after,
            sees_before=sees_before,
            sees_after=sees_after,
            add=tuple(add),
            remove=tuple(gone),
            steps=(*self._on(person, add), *self._off(person, gone)),
        )
        for right in removed:
            own = self._own(right, person.id)
            self.taken[right] = self.taken.get(right, 0) + own
        return plan

    def _restored(self, person_id: int, before: frozenset[int]) -> frozenset[int]:
        """Return the rights outside the role that somebody gets back as they were promised."""
        found = self.choices.restored_to(person_id) & self.graph.rights.keys()
        return found - before - self.role.rights

    def _not_taken(self, person: PersonRow, add: list[int]) -> str:
        found = (scope_objection(self.world.rights[right], person) for right in add)
        return next(filter(None, found), "")

    def _kept(self, person_id: int, before: frozenset[int]) -> frozenset[int]:
        """Return what stays without a decision: role groups, and rights another role of this person
        explains.
        """
        other = self.terrain.other_roles.get(person_id, frozenset())
        return frozenset(
            r
            for r in before - self.role.rights
            if r == self.role.group.id or r in other or self.graph.rights[r].is_role
        )

    def _objection(
        self,
        person: PersonRow,
        before: frozenset[int],
        after: frozenset[int],
        removed: frozenset[int] | set[int],
    ) -> str:
        """Return why this person cannot be moved with these choices, or nothing."""
        gained = after - before - {self.role.group.id}
        refused = frozenset(
            r for r in gained if not self.choices.accepts_gain(person.id, r)
        )
        unnamed = self._accepted_in_passing(person.id, gained - refused)
        if unnamed:
            return (
                f"Would gain the privileged {self._told(unnamed)}; that is accepted for each "
                "person by name only."
            )
        if refused:
            return f"Would gain {self._told(refused)}; nobody accepted that."
        lost = frozenset(
            r for r in before - after if self.choices.loss_reason(person.id, r) is None
        )
        if lost:
            return f"Would lose {self._told(lost)}; nobody accepted that."
        emptied = () if self.terrain.placeholders else removed
        last = frozenset(r for r in emptied if self._empties(r, person.id))
        if last:
            return (
                f"Is the last member of {self._told(last)}, which must not be empty; name a "
                "placeholder member first."
            )
        return ""

    def _accepted_in_passing(
        self, person_id: int, gained: frozenset[int]
    ) -> frozenset[int]:
        """Return the privileged rights among gains that only "accept all" covers."""
        rights = self.world.rights
        privileged = frozenset(right for right in gained if rights[right].privileged)
        return frozenset(
            right
            for right in privileged
            if (person_id, right) not in self.choices.gains
        )

    def _told(self, rights: frozenset[int]) -> str:
        return ", ".join(
            names(self.world, right) for right in in_order(self.world, rights)
        )

    def _empties(self, right_id: int, person_id: int) -> bool:
        """Tell whether taking this person out leaves a group empty that must not be (ldap-notes
        section 3).
        """
        right = self.graph.rights[right_id]
        if not right.needs_member:
            return False
        others = (
            len(self.world.children[right_id])
            + right.placeholders
            + right.dangling
            + right.others
        )
        left = self._values(right_id) + others - self.taken.get(right_id, 0)
        return left <= self._own(right_id, person_id)

    def _values(self, right_id: int) -> int:
        """Return how many values stand for people in a right's own attribute, counted once."""
        if right_id not in self.listed:
            members = self.graph.members[right_id]
            own = (self._own(right_id, member) for member in members)
            self.listed[right_id] = sum(own)
        return self.listed[right_id]

    def _own(self, right_id: int, person_id: int) -> int:
        """Return how many values stand for a member in the right's own attribute, the one that must
        not be empty.
        """
        odd = self.graph.odd_listings.get((right_id, person_id))
        if odd is None:  # as nearly always: listed once, as is usual
            return 1
        own = self.graph.rights[right_id].attribute
        return sum(attribute == own for attribute, _ in odd)

    def _on(self, person: PersonRow, add: list[int]) -> list[PlannedStep]:
        steps = []
        for right_id in add:
            right, name = self.world.rights[right_id], names(self.world, right_id)
            why = "the role" if right_id == self.role.group.id else "an accepted gain"
            for attribute, value in self.world.newcomer(right_id, person):
                change = DirectoryChange(right.key, right.dn, attribute, add=(value,))
                where = _where(right, attribute)
                steps.append(
                    PlannedStep(
                        ROLE_ON,
                        name,
                        f"Add {person.name} to {name}{where} ({why}).",
                        change,
                    )
                )
        return steps

    def _off(self, person: PersonRow, gone: list[int]) -> list[PlannedStep]:
        steps = []
        for right_id in gone:
            right, name = self.graph.rights[right_id], names(self.graph, right_id)
            placeholder = (
                self.terrain.placeholders[:1]
                if self._empties(right_id, person.id)
                else ()
            )
            why = (
                "held through the role from then on"
                if right_id in self.nested
                else "an accepted loss"
            )
            for attribute, values in by_attribute(
                self.graph.listings(right_id, person.id)
            ):
                add = placeholder if attribute == right.attribute else ()
                change = DirectoryChange(
                    right.key, right.dn, attribute, add=add, delete=values
                )
                where = _where(right, attribute)
                steps.append(
                    PlannedStep(
                        DIRECT_OFF,
                        name,
                        f"Take {person.name} out of {name}{where} ({why}).",
                        change,
                    )
                )
        return steps


def _where(right: RightRow, attribute: str) -> str:
    """Name the attribute where it is not the usual one of a right."""
    return "" if attribute == right.attribute else f", listed in {attribute}"
