"""Several servers of one directory: which one a run asks, and whether it has all that the one
asked before had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from ldap_sync.adapter import family, marks
from ldap_sync.adapter.connection import Credential, Timeouts
from ldap_sync.adapter.session import Session
from ldap_sync.port import DirectoryError, IncompleteRead, SignInRefused, Unavailable
from ldap_sync.values import CheckFinding, Connection, Profile

PATIENCE = 3
"""Seconds to wait for one of several servers before the next one is tried."""

Seen = Sequence[tuple[str, str]]
_RUV = "(&(objectClass=nstombstone)(nsUniqueId=ffffffff-ffffffff-ffffffff-ffffffff))"
_REPLICA = re.compile(r"\{replica (\d+)[^}]*\}\s+\w+\s+(\w+)")
_GONE = "If it is gone for good, take it out of the addresses."


def pinned(
    connection: Connection, timeouts: Timeouts, *, writing: bool = False
) -> Connection:
    """Return the connection to the one server that a run asks from its beginning to its end: the
    first that answers and has all that the one asked before had.

    Where that cannot be told, it may be read but not written. Raises ``Unavailable``.
    """
    addresses = connection.url.split()
    if len(addresses) < 2:
        return connection
    faults = []
    for address in addresses:
        also = tuple(other for other in addresses if other != address)
        one = replace(connection, url=address, also=also)
        if not (fault := _fault(one, timeouts, writing=writing)):
            return one
        faults.append(fault)
    raise Unavailable(" ".join(faults))


def _fault(one: Connection, timeouts: Timeouts, *, writing: bool) -> str:
    """Return why a server cannot be asked, or nothing."""
    try:
        _, seen = _look(one, timeouts)
    except SignInRefused:
        raise
    except DirectoryError as error:
        return str(error)
    return objection(one, seen, writing=writing)


def objection(one: Connection, seen: Seen, *, writing: bool) -> str:
    """Return why a server must not follow the one asked before it, or nothing."""
    last, address = one.last, one.url
    if last.address not in one.also:
        return (
            ""  # the same one, the first one ever, or one that was taken off the list
        )
    if last.unfinished:
        return (
            f"{last.address} was lost while it was written to, and only it can tell what "
            f"arrived: {address} is not asked instead. {_GONE}"
        )
    if lags(seen, last.seen):
        return f"{address} lags behind {last.address}, which was asked before. {_GONE}"
    if writing and not (seen and last.seen):
        return (
            f"{address} does not tell whether it has all that {last.address} had: read it "
            f"before anything is changed there. {_GONE}"
        )
    return ""


def lags(now: Seen, before: Seen) -> bool:
    """Tell whether a server provably lacks something that another one had."""
    known = dict(now)
    return bool(now) and any(known.get(who, "") < csn for who, csn in before)


def how_far(session: Session, base: str, kind: str) -> tuple[tuple[str, str], ...]:
    """Return up to where a server knows the changes of each replica; nothing where it is hidden or
    cannot be compared, as the numbers of Active Directory.
    """
    if kind == family.OPENLDAP:
        return _context_of(session, base)
    return _vector(session, base) if kind == family.DS389 else ()


def _context_of(session: Session, base: str) -> tuple[tuple[str, str], ...]:
    """Look at the base, and where that is not the top of the tree, at the tops."""
    found = marks.context(session, base)
    if found:
        return found
    tops = session.root("namingContexts").get("namingcontexts", ())
    above = (top for top in tops if base.lower().endswith(f",{top.lower()}"))
    return next(filter(None, (marks.context(session, top) for top in above)), ())


def _vector(session: Session, base: str) -> tuple[tuple[str, str], ...]:
    try:
        entries = list(session.below(base, _RUV, ["nsds50ruv"]))
    except IncompleteRead:
        return ()
    values = (v for one in entries for v in one.attributes.get("nsds50ruv", ()))
    found = filter(None, map(_REPLICA.search, values))
    return tuple(sorted((one[1], one[2]) for one in found))


def _look(
    one: Connection, timeouts: Timeouts
) -> tuple[Profile, tuple[tuple[str, str], ...]]:
    """Return what a server says of itself, and how far it is."""
    credential = Credential(one.bind_dn, one.bind_password)
    hasty = replace(timeouts, connect=min(timeouts.connect, PATIENCE))
    with closing(Session(one, credential, hasty, read_only=True)) as session:
        profile = family.recognise(session.root(*family.ROOT_ATTRIBUTES))
        session.ignores_references = profile.family == family.AD
        return profile, how_far(session, one.base, profile.family)


def others(
    connection: Connection, timeouts: Timeouts, profile: Profile
) -> Iterator[CheckFinding]:
    """Tell which server was asked, and of each other one whether it could be asked instead, and
    whether it says the same of itself: ``profile`` is what was found of the one.
    """
    if not connection.also:
        return
    asked = connection.url
    told = f"{asked} was asked; it is one of {len(connection.also) + 1} servers."
    yield CheckFinding("servers", "ok", told)
    try:
        _, here = _look(connection, timeouts)
    except DirectoryError:
        return  # that it does not answer is said already
    for address in connection.also:
        one = replace(connection, url=address)
        try:
            found, there = _look(one, timeouts)
        except DirectoryError as error:
            yield CheckFinding("servers", "warning", f"{address}: {error}")
            continue
        yield _of_another(address, there, asked, here)
        if profile.server not in ("", found.server):
            yield _unlike(address, asked)


def _unlike(address: str, asked: str) -> CheckFinding:
    told = f"{address} says other things of itself than {asked}: its version, or what it can do."
    advice = (
        "What was found here holds for one of them. Rung checks the other one by itself as soon as "
        "it is the one that is asked, before anything is changed there."
    )
    return CheckFinding("servers", "warning", told, advice)


def _of_another(address: str, there: Seen, asked: str, here: Seen) -> CheckFinding:
    if lags(there, here):
        return CheckFinding("servers", "warning", f"{address} lags behind {asked}.")
    if here and there:
        told = f"{address} answers and has all that {asked} has."
        return CheckFinding("servers", "ok", told)
    advice = (
        "After a change of server it is read as a whole before anything is changed."
    )
    told = f"{address} answers; how far it is cannot be compared."
    return CheckFinding("servers", "ok", told, advice)
