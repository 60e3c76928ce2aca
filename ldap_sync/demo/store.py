"""The entries of the demo directory as a tree that changes atomically and survives a crash."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from ldap_sync.demo import changes
from ldap_sync.demo.changes import Add, AnyChange, Delete, Modify, Rename
from ldap_sync.demo.disk import Disk
from ldap_sync.demo.entries import (
    Attribute,
    DemoEntry,
    Stamp,
    folded,
    modified,
    moved,
    new_entry,
    renamed,
)
from ldap_sync.demo.errors import Code, DamagedFolder, LdapError
from ldap_sync.dn import parent, parse

BASE, ONE, SUB = 0, 1, 2
"""The scopes of a search (RFC 4511 section 4.5.1.2)."""

Guard = Callable[[DemoEntry | None], None]
"""Called with the entry as it stands before a change, none before an Add; raises ``LdapError`` to
stop the change.
"""

_Puts = list[tuple[str, DemoEntry | None]]

_COMPACT_AFTER = 10_000
_COMPACT_AT_START = 500
_NONE = Attribute("", {})


class Store:
    """All entries by folded DN.

    Entries never change, so what was found may be used without the lock.
    """

    def __init__(self, disk: Disk, seed: Callable[[], Iterable[DemoEntry]]) -> None:
        self._disk = disk
        self._lock = threading.RLock()
        self._entries: dict[str, DemoEntry] = {}
        self._groups: dict[
            str, dict[str, None]
        ] = {}  # the groups that list a DN, for memberOf
        self._written = datetime.min.replace(tzinfo=UTC)
        with _without_collecting():
            self._fill(seed() if disk.is_new else disk.load())
        self._replay()
        if disk.is_new or disk.logged > _COMPACT_AT_START:
            disk.compact(self._entries.values())

    @property
    def suffix(self) -> str:
        """The DN of the top entry."""
        return next((entry.dn for entry in self._entries.values()), "")

    def get(self, key: str) -> DemoEntry | None:
        """Return the entry with this folded DN."""
        return self._entries.get(key)

    def find(self, dn: str) -> DemoEntry:
        """Return the entry at a DN.

        Raises ``LdapError`` 34, and 32 with the nearest entry above that exists.
        """
        key = folded(dn)
        entry = self._entries.get(key)
        if entry is None:
            raise LdapError(Code.NO_SUCH_OBJECT, matched=self._nearest(key))
        return entry

    def search(
        self, base: str, scope: int, wanted: Callable[[DemoEntry], bool | None]
    ) -> list[DemoEntry]:
        """Return, as of one moment, the entries in scope for which ``wanted`` is true.

        Raises ``LdapError`` 32, 34.
        """
        with self._lock:
            top = self.find(base)
            return [entry for entry in self._in_scope(top, scope) if wanted(entry)]

    def write(
        self, change: AnyChange, by: str, guard: Guard
    ) -> tuple[DemoEntry | None, DemoEntry | None]:
        """Make one change wholly or not at all and return the entry before and after.

        Raises ``LdapError``.
        """
        with self._lock:
            stamp = self._stamp(by)
            before = None if isinstance(change, Add) else self.find(change.dn)
            guard(before)
            puts = self._outcome(change, stamp)
            try:
                self._disk.append(changes.to_record(change, stamp))
            except OSError as error:
                raise LdapError(
                    Code.OTHER, f"the change cannot be stored: {error.strerror}"
                ) from error
            self._install(puts)
            if self._disk.logged >= _COMPACT_AFTER:
                with suppress(
                    OSError
                ):  # the change itself is safe in the log; the next start tries again
                    self._disk.compact(self._entries.values())
            return before, puts[-1][1]

    def attribute(self, entry: DemoEntry, name: str) -> Attribute:
        """Return an attribute by lower-case name, also those that are computed; without values
        where there is none.
        """
        match name:
            case "memberof":
                return self._member_of(entry)
            case "entrydn" if entry.key:
                return Attribute("entryDN", {entry.key: entry.dn.encode()})
            case _:
                return entry.attributes.get(name, _NONE)

    def close(self) -> None:
        """Write what is left and let the folder go."""
        with self._lock:
            self._disk.close()

    def _fill(self, entries: Iterable[DemoEntry]) -> None:
        for entry in entries:
            self._install([(entry.key, entry)])

    def _replay(self) -> None:
        for record in self._disk.changes():
            try:
                change, stamp = changes.from_record(record)
                self._install(self._outcome(change, stamp))
            except (KeyError, TypeError, ValueError, LdapError) as error:
                raise DamagedFolder(
                    f"Change {record['n']} of the demo directory cannot be made: {error}"
                ) from error

    def _stamp(self, by: str) -> Stamp:
        """Return the next stamp; two changes never share one, even if the clock stands still or
        goes back.
        """
        now = max(datetime.now(UTC), self._written + timedelta(microseconds=1))
        self._written = now
        return Stamp(
            f"{now:%Y%m%d%H%M%S.%f}Z#000000#000#{self._disk.count & 0xFFFFFF:06x}", by
        )

    def _outcome(self, change: AnyChange, stamp: Stamp) -> _Puts:
        """Return the entries to put (or, where none, to remove) by folded DN; the changed entry
        comes last.
        """
        match change:
            case Add():
                return self._added(change, stamp)
            case Delete():
                return self._deleted(change)
            case Modify():
                entry = modified(self.find(change.dn), change.modifications, stamp)
                return [(entry.key, entry)]
            case Rename():
                return self._renamed(change, stamp)

    def _added(self, change: Add, stamp: Stamp) -> _Puts:
        key = folded(change.dn)
        if key in self._entries:
            raise LdapError(Code.ALREADY_EXISTS)
        if self._entries:
            self.find(parent(change.dn))
        return [(key, new_entry(change.dn, change.attributes, change.uuid, stamp))]

    def _deleted(self, change: Delete) -> _Puts:
        entry = self.find(change.dn)
        if self._has_children(entry.key):
            raise LdapError(
                Code.NOT_ON_NON_LEAF, "subordinate objects must be deleted first"
            )
        return [(entry.key, None)]

    def _renamed(self, change: Rename, stamp: Stamp) -> _Puts:
        entry = self.find(change.dn)
        above = self.find(
            parent(entry.dn) if change.parent is None else change.parent
        ).dn
        dn = f"{change.rdn},{above}"
        key = folded(dn)
        if len(parse(change.rdn)) != 1:
            raise LdapError(Code.INVALID_DN, "invalid new RDN")
        if key != entry.key and key in self._entries:
            raise LdapError(Code.ALREADY_EXISTS)
        if key.endswith("," + entry.key):
            raise LdapError(Code.UNWILLING, "an entry cannot be moved below itself")
        fresh = renamed(entry, dn, change.delete_old, stamp)
        below = [each for each in self._in_scope(entry, SUB) if each is not entry]
        removed: _Puts = [(each.key, None) for each in (entry, *below)]
        return [
            *removed,
            *((each.key, each) for each in (moved(old, entry.dn, dn) for old in below)),
            (key, fresh),
        ]

    def _install(self, puts: _Puts) -> None:
        for key, entry in puts:
            self._count_members(key, self._entries.get(key), entry)
            if entry is None:
                del self._entries[key]
            else:
                self._entries[key] = entry

    def _count_members(
        self, key: str, before: DemoEntry | None, after: DemoEntry | None
    ) -> None:
        """Keep the index behind memberOf, which counts ``member`` only, as OpenLDAP's overlay
        does.
        """
        old = before.keys("member") if before else {}
        new = after.keys("member") if after else {}
        for member in old.keys() - new.keys():
            self._groups[member].pop(key, None)
        for member in new.keys() - old.keys():
            self._groups.setdefault(member, {})[key] = None

    def _member_of(self, entry: DemoEntry) -> Attribute:
        with self._lock:
            groups = [self._entries[key] for key in self._groups.get(entry.key, ())]
        return Attribute("memberOf", {group.key: group.dn.encode() for group in groups})

    def _in_scope(self, top: DemoEntry, scope: int) -> Iterator[DemoEntry]:
        if scope != ONE:
            yield top
        if scope == BASE:
            return
        end, depth = (
            "," + top.key,
            top.key.count(",") + 1,
        )  # a comma in a key is always a separator
        for entry in self._entries.values():
            if entry.key.endswith(end) and (
                scope == SUB or entry.key.count(",") == depth
            ):
                yield entry

    def _has_children(self, key: str) -> bool:
        return any(other.endswith("," + key) for other in self._entries)

    def _nearest(self, key: str) -> str:
        """Return the DN of the closest ancestor that exists, as a result's matchedDN."""
        while key:
            key = key.partition(",")[2]
            if key in self._entries:
                return self._entries[key].dn
        return ""


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let the garbage collector rest while objects are made that will all stay: it would double the
    time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
