"""Ask a directory's own records who did it. They are witnesses, never a condition: what cannot be
read, or not in time, tells nothing, and nothing waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ldap_sync import deeds
from ldap_sync.adapter import family, filters
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import BASE, SUBTREE, Search
from ldap_sync.deeds import Deed, DeedAsked, DeedSource, Told
from ldap_sync.mapping import Attributes
from ldap_sync.port import IncompleteRead

MOST, SECONDS = 200, 3
"""So many entries of a log are looked at for one question, for so long at most."""
RANGES = 20
"""So many ranges of Active Directory's marks are read for one group; each is of a thousand."""
MARKS = "msDS-ReplValueMetaData"
CHANGE_LOG = "cn=changelog"


class Witness:
    """Answers for one connection; a record that did not answer in time is not asked again."""

    def __init__(self, session: Session, kind: str, base: str) -> None:
        """Ask a server of this kind; ``base`` is where its people and groups stand."""
        self._session, self._kind, self._base = session, kind, base
        self._log: str | None = None
        self._tired = False

    def of(self, asked: DeedAsked) -> Deed | None:
        """Return what the directory tells, by the surest of its records; nothing where none
        does.
        """
        records: list[Callable[[DeedAsked], Deed | None]] = []
        if self._kind == family.AD:
            records.append(self._marks)
        elif not self._tired:
            records.append(self._logged)
        found = (look(asked) for look in [*records, self._last_change])
        return next((deed for deed in found if deed is not None), None)

    def _logged(self, asked: DeedAsked) -> Deed | None:
        changes = self._kind == family.DS389
        found = self._changes(asked) if changes else self._accesses(asked)
        told = deeds.newest_of(found, asked)
        if told is None:
            return None
        source = DeedSource.CHANGE_LOG if changes else DeedSource.ACCESS_LOG
        return Deed(source, who=told.who, at=told.at)

    def _accesses(self, asked: DeedAsked) -> Iterator[Told]:
        condition = filters.all_of(
            filters.equals("reqDN", asked.dn),
            filters.equals("reqResult", "0"),
            f"(reqStart>={deeds.stamp(asked.since)})",
        )
        wanted = ("reqStart", "reqType", "reqAuthzID", "reqMod")
        return map(deeds.from_access_log, self._entries(self._place, condition, wanted))

    @property
    def _place(self) -> str:
        """Where the access log stands, as the entry of its database says."""
        if self._log is None:
            found = self._session.together(
                [Search(self._base, BASE, filters.ANYTHING, ("auditContext",))]
            )
            entries = [entry for some in found for entry in some or ()]
            names = [n for e in entries for n in e.attributes.get("auditcontext", ())]
            self._log = str(next(iter(names), ""))
        return self._log

    def _changes(self, asked: DeedAsked) -> Iterator[Told]:
        condition = filters.all_of(
            filters.equals("targetDn", asked.dn),
            f"(changeTime>={deeds.stamp(asked.since)})",
        )
        wanted = ("changeTime", "changeType", "changes")
        return map(deeds.from_change_log, self._entries(CHANGE_LOG, condition, wanted))

    def _entries(
        self, place: str, condition: str, wanted: tuple[str, ...]
    ) -> Iterable[Attributes]:
        """Return what one search finds; nothing where it is refused or cut: then the newest may be
        missing, and an older one would name somebody else.
        """
        if not place:
            return ()
        asked = Search(place, SUBTREE, condition, wanted, (MOST, SECONDS))
        [found] = self._session.together([asked])
        self._tired = found is None
        return [entry.attributes for entry in found or ()]

    def _marks(self, asked: DeedAsked) -> Deed | None:
        first = 0
        for _ in range(RANGES):
            name = f"{MARKS};range={first}-*" if first else MARKS
            values, after = self._range(asked.dn, name)
            found = deeds.from_replication(values, asked)
            if found is not None or after is None:
                return found
            first = after
        return None

    def _range(self, dn: str, name: str) -> tuple[list[str], int | None]:
        """Return one range of marks, and where the next begins; None after the last."""
        wire, values, after = self._session.wire, list[str](), None
        for found in wire.search(dn, BASE, filters.ANYTHING, (name,)):
            for option, some in getattr(found, "values", {}).items():
                values += [value for value in some if isinstance(value, str)]
                last = option.partition(";range=")[2].partition("-")[2]
                after = int(last) + 1 if last.isdecimal() else None
        return values, after

    def _last_change(self, asked: DeedAsked) -> Deed | None:
        """Return who changed the entry last: most likely this, and for sure the group."""
        names = ("modifiersName", "modifyTimestamp", "whenChanged")
        try:
            entry = self._session.at(asked.dn, names) if asked.values else None
        except IncompleteRead:
            return None
        told = entry.attributes if entry else {}
        texts = {
            name: str(next(iter(told.get(name.lower(), ())), "")) for name in names
        }
        at = deeds.moment(texts["modifyTimestamp"] or texts["whenChanged"])
        who = texts["modifiersName"]
        is_it = (
            at is not None and at >= asked.since and (who or self._kind == family.AD)
        )
        return Deed(DeedSource.LAST_CHANGE, who=who, at=at) if is_it else None
