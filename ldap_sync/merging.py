"""Changes of several people made one: what is to happen in a group travels in one Modify.

A value is named once per Modify (Samba stores a doubled one and never lets go of it), and no entry
is changed by two Modifies that are on their way at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ldap_sync.dn import fold_or_self
from ldap_sync.values import DirectoryChange, holds_names, stands_at_member

WINDOW = 16
"""How many Modifies are on their way before the first answer is waited for."""

Place = tuple[str, str, str, frozenset[str]]
"""Identity, DN and member attribute of a group: what one Modify is aimed at; where the membership
stands at the members, also who they are.
"""


@dataclass(frozen=True, slots=True)
class Packet:
    """One Modify, and the places in the list of changes that it makes."""

    change: DirectoryChange
    places: tuple[int, ...]


Window = tuple[Packet, ...]
"""Packets on different entries, sent before the first answer is read."""


@dataclass(slots=True)
class _Open:
    """The changes of one group that still fit into one Modify."""

    places: list[int] = field(default_factory=list)
    add: list[str] = field(default_factory=list)
    delete: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)

    def takes(self, meant: set[str]) -> bool:
        return not self.named & meant

    def put(self, place: int, change: DirectoryChange, meant: set[str]) -> None:
        self.places.append(place)
        self.add.extend(change.add)
        self.delete.extend(change.delete)
        self.named |= meant


def windows(changes: Sequence[DirectoryChange]) -> list[Window]:
    """Return the fewest Modifies that make ``changes``, in the order they may be sent.

    A change whose values another one names already waits for the next round.
    """
    return [
        tuple(packets[start : start + WINDOW])
        for packets in _rounds(changes)
        for start in range(0, len(packets), WINDOW)
    ]


def packets_of(changes: Sequence[DirectoryChange]) -> Iterator[Packet]:
    """Yield the same Modifies one by one."""
    for packets in _rounds(changes):
        yield from packets


def _rounds(changes: Sequence[DirectoryChange]) -> list[list[Packet]]:
    waiting: Iterable[int] = range(len(changes))
    rounds = []
    while waiting:
        packets, waiting = _round(changes, waiting)
        rounds.append(packets)
    return rounds


def _round(
    changes: Sequence[DirectoryChange], waiting: Iterable[int]
) -> tuple[list[Packet], list[int]]:
    """Return one Modify a group with as much as fits, and what has to wait for the next round."""
    found: dict[Place, _Open] = {}
    later: list[int] = []
    held: set[Place] = set()
    for place in waiting:
        change = changes[place]
        meant = _meant(change)
        entry = _place(change, meant)
        group = found.setdefault(entry, _Open())
        if entry in held or not group.takes(meant):
            # What comes later may build on it, so the order within a group stays.
            held.add(entry)
            later.append(place)
        else:
            group.put(place, change, meant)
    return [_packet(entry, group) for entry, group in found.items()], later


def _place(change: DirectoryChange, meant: set[str]) -> Place:
    apart = meant if stands_at_member(change.attribute) else ()
    return change.key, change.dn, change.attribute, frozenset(apart)


def _packet(entry: Place, group: _Open) -> Packet:
    key, dn, attribute, _ = entry
    add, delete = tuple(group.add), tuple(group.delete)
    change = DirectoryChange(key, dn, attribute, add=add, delete=delete)
    return Packet(change, tuple(group.places))


def _meant(change: DirectoryChange) -> set[str]:
    values = (*change.add, *change.delete)
    if holds_names(change.attribute):
        return set(values)
    return {fold_or_self(value) for value in values}
