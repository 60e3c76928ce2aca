"""May the write account write one entry? Asked in the way of the server's kind; nothing is changed.

OpenLDAP looks at rights before it looks at values, so a Modify that can only fail tells. It is not
asked by the control for rehearsals, which needs a Modify that could succeed if it were overlooked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ldap_sync.adapter import family, filters
from ldap_sync.adapter.abilities import DENIED, harmless
from ldap_sync.adapter.answers import FoundEntry, Result
from ldap_sync.adapter.requests import Control
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import BASE
from ldap_sync.port import IncompleteRead
from ldap_sync.values import DirectoryChange, DirectoryGroup, Profile

Answer = tuple[bool | None, str]
"""Whether it may, None where that cannot be known, and why it may not or is not known."""

EFFECTIVE_RIGHTS = "1.3.6.1.4.1.42.2.27.9.5.2"
YES: Answer = (True, "")
NO: Answer = (False, "the write account lacks the right to change it")
NO_VALUE, VALUE_THERE = 16, 20
WRITE_BOTH_WAYS = frozenset("wo")
"""How 389 writes the rights to add values and to delete them."""


def to_change(writer: Session, profile: Profile, change: DirectoryChange) -> Answer:
    """Find out whether values of this entry may be added and, for the way back, deleted."""
    ways = {
        family.OPENLDAP: _tried,
        family.DS389: _granted,
        family.AD: _listed,
        family.DEMO: _listed,
    }
    way = ways.get(profile.family, _tried_on_a_stranger)
    try:
        return way(writer, profile, change)
    except IncompleteRead as error:
        return None, str(error)


def rights_at(writer: Session, dn: str, attribute: str, kind: str) -> list[str]:
    """Return what 389 says that the write account may do at an entry, in its own letters."""
    asking: Control = (EFFECTIVE_RIGHTS, True, f"dn:{writer.credential.dn}".encode())
    condition = filters.ANYTHING
    if kind == "entrylevelrights":  # asked of an entry that is not there
        condition = filters.absent(filters.ANYTHING)
    found = writer.wire.search(dn, BASE, condition, [attribute], [asking])
    return list(_texts(found, kind))


def _texts(found: Iterable[FoundEntry | Result | object], kind: str) -> Iterator[str]:
    for entry in found:
        if isinstance(entry, FoundEntry):
            yield from map(str, entry.values.get(kind, []))


def _tried(writer: Session, _profile: Profile, change: DirectoryChange) -> Answer:
    result = _attempt(writer, change)
    if result.code in DENIED:
        return NO
    if result.code in (NO_VALUE, VALUE_THERE):
        return YES
    return None, f"the server answers {result.code} {result.text}".strip()


def _tried_on_a_stranger(
    writer: Session, profile: Profile, change: DirectoryChange
) -> Answer:
    """Believe the no of a server that is not known, and not its yes."""
    answer = _tried(writer, profile, change)
    if answer != YES:
        return answer
    return None, "this server is not known to look at rights before it looks at values"


def _attempt(writer: Session, change: DirectoryChange) -> Result:
    aim = DirectoryGroup(change.key, change.dn, "", change.attribute)
    return harmless(writer.wire, aim, add=change.add[:1])


def _listed(writer: Session, profile: Profile, change: DirectoryChange) -> Answer:
    """Look among the attributes that the server says the asking account may write here."""
    place = family.target(profile, change.key, change.dn) if change.key else change.dn
    entry = writer.at(place, ["allowedAttributesEffective"])
    if entry is None:
        return None, "the write account finds no such entry"
    allowed = entry.attributes.get("allowedattributeseffective", [])
    return YES if change.attribute.lower() in map(str.lower, allowed) else NO


def _granted(writer: Session, _profile: Profile, change: DirectoryChange) -> Answer:
    """Ask 389 for the effective rights to the attribute."""
    name = change.attribute
    told = rights_at(writer, change.dn, name, "attributelevelrights")
    each = (right.strip().partition(":") for text in told for right in text.split(","))
    letters = [found for what, _, found in each if what.lower() == name.lower()]
    if not letters:
        return None, "the server does not say what the write account may do there"
    return YES if set(letters[0]) >= WRITE_BOTH_WAYS else NO
