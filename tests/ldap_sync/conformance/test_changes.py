"""What every server must do, and must be caught not doing, when Rung changes a group."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ldap_sync.adapter import open_writer
from ldap_sync.values import (
    DirectoryChange,
    DirectoryGroup,
    MemberPresence,
    Outcome,
    Profile,
    Proof,
    Status,
    inverse,
)
from tests.ldap_sync.conftest import WITH_ACCOUNT_NAMES, Doors, World

DONE = Outcome(Status.DONE, Proof.ACKED, 0)


def change(
    group: DirectoryGroup, *, add: tuple[str, ...] = (), delete: tuple[str, ...] = ()
) -> DirectoryChange:
    return DirectoryChange(group.key, group.dn, group.attribute, add=add, delete=delete)


def test_a_member_is_added_and_taken_back(world: World) -> None:
    anna, berta = world.people(2)
    group = world.group(anna)
    step = change(group, add=(berta.dn,))
    assert world.writer.presence(step) is MemberPresence.BEFORE
    assert world.writer.apply(step) == DONE
    assert world.writer.presence(step) is MemberPresence.AFTER
    assert world.server.values(group.dn) == sorted([anna.dn, berta.dn])
    assert world.writer.apply(inverse(step)) == DONE
    assert world.server.values(group.dn) == [anna.dn]


def test_what_was_so_before_is_not_claimed(world: World) -> None:
    anna, berta = world.people(2)
    group = world.group(anna, berta)
    added = world.writer.apply(change(group, add=(anna.dn,)))
    assert (added.status, added.proof) == (Status.ALREADY, Proof.ALREADY_THERE)
    deleted = world.writer.apply(change(group, delete=(world.person().dn,)))
    assert (deleted.status, deleted.proof) == (Status.ALREADY, Proof.ALREADY_THERE)


def test_a_change_half_in_place_is_drift_and_nothing_is_written(world: World) -> None:
    anna, berta, carl = world.people(3)
    group = world.group(anna, berta)
    step = change(group, add=(carl.dn, berta.dn))
    assert world.writer.presence(step) is MemberPresence.MIXED
    assert world.writer.apply(step).status is Status.DRIFT
    assert world.server.values(group.dn) == sorted([anna.dn, berta.dn])


def test_the_last_member_stays_where_the_server_wants_one(world: World) -> None:
    anna = world.person()
    group = world.group(anna)
    outcome = world.writer.apply(change(group, delete=(anna.dn,)))
    if not group.needs_member:
        assert outcome == DONE
        return
    assert (outcome.status, outcome.code) == (Status.REFUSED, 65)
    assert "without its last member" in outcome.text
    assert world.server.values(group.dn) == [anna.dn]


def test_a_placeholder_takes_the_place_of_the_last_member_in_one_go(
    world: World,
) -> None:
    anna, [placeholder] = world.person(), world.server.fillers(1)
    group = world.group(anna)
    step = change(group, add=(placeholder,), delete=(anna.dn,))
    assert world.writer.apply(step) == DONE
    assert world.server.values(group.dn) == [placeholder]
    assert world.writer.apply(inverse(step)) == DONE
    assert world.server.values(group.dn) == [anna.dn]


def test_two_spellings_of_one_value_are_stored_once(world: World) -> None:
    anna, berta = world.people(2)
    group = world.group(anna)
    outcome = world.writer.apply(
        change(group, add=(berta.dn, berta.dn.upper(), berta.dn.replace(",", " , ")))
    )
    assert outcome == DONE
    assert world.server.values(group.dn) == sorted([anna.dn, berta.dn])


def test_a_value_spelled_another_way_is_found_and_deleted(world: World) -> None:
    anna, berta = world.people(2)
    group = world.group(anna, berta)
    step = change(group, delete=(berta.dn.upper().replace(",", " , "),))
    assert world.writer.presence(step) is MemberPresence.BEFORE
    assert world.writer.apply(step) == DONE
    assert world.server.values(group.dn) == [anna.dn]


@pytest.mark.parametrize(
    "name", ["Müller, Jörg", ' "#+;<>\\ ', "王小明", "O'Brien/x*(y)"]
)
def test_any_name_can_be_added_and_taken_back(world: World, name: str) -> None:
    anna, odd = world.person(), world.person(f"{name}{id(world)}")
    group = world.group(anna, name=f"{name}{id(world)}")
    step = change(group, add=(odd.dn,))
    assert world.writer.apply(step) == DONE
    assert world.writer.apply(inverse(step)) == DONE
    assert world.server.values(group.dn) == [anna.dn]


@WITH_ACCOUNT_NAMES
def test_a_value_with_a_number_behind_is_another_value(world: World) -> None:
    anna = world.person()
    numbered = f"{anna.dn}#'0101'B"
    group = world.group(anna.dn, numbered, kind="groupOfUniqueNames")
    assert world.writer.apply(change(group, delete=(anna.dn,))) == DONE
    assert world.server.values(group.dn, "uniqueMember") == [numbered]


@WITH_ACCOUNT_NAMES
def test_account_names_are_changed_letter_by_letter(world: World) -> None:
    group = world.group("T1", kind="posixGroup")
    assert world.writer.presence(change(group, add=("t1",))) is MemberPresence.BEFORE
    assert world.writer.apply(change(group, add=("t1",))) == DONE
    assert world.writer.apply(change(group, delete=("T1",))) == DONE
    assert world.server.values(group.dn, "memberUid") == ["t1"]


def test_a_member_of_a_crowd_is_changed_like_any_other(world: World) -> None:
    members = world.server.fillers(world.server.crowd)
    group, anna = world.group(*members), world.person()
    step = change(group, add=(anna.dn,), delete=(members[len(members) // 2],))
    assert world.writer.apply(step) == DONE
    assert world.writer.apply(inverse(step)) == DONE
    assert set(world.server.values(group.dn)) == set(members)


def test_a_group_that_is_gone_is_drift(world: World) -> None:
    group = world.group(world.person())
    world.server.delete(group.dn)
    step = change(group, add=(world.person().dn,))
    assert world.writer.presence(step) is MemberPresence.GONE
    assert world.writer.apply(step).status is Status.DRIFT


def test_a_renamed_group_is_drift_and_is_judged_by_its_identity(world: World) -> None:
    anna = world.person()
    group = world.group(anna)
    world.server.rename(group.dn, f"cn={group.cn}-renamed")
    step = change(group, add=(anna.dn,))
    assert world.writer.presence(step) is MemberPresence.AFTER
    assert (
        world.writer.apply(change(group, add=(world.person().dn,))).status
        is Status.DRIFT
    )


@pytest.mark.parametrize("assertions", [False, True])
def test_a_group_made_anew_under_the_same_name_is_not_touched(
    world: World, doors: Doors, assertions: bool
) -> None:
    anna, berta = world.people(2)
    group = world.group(anna)
    profile = replace(
        world.writer.profile,
        tested=True,
        assertions=assertions and world.server.assertions,
    )
    writer = doors.writer(world.server.connection(profile=profile))
    world.server.delete(group.dn)
    anew = world.group(anna, name=group.cn)
    assert anew.key != group.key
    assert writer.apply(change(group, add=(berta.dn,))).status is Status.DRIFT
    assert world.server.values(group.dn) == [anna.dn]


def test_the_guard_of_a_tested_server_lets_the_right_change_through(
    world: World, doors: Doors
) -> None:
    anna, berta = world.people(2)
    group = world.group(anna)
    profile = replace(
        world.writer.profile, tested=True, assertions=world.server.assertions
    )
    writer = doors.writer(world.server.connection(profile=profile))
    assert writer.apply(change(group, add=(berta.dn,))) == DONE


def test_of_two_writers_with_the_same_step_one_wins_and_the_other_hears_of_it(
    world: World,
) -> None:
    anna, *others = world.people(9)
    group = world.group(anna)
    steps = [change(group, add=(other.dn,), delete=(anna.dn,)) for other in others]
    outcomes: list[Outcome] = []

    def run(step: DirectoryChange) -> None:
        writer = open_writer(world.server.connection())
        outcomes.append(writer.apply(step))
        writer.close()

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (
        sorted(outcome.status for outcome in outcomes)
        == [Status.DONE] + [Status.DRIFT] * 7
    )
    assert len(world.server.values(group.dn)) == 1


def test_a_value_the_server_cannot_take_is_refused(world: World) -> None:
    group = world.group(world.person())
    outcome = world.writer.apply(change(group, add=("this is no DN",)))
    assert outcome.status is Status.REFUSED
    assert outcome.text


def test_an_attribute_the_server_does_not_know_is_refused(world: World) -> None:
    group = world.group(world.person())
    outcome = world.writer.apply(
        DirectoryChange(group.key, group.dn, "noSuchThing", add=("x",))
    )
    assert outcome.status is Status.REFUSED


def test_a_group_is_created_once(world: World) -> None:
    wanted = world.server.new_group(f"role{id(world)}", world.person().dn)
    first, second = world.writer.create(wanted), world.writer.create(wanted)
    assert (first.status, first.proof) == (Status.DONE, Proof.ACKED)
    assert (second.status, second.proof) == (Status.ALREADY, Proof.ALREADY_THERE)
    assert first.key == second.key == world.server.key_of(wanted.dn)


def test_a_group_is_not_created_where_there_is_no_place(world: World) -> None:
    nowhere = f"ou=nowhere,{world.server.roles}"
    outcome = world.writer.create(
        world.server.new_group("x", world.person().dn, above=nowhere)
    )
    assert (outcome.status, outcome.code) == (Status.REFUSED, 32)
    assert "create the entry above it first" in outcome.text


def test_a_group_is_not_created_in_the_place_of_something_else(world: World) -> None:
    name, place = f"somebody{id(world)}", world.server.groups
    world.server.add(
        f"dn: cn={name},{place}\nobjectClass: person\ncn: {name}\nsn: {name}\n"
    )
    outcome = world.writer.create(
        world.server.new_group(name, world.person().dn, above=place)
    )
    assert outcome.status is Status.REFUSED
    assert "taken by something that is no group" in outcome.text


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_is_applied_its_inverse_restores_exactly(
    world: World, data: st.DataObject
) -> None:
    anchor, *people = world.server.fillers(7)
    start = data.draw(st.lists(st.sampled_from(people), min_size=1, unique=True))
    add = data.draw(st.lists(st.sampled_from(people), unique=True).map(tuple))
    delete = data.draw(
        st.lists(
            st.sampled_from([p for p in people if p not in add] or people), unique=True
        ).map(tuple)
    )
    if not (add or delete) or set(add) & set(delete):
        return
    group = world.group(anchor, *start)
    step = change(group, add=add, delete=delete)
    outcome = world.writer.apply(step)
    clean = not set(add) & set(start) and set(delete) <= set(start)
    assert (outcome == DONE) == clean
    if clean:
        assert set(world.server.values(group.dn)) == {anchor, *start, *add} - set(
            delete
        )
        assert world.writer.apply(inverse(step)) == DONE
    assert set(world.server.values(group.dn)) == {anchor, *start}


def test_the_profile_is_recognised_before_any_test(world: World) -> None:
    profile = world.reader.profile
    assert profile.family == world.server.family
    assert profile.key_attribute == world.server.key_attribute
    assert (profile.tested, profile.assertions) == (False, False)
    assert isinstance(profile, Profile)
