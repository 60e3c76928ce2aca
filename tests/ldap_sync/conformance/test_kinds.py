"""Every kind of group that a server has is read, changed for one and for many, and put back:
``organizationalRole``, ``groupOfMembers`` and managed roles as well as the usual ones.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ldap_sync.ldif import render_changes, snapshot_from_ldif
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
from tests.ldap_sync.conftest import WITH_ACCOUNT_NAMES, World

DONE = Outcome(Status.DONE, Proof.ACKED, 0)


def of_every_kind(world: World, *members: DirectoryPerson) -> list[DirectoryGroup]:
    """Add a group of every kind with the same members."""
    return [world.group(*members, kind=kind) for kind in world.server.kinds]


def listed(*people: DirectoryPerson, by: DirectoryGroup) -> list[str]:
    return sorted(by.value_for(person) for person in people)


def step(
    group: DirectoryGroup,
    *,
    add: tuple[DirectoryPerson, ...] = (),
    delete: tuple[DirectoryPerson, ...] = (),
) -> DirectoryChange:
    """Return who comes into a group and who goes."""
    come, go = (tuple(group.value_for(one) for one in some) for some in (add, delete))
    return DirectoryChange(group.key, group.dn, group.attribute, add=come, delete=go)


def test_every_kind_is_read_with_its_members_and_found_at_the_person(
    world: World,
) -> None:
    anna, berta = world.people(2)
    groups = of_every_kind(world, anna, berta)
    read = {one.key: one for one in world.reader.read(lambda _w, _c: None).groups}
    of_anna = {group.key for group in world.reader.groups_of(anna)}
    for group in groups:
        assert sorted(group.members) == listed(anna, berta, by=group)
        assert read[group.key] == group
        assert world.reader.group(group.key) == group
        assert group.key in of_anna


@WITH_ACCOUNT_NAMES
def test_every_kind_is_read_from_a_file_with_the_same_members(
    world: World, tmp_path: Path
) -> None:
    anna, berta = world.people(2)
    groups = of_every_kind(world, anna, berta)
    export = tmp_path / "export.ldif"
    records = (*world.server.everything(), *map(world.server.record, groups))
    export.write_text("\n\n".join(dict.fromkeys(filter(None, records))) + "\n\n")
    place = (world.server.people, world.server.groups)
    read = {one.key: one for one in snapshot_from_ldif(export, *place).groups}
    for group in groups:
        assert sorted(read[group.key].members) == listed(anna, berta, by=group)


def test_every_kind_can_be_changed_and_put_back(world: World) -> None:
    anna, berta, carl = world.people(3)
    for group in of_every_kind(world, anna, carl):
        change = step(group, add=(berta,), delete=(anna,))
        assert world.writer.presence(change) is MemberPresence.BEFORE
        assert world.writer.apply(change) == DONE
        assert world.server.members(group) == listed(berta, carl, by=group)
        assert world.writer.presence(change) is MemberPresence.AFTER
        assert world.writer.apply(change).status is Status.ALREADY
        assert world.writer.apply(inverse(change)) == DONE
        assert world.server.members(group) == listed(anna, carl, by=group)


def test_in_every_kind_a_change_half_in_place_is_drift(world: World) -> None:
    anna, berta, carl = world.people(3)
    for group in of_every_kind(world, anna, berta):
        change = step(group, add=(carl, berta))
        assert world.writer.presence(change) is MemberPresence.MIXED
        assert world.writer.apply(change).status is Status.DRIFT
        assert world.server.members(group) == listed(anna, berta, by=group)


def test_many_come_into_groups_of_every_kind_at_once_and_go_again(world: World) -> None:
    anna, *others = world.people(4)
    groups = of_every_kind(world, anna)
    changes = [step(group, add=(one,)) for one in others for group in groups]
    for direction in (changes, [inverse(change) for change in changes]):
        became = {}
        for window in windows(direction):
            became |= world.writer.send(window, direction)
        assert list(became.values()) == [DONE] * len(direction)
        assert world.writer.presences(direction) == [MemberPresence.AFTER] * len(
            direction
        )
    for group in groups:
        assert world.server.members(group) == listed(anna, by=group)


def test_who_is_gone_is_refused_alone_in_every_kind(world: World) -> None:
    anna, berta = world.people(2)
    gone = world.person()
    world.server.delete(gone.dn)
    for group in of_every_kind(world, anna):
        if world.server.takes_nobodies and group.attribute != "nsRoleDN":
            continue
        changes = [step(group, add=(one,)) for one in (gone, berta)]
        became = {}
        for window in windows(changes):
            became |= world.writer.send(window, changes)
        assert became[0].status in (Status.DRIFT, Status.REFUSED)
        assert (became[1], world.server.members(group)) == (
            DONE,
            listed(anna, berta, by=group),
        )


@pytest.mark.parametrize(
    "server", ["slapd", "slapd with memberof", "389"], indirect=True
)
def test_ldapmodify_makes_the_same_changes_from_the_file_beside_the_plan(
    world: World,
) -> None:
    anna, berta, carl = world.people(3)
    groups = of_every_kind(world, anna, carl)
    changes = [step(group, add=(berta,), delete=(anna,)) for group in groups]
    world.server.change(render_changes(changes))
    for group in groups:
        assert world.server.members(group) == listed(berta, carl, by=group)
    world.server.change(render_changes(map(inverse, changes)))
    for group in groups:
        assert world.server.members(group) == listed(anna, carl, by=group)
