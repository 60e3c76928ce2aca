"""Up to where a server's changes are known: how each kind stamps its entries, and how to ask for
what came later.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ldap_sync import accounts, mapping
from ldap_sync.adapter import family, filters
from ldap_sync.adapter.session import Session
from ldap_sync.port import IncompleteRead
from ldap_sync.values import Connection, Mark, Profile

CSN, USN, TIME = "entryCSN", "uSNChanged", "modifyTimestamp"
WAYS = {family.OPENLDAP: CSN, family.DEMO: CSN, family.AD: USN, family.DS389: TIME}
"""The attribute by which a server of a family tells what changed; others tell nothing reliable."""

OVERLAP = timedelta(minutes=10)
"""Changes of other servers arrive late: so much is asked for again each time."""

EARLIER = 100
"""As many numbers of Active Directory are asked for again: a lower one may be committed later."""

CONTEXT = "contextCSN"
_STAMPED = "%Y%m%d%H%M%S"
_NEVER_EXPIRES = "(!(|(accountExpires=0)(accountExpires=9223372036854775807)))"


def stamp(profile: Profile) -> tuple[str, ...]:
    """Return the attribute to read besides, from which the newest change is seen."""
    way = WAYS.get(profile.family, "")
    return (way,) if way in (CSN, TIME) else ()


@dataclass(frozen=True, slots=True)
class Watch:
    """How a server stood when a reading began."""

    begun: Mark
    at: float

    @classmethod
    def begin(cls, session: Session, connection: Connection, profile: Profile) -> Watch:
        """Look, before anything is read, how far the server is."""
        begun = Mark(
            way=WAYS.get(profile.family, ""),
            settings=_fingerprint(connection, profile),
        )
        at = time.monotonic()
        if begun.way == USN:
            newest, source = _numbered(session)
            begun = Mark(begun.way, newest, newest, source, begun.settings)
        elif begun.way == CSN:
            seen = context(session, connection.base)
            begun = Mark(begun.way, settings=begun.settings, seen=seen)
        return cls(begun, at)

    def ended(
        self,
        newest: str,
        passed: Collection[str] = (),
        again: Collection[str] = (),
        listing: str = "",
    ) -> Mark:
        """Return the mark of a reading that ended now; ``newest`` is the newest stamp it saw."""
        begun = self.begun
        usable = begun.source if begun.way == USN else newest
        if not usable:
            return Mark()
        newest = begun.newest if begun.way == USN else newest
        spent = timedelta(seconds=time.monotonic() - self.at)
        return Mark(
            way=begun.way,
            newest=newest,
            since=_earlier(begun.way, newest, spent),
            source=begun.source,
            settings=begun.settings,
            listing=listing,
            seen=begun.seen,
            passed=tuple(sorted(passed)),
            again=tuple(sorted(again)),
        )

    def why_all(self, known: Mark) -> str:
        """Return why changes since ``known`` cannot be asked for, or nothing."""
        now = self.begun
        if not now.way:
            return "This kind of server does not tell what changed."
        if not known.way:
            return "No reading before tells up to where changes are known."
        if (known.way, known.settings) != (now.way, now.settings):
            return "What is read, or how, is set otherwise than before."
        if now.way == USN and known.source != now.source:
            return (
                "Another server answers, or this one was restored: its numbers of "
                "changes are others."
            )
        if now.way == USN and int(now.newest or 0) < int(known.newest):
            return "The server counts fewer changes than before: it was restored."
        before = dict(known.seen)
        if any(csn < before.get(server, "") for server, csn in now.seen):
            return (
                "The server is behind what was read before: it was restored, or it lags "
                "behind another one."
            )
        return ""

    def later(self, known: Mark) -> str:
        """Return the condition that an entry changed since ``known``, or is off by its time."""
        since = known.since
        if known.way == CSN:
            moved = set(self.begun.seen) - set(known.seen)
            before = dict(known.seen)
            lags = [before[server] for server, _ in moved if server in before]
            bounds = [_earlier(CSN, csn, timedelta()) for csn in lags]
            since = min([since, *bounds])
        return filters.any_of([f"({known.way}>={since})", *_timed(known.way)])


def _timed(way: str) -> list[str]:
    if way == USN:
        return [filters.all_of("(accountExpires=*)", _NEVER_EXPIRES)]
    return [f"({name}=*)" for name in accounts.TIMED if name != "accountExpires"]


def _earlier(way: str, newest: str, spent: timedelta) -> str:
    """Return from where on to ask again: what was read first may have changed before the end."""
    if way == USN:
        return str(max(0, int(newest) - EARLIER))
    moment = datetime.strptime(newest[:14], _STAMPED).replace(tzinfo=UTC)
    text = (moment - OVERLAP - spent).strftime(_STAMPED)
    return f"{text}.000000Z#000000#000#000000" if way == CSN else f"{text}Z"


def _numbered(session: Session) -> tuple[str, str]:
    """Return the highest number of a change and whose numbers they are; nothing where hidden."""
    root = session.root("highestCommittedUSN", "dsServiceName")
    highest = next(iter(root.get("highestcommittedusn", ())), "")
    service = next(iter(root.get("dsservicename", ())), "")
    if not highest.isdecimal() or not service:
        return "", ""
    try:
        entry = session.at(service, ["invocationId"])
    except IncompleteRead:
        return "", ""
    values = entry.values.get("invocationid", []) if entry else []
    return highest, next(map(_as_text, values), "")


def _as_text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.hex()


def context(session: Session, base: str) -> tuple[tuple[str, str], ...]:
    """Return how far each server of a replication is, as far as the account may see that."""
    try:
        entry = session.at(base, [CONTEXT])
    except IncompleteRead:
        return ()
    found = entry.attributes.get(CONTEXT.lower(), ()) if entry else ()
    return tuple(sorted((csn.split("#")[2], csn) for csn in found if "#" in csn))


def _fingerprint(connection: Connection, profile: Profile) -> str:
    """Return what stands for all that a reading depends on, this version of Rung included."""
    parts = (
        *(connection.base, connection.people_base, connection.group_base),
        *(connection.role_base, connection.bind_dn, connection.url),
        *connection.off_when,
        *(profile.family, profile.key_attribute),
        *(family.people(profile), family.groups(profile)),
        *mapping.PERSON_ATTRIBUTES,
        *mapping.GROUP_ATTRIBUTES,
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
