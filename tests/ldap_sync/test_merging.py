"""Changes become as few Modifies as possible, none is lost, and none meets another on the way."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ldap_sync.merging import WINDOW, windows
from ldap_sync.values import DirectoryChange

GROUPS = st.integers(0, 40).map(lambda number: f"cn=g{number},dc=x")
NAMES = st.integers(0, 5).map(lambda number: f"uid=p{number},dc=x")


@st.composite
def a_change(draw: st.DrawFn) -> DirectoryChange:
    """Return a change of one of a few groups, with one to four values."""
    group = draw(GROUPS)
    values = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    cut = draw(st.integers(0, len(values)))
    add, delete = tuple(values[:cut]), tuple(values[cut:])
    return DirectoryChange(group, group, "member", add, delete)


@given(changes=st.lists(a_change(), max_size=60))
def test_every_change_is_in_exactly_one_modify(
    changes: list[DirectoryChange],
) -> None:
    packets = [packet for window in windows(changes) for packet in window]
    places = [place for packet in packets for place in packet.places]
    assert sorted(places) == list(range(len(changes)))
    for packet in packets:
        parts = [changes[place] for place in packet.places]
        assert {part.key for part in parts} == {packet.change.key}
        added = Counter(value for part in parts for value in part.add)
        assert Counter(packet.change.add) == added
        deleted = Counter(value for part in parts for value in part.delete)
        assert Counter(packet.change.delete) == deleted


@given(changes=st.lists(a_change(), max_size=60))
def test_a_modify_names_a_value_once_and_a_window_an_entry_once(
    changes: list[DirectoryChange],
) -> None:
    for window in windows(changes):
        assert len(window) <= WINDOW
        entries = [packet.change.dn for packet in window]
        assert len(set(entries)) == len(entries)
        for packet in window:
            values = (*packet.change.add, *packet.change.delete)
            assert len(set(values)) == len(values)


@given(changes=st.lists(a_change(), max_size=60))
def test_changes_of_one_group_keep_their_order(changes: list[DirectoryChange]) -> None:
    by_group: dict[str, list[int]] = {}
    for window in windows(changes):
        for packet in window:
            by_group.setdefault(packet.change.dn, []).extend(packet.places)
    for places in by_group.values():
        assert places == sorted(places)


def test_people_of_one_role_need_one_modify_a_group() -> None:
    people = [f"uid=p{number},dc=x" for number in range(25)]
    changes = [
        DirectoryChange(f"g{group}", f"cn=g{group},dc=x", "member", delete=(person,))
        for person in people
        for group in range(23)
    ]
    assert [len(window) for window in windows(changes)] == [16, 7]


def test_the_same_value_in_another_spelling_waits_for_the_next_round() -> None:
    spellings = ("uid=anna,dc=x", "UID=Anna, DC=x")
    changes = [DirectoryChange("g", "cn=g", "member", add=(one,)) for one in spellings]
    assert [packet.places for [packet] in windows(changes)] == [(0,), (1,)]


def test_account_names_differ_by_every_letter() -> None:
    changes = [
        DirectoryChange("g", "cn=g", "memberUid", add=(one,))
        for one in ("anna", "Anna")
    ]
    [[packet]] = windows(changes)
    assert packet.change.add == ("anna", "Anna")
