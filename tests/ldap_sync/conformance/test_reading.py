"""What every server must let Rung read."""

from __future__ import annotations

import pytest

from ldap_sync.adapter import open_reader
from ldap_sync.dn import fold
from ldap_sync.port import IncompleteRead
from ldap_sync.values import DirectorySnapshot
from tests.ldap_sync.conftest import WITH_ACCOUNT_NAMES, World
from tests.ldap_sync.servers import LdapServer

NASTY_NAMES = [
    "Müller, Jörg",
    'Quote "Q"',
    "#hash",
    " leading and trailing ",
    "plus+equals=semi;<angle>",
    "back\\slash",
    "apostrophe's/slash",
    "star*(paren)",
    "王小明",
    "Zoe\u0308 combining",
]


def silently(what: str, count: int) -> None:
    """Hear of progress and say nothing."""


def read(server: LdapServer, **changed: object) -> DirectorySnapshot:
    reader = open_reader(server.connection(**changed))
    try:
        return reader.read(silently)
    finally:
        reader.close()


def test_a_reading_holds_every_person_with_a_lasting_identity(world: World) -> None:
    anna = world.person()
    found = {person.key: person for person in world.reader.read(silently).people}
    assert found[world.server.key_of(anna.dn)] == anna


def test_a_reading_holds_every_group_with_its_values_as_the_server_spells_them(
    world: World,
) -> None:
    group = world.group(*world.people(3))
    found = {group.key: group for group in world.reader.read(silently).groups}
    assert sorted(found[group.key].members) == world.server.values(group.dn)


def test_groups_outside_of_the_bases_that_list_people_are_counted_and_named(
    world: World,
) -> None:
    anna, berta = world.people(2)
    for kind in world.server.kinds:
        two, none = world.group(anna, berta, kind=kind), world.group(anna, kind=kind)
        world.server.delete(none.dn)
        inside = read(world.server, group_base=world.server.roles)
        assert two.key not in {group.key for group in inside.groups}
        outside = {fold(group.dn): group.people for group in inside.outside}
        assert outside[fold(two.dn)] == 2
        assert fold(none.dn) not in outside
    assert read(world.server, group_base="", role_base="").outside == ()


def test_progress_ends_with_the_number_that_was_read(world: World) -> None:
    world.group(world.person())
    told: dict[str, int] = {}
    snapshot = world.reader.read(told.__setitem__)
    assert told == {"people": len(snapshot.people), "groups": len(snapshot.groups)}


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_any_name_of_a_person_or_group_survives(world: World, name: str) -> None:
    person = world.person(f"{name} {id(world)}")
    group = world.group(person, name=f"{name} {id(world)}")
    assert fold(group.members[0]) == fold(person.dn)
    assert [listed.key for listed in world.reader.groups_of(person)] == [group.key]
    assert [listed.key for listed in world.reader.parents_of(person.dn)] == [group.key]


def test_members_that_are_nobody_are_told_and_do_not_disturb(world: World) -> None:
    ghosts = {"cn=nobody", world.server.person_dn("ghost")}
    if world.server.takes_nobodies:
        assert ghosts < set(world.group(world.person(), *ghosts).members)
    assert world.reader.person("00000000-0000-0000-0000-000000000000") is None


def test_a_group_of_many_is_read_to_its_last_value(world: World) -> None:
    members = world.server.fillers(world.server.crowd)
    group = world.group(*members)
    assert set(group.members) == set(members)


def test_groups_below_both_bases_are_read_once(world: World) -> None:
    server = world.server
    world.group(world.person())
    once = read(server)
    twice = read(server, group_base=server.suffix, role_base=server.roles)
    assert {group.key for group in twice.groups} >= {group.key for group in once.groups}
    assert len({group.key for group in twice.groups}) == len(twice.groups)


def test_without_separate_bases_the_whole_base_is_read(world: World) -> None:
    anna = world.person()
    group = world.group(anna)
    snapshot = read(world.server, people_base="", group_base="", role_base="")
    assert anna in snapshot.people
    assert group in snapshot.groups


def test_a_base_that_is_not_there_is_refused(server: LdapServer) -> None:
    with pytest.raises(
        IncompleteRead, match=r"There is no ou=nowhere.*check the base DNs"
    ):
        read(server, people_base=f"ou=nowhere,{server.suffix}")


def test_a_base_that_is_no_dn_is_refused(server: LdapServer) -> None:
    with pytest.raises(IncompleteRead, match="nonsense is no DN"):
        read(server, people_base="nonsense")


def test_a_base_without_people_is_refused(server: LdapServer) -> None:
    with pytest.raises(
        IncompleteRead, match=f"No people were found under {server.roles}"
    ):
        read(server, people_base=server.roles)


def test_a_renamed_person_is_found_by_identity(world: World) -> None:
    anna = world.person()
    married = world.server.person_dn(f"{anna.uid}-married")
    world.server.rename(anna.dn, married.partition(",")[0])
    found = world.reader.person(anna.key)
    assert found is not None
    assert found.dn == married


def test_a_joiner_under_the_name_of_a_leaver_is_somebody_else(world: World) -> None:
    leaver = world.person()
    world.server.delete(leaver.dn)
    joiner = world.person(leaver.uid)
    assert joiner.dn == leaver.dn
    assert joiner.key != leaver.key
    assert world.reader.person(leaver.key) is None


@WITH_ACCOUNT_NAMES
def test_account_names_count_letter_by_letter(world: World) -> None:
    small, capital = world.person("case1"), world.person("other1")
    group = world.group("case1", "CASE1", capital, kind="posixGroup")
    assert set(group.members) == {"case1", "CASE1", "other1"}
    assert [listed.key for listed in world.reader.groups_of(small)] == [group.key]
    assert group.value_for(small) == "case1"


def test_a_group_knows_which_groups_list_it(world: World) -> None:
    child = world.group(world.person())
    parent = world.group(child.dn)
    assert [group.key for group in world.reader.parents_of(child.dn)] == [parent.key]
    assert world.reader.parents_of(parent.dn) == ()


def test_a_group_that_lists_itself_does_not_disturb(world: World) -> None:
    group = world.group(world.person())
    world.server.put(group.dn, group.dn)
    assert [listed.key for listed in world.reader.parents_of(group.dn)] == [group.key]


def test_memberof_is_what_the_person_shows_and_never_where_grants_come_from(
    world: World,
) -> None:
    anna = world.person()
    group = world.group(anna)
    shown = world.reader.memberof(anna)
    assert shown == ({fold(group.dn)} if world.server.memberof != "none" else set())
    assert [listed.key for listed in world.reader.groups_of(anna)] == [group.key]


def test_a_group_is_found_by_identity_and_by_place(world: World) -> None:
    group = world.group(world.person())
    assert world.reader.group(group.key) == group
    assert world.reader.group_at(group.dn) == group
    world.server.delete(group.dn)
    assert world.reader.group(group.key) is None
    assert world.reader.group_at(group.dn) is None


def test_a_person_is_no_group(world: World) -> None:
    anna = world.person()
    assert world.reader.group_at(anna.dn) is None
    assert world.reader.group(anna.key) is None
