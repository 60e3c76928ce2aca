"""Which sort an entry is of: a person, a group, something else that exists, or nobody.

No server may mix them up.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ldap_sync.dn import fold
from ldap_sync.ldif import snapshot_from_ldif
from ldap_sync.members import Known, meant_by
from ldap_sync.values import DirectoryChange, DirectorySnapshot, Outcome, Proof, Status
from tests.ldap_sync.conftest import WITH_ACCOUNT_NAMES, World

DONE = Outcome(Status.DONE, Proof.ACKED, 0)
WITH_OWN_CLASSES = pytest.mark.parametrize(
    "server", ["slapd", "slapd with memberof", "389"], indirect=True
)
"""Servers to whose schema a company can add classes of its own, and that show only those."""


def read(world: World) -> DirectorySnapshot:
    """Read the whole directory."""
    return world.reader.read(lambda _what, _count: None)


def exported(world: World, folder: Path) -> DirectorySnapshot:
    """Read what the server's own client exports as a file."""
    export = folder / "export.ldif"
    export.write_text(
        "\n\n".join(filter(None, world.server.everything())) + "\n\n", encoding="utf-8"
    )
    return snapshot_from_ldif(export, world.server.people, world.server.groups)


def others_of(snapshot: DirectorySnapshot) -> dict[str, str]:
    """Return what else exists, by what values mean."""
    return {other.key: other.what for other in snapshot.others}


def test_what_exists_and_is_no_person_is_told_with_its_class(world: World) -> None:
    anna = world.person()
    others = world.server.add_others(anna.uid)
    world.group(anna, *others)
    found = others_of(read(world))
    assert {dn: found.get(meant_by("member", dn)) for dn in others} == others
    assert meant_by("member", anna.dn) not in found


def test_who_was_deleted_is_nobody(world: World) -> None:
    if world.server.takes_nobodies:
        ghost = world.server.person_dn(f"ghost{id(world)}")
        world.group(world.person(), ghost)
        assert meant_by("member", ghost) not in others_of(read(world))


@WITH_ACCOUNT_NAMES
def test_an_account_name_of_something_else_is_told_too(world: World) -> None:
    anna = world.person()
    world.server.add_others(anna.uid)
    names = {
        f"outside-{anna.uid}": "account",
        f"guest-{anna.uid}": "inetOrgPerson",
        f"gone-{anna.uid}": None,
    }
    world.group(*names, kind="posixGroup")
    found = others_of(read(world))
    assert {name: found.get(meant_by("memberUid", name)) for name in names} == names


@WITH_ACCOUNT_NAMES
def test_a_file_tells_the_same_sorts_as_the_server(
    world: World, tmp_path: Path
) -> None:
    anna = world.person()
    others = world.server.add_others(anna.uid)
    group = world.group(anna, *others)
    live, file = read(world), exported(world, tmp_path)
    listed = {meant_by("member", dn) for dn in others}
    assert {person.key for person in file.people} == {
        person.key for person in live.people
    }
    assert group.key in {found.key for found in file.groups}
    assert {key: what for key, what in others_of(file).items() if key in listed} == {
        key: what for key, what in others_of(live).items() if key in listed
    }


def test_what_a_server_left_lying_about_is_left_out_and_named(
    world: World, tmp_path: Path
) -> None:
    anna = world.person()
    debris = world.server.add_debris(anna.uid)
    group = world.group(anna, *debris)
    names = {fold(dn): why for dn, why in debris.items()}
    for snapshot in (read(world), exported(world, tmp_path)):
        assert [person.key for person in snapshot.people if person.uid == anna.uid] == [
            anna.key
        ]
        assert {
            fold(entry.dn): entry.why for entry in snapshot.left_out
        }.items() >= names.items()
        assert {
            meant_by("member", dn): why for dn, why in debris.items()
        }.items() <= others_of(snapshot).items()
        [found] = [one for one in snapshot.groups if one.key == group.key]
        assert (
            Known(snapshot.people, snapshot.groups)
            .meaning(found, "member", anna.dn)
            .key
            == anna.key
        )


@WITH_OWN_CLASSES
def test_people_of_a_derived_class_are_people(world: World, tmp_path: Path) -> None:
    name = f"own{id(world)}"
    dn = world.server._added(
        world.server.person_dn(name), "acmePerson", {"cn": [name], "sn": [name]}
    )
    world.group(dn)
    key = world.server.key_of(dn)
    assert world.reader.person(key) is not None
    for snapshot in (read(world), exported(world, tmp_path)):
        assert [person.uid for person in snapshot.people if person.key == key] == [name]


@WITH_OWN_CLASSES
def test_groups_of_a_derived_class_are_groups_with_the_rules_of_what_they_derive_from(
    world: World, tmp_path: Path
) -> None:
    anna, berta = world.people(2)
    for own, known, attribute in world.server.derived:
        like = world.group(anna, kind=known)
        dn = world.server.add_listing(
            [own], f"{own}-{anna.uid}", {attribute: [like.value_for(anna)]}
        )
        found = world.look(dn)
        assert (found.attribute, found.members) == (like.attribute, like.members)
        assert found.needs_member == like.needs_member
        for snapshot in (read(world), exported(world, tmp_path)):
            assert [
                group.members for group in snapshot.groups if group.key == found.key
            ] == [found.members]
        assert {found.key, like.key} <= {
            group.key for group in world.reader.groups_of(anna)
        }
        step = DirectoryChange(
            found.key, found.dn, found.attribute, add=(found.value_for(berta),)
        )
        assert world.writer.apply(step) == DONE


@WITH_OWN_CLASSES
def test_an_empty_group_of_a_derived_class_lists_where_the_server_lets_it(
    world: World,
) -> None:
    anna = world.person()
    found = world.look(
        world.server.add_listing(["acmeUnixGroup"], f"empty-{anna.uid}", {})
    )
    assert (found.attribute, found.members) == ("memberUid", ())


@WITH_OWN_CLASSES
def test_values_with_an_option_count_behind_those_without(
    world: World, tmp_path: Path
) -> None:
    anna = world.person()
    german = f"{anna.uid}-deutsch"
    world.server.change(
        f"dn: {anna.dn}\nchangetype: modify\nadd: uid;lang-de\nuid;lang-de: {german}\n"
        f"-\nadd: cn;lang-de\ncn;lang-de: Anna auf Deutsch\n"
    )
    group = world.group(german, kind="posixGroup")
    for snapshot in (read(world), exported(world, tmp_path)):
        [found] = [person for person in snapshot.people if person.key == anna.key]
        assert (found.uid, found.further_uids) == (anna.uid, (german,))
        assert found.name == anna.name
        [listing] = [one for one in snapshot.groups if one.key == group.key]
        known = Known(snapshot.people, snapshot.groups, snapshot.others)
        assert known.meaning(listing, "memberUid", german).key == anna.key


@WITH_ACCOUNT_NAMES
def test_every_account_name_of_a_person_counts(world: World, tmp_path: Path) -> None:
    anna = world.person()
    second = f"{anna.uid}-second"
    world.server.change(f"dn: {anna.dn}\nchangetype: modify\nadd: uid\nuid: {second}\n")
    group = world.group(second, kind="posixGroup")
    for snapshot in (read(world), exported(world, tmp_path)):
        [found] = [person for person in snapshot.people if person.key == anna.key]
        assert (found.uid, found.further_uids) == (anna.uid, (second,))
    assert group.key in {listed.key for listed in world.reader.groups_of(found)}
