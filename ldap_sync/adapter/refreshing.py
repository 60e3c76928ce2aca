"""Reading only what changed: what a server stamped since, and who is there at all, so that nobody
who is gone is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from ldap_sync import mapping
from ldap_sync.adapter import family, filters, marks, others, primary
from ldap_sync.adapter.answers import FoundEntry
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.snapshot import (
    ATTEMPTS,
    Kind,
    Moving,
    kind_of_groups,
    kind_of_people,
    new_key,
    understood,
)
from ldap_sync.adapter.wire import NO_ATTRIBUTES
from ldap_sync.members import meant_by
from ldap_sync.port import MustReadAll, Progress, Standing
from ldap_sync.values import (
    Connection,
    DirectoryGroup,
    DirectoryPerson,
    DirectorySnapshot,
    Increment,
    Listing,
    Mark,
    Profile,
)

AT_ONCE = 50
"""So many entries are asked for by identity in one search."""

TOGETHER = 10 * AT_ONCE
"""So many groups are held at once to be compared."""

MOST = 2_000
"""Where more groups have to be read again one by one, reading everything is the shorter way."""

Read = TypeVar("Read", DirectoryPerson, DirectoryGroup)


@dataclass(slots=True)
class _Part(Generic[Read]):
    """What of one kind may be other than before, and all that are there now."""

    kind: Kind[Read]
    known: Callable[..., Mapping[str, str]]
    found: dict[str, Read] = field(default_factory=dict)
    none: set[str] = field(default_factory=set)
    listed: dict[str, str] | None = None
    gone: set[str] = field(default_factory=set)
    listing: str = ""
    passed: set[str] = field(default_factory=set)

    def among(self, keys: Set[str]) -> set[str]:
        """Return those of some identities that are there: as listed, or as they were, where the
        list is the one of before.
        """
        if self.listed is not None:
            return {key for key in keys if key in self.listed}
        return {*self.known(keys), *self.passed.intersection(keys)}

    def note_listing(self, rows: Mapping[str, str]) -> None:
        """Keep the digest of who is there only where each of ``rows`` is called as it was listed:
        else the next reading must compare one by one again.
        """
        read = {key: entry.dn for key, entry in self.found.items()}
        if self.kind.beside.left_out or any(
            read[key] != dn for key, dn in rows.items() if key in read
        ):
            self.listing = ""


def refresh(
    session: Session,
    connection: Connection,
    profile: Profile,
    standing: Standing,
    progress: Progress,
) -> Increment:
    """Read what changed since the reading before; again where the directory moved meanwhile.

    Raises ``MustReadAll``, ``IncompleteRead`` or ``Unavailable``.
    """
    one = _Refresh(session, connection, profile, standing, progress)
    for _ in range(ATTEMPTS - 1):
        try:
            return one.increment()
        except Moving:
            continue
    return one.increment()


def groups_again(
    session: Session,
    connection: Connection,
    profile: Profile,
    keys: Iterable[str],
) -> Iterator[DirectoryGroup]:
    """Yield groups, by identity, as another account sees them; some at a time."""
    kind = kind_of_groups(connection, profile)
    for some in _some(sorted(keys), TOGETHER):
        found = (
            kind.taken(entry)
            for condition in _by_key(profile, some)
            for entry in _below(session, kind, condition, kind.attributes)
        )
        known = [group for group in found if group is not None]
        yield from understood(session, connection.base, profile, known)


@dataclass(frozen=True, slots=True)
class _Refresh:
    """One reading of changes."""

    session: Session
    connection: Connection
    profile: Profile
    standing: Standing
    progress: Progress

    def increment(self) -> Increment:
        """Read once, in the order in which nothing can slip through between two questions."""
        known = self.standing.mark
        watch = marks.Watch.begin(
            self.session,
            self.connection,
            self.profile,
        )
        if why := watch.why_all(known):
            raise MustReadAll(why)
        later = watch.later(known)
        people = self._part(
            kind_of_people(self.connection, self.profile), later, self.standing.people
        )
        names = {person.dn: person.dn for person in people.found.values()}
        groups = self._part(
            kind_of_groups(self.connection, self.profile, names),
            filters.any_of([later, *family.filled_elsewhere(self.profile)]),
            self.standing.groups,
        )
        newest = max(people.kind.beside.newest, groups.kind.beside.newest)
        if watch.begun.way != marks.USN and newest < known.newest:
            raise MustReadAll(
                "The newest change that was read before is not there any more."
            )
        again = self._listing_them(people, groups)
        passed = self._passed(people) | self._passed(groups)
        return self._whole(
            self._as_increment(people, groups),
            lambda: watch.ended(
                newest,
                passed,
                again,
                _listing(people, groups),
            ),
        )

    def _part(
        self,
        kind: Kind[Read],
        later: str,
        known: Callable[..., Mapping[str, str]],
    ) -> _Part[Read]:
        """Read what changed of one kind, then who is there, then who is there and not known."""
        part = _Part(
            kind,
            known,
            passed=_keys_of(kind.name, self.standing.mark),
        )
        self._take(part, later)
        came = self._listed(kind)
        part.listing = blake2b(b"".join(came), digest_size=16).hexdigest()
        if self._are_as_before(part, len(came)):
            self._take_as_before(part)
        else:
            self._compare(part, came)
        return part

    def _are_as_before(self, part: _Part[Read], count: int) -> bool:
        """Tell whether who is there is, to the octet, who was there, and is known still."""
        before = self.standing.mark.listing
        if f"{part.kind.name}:{part.listing}" not in before.split():
            return False
        return self.standing.counted(part.kind.name) + len(part.passed) == count

    def _take_as_before(self, part: _Part[Read]) -> None:
        there = part.known(part.found.keys() | part.none)
        for key in part.found.keys() - there.keys() - part.passed:
            del part.found[key]  # gone again since it was asked for
        part.gone = part.none & there.keys()
        part.note_listing(there)

    def _compare(self, part: _Part[Read], came: Sequence[bytes]) -> None:
        """Read who is there and not known, and find out who is gone."""
        listed = part.listed = self._taken_apart(came)
        before = part.known()
        seen = part.found.keys() | part.none | part.passed
        fresh = {key for key, dn in listed.items() if before.get(key) != dn}
        self._take_by_key(part, fresh - seen)
        for key in part.found.keys() - listed.keys():
            del part.found[key]  # gone again since it was asked for
        gone = before.keys() - listed.keys()
        self._demand_gone(part.kind, gone)
        part.gone = gone | (part.none & before.keys())
        part.note_listing(listed)

    def _take(self, part: _Part[Read], condition: str) -> None:
        keys: set[str] = set()
        for entry in _below(
            self.session,
            part.kind,
            condition,
            part.kind.attributes,
        ):
            read = part.kind.taken(entry)
            if read is None:
                part.none.add(mapping.identity(entry.attributes))
                continue
            keys.add(new_key(read.key, entry.dn, keys))
            part.found[read.key] = read
            if len(keys) % AT_ONCE == 0:
                self.progress(part.kind.name, len(keys))

    def _take_by_key(self, part: _Part[Read], keys: Iterable[str]) -> None:
        """Read entries by identity; one that was listed and is not found is the directory moving.

        What servers leave lying about is read each time: it is named in each reading.
        """
        wanted = set(keys)
        for condition in _by_key(self.profile, wanted):
            self._take(part, condition)
        if wanted - part.found.keys() - part.none:
            raise Moving("Entries came and went while they were read: try again later.")

    def _demand_gone(self, kind: Kind[Read], keys: Iterable[str]) -> None:
        """Ask once more for those that were not listed: nobody is gone by a slip."""
        for condition in _by_key(self.profile, keys):
            if list(_below(self.session, kind, condition, NO_ATTRIBUTES)):
                raise Moving("Entries moved while they were counted: try again later.")

    def _listed(self, kind: Kind[Read]) -> list[bytes]:
        """Return identity and DN of every entry of a kind, as they came: who is there at all."""
        wanted = (self.profile.key_attribute,)
        came = [
            content
            for place in kind.places
            for content in self.session.contents(
                place,
                kind.condition,
                wanted,
            )
        ]
        self.progress(kind.name, len(came))
        return came

    def _taken_apart(self, came: Sequence[bytes]) -> dict[str, str]:
        """Return the DN of every entry by its identity."""
        found: dict[str, str] = {}
        for content in came:
            entry = self.session.wire.entry(content)
            key = mapping.identity(entry.attributes)
            found[new_key(key, entry.dn, found)] = entry.dn
        return found

    def _listing_them(
        self, people: _Part[DirectoryPerson], groups: _Part[DirectoryGroup]
    ) -> set[str]:
        """Read the groups that list somebody who is called otherwise now, or who is gone: servers
        follow in their members without a stamp, some of them a little later.
        """
        found = self._as_increment(people, groups)
        left = {meant_by("member", one.dn): one.why for one in found.part.left_out}
        looked_up = {
            key
            for key, (listing, what) in self.standing.idle().items()
            if what != (left.get(key) or self._what_is(listing))
        }
        named = set(self.standing.listing(found, looked_up))
        if len(named) > MOST:
            raise MustReadAll(f"{len(named)} groups list somebody who changed.")
        wanted = groups.among(named | set(self.standing.mark.again))
        self._take_by_key(groups, wanted - groups.found.keys())
        return named

    def _what_is(self, listing: Listing) -> str:
        return others.what_is(
            self.session,
            self.connection.base,
            *listing,
        )

    def _passed(self, part: _Part[Read]) -> set[str]:
        """Return what was found among a kind, now or before, and is none of it."""
        name = part.kind.name
        before = part.among(part.passed)
        still = (f"{name}:{key}" for key in before - part.found.keys())
        return part.kind.beside.passed.union(still)

    def _as_increment(
        self, people: _Part[DirectoryPerson], groups: _Part[DirectoryGroup]
    ) -> Increment:
        left_out = {**people.kind.beside.left_out, **groups.kind.beside.left_out}
        part = DirectorySnapshot(
            tuple(
                primary.resolved(
                    self.session,
                    self.profile,
                    [*people.found.values()],
                )
            ),
            tuple(
                understood(
                    self.session,
                    self.connection.base,
                    self.profile,
                    [*groups.found.values()],
                )
            ),
            self.profile,
            left_out=tuple(left_out.values()),
        )
        return Increment(
            part,
            frozenset(people.gone),
            frozenset(groups.gone),
        )

    def _whole(self, found: Increment, mark: Callable[[], Mark]) -> Increment:
        """Return an increment that also knows what stands behind values that name nobody."""
        beside = others.behind(
            self.session,
            self.connection.base,
            dict(self.standing.unknown(found)),
            found.part.left_out,
        )
        part = replace(
            found.part,
            others=beside,
            mark=mark(),
        )
        return replace(found, part=part)


def _listing(*parts: _Part[Any]) -> str:
    return " ".join(
        f"{part.kind.name}:{part.listing}" for part in parts if part.listing
    )


def _keys_of(name: str, mark: Mark) -> set[str]:
    start = f"{name}:"
    return {key.removeprefix(start) for key in mark.passed if key.startswith(start)}


def _below(
    session: Session, kind: Kind[Read], condition: str, wanted: Sequence[str]
) -> Iterator[FoundEntry]:
    both = filters.all_of(*filter(None, (kind.condition, condition)))
    for place in kind.places:
        yield from session.below(place, both, wanted)


def _by_key(profile: Profile, keys: Iterable[str]) -> Iterator[str]:
    """Yield conditions for some identities at a time."""
    for some in _some(sorted(keys), AT_ONCE):
        yield filters.any_of(family.has_key(profile, key) for key in some)


def _some(keys: Sequence[str], number: int) -> Iterator[Sequence[str]]:
    return (keys[start : start + number] for start in range(0, len(keys), number))
