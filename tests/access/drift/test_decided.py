"""Nobody is confirmed who is other than promised, and every difference has its ways out, on a real
slapd.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.core.settings import Settings
from tests.access.engine.slapd_world import (
    SlapdWorld,
    company,
    person_dn,
    right_dn,
    role_dn,
)
from tests.conftest import Clock
from tests.pages import Pages


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock) as world:
        world.lens("recursive")
        world.role("mail", "post")
        yield world


def drift(world: SlapdWorld, *more: str) -> list[dict[str, Any]]:
    world.sync()
    found: list[dict[str, Any]] = world.done("drift", "list", *more)["drift"]
    return found


def repaired(world: SlapdWorld) -> str:
    """Repair all that is open, as one plan that is approved and applied; W of the repair."""
    numbers = [str(one["drift"]) for one in drift(world)]
    [made] = world.done("drift", "repair", *numbers)["repairs"]
    wave = str(made["wave"])
    world.done("wave", "approve", wave, "--as", "olga")
    world.done("wave", "apply", wave)
    return wave


def test_nobody_is_confirmed_who_lost_something_meanwhile_without_any_reading(
    world: SlapdWorld,
):
    wave = world.applied("ada", "ben")
    world.server.take(role_dn("clerk"), person_dn("ben"))
    told = world.done("wave", "confirm", wave, code=3)
    assert "ben is no longer in the role's group clerk" in told["error"]
    assert world.states(wave) == {"ada": "soaking", "ben": "soaking"}
    world.done("wave", "confirm", wave, "--person", "ada", "--note", "Seen")
    assert world.states(wave) == {"ada": "confirmed", "ben": "soaking"}


def test_a_role_cut_off_by_hand_keeps_everybody_in_it_from_being_confirmed(
    world: SlapdWorld,
):
    wave = world.applied("ada")
    world.server.take(right_dn("post"), role_dn("clerk"))
    told = world.done("wave", "confirm", wave, code=3)
    assert "post does not list the role's group any more" in told["error"]


def test_while_the_directory_is_away_nobody_is_confirmed(world: SlapdWorld):
    wave = world.applied("ada")
    world.server.stop()
    world.done("wave", "confirm", wave, code=4)
    assert world.states(wave) == {"ada": "soaking"}


def test_who_was_taken_out_is_put_back_by_a_plan_that_can_be_undone(world: SlapdWorld):
    wave = world.applied("ada", "ben")
    world.server.take(role_dn("clerk"), person_dn("ben"))
    repair = repaired(world)
    assert world.member_of("ben") == {"clerk"}
    assert drift(world) == []
    [over] = drift(world, "--state", "repaired")
    assert (over["who"], over["repair_id"]) == ("ben", int(repair))
    world.done("wave", "confirm", wave, "--note", "Seen")
    world.undone(repair)
    assert world.member_of("ben") == set()
    assert [one["kind"] for one in drift(world)] == ["out of the role"]
    world.undone(wave)
    assert world.member_of("ben") == {"mail", "post"}


def test_a_link_cut_by_hand_is_repaired_by_a_plan_and_not_a_dead_end(world: SlapdWorld):
    world.applied("ada", "ben")
    before = world.state()
    world.server.take(right_dn("post"), role_dn("clerk"))
    world.sync()
    refused = world.done("wave", "plan", "clerk", "--person", "cyd", code=1)
    assert "would gain post at once" in refused["error"]
    repair = repaired(world)
    assert world.state() == before
    told = world.done("wave", "show", repair)
    assert {one["person"]: one["state"] for one in told["people"]} == {
        "ada": "soaking",
        "ben": "soaking",
    }
    assert {(one["person"], one["right"]) for one in told["gains"]} == {
        ("ada", "post"),
        ("ben", "post"),
    }
    assert drift(world) == []
    world.done("wave", "plan", "clerk", "--person", "cyd")


def test_what_came_back_goes_again_and_what_was_kept_and_lost_comes_again(
    world: SlapdWorld,
):
    world.applied("ada", "cyd")
    before = world.state()
    world.server.put(right_dn("mail"), person_dn("ada"))
    world.server.take(right_dn("wiki"), person_dn("cyd"))
    repaired(world)
    assert world.state() == before
    assert drift(world) == []


def test_what_is_accepted_stays_listed_and_keeps_nobody_from_being_confirmed(
    world: SlapdWorld,
):
    wave = world.applied("ada", "cyd")
    world.server.put(right_dn("mail"), person_dn("ada"))
    world.server.take(right_dn("wiki"), person_dn("cyd"))
    numbers = [str(one["drift"]) for one in drift(world)]
    world.done("drift", "accept", *numbers, "--reason", "agreed with Eve")
    world.done("wave", "confirm", wave, "--note", "Seen")
    lasting = drift(world, "--state", "lasting")
    assert {one["state"] for one in lasting} == {"accepted"}
    assert {one["reason"] for one in lasting} == {"agreed with Eve"}
    assert len(lasting) == 2
    assert drift(world) == []


def test_accepting_wants_a_reason_and_decides_each_difference_once(world: SlapdWorld):
    world.applied("ada")
    world.server.put(right_dn("mail"), person_dn("ada"))
    [one] = drift(world)
    number = str(one["drift"])
    world.done("drift", "accept", number, "--reason", " ", code=1)
    world.done("drift", "repair", number)
    told = world.done("drift", "repair", number, code=1)
    assert "repairs it already" in told["error"]
    world.done("drift", "accept", number, "--reason", "left so")
    world.done("drift", "accept", number, "--reason", "left so", code=1)


def test_a_group_that_is_gone_cannot_be_planned_back(world: SlapdWorld):
    world.applied("ada")
    world.server.delete(right_dn("post"))
    [one] = drift(world)
    told = world.done("drift", "repair", str(one["drift"]), code=1)
    assert "no plan brings back" in told["error"]


def test_explain_shows_the_direct_right_that_came_back(world: SlapdWorld):
    world.applied("ada")
    world.server.put(right_dn("mail"), person_dn("ada"))
    world.sync()
    rights = world.done("explain", "ada")["rights"]
    said = {one["right"]: one["sentence"] for one in rights}
    assert "A direct member again since" in said["mail"]
    assert "A direct member again" not in said["post"]


def test_a_stranger_in_the_role_is_taken_over_by_a_plan_or_accepted(world: SlapdWorld):
    world.applied("ada")
    for name in ("eve", "dot"):
        world.server.put(role_dn("clerk"), person_dn(name))
    eve, dot = sorted(drift(world), key=lambda one: one["who"], reverse=True)
    assert {one["kind"] for one in (eve, dot)} == {"stranger in role"}
    world.done("drift", "accept", str(dot["drift"]), "--reason", "helps out")
    repair = repaired(world)
    assert world.states(repair) == {"eve": "soaking"}
    assert drift(world) == []
    assert [one["who"] for one in drift(world, "--state", "lasting")] == ["dot"]


def test_a_stranger_is_taken_out_by_a_plan_that_says_what_goes_and_can_be_undone(
    world: SlapdWorld,
):
    world.applied("ada")
    world.server.put(role_dn("clerk"), person_dn("eve"))
    [eve] = drift(world)
    assert eve["ways"] == ["repair", "take out", "accept"]
    pages = Pages(world.app).as_operator("anna")
    pages.get("/drift")
    pages.submit("/drift/decide", drift=str(eve["drift"]), button="Take strangers out")
    [again] = drift(world)
    wave = str(again["repair_id"])
    told = world.done("wave", "show", wave)
    assert {one["right"] for one in told["losses"]} == {"clerk", "mail", "post"}
    refused = world.done("drift", "take-out", str(eve["drift"]), code=1)
    assert "repairs it already" in refused["error"]
    world.done("wave", "approve", wave, "--as", "olga")
    world.done("wave", "apply", wave)
    assert world.member_of("eve") == {"wiki"}
    assert [one["who"] for one in drift(world, "--state", "repaired")] == ["eve"]
    world.undone(wave)
    assert world.member_of("eve") == {"wiki", "clerk"}
    assert [one["kind"] for one in drift(world)] == ["stranger in role"]


def test_from_a_difference_the_person_is_taken_back_to_the_old_rights(
    world: SlapdWorld,
):
    world.applied("ada", "ben")
    world.server.take(role_dn("clerk"), person_dn("ben"))
    world.server.put(role_dn("clerk"), person_dn("eve"))
    by_kind = {one["kind"]: str(one["drift"]) for one in drift(world)}
    told = world.done("drift", "undo", by_kind["stranger in role"], code=1)
    assert "No move stands behind" in told["error"]
    told = world.done("drift", "take-out", by_kind["out of the role"], code=1)
    assert "no stranger" in told["error"]
    world.done("drift", "undo", by_kind["out of the role"])
    assert world.member_of("ben") == {"mail", "post"}
    assert world.member_of("ada") == {"clerk"}
    assert [one["who"] for one in drift(world, "--state", "undone")] == ["ben"]


def test_all_strangers_of_a_role_are_taken_out_at_once_after_a_look(world: SlapdWorld):
    world.applied("ada")
    for name in ("eve", "dot"):
        world.server.put(role_dn("clerk"), person_dn(name))
    drift(world)
    pages = Pages(world.app).as_operator("anna")
    page = pages.get("/drift")
    assert page.root.one("a", href="/roles/1/strangers").text.startswith("All 2")
    shown = pages.get("/roles/1/strangers").rows("Who would leave the role")
    told = world.done("drift", "take-out", "--role", "clerk", "--preview")["strangers"]
    loses = {one["who"]: ", ".join(one["loses"]) for one in told}
    assert {row[1]: row[2] for row in shown} == loses
    assert "mail" not in loses["dot"] and "post" in loses["dot"], "mail is held anyway"
    assert drift(world)[0]["repair_id"] is None, "a look plans nothing"
    pages.submit("/roles/1/strangers")
    [wave] = {str(one["repair_id"]) for one in drift(world)}
    losses = {
        (one["person"], one["right"])
        for one in world.done("wave", "show", wave)["losses"]
    }
    assert ("dot", "mail") not in losses and ("eve", "mail") in losses
    assert "Nobody stands" in pages.get("/roles/1/strangers").content
    world.done("drift", "take-out", "--role", "clerk", code=1)
    world.done("drift", "take-out", code=2)
    world.done("wave", "approve", wave, "--as", "olga")
    world.done("wave", "apply", wave)
    assert world.member_of("eve") == {"wiki"} and world.member_of("dot") == {"mail"}
