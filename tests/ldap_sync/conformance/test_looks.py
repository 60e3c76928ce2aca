"""Many people are looked at together, and each is seen as when looked at alone."""

from __future__ import annotations

import pytest

from ldap_sync.adapter import wire
from ldap_sync.looks import GroupName, LiveLook, Sought
from ldap_sync.port import IncompleteRead
from ldap_sync.values import DirectoryPerson
from tests.ldap_sync.conformance.test_reading import NASTY_NAMES
from tests.ldap_sync.conftest import World


def sought(person: DirectoryPerson) -> Sought:
    return Sought(person.key, person.dn, person.uid)


def alone(world: World, person: DirectoryPerson) -> LiveLook | None:
    """Look at a person by single questions."""
    found = world.reader.person(person.key)
    if found is None:
        return None
    names = sorted((group.key, group.dn) for group in world.reader.groups_of(found))
    groups = tuple(GroupName(*name) for name in names)
    return LiveLook(found, groups, world.reader.memberof(found))


def together(world: World, people: list[DirectoryPerson]) -> list[LiveLook | None]:
    """Look at people at once, their groups in an order of ours."""
    looks = world.reader.looks([sought(one) for one in people])
    return [
        look
        and LiveLook(
            look.person,
            tuple(sorted(look.groups, key=lambda group: (group.key, group.dn))),
            look.memberof,
        )
        for look in looks
    ]


def test_many_are_seen_together_as_each_is_alone(world: World) -> None:
    usual = world.people(3)
    people = [*usual, *(world.person(f"{one} {id(world)}l") for one in NASTY_NAMES)]
    for kind in world.server.kinds:
        world.group(*usual[1:], kind=kind)
    world.group(*people[2:])
    seen = together(world, people)
    assert seen == [alone(world, one) for one in people]
    assert seen[0] is not None and seen[0].groups == ()
    assert seen[2] is not None and len(seen[2].groups) == len(world.server.kinds) + 1


def test_who_was_renamed_is_found_and_who_is_gone_is_nobody(world: World) -> None:
    anna, berta, carl = people = world.people(3)
    world.group(*people)
    rdn = anna.dn.partition(",")[0]
    world.server.rename(anna.dn, f"{rdn}-married")
    world.server.delete(berta.dn)
    seen = together(world, people)
    assert seen == [alone(world, one) for one in people]
    assert seen[0] is not None and seen[0].person.dn != anna.dn
    assert seen[1] is None
    assert seen[2] is not None and seen[2].person == carl


def test_another_entry_under_the_name_of_somebody_who_left_is_not_them(
    world: World,
) -> None:
    leaver = world.person()
    world.server.delete(leaver.dn)
    joiner = world.person(leaver.uid)
    world.group(joiner)
    assert together(world, [leaver, joiner]) == [None, alone(world, joiner)]


def test_more_are_looked_at_than_may_be_on_their_way(world: World) -> None:
    people = world.people(wire.FLYING + 3)
    world.group(*people)
    assert [look and look.person for look in together(world, people)] == people


def test_where_groups_stand_has_to_be_there_also_for_who_is_in_none(
    world: World,
) -> None:
    connection = world.server.connection(group_base=f"ou=nowhere,{world.server.groups}")
    anna = world.person()
    with pytest.raises(IncompleteRead):
        world.doors.reader(connection).looks([sought(anna)])
