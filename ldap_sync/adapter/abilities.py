"""What a server really does, tried out without changing anything; what it advertises is not
believed.

A Modify that deletes a value nobody has can only fail, so whatever control comes with it can be
tried on it safely. Transactions (RFC 5805) are not tried, as Rung uses none: one in two hundred
that were given up ended slapd 2.5.13.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from ldap_sync import ber
from ldap_sync.adapter import family, filters
from ldap_sync.adapter.answers import FoundEntry, Result
from ldap_sync.adapter.requests import PAGED, Control, next_page
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import (
    BASE,
    NO_ATTRIBUTES,
    SUBTREE,
    Wire,
    assertion,
)
from ldap_sync.values import CheckFinding, DirectoryGroup, Profile

POST_READ = "1.3.6.1.1.13.2"
DENIED = frozenset({8, 50})
ASSERTION_FAILED, CONTROL_UNKNOWN = 122, 12
_NEVER = filters.absent(filters.ANYTHING)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What was found; nothing where it could not be tried."""

    paging: bool | None = None
    assertions: bool | None = None
    post_read: bool | None = None

    def findings(self) -> Iterator[CheckFinding]:
        """Put into words what was found."""
        careful = "before every change the group's identity is read again instead"
        tried = (
            (
                "paging",
                self.paging,
                "Answers come in pages",
                "Answers do not come in pages",
            ),
            (
                "assertions",
                self.assertions,
                "Changes can be tied to an identity",
                f"Assertions do not work; {careful}",
            ),
            (
                "post-read",
                self.post_read,
                "Entries can be read back within a change",
                "Entries are read back afterwards",
            ),
        )
        for subject, works, yes, no in tried:
            untried = "Not tested: that needs a write account and a group"
            yield CheckFinding(
                subject, "ok", f"{untried if works is None else yes if works else no}."
            )


def of(
    reader: Session,
    writer: Session | None,
    profile: Profile,
    base: str,
    sample: DirectoryGroup | None,
) -> Abilities:
    """Try what the server does; ``sample`` is a group that the harmless Modify is aimed at."""
    paging, asserting = (
        _paging(reader.wire, base),
        _asserts_on_search(reader.wire, base),
    )
    if writer is None or sample is None:
        return Abilities(paging, asserting)
    return Abilities(
        paging,
        asserting and _asserts_on_modify(writer.wire, profile, sample),
        _reads_back(writer.wire, sample),
    )


def harmless(
    wire: Wire, group: DirectoryGroup, *controls: Control, add: tuple[str, ...] = ()
) -> Result:
    """Send a Modify that deletes a value nobody has: it can only fail, and takes everything else
    down with it.
    """
    nobody = f"cn=rung-check-{uuid.uuid4()}"
    return wire.modify(group.dn, group.attribute, [nobody], add, controls)


def _paging(wire: Wire, base: str) -> bool:
    """Ask for pages of one entry."""
    answer = list(
        wire.search(
            base,
            SUBTREE,
            filters.ANYTHING,
            NO_ATTRIBUTES,
            [next_page(1, b"")],
        )
    )
    result = answer[-1]
    entries = [found for found in answer if isinstance(found, FoundEntry)]
    return isinstance(result, Result) and PAGED in result.controls and len(entries) == 1


def _asserts_on_search(wire: Wire, base: str) -> bool:
    """Tell whether a search under a false assertion fails and one under a true assertion does
    not.
    """
    codes = [
        _search_under(wire, base, condition) for condition in (_NEVER, filters.ANYTHING)
    ]
    return codes == [ASSERTION_FAILED, 0]


def _search_under(wire: Wire, base: str, condition: str) -> int:
    *_, result = wire.search(
        base, BASE, filters.ANYTHING, NO_ATTRIBUTES, [assertion(condition)]
    )
    return result.code if isinstance(result, Result) else -1


def _asserts_on_modify(
    wire: Wire, profile: Profile, sample: DirectoryGroup
) -> bool | None:
    """Try the very guard that writes carry: another identity has to stop the Modify, the right one
    has to let it on.
    """
    others = (str(uuid.uuid4()), sample.key)
    guards = [assertion(family.still_behind(profile, key, sample.dn)) for key in others]
    stopped, let_on = (harmless(wire, sample, guard).code for guard in guards)
    if stopped in DENIED:
        return None
    return stopped == ASSERTION_FAILED != let_on


def _reads_back(wire: Wire, sample: DirectoryGroup) -> bool | None:
    wanted = ber.sequence([ber.octets("objectClass")])
    code = harmless(wire, sample, (POST_READ, True, wanted)).code
    return None if code in DENIED else code not in (0, CONTROL_UNKNOWN)
