"""What every server must do when the changes of several people travel together."""

from __future__ import annotations

from collections.abc import Sequence

from ldap_sync.merging import windows
from ldap_sync.values import (
    DirectoryChange,
    DirectoryGroup,
    DirectoryPerson,
    MemberPresence,
    Outcome,
    Proof,
    Status,
    inverse,
)
from tests.ldap_sync.conftest import World

DONE = Outcome(Status.DONE, Proof.ACKED, 0)
BEFORE, AFTER = MemberPresence.BEFORE, MemberPresence.AFTER


def sent(world: World, changes: Sequence[DirectoryChange]) -> list[Outcome]:
    """Send changes in their windows and return what became of each."""
    became: dict[int, Outcome] = {}
    for window in windows(changes):
        became |= world.writer.send(window, changes)
    return [became[place] for place in range(len(changes))]


def taking(group: DirectoryGroup, person: DirectoryPerson) -> DirectoryChange:
    value = group.value_for(person)
    return DirectoryChange(group.key, group.dn, group.attribute, delete=(value,))


def giving(group: DirectoryGroup, person: DirectoryPerson) -> DirectoryChange:
    return inverse(taking(group, person))


def test_many_people_leave_many_groups_and_come_back(world: World) -> None:
    stays, *people = world.people(5)
    for kind in world.server.kinds:
        groups = [world.group(stays, *people, kind=kind) for _ in range(3)]
        changes = [taking(group, person) for person in people for group in groups]
        assert world.writer.presences(changes) == [BEFORE] * 12
        assert sent(world, changes) == [DONE] * 12
        assert world.writer.presences(changes) == [AFTER] * 12
        for group in groups:
            left = world.server.members(group)
            assert left == [group.value_for(stays)]
        assert sent(world, [inverse(step) for step in changes]) == [DONE] * 12
        for group in groups:
            values = world.server.members(group)
            everybody = [group.value_for(person) for person in (stays, *people)]
            assert values == sorted(everybody)


def test_what_others_did_already_is_not_claimed_and_the_rest_goes_through(
    world: World,
) -> None:
    stays, *people = world.people(5)
    group = world.group(stays, *people)
    changes = [taking(group, person) for person in people]
    world.server.take(group.dn, people[1].dn)
    first, already, *rest = sent(world, changes)
    assert [first, *rest] == [DONE] * 3
    assert (already.status, already.proof) == (Status.ALREADY, Proof.ALREADY_THERE)
    assert world.server.values(group.dn) == [stays.dn]


def test_exactly_the_change_the_server_refuses_is_refused(world: World) -> None:
    stays, *people = world.people(4)
    group = world.group(stays)
    malformed = DirectoryChange(group.key, group.dn, group.attribute, add=("no dn",))
    good = [giving(group, person) for person in people]
    *outcomes, refused = sent(world, [*good, malformed])
    assert outcomes == [DONE] * 3
    assert refused.status is Status.REFUSED
    everybody = sorted(person.dn for person in (stays, *people))
    assert world.server.values(group.dn) == everybody


def test_a_group_that_is_gone_is_drift_for_all_and_the_others_go_through(
    world: World,
) -> None:
    stays, anna, berta = world.people(3)
    gone, group = world.group(anna, berta), world.group(stays, anna, berta)
    changes = [taking(one, who) for one in (gone, group) for who in (anna, berta)]
    world.server.delete(gone.dn)
    assert world.writer.presences(changes)[:2] == [MemberPresence.GONE] * 2
    outcomes = sent(world, changes)
    assert [one.status for one in outcomes[:2]] == [Status.DRIFT] * 2
    assert outcomes[2:] == [DONE] * 2


def test_the_place_of_the_last_who_leave_is_taken_in_the_same_modify(
    world: World,
) -> None:
    anna, berta = world.people(2)
    stand_in = world.person()
    group = world.group(anna, berta)
    last = DirectoryChange(
        group.key, group.dn, group.attribute, (stand_in.dn,), (berta.dn,)
    )
    assert sent(world, [taking(group, anna), last]) == [DONE] * 2
    assert world.server.values(group.dn) == [stand_in.dn]
    back = [inverse(last), giving(group, anna)]
    assert sent(world, back) == [DONE] * 2
    assert world.server.values(group.dn) == sorted([anna.dn, berta.dn])


def test_presences_are_told_in_the_order_they_were_asked_for(world: World) -> None:
    anna, berta, carl = world.people(3)
    group = world.group(anna, berta)
    changes = [giving(group, carl), giving(group, anna), taking(group, berta)]
    assert world.writer.presences(changes) == [BEFORE, AFTER, BEFORE]
