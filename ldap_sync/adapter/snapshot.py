"""The complete reading: every page a success, every entry identified, the number of entries counted
twice.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Generic, TypeVar

from ldap_sync import debris, mapping
from ldap_sync.accounts import Judge
from ldap_sync.adapter import family, inherited, marks, others, primary, roles
from ldap_sync.adapter.answers import FoundEntry
from ldap_sync.adapter.session import NotThere, Session
from ldap_sync.adapter.wire import NO_ATTRIBUTES
from ldap_sync.dn import MalformedDn, is_under, parse
from ldap_sync.port import IncompleteRead, Progress
from ldap_sync.values import (
    Connection,
    DirectoryGroup,
    DirectoryPerson,
    DirectorySnapshot,
    LeftOut,
    Profile,
)

ATTEMPTS = 3
SCRATCH = "rung-check-"
"""How the names of groups begin that a check makes for a moment."""

_TELL_EVERY = 500
NO_NAMES: Mapping[str, str] = {}
Read = TypeVar("Read", DirectoryPerson, DirectoryGroup)


class Moving(IncompleteRead):
    """The directory changed while it was read."""


@dataclass(slots=True)
class Beside:
    """What a reading learns besides: what it left out or passed over, the newest stamp, and a
    digest of all that was shown.
    """

    left_out: dict[str, LeftOut] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    newest: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Read]):
    """What is read in one go, and what becomes of each entry; ``compared``: with what another
    account is shown.
    """

    name: str
    places: Sequence[str]
    condition: str
    attributes: Sequence[str]
    belongs: Callable[[mapping.Attributes], bool]
    build: Callable[[mapping.Attributes, str], Read]
    stamp: str = ""
    beside: Beside = field(default_factory=Beside)
    compared: bool = False

    def taken(self, entry: FoundEntry) -> Read | None:
        """Return what an entry stands for, or nothing where it is none of this kind."""
        attributes, beside = entry.attributes, self.beside
        for stamp in attributes.get(self.stamp, ()):
            beside.newest = max(beside.newest, stamp)
        if why := debris.why_left_out(attributes, entry.dn):
            beside.left_out[entry.dn] = LeftOut(entry.dn, why)
        elif self.belongs(attributes):
            return self.build(attributes, entry.dn)
        else:
            beside.passed.add(f"{self.name}:{mapping.identity(attributes)}")
        return None


def bases(base: str, *places: str) -> list[str]:
    """Return the subtrees to search so that nothing is read twice; the whole base where none is
    given.
    """
    given = (
        list(dict.fromkeys(place for place in places if place)) if places[0] else [base]
    )
    outer: list[str] = []
    for place in map(_readable, given):
        if not any(is_under(place, other) for other in outer):
            outer = [other for other in outer if not is_under(other, place)] + [place]
    return outer


def _readable(place: str) -> str:
    try:
        parse(place)
    except MalformedDn as error:
        raise NotThere(f"{place} is no DN: check the base DNs.") from error
    return place


def read(
    session: Session, connection: Connection, profile: Profile, progress: Progress
) -> DirectorySnapshot:
    """Read all people and groups, again where the directory changed meanwhile.

    Raises ``IncompleteRead`` where that does not help, ``Unavailable`` when the connection breaks.
    """
    watch = marks.Watch.begin(session, connection, profile)
    persons = kind_of_people(connection, profile)
    people = primary.resolved(session, profile, _people(session, persons, progress))
    kind = kind_of_groups(connection, profile, {one.dn: one.dn for one in people})
    found = _groups(session, connection.base, profile, kind, progress)
    seen = persons.beside, kind.beside
    left_out = tuple({**seen[0].left_out, **seen[1].left_out}.values())
    beside = others.of(session, connection.base, people, found, left_out)
    passed = seen[0].passed | seen[1].passed
    mark = watch.ended(max(one.newest for one in seen), passed)
    return DirectorySnapshot(
        *(tuple(people), tuple(found), profile, beside, left_out),
        mark=mark,
        shown=kind.beside.shown,
    )


def shown_groups(session: Session, connection: Connection, profile: Profile) -> str:
    """Return the digest of all groups as an account is shown them; nothing where that cannot tell
    all, as of a long list that comes in parts.
    """
    kind = kind_of_groups(connection, profile)
    digest = _Digest()
    for place in kind.places:
        for content in session.contents(place, kind.condition, kind.attributes):
            digest.take(content)
    return digest.told()


class _Digest:
    """A digest of entries as they came, in their order."""

    def __init__(self) -> None:
        self._hash, self._whole = blake2b(digest_size=16), True

    def take(self, content: bytes) -> None:
        """Count one entry in."""
        self._hash.update(content)
        self._whole = self._whole and bool(content) and not _in_parts(content)

    def told(self) -> str:
        """Return the digest, or nothing where something came in parts."""
        return self._hash.hexdigest() if self._whole else ""


def _in_parts(content: bytes) -> bool:
    return b";range=" in content.lower()


def groups(
    session: Session, connection: Connection, profile: Profile, progress: Progress
) -> list[DirectoryGroup]:
    """Read all groups, as ``read`` does."""
    kind = kind_of_groups(connection, profile)
    return _groups(session, connection.base, profile, kind, progress)


def _groups(
    session: Session,
    base: str,
    profile: Profile,
    kind: Kind[DirectoryGroup],
    progress: Progress,
) -> list[DirectoryGroup]:
    found = _steady(session, kind, progress)
    return understood(session, base, profile, found)


def understood(
    session: Session, base: str, profile: Profile, groups: Sequence[DirectoryGroup]
) -> list[DirectoryGroup]:
    """Return groups as this server understands them, with members that stand elsewhere."""
    found = [
        family.fitted(profile, inherited.widened(session, group)) for group in groups
    ]
    return roles.filled(session, base, found)


def kind_of_groups(
    connection: Connection, profile: Profile, names: Mapping[str, str] = NO_NAMES
) -> Kind[DirectoryGroup]:
    """Return what a group is, and what is read of it; ``names`` are held once, however many groups
    list them.
    """
    stamp = marks.stamp(profile)
    return Kind(
        "groups",
        bases(connection.base, connection.group_base, connection.role_base),
        family.groups(profile),
        (*mapping.GROUP_ATTRIBUTES, profile.key_attribute, *stamp),
        is_lasting_group,
        lambda found, dn: _sharing(mapping.group_from(found, dn), names),
        "".join(stamp).lower(),
        compared=True,
    )


def _sharing(group: DirectoryGroup, names: Mapping[str, str]) -> DirectoryGroup:
    values = group.members
    return replace(group, members=tuple(map(names.get, values, values)))


def is_lasting_group(found: mapping.Attributes) -> bool:
    """Tell whether an entry is a group, and none that a check made for a moment."""
    return mapping.may_be_group(found) and not any(
        name.startswith(SCRATCH) for name in found.get("cn", [])
    )


def kind_of_people(connection: Connection, profile: Profile) -> Kind[DirectoryPerson]:
    """Return what a person is, and what is read of one."""
    stamp = marks.stamp(profile)
    judge = Judge.at(datetime.now(UTC), connection.off_when)
    return Kind(
        "people",
        bases(connection.base, connection.people_base),
        family.people(profile),
        (*mapping.PERSON_ATTRIBUTES, *judge.attributes, profile.key_attribute, *stamp),
        mapping.may_be_person,
        lambda found, dn: mapping.person_from(found, dn, judge),
        "".join(stamp).lower(),
    )


def _people(
    session: Session, kind: Kind[DirectoryPerson], progress: Progress
) -> list[DirectoryPerson]:
    found = _steady(session, kind, progress)
    if not found:
        places = " or ".join(kind.places)
        raise IncompleteRead(
            f"No people were found under {places}: check the base DN and what the account may read."
        )
    return found


def _steady(session: Session, kind: Kind[Read], progress: Progress) -> list[Read]:
    for _ in range(ATTEMPTS - 1):
        try:
            return list(_once(session, kind, progress))
        except Moving:
            continue
    return list(_once(session, kind, progress))


def _once(session: Session, kind: Kind[Read], progress: Progress) -> Iterator[Read]:
    """Read the entries of a kind; each is built at once, so that a big directory is not held
    twice.
    """
    keys: set[str] = set()
    digest = _Digest()
    for place in kind.places:
        seen = 0
        for entry in session.below(place, kind.condition, kind.attributes):
            seen += 1
            if kind.compared:
                digest.take(entry.content)
            read = kind.taken(entry)
            if read is not None:
                keys.add(new_key(read.key, entry.dn, keys))
                yield read
                if len(keys) % _TELL_EVERY == 0:
                    progress(kind.name, len(keys))
        counted = sum(1 for _ in session.contents(place, kind.condition, NO_ATTRIBUTES))
        if counted != seen:
            raise Moving(
                f"{place} held {seen} entries, then {counted}: it keeps changing, so try "
                "again later."
            )
    kind.beside.shown = digest.told()
    progress(kind.name, len(keys))


def new_key(key: str, dn: str, known: Container[str]) -> str:
    """Return the identity of an entry, which no other one has.

    Raises ``IncompleteRead``.
    """
    if not key:
        raise IncompleteRead(
            f"{dn} shows no identity: let the account read entryUUID, nsUniqueId or objectGUID."
        )
    if key in known:
        raise Moving(
            f"{dn} came twice: the directory was changing while it was read, so try again later."
        )
    return key
