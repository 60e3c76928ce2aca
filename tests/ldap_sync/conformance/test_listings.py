"""A group may list its members in several attributes: all are read, and each is changed where it
stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ldap_sync.ldif import snapshot_from_ldif
from ldap_sync.mapping import member_attributes
from ldap_sync.values import (
    DirectoryChange,
    DirectoryGroup,
    DirectoryPerson,
    Outcome,
    Proof,
    Status,
    inverse,
    value_in,
)
from tests.ldap_sync.conftest import WITH_ACCOUNT_NAMES, World

DONE = Outcome(Status.DONE, Proof.ACKED, 0)


@pytest.fixture
def listings(world: World) -> list[tuple[DirectoryGroup, list[DirectoryPerson]]]:
    """Every kind of group with two places, with three people: one in the main place, one in the
    other, one in both.
    """
    return list(_listings(world))


def _listings(world: World) -> Iterator[tuple[DirectoryGroup, list[DirectoryPerson]]]:
    for number, (kinds, main, other) in enumerate(world.server.several):
        anna, berta, carl = people = world.people(3)
        listed = {
            main: [value_in(main, one.uid, one.dn) for one in (anna, carl)],
            other: [value_in(other, one.uid, one.dn) for one in (berta, carl)],
        }
        yield (
            world.look(
                world.server.add_listing(kinds, f"two{number}-{anna.uid}", listed)
            ),
            people,
        )


@WITH_ACCOUNT_NAMES
def test_every_value_of_every_member_attribute_is_read(
    world: World, listings: list[tuple[DirectoryGroup, list[DirectoryPerson]]]
) -> None:
    read = {
        group.key: group
        for group in world.reader.read(lambda _what, _count: None).groups
    }
    for (_, main, other), (group, (anna, berta, carl)) in zip(
        world.server.several, listings, strict=True
    ):
        assert read[group.key] == group == world.reader.group(group.key)
        assert group.attribute == main
        expected = [(main, anna), (main, carl), (other, berta), (other, carl)]
        assert sorted(group.listed) == sorted(
            (place, value_in(place, one.uid, one.dn)) for place, one in expected
        )


@WITH_ACCOUNT_NAMES
def test_who_stands_in_any_of_them_is_in_the_group(
    world: World, listings: list[tuple[DirectoryGroup, list[DirectoryPerson]]]
) -> None:
    for group, people in listings:
        assert [
            [found.key for found in world.reader.groups_of(one)] for one in people
        ] == [[group.key]] * 3


@WITH_ACCOUNT_NAMES
def test_a_change_goes_into_its_own_attribute_and_comes_back(
    world: World, listings: list[tuple[DirectoryGroup, list[DirectoryPerson]]]
) -> None:
    for (_, main, other), (group, (_anna, berta, carl)) in zip(
        world.server.several, listings, strict=True
    ):
        before = {
            place: world.server.values(group.dn, place) for place in (main, other)
        }
        newcomer = world.person()
        taken = DirectoryChange(
            group.key, group.dn, other, delete=(value_in(other, carl.uid, carl.dn),)
        )
        added = DirectoryChange(
            group.key,
            group.dn,
            other,
            add=(value_in(other, newcomer.uid, newcomer.dn),),
        )
        assert [world.writer.apply(step) for step in (taken, added)] == [DONE, DONE]
        left = sorted(value_in(other, one.uid, one.dn) for one in (berta, newcomer))
        assert world.server.values(group.dn, other) == left
        assert world.server.values(group.dn, main) == before[main]
        assert [world.writer.apply(inverse(step)) for step in (added, taken)] == [
            DONE,
            DONE,
        ]
        assert {
            place: world.server.values(group.dn, place) for place in (main, other)
        } == before


@WITH_ACCOUNT_NAMES
def test_a_file_of_the_same_entries_lists_the_same(
    world: World,
    listings: list[tuple[DirectoryGroup, list[DirectoryPerson]]],
    tmp_path: Path,
) -> None:
    export = tmp_path / "export.ldif"
    export.write_text(
        "\n\n".join(filter(None, world.server.everything())) + "\n\n", encoding="utf-8"
    )
    read = {group.key: group for group in snapshot_from_ldif(export).groups}
    for group, _ in listings:
        assert (read[group.key].attribute, sorted(read[group.key].listed)) == (
            group.attribute,
            sorted(group.listed),
        )


PLACES = [  # object classes, attributes that hold values, all places, the main one first
    ("groupOfNames", "member", "member"),
    ("groupOfNames", "member memberUid", "member memberUid"),
    (
        "groupOfNames posixGroup",
        "member uniqueMember memberUid",
        "member uniqueMember memberUid",
    ),
    ("groupOfNames groupOfUniqueNames", "uniqueMember member", "member uniqueMember"),
    ("posixGroup", "", "memberUid"),
    ("posixGroup", "memberUid", "memberUid"),
    ("posixGroup", "member", "member"),
    ("posixGroup univentionGroup", "", "uniqueMember"),
    ("posixGroup univentionGroup", "memberUid", "uniqueMember memberUid"),
    ("posixGroup univentionGroup", "uniqueMember memberUid", "uniqueMember memberUid"),
    ("acmeGroup", "uniqueMember", "uniqueMember"),
    ("organizationalRole", "roleOccupant", "roleOccupant"),
    ("group", "member memberUid", "member"),
    ("somethingElse", "", "member"),
]


@pytest.mark.parametrize(("classes", "held", "expected"), PLACES)
def test_the_places_of_a_group_follow_its_classes_and_its_values(
    classes: str, held: str, expected: str
) -> None:
    values = {name.lower(): ["x"] for name in held.split()}
    assert member_attributes(classes.split(), values) == expected.split()
