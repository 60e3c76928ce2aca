"""Small worlds for the pure rules: people by name, rights by name, and who stands in what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.access.plan.rules import plan_wave
from app.access.plan.values import KeptOutside, PlanChoices, WavePlan
from app.access.rules import RoleShape, Terrain, stand_in
from app.directory.rules import Graph, PersonRow, RightRow, build
from ldap_sync.values import NewGroup

KEPT = KeptOutside("Ada", "kept for now", "2026-06-01")
ROLE_DN = "cn=clerk,ou=roles,dc=x"


@dataclass(frozen=True)
class World:
    """A graph whose people and rights are known by their names."""

    graph: Graph
    people: Mapping[str, int]
    rights: Mapping[str, int]

    def role(self, *rights: str, nested: bool = True) -> RoleShape:
        """Return the role "clerk" with these rights; its group does not exist yet."""
        group = stand_in("clerk", ROLE_DN, "member", needs_member=True)
        return RoleShape(
            "clerk",
            frozenset(self.rights[name] for name in rights),
            nested,
            group,
            NewGroup(ROLE_DN, ()),
        )

    def plan(
        self,
        role: RoleShape,
        *people: str,
        choices: PlanChoices | None = None,
        terrain: Terrain | None = None,
    ) -> WavePlan:
        """Plan a wave for these people, carefully unless told otherwise."""
        ids = [self.people[name] for name in people]
        return plan_wave(
            self.graph,
            role,
            ids,
            choices or PlanChoices(default=KEPT),
            terrain or Terrain(),
        )

    def named(self, rights: Iterable[int]) -> set[str]:
        """Return rights by name; the role's own group is "clerk"."""
        back = {number: name for name, number in self.rights.items()}
        return {back.get(number, "clerk") for number in rights}


def world(
    holds: Mapping[str, str],
    *,
    lens: str = "recursive",
    nested: Iterable[tuple[str, str]] = (),
    **special: RightRow,
) -> World:
    """Build a world: ``holds`` maps a person to the rights held directly, as in ``{"ada": "mail
    post"}``.

    ``nested`` are (inner, outer) pairs of rights; ``special`` replaces single rights.
    """
    pairs = list(nested)
    names = sorted(
        {name for text in holds.values() for name in text.split()}
        | {name for pair in pairs for name in pair}
        | set(special)
    )
    rights = {name: number for number, name in enumerate(names, start=100)}
    people = {name: number for number, name in enumerate(holds, start=1)}
    rows = [
        replace(special.get(name, right(name, lens)), id=number)
        for name, number in rights.items()
    ]
    persons = [person(name, number) for name, number in people.items()]
    by_id = {row.id: row for row in persons}
    edges = [
        (
            rights[name],
            people[who],
            next(r for r in rows if r.id == rights[name]).default_value(
                by_id[people[who]]
            ),
        )
        for who, text in holds.items()
        for name in text.split()
    ]
    graph = build(
        persons, rows, edges, [(rights[outer], rights[inner]) for inner, outer in pairs]
    )
    return World(graph, people, rights)


def person(name: str, number: int = 0, **more: object) -> PersonRow:
    """Return a person whose uid, DN and key follow from the name."""
    return replace(
        PersonRow(
            number, f"key-{name}", f"uid={name},ou=people,dc=x", name, name.title()
        ),
        **more,
    )  # type: ignore[arg-type]  # tests only


def right(name: str, lens: str = "recursive", **more: object) -> RightRow:
    """Return a right whose DN and key follow from the name."""
    return replace(
        RightRow(0, f"key-{name}", f"cn={name},ou=groups,dc=x", name, lens=lens), **more
    )  # type: ignore[arg-type]  # tests only
