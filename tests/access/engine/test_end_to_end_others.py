"""Others change the directory between plan, apply and undo: what they did survives and is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from app.core.settings import Settings
from tests.access.engine.slapd_world import (
    PLACEHOLDER,
    SlapdWorld,
    company,
    person_dn,
    right_dn,
    role_dn,
    seen,
)
from tests.conftest import Clock
from tests.ldap_sync.servers import group_ldif, person_ldif

Company = Callable[..., SlapdWorld]


@pytest.fixture
def start(settings: Settings, clock: Clock) -> Iterator[Company]:
    with ExitStack() as stack:
        yield lambda *held, **more: stack.enter_context(
            company(settings, clock, *held, **more)
        )


@pytest.fixture
def world(start: Company) -> SlapdWorld:
    return start()


def of(told: dict, person: str) -> dict:
    return next(each for each in told["people"] if each["person"] == person)


# Between plan and apply.


def test_people_who_changed_since_the_plan_drop_out_by_name_and_the_rest_go_on(
    world: SlapdWorld,
):
    world.role("mail", "post")
    wave = world.approved("ada", "ben", "cyd")
    world.server.put(right_dn("wiki"), person_dn("ada"))
    world.server.take(right_dn("wiki"), person_dn("cyd"))
    told = world.done("wave", "apply", wave, code=3)
    assert world.states(wave) == {"ada": "stale", "ben": "soaking", "cyd": "stale"}
    assert "in 1 more group" in of(told, "ada")["reason"]
    assert "no longer in wiki" in of(told, "cyd")["reason"]
    assert world.member_of("ada") == {"mail", "post", "wiki"}
    assert world.member_of("cyd") == {"mail", "post"}
    assert "ada" in world.rung("wave", "show", wave).out


def test_when_everybody_changed_since_the_plan_nothing_is_left_behind(
    world: SlapdWorld,
):
    world.role("mail", "post")
    wave = world.approved("ada")
    world.server.put(right_dn("wiki"), person_dn("ada"))
    before = world.state()
    told = world.done("wave", "apply", wave, code=3)
    assert (told["state"], of(told, "ada")["state"]) == ("stopped", "stale")
    assert world.state() == before | {role_dn("clerk"): (PLACEHOLDER,)}


def test_somebody_who_left_was_renamed_or_is_gone_since_the_plan_is_not_touched(
    world: SlapdWorld,
):
    world.role("mail", "post")
    wave = world.approved("ada", "ben", "cyd")
    world.mark("ada", employeeType="leaver")
    world.server.rename(person_dn("ben"), "uid=benjamin")
    world.server.delete(person_dn("cyd"))
    before = world.rights()
    told = world.done("wave", "apply", wave, code=3)
    assert {
        person["person"]: person["state"] for person in told["people"]
    } == dict.fromkeys(("ada", "ben", "cyd"), "stale")
    reasons = [person["reason"] for person in told["people"]]
    assert (
        "disabled" in reasons[0]
        and "renamed" in reasons[1]
        and "no longer in the directory" in reasons[2]
    )
    assert world.rights() == before


def test_a_joiner_under_the_name_of_a_leaver_does_not_inherit_the_plan(
    world: SlapdWorld,
):
    world.role("mail", "post")
    wave = world.approved("ada")
    world.server.delete(person_dn("ada"))
    world.server.add(person_ldif("ada", person_dn("ada")))
    told = world.done("wave", "apply", wave, code=3)
    assert of(told, "ada")["state"] == "stale"
    assert "clerk" not in world.member_of("ada")


def test_somebody_nobody_knew_in_the_group_of_the_role_stops_the_wave_before_anything_is_given(
    world: SlapdWorld,
):
    world.role("mail", "post")
    wave = world.approved("ada")
    world.server.add(
        group_ldif("clerk", [PLACEHOLDER, person_dn("eve")], dn=role_dn("clerk"))
    )
    before = world.state()
    told = world.done("wave", "apply", wave, code=3)
    assert told["state"] == "stopped"
    assert person_dn("eve") in told["message"]
    assert world.state() == before


def test_a_wave_that_was_stopped_goes_on_when_the_reason_is_gone(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.approved("ada")
    world.server.add(
        group_ldif("clerk", [PLACEHOLDER, person_dn("eve")], dn=role_dn("clerk"))
    )
    world.done("wave", "apply", wave, code=3)
    world.server.take(role_dn("clerk"), person_dn("eve"))
    world.done("wave", "apply", wave)
    assert world.member_of("ada") == {"clerk"}


def test_a_wave_that_was_stopped_can_be_given_up_and_lets_its_people_go(
    world: SlapdWorld,
):
    world.role("mail", "post")
    wave = world.approved("ada")
    world.server.add(
        group_ldif("clerk", [PLACEHOLDER, person_dn("eve")], dn=role_dn("clerk"))
    )
    world.done("wave", "apply", wave, code=3)
    world.server.delete(role_dn("clerk"))
    before = world.state()
    world.done("wave", "undo", wave)
    assert world.state() == before
    world.sync()
    world.applied("ada")


def test_a_right_that_is_gone_since_the_plan_stops_the_wave_and_nothing_is_lost(
    world: SlapdWorld,
):
    world.role("mail", "post")
    wave = world.approved("ada")
    world.server.delete(right_dn("post"))
    told = world.done("wave", "apply", wave, code=3)
    assert told["state"] == "stopped"
    assert "mail" in world.member_of("ada")


def test_a_link_that_others_cut_is_noticed_before_any_right_is_taken(world: SlapdWorld):
    world.role("mail", "post")
    world.applied("ada")
    world.sync()
    wave = world.approved("ben")
    world.server.take(right_dn("post"), role_dn("clerk"))
    told = world.done("wave", "apply", wave, code=3)
    assert of(told, "ben")["state"] == "failed"
    assert "post" in of(told, "ben")["reason"]
    assert world.member_of("ben") == {"mail", "post"}
    taken = [
        s
        for s in world.done("wave", "steps", wave)["steps"]
        if s["phase"] == "direct off" and s["state"] == "done"
    ]
    assert taken == []


# Before undo.


def test_what_others_gave_meanwhile_survives_the_undo_and_is_told(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.applied("ada", "ben")
    world.server.put(right_dn("wiki"), person_dn("ada"))
    told = world.done("wave", "undo", wave)
    assert world.member_of("ada") == {"mail", "post", "wiki"}
    assert of(told, "ada")["others"] == ["now in wiki"]
    assert of(told, "ben")["others"] == []


def test_what_others_gave_back_already_is_left_to_them(world: SlapdWorld):
    world.role("mail", "post")
    before = world.rights()
    wave = world.applied("ada")
    world.server.put(right_dn("mail"), person_dn("ada"))
    world.undone(wave)
    assert world.rights() == before
    backs = [
        step for step in world.done("wave", "steps", wave)["steps"] if step["reverses"]
    ]
    assert {
        step["state"] for step in backs if "mail" in step["sentence"] and step["person"]
    } == {"already"}


def test_a_right_others_took_meanwhile_is_told_and_stays_taken(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.applied("cyd")
    world.server.take(right_dn("wiki"), person_dn("cyd"))
    told = world.done("wave", "undo", wave)
    assert world.member_of("cyd") == {"mail", "post"}
    assert of(told, "cyd")["others"] == ["no longer in wiki"]


def test_a_role_others_took_meanwhile_does_not_keep_the_rights_from_coming_back(
    world: SlapdWorld,
):
    before = world.rights()
    world.role("mail", "post")
    wave = world.applied("ada")
    world.server.put(role_dn("clerk"), person_dn("eve"))
    world.server.take(role_dn("clerk"), person_dn("ada"))
    world.server.take(role_dn("clerk"), person_dn("eve"))
    world.undone(wave)
    assert world.rights() == before


def test_a_stranger_in_the_role_keeps_its_rights_after_the_undo(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.applied("ada")
    world.server.put(role_dn("clerk"), person_dn("eve"))
    world.undone(wave)
    assert world.member_of("ada") == {"mail", "post"}
    assert {right_dn("mail"), right_dn("post")} <= seen(
        world.state(), person_dn("eve")
    )["recursive"]


def test_a_leaver_gets_nothing_back(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.applied("ada", "ben")
    world.mark("ada", employeeType="leaver")
    world.undone(wave)
    assert world.member_of("ada") == set()
    assert world.member_of("ben") == {"mail", "post"}
    skipped = [
        s for s in world.done("wave", "steps", wave)["steps"] if s["state"] == "skipped"
    ]
    assert {step["person"] for step in skipped} == {"ada"}
    assert "Has left" in skipped[0]["text"]


def test_somebody_deleted_since_gets_nothing_back_and_leaves_nothing_behind(
    world: SlapdWorld,
):
    world.role("mail", "post")
    wave = world.applied("ada")
    world.server.delete(person_dn("ada"))
    world.undone(wave)
    assert world.member_of("ada") == set()


@pytest.mark.parametrize("kind", ["plain", "refint"])
def test_somebody_renamed_since_gets_the_rights_back_under_the_new_name(
    start: Company, kind: str
):
    world = start(kind=kind)
    world.role("mail", "post")
    wave = world.applied("ada")
    world.server.rename(person_dn("ada"), "uid=adele")
    world.undone(wave)
    assert world.member_of("adele") == {"mail", "post"}
    assert world.member_of("ada") == set()


def test_a_renamed_unix_account_gets_its_rights_back_under_the_new_name(start: Company):
    world = start({"ada": "mail", "ben": "mail"})
    world.server.add(group_ldif("unix", ["ada", "ben"], kind="posixGroup"))
    world.sync()
    world.role("mail")
    wave = world.applied(
        "ada", more=["--accept-loss", "unix", "--reason", "No shell any more."]
    )
    world.server.rename(person_dn("ada"), "uid=adele")
    world.undone(wave)
    assert world.member_of("adele") == {"mail"}
    assert world.state()["cn=unix,ou=groups,dc=acme,dc=test"] == ("adele", "ben")


# Groups deleted, made anew or renamed before undo.


def gone(world: SlapdWorld) -> None:
    world.server.delete(right_dn("post"))


def made_anew(world: SlapdWorld) -> None:
    world.server.delete(right_dn("post"))
    world.server.add(group_ldif("post", [PLACEHOLDER], dn=right_dn("post")))


@pytest.mark.parametrize("what", [gone, made_anew])
def test_a_group_that_is_not_the_one_it_was_is_a_conflict_and_the_rest_comes_back(
    world: SlapdWorld, what
):
    world.role("mail", "post")
    wave = world.applied("ada", "ben")
    what(world)
    told = world.done("wave", "undo", wave, code=3)
    assert [person["state"] for person in told["people"]] == ["conflict", "conflict"]
    assert [len(person["conflicts"]) for person in told["people"]] == [1, 1]
    assert "post" in told["people"][0]["conflicts"][0]["sentence"]
    assert {"mail", "clerk"} <= world.member_of(
        "ada"
    )  # the role stays until somebody has decided


def test_ours_gives_the_right_back_in_a_group_that_was_made_anew(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.applied("ada")
    made_anew(world)
    world.done("wave", "undo", wave, "--on-conflict", "ours")
    assert world.member_of("ada") == {"mail", "post"}


def test_a_group_that_was_renamed_is_the_same_group(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.applied("ada")
    world.server.rename(right_dn("post"), "cn=mailbox")
    world.undone(wave)
    assert world.member_of("ada") == {"mail", "mailbox"}


@pytest.mark.parametrize("what", [gone, made_anew])
def test_theirs_leaves_the_group_alone_and_the_rest_comes_back(world: SlapdWorld, what):
    world.role("mail", "post")
    wave = world.applied("ada")
    what(world)
    world.done("wave", "undo", wave, "--on-conflict", "theirs")
    assert world.member_of("ada") == {"mail"}


@pytest.mark.parametrize(
    ("decision", "end"), [("ours", {"mail", "post"}), ("theirs", {"mail"})]
)
def test_a_conflict_that_was_skipped_can_be_decided_later(
    world: SlapdWorld, decision: str, end: set[str]
):
    world.role("mail", "post")
    wave = world.applied("ada")
    made_anew(world)
    world.done("wave", "undo", wave, code=3)
    told = world.done("wave", "undo", wave, "--on-conflict", decision)
    assert (told["people"][0]["state"], told["people"][0]["conflicts"]) == (
        "undone",
        [],
    )
    assert world.member_of("ada") == end


def test_ours_cannot_bring_back_a_group_that_is_gone(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.applied("ada")
    gone(world)
    told = world.done("wave", "undo", wave, "--on-conflict", "ours", code=3)
    assert told["people"][0]["state"] == "conflict"
    assert "mail" in world.member_of("ada")


def test_the_group_of_the_role_deleted_by_others_does_not_hinder_the_undo(
    world: SlapdWorld,
):
    before = world.state()
    world.role("mail", "post")
    wave = world.applied("ada")
    world.server.delete(role_dn("clerk"))
    world.undone(wave)
    assert world.state() == before
