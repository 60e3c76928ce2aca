"""Whether the write account may write is known before anything is written, on every server."""

from __future__ import annotations

from ldap_sync.port import WriteDirectory
from ldap_sync.values import DirectoryChange, DirectoryGroup, NewGroup
from tests.ldap_sync.conftest import World


def joining(group: DirectoryGroup, value: str) -> DirectoryChange:
    return DirectoryChange(group.key, group.dn, group.attribute, add=(value,))


def test_nothing_is_doubted_that_may_be_written(world: World) -> None:
    anna, hans = world.people(2)
    groups = [world.group(hans) for _ in range(3)]
    before = world.server.everything()
    changes = [joining(group, anna.dn) for group in groups]
    assert world.writer.doubts(changes) == ()
    assert world.server.everything() == before


def test_a_place_where_groups_may_be_made_is_not_doubted(world: World) -> None:
    name = f"cn=new,{world.server.roles}"
    before = world.server.everything()
    assert world.writer.doubts([NewGroup(name, ())]) == ()
    assert world.server.everything() == before


def test_who_may_write_nothing_is_told_so_of_every_entry(world: World) -> None:
    anna, hans = world.people(2)
    groups = [world.group(hans) for _ in range(2)]
    writer = by_the_reader(world)
    new = NewGroup(f"cn=new,{world.server.roles}", ())
    before = world.server.everything()
    found = writer.doubts([new, *(joining(group, anna.dn) for group in groups)])
    assert {doubt.dn for doubt in found} == {new.dn, *(group.dn for group in groups)}
    assert all(doubt.certain for doubt in found)
    assert "lacks the right" in found[0].why
    assert world.server.everything() == before


def by_the_reader(world: World) -> WriteDirectory:
    """Open the directory for writing with the account that may only read."""
    usual = world.server.connection()
    return world.doors.writer(
        world.server.connection(
            write_dn=usual.bind_dn, write_password=usual.bind_password
        )
    )


def test_an_entry_that_is_gone_is_no_certain_no(world: World) -> None:
    anna, hans = world.people(2)
    group = world.group(hans)
    world.server.delete(group.dn)
    [doubt] = world.writer.doubts([joining(group, anna.dn)])
    assert doubt.dn == group.dn
    assert not doubt.certain
