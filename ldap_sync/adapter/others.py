"""Member values that are no person and no group of a reading: what exists behind them is looked at,
one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ldap_sync import mapping
from ldap_sync.adapter import filters
from ldap_sync.adapter.answers import FoundEntry
from ldap_sync.adapter.session import Elsewhere, Hidden, Session
from ldap_sync.members import SEVERAL, Known, meant_by
from ldap_sync.port import IncompleteRead
from ldap_sync.values import (
    DirectoryGroup,
    DirectoryPerson,
    LeftOut,
    Listing,
    Other,
    holds_names,
)

ATTRIBUTES = ("objectClass", "structuralObjectClass")
ELSEWHERE, HIDDEN = "kept by another server", "hidden from the read account"
"""What is said of values behind which no single entry can be looked at."""


def of(
    session: Session,
    base: str,
    people: Sequence[DirectoryPerson],
    groups: Sequence[DirectoryGroup],
    left_out: Sequence[LeftOut],
) -> tuple[Other, ...]:
    """Return what exists among the values of groups beside these people and groups."""
    return behind(session, base, Known(people, groups).unknown(groups), left_out)


def behind(
    session: Session,
    base: str,
    unknown: dict[str, Listing],
    left_out: Sequence[LeftOut],
) -> tuple[Other, ...]:
    """Return what exists behind values that stand for nobody known, by what they mean."""
    known = [
        Other(key, entry.why)
        for entry in left_out
        if (key := meant_by("member", entry.dn)) in unknown
    ]
    for other in known:
        unknown.pop(other.key, None)
    return (*known, *_found(session, base, unknown))


def _found(session: Session, base: str, unknown: dict[str, Listing]) -> Iterator[Other]:
    for key, listing in unknown.items():
        if what := what_is(session, base, *listing):
            yield Other(key, what)


def what_is(session: Session, base: str, attribute: str, value: str) -> str:
    """Return what stands behind a value, or nothing; what the server cannot even compare does not
    exist.
    """
    try:
        entries = (
            _named(session, base, value)
            if holds_names(attribute)
            else _at(session, value)
        )
    except Elsewhere:
        return ELSEWHERE
    except Hidden:
        return HIDDEN
    except IncompleteRead:
        return ""
    if len(entries) > 1:
        return SEVERAL
    return mapping.what_is(entries[0].attributes) if entries else ""


def _at(session: Session, dn: str) -> list[FoundEntry]:
    entry = session.at(dn, ATTRIBUTES)
    return [entry] if entry else []


def _named(session: Session, base: str, name: str) -> list[FoundEntry]:
    return list(session.below(base, filters.equals("uid", name), ATTRIBUTES))
