"""Whatever a small company looks like: nobody loses or gains what nobody accepted, and undo is the
way back exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from app.core.changes import one
from app.core.settings import Settings
from app.models.directory import Directory
from tests.access.engine.slapd_world import (
    SlapdWorld,
    State,
    company,
    company_ldif,
    person_dn,
    right_dn,
    role_dn,
    seen,
)
from tests.conftest import Clock

FIRST = {"somebody": "inner"}
"""Who is there when the server is checked: without a nested group nobody can tell how its memberOf
works.
"""
_numbers = count(1)


@dataclass(frozen=True)
class Small:
    """A company of a few people and rights, what applications look at, and what is asked for."""

    held: dict[str, tuple[str, ...]]
    nested: tuple[tuple[str, str], ...]
    lenses: dict[str, str]
    role: tuple[str, ...]
    people: tuple[str, ...]
    realise: str
    spare: bool
    more: tuple[str, ...]

    def renamed(self, mark: str) -> Small:
        """Return the same company under names nobody else bears."""

        def new(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(f"{mark}{name}" for name in names)

        lost = tuple(
            f"{mark}{word}" if word in self.lenses else word for word in self.more
        )
        return replace(
            self,
            held={f"{mark}{who}": new(rights) for who, rights in self.held.items()},
            nested=tuple(
                (f"{mark}{inner}", f"{mark}{outer}") for inner, outer in self.nested
            ),
            lenses={f"{mark}{right}": lens for right, lens in self.lenses.items()},
            role=new(self.role),
            people=new(self.people),
            more=lost,
        )


@st.composite
def companies(draw: st.DrawFn) -> Small:
    rights = [f"right{number}" for number in range(draw(st.integers(1, 4)))]
    people = [f"person{number}" for number in range(draw(st.integers(1, 3)))]
    some = st.lists(st.sampled_from(rights), unique=True)
    held = {person: tuple(sorted(draw(some))) for person in people}
    pairs = st.tuples(st.sampled_from(rights), st.sampled_from(rights)).filter(
        lambda pair: pair[0] != pair[1]
    )
    lens = st.sampled_from(["unknown", "direct", "memberof", "recursive"])
    losses = draw(st.lists(st.sampled_from(rights), unique=True, max_size=2))
    more = [word for right in losses for word in ("--accept-loss", right)] + (
        ["--reason", "gone"] if losses else []
    )
    return Small(
        held=held,
        nested=tuple(draw(st.lists(pairs, unique=True, max_size=3)))
        if len(rights) > 1
        else (),
        lenses={right: draw(lens) for right in rights},
        role=tuple(
            sorted(draw(st.lists(st.sampled_from(rights), min_size=1, unique=True)))
        ),
        people=tuple(draw(st.lists(st.sampled_from(people), min_size=1, unique=True))),
        realise=draw(st.sampled_from(["nested", "materialised", ""])),
        spare=draw(st.booleans()),
        more=(*more, *(["--accept-gain"] if draw(st.booleans()) else [])),
    )


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(
        settings, clock, FIRST, nested=[("inner", "outer")], kind="demo"
    ) as world:
        with world.parts.database.read() as session:
            assert one(session, Directory, world.home).profile["memberof"] == "direct"
        yield world


def access(state: State, lenses: dict[str, str], person: str) -> set[str]:
    """Return the rights that applications grant to a person; memberOf holds groups that list the
    person themselves.
    """
    sight = seen(state, person_dn(person))
    wide = {right for right, lens in lenses.items() if lens == "recursive"}
    return {
        right
        for right in lenses
        if right_dn(right) in sight["recursive" if right in wide else "direct"]
    }


def add(world: SlapdWorld, small: Small) -> None:
    held = {person: " ".join(rights) for person, rights in small.held.items()}
    everything = dict.fromkeys(small.lenses, "")
    world.server.add(
        company_ldif(held, [*small.nested], spare=small.spare, others=everything)
    )
    world.sync()
    for right, lens in small.lenses.items():
        world.lens(lens, right)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(companies())
def test_a_wave_keeps_everybodys_access_and_undo_is_the_way_back(
    world: SlapdWorld, drawn: Small
):
    small = drawn.renamed(f"w{next(_numbers)}-")
    add(world, small)
    name, before = f"role of {small.role[0]}", world.state()
    lenses = a_role(world, name, small)
    people = [word for person in small.people for word in ("--person", person)]
    why = ("--reason", "Several roles are tried at once.")
    planned = world.rung("wave", "plan", name, *people, *why, *small.more, "--json")
    note(f"{small}\n{planned.out}")
    if planned.code:
        assert planned.json["left_out"] and world.state() == before
        return
    wave, moments = str(planned.json["wave"]), list[State]()
    world.doors.meanwhile = lambda _number: moments.append(world.state())
    world.done("wave", "approve", wave, "--as", "olga")
    world.done("wave", "apply", wave)
    after = world.state()
    for person in small.held:
        told = told_of(planned.json, person)
        assert (
            access(after, lenses, person)
            == access(before, lenses, person) - told.lost | told.gained
        )
    world.done("wave", "undo", wave)
    for person in small.held:
        both = access(before, lenses, person) & access(after, lenses, person)
        assert all(both <= access(moment, lenses, person) for moment in moments)
    end = world.state()
    assert not {person_dn(person) for person in small.held} & set(
        end.pop(role_dn(name), ())
    )
    assert end == before


def a_role(world: SlapdWorld, name: str, small: Small) -> dict[str, str]:
    """Make the role and return the lens of each right: to ask for a nested role states some."""
    chosen = [word for right in small.role for word in ("--right", right)]
    world.done(
        "role",
        "new",
        name,
        *chosen,
        *(["--realise", small.realise] if small.realise else []),
    )
    stated = {
        right["right"]: right["lens"]
        for right in world.done("role", "show", name)["rights"]
    }
    return small.lenses | stated


@dataclass(frozen=True)
class Told:
    """What a plan says that a person loses and gains."""

    lost: set[str]
    gained: set[str]


def told_of(plan: dict, person: str) -> Told:
    losses = [
        item
        for item in plan["losses"]
        if item["person"] == person and item["still_seen"] == "no"
    ]
    gains = [item for item in plan["gains"] if item["person"] == person]
    return Told({item["right"] for item in losses}, {item["right"] for item in gains})
