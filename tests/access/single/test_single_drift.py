"""What others change about rights that were given or taken one by one is repaired, accepted or
taken back as at a role, on a real slapd: no kind of difference is a dead end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from app.core.changes import Change
from app.core.settings import Settings
from app.models.access.role import Role
from tests.access.engine.slapd_world import (
    SlapdWorld,
    company,
    person_dn,
    right_dn,
    role_dn,
)
from tests.conftest import Clock
from tests.pages import Pages

HELD = {"ada": "mail post", "ben": "mail post wiki", "eve": "wiki", "dot": "old"}
ADA = person_dn("ada")
Meddle = Callable[[SlapdWorld], object]
SINGLE: Mapping[str, Meddle] = {
    "right lost": lambda world: world.server.take(right_dn("wiki"), ADA),
    "direct came back": lambda world: world.server.put(right_dn("old"), ADA),
}
OF_ROLE: Mapping[str, Meddle] = {
    "right lost": lambda world: world.server.take(right_dn("wiki"), person_dn("ben")),
    "direct came back": lambda world: world.server.put(right_dn("mail"), ADA),
    "out of the role": lambda world: world.server.take(role_dn("clerk"), ADA),
    "role link cut": lambda world: world.server.take(
        right_dn("post"), role_dn("clerk")
    ),
    "stranger in role": lambda world: world.server.put(
        role_dn("clerk"), person_dn("eve")
    ),
}
KINDS = [
    *(("a right of its own", kind) for kind in SINGLE),
    *(("a right of the role", kind) for kind in OF_ROLE),
]
MEDDLES = {"a right of its own": SINGLE, "a right of the role": OF_ROLE}


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    """Yield a company in whose role ada and ben are; of rights of her own ada has wiki, and old no
    more.
    """
    with company(settings, clock, HELD) as world:
        world.lens("recursive")
        world.role("mail", "post")
        moved = world.applied("ada", "ben")
        world.done("wave", "confirm", moved, "--note", "Seen")
        for deed, right in (("give", "wiki"), ("give", "old"), ("take", "old")):
            words = ("right", deed, "ada", right, "--reason", "Her new duty")
            through(world, world.done(*words)["wave"])
        yield world


def through(world: SlapdWorld, wave: int) -> None:
    world.done("wave", "approve", str(wave), "--as", "olga")
    world.done("wave", "apply", str(wave))


def drift(world: SlapdWorld, *more: str) -> list[dict[str, Any]]:
    world.sync()
    found: list[dict[str, Any]] = world.done("drift", "list", *more)["drift"]
    return found


def the_one(world: SlapdWorld, whose: str, kind: str) -> dict[str, Any]:
    MEDDLES[whose][kind](world)
    [one] = drift(world)
    assert one["kind"] == kind
    return one


@pytest.mark.parametrize(("whose", "kind"), KINDS)
def test_each_kind_of_difference_is_repaired_by_a_plan_that_can_be_undone(
    world: SlapdWorld, whose: str, kind: str
):
    before = world.state()
    number = str(the_one(world, whose, kind)["drift"])
    meddled = world.state()
    [made] = world.done("drift", "repair", number)["repairs"]
    assert (
        "repairs it already" in world.done("drift", "repair", number, code=1)["error"]
    )
    through(world, made["wave"])
    if kind != "stranger in role":  # who was put in by another hand is taken over
        assert world.state() == before
    assert drift(world) == []
    assert [one["state"] for one in drift(world, "--state", "repaired")] == ["repaired"]
    world.undone(str(made["wave"]))
    if kind != "role link cut":  # the link is everybody's and stays
        assert world.state() == meddled
        assert [one["kind"] for one in drift(world)] == [kind]


@pytest.mark.parametrize(("whose", "kind"), KINDS)
def test_each_kind_of_difference_is_accepted_and_stays_as_it_is(
    world: SlapdWorld, whose: str, kind: str
):
    number = str(the_one(world, whose, kind)["drift"])
    meddled = world.state()
    world.done("drift", "accept", number, "--reason", "agreed with Eve")
    assert drift(world) == [] and world.state() == meddled
    assert [one["state"] for one in drift(world, "--state", "lasting")] == ["accepted"]


@pytest.mark.parametrize(
    ("whose", "kind"), [one for one in KINDS if "link" not in one[1]]
)
def test_the_person_behind_a_difference_is_taken_back(
    world: SlapdWorld, whose: str, kind: str
):
    one = the_one(world, whose, kind)
    if "undo" not in one["ways"]:
        assert kind == "stranger in role"
        return
    world.done("drift", "undo", str(one["drift"]))
    assert drift(world) == []
    assert [one["state"] for one in drift(world, "--state", "undone")] == ["undone"]


def test_single_rights_and_those_of_a_role_are_repaired_in_one_go_on_the_page(
    world: SlapdWorld,
):
    before = world.state()
    for meddle in (
        SINGLE["right lost"],
        SINGLE["direct came back"],
        lambda world: world.server.take(role_dn("clerk"), person_dn("ben")),
    ):
        meddle(world)
    numbers = [str(one["drift"]) for one in drift(world)]
    assert len(numbers) == 3
    pages = Pages(world.app).as_operator("anna")
    pages.get("/drift")
    pages.submit("/drift/decide", drift=numbers, button="Plan the repair")
    waves = {one["repair_id"] for one in drift(world)}
    assert len(waves) == 2, "one for the role, one for the single rights"
    for wave in sorted(waves):
        through(world, wave)
    assert world.state() == before and drift(world) == []


def test_a_group_of_a_single_right_that_is_gone_says_what_can_be_done(
    world: SlapdWorld,
):
    world.server.delete(right_dn("wiki"))
    gone = drift(world)
    assert {one["kind"] for one in gone} == {"group gone"}
    numbers = [str(one["drift"]) for one in gone]
    told = world.done("drift", "repair", *numbers, code=1)["error"]
    assert "no plan brings back" in told and "accept it" in told
    world.done("drift", "accept", *numbers, "--reason", "wiki is switched off")
    assert drift(world) == []


def test_at_a_retired_role_a_stranger_is_taken_out_or_accepted_and_never_taken_over(
    world: SlapdWorld,
):
    number = str(the_one(world, "a right of the role", "stranger in role")["drift"])
    with world.parts.acting("anna") as act:
        role = act.session.scalars(select(Role).where(Role.name == "clerk")).one()
        role.retired_at = act.now
        Change().record(act, "role:1", "role.retire", "Retired by the test")
    [one] = world.done("drift", "list")["drift"]
    assert one["ways"] == ["take out", "accept"]
    told = world.done("drift", "repair", number, code=1)["error"]
    assert "is retired" in told and "accept the difference" in told
    [made] = world.done("drift", "take-out", number)["repairs"]
    through(world, made["wave"])
    assert world.member_of("eve") == {"wiki"}
