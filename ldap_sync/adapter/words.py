"""What went wrong with a directory, in one plain sentence that names what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized

from ldap_sync.adapter.answers import Result

NAMED = 5


def why_not_open(error: str, server: str, host: str, ca_file: str, seconds: int) -> str:
    """Say why no connection came about.

    ``error`` is all that ldap3 leaves of the original one: its text.
    """
    text = error.lower()
    trusted = (
        f"the CA file {ca_file}" if ca_file else "the system's list of authorities"
    )
    reasons = {
        "is not valid for": (
            f"The certificate of {server} is made out for another name: use that name instead."
        ),
        "has expired": f"The certificate of {server} has expired: have it renewed.",
        "verify failed": (
            f"The certificate of {server} is not vouched for by {trusted}: name the right CA file."
        ),
        "starttls failed": f"{server} does not offer StartTLS: use ldaps://, or have it set up.",
        "handshake operation timed out": (
            f"{server} does not speak TLS on this port: check the port."
        ),
        "ssl": f"{server} does not speak TLS on this port: check the port, or choose StartTLS.",
        "invalid server address": (
            f"The name {host} is unknown: check the address and the name server."
        ),
        "refused": (
            f"Nobody listens on {server}: check the port, and that the directory is running."
        ),
        "timed out": (
            f"{server} did not answer within {seconds} seconds: check the address, the port and "
            "the firewall."
        ),
        "unreachable": (
            f"There is no way to {server} in the network: check the address and the firewall."
        ),
    }
    return next(
        (reason for part, reason in reasons.items() if part in text),
        f"{server} cannot be reached: {error}.",
    )


def why_not_signed_in(result: Result, server: str, dn: str) -> str:
    """Say why a sign-in was refused, with the server's own words."""
    who = dn or "an anonymous visitor"
    encrypt = f"{server} wants an encrypted connection for signing in: use ldaps:// or StartTLS"
    reasons = {
        8: encrypt,
        13: encrypt,
        32: f"{server} refused {who}: there is no such account",
        34: f"{server} cannot read {who} as a name to sign in with: write a DN",
        48: f"{server} does not let {who} sign in this way",
        49: f"{server} refused {who}: the name or the password is wrong, or the account is locked",
    }
    return _with_words(
        reasons.get(
            result.code, f"{server} did not let {who} sign in (code {result.code})"
        ),
        result,
    )


def _needs_password(result: Result, server: str) -> str:
    """Say that an account may do nothing before it changes its password, where that is why."""
    restricted = result.code == 50 and "modify password" in result.text.lower()
    text = f"The account must change its password first, says {server}: nothing else is let through"
    return _with_words(text, result) if restricted else ""


def why_incomplete(result: Result, server: str, base: str) -> str:
    """Say why a search did not give everything that is there."""
    if told := _needs_password(result, server):
        return told
    cut = "so what was read is not complete and was thrown away"
    reasons = {
        3: (
            f"{server} stopped reading {base} at its time limit, {cut}: ask for a longer one for "
            "this account"
        ),
        4: (
            f"{server} stopped reading {base} at its size limit, {cut}: ask for no limit for this "
            "account"
        ),
        10: f"{server} sent us to another server for {base}: connect to that one directly",
        11: (
            f"{server} stopped reading {base} at an administrative limit, {cut}: ask for a higher "
            "one for this account"
        ),
        32: f"There is no {base} on {server}: check the base DNs",
        34: f"{base} is no DN {server} understands: check the base DNs",
        50: f"{server} does not let this account read {base}: ask for the right to read it",
        51: f"{server} is too busy to answer: try again later",
        52: f"{server} is not ready to answer: try again later",
    }
    reason = reasons.get(
        result.code, f"{server} ended reading {base} with code {result.code}, {cut}"
    )
    return _with_words(reason, result)


def elsewhere(server: str, base: str, addresses: Sequence[str]) -> str:
    """Say that part of a tree is kept by other servers, which are not asked, and the way out."""
    others = ", ".join(sorted(set(addresses)))
    return (
        f"Part of {base} is kept elsewhere ({others}), so {server} cannot give all of it. "
        "Give the directory a people base and a group base beside that part, or connect what "
        "is kept there as a directory of its own."
    )


def range_ended(server: str, dn: str) -> str:
    """Say that a big attribute could not be read to its end."""
    return (
        f"{server} stopped in the middle of the values of {dn}, so they were thrown away: try "
        "again."
    )


def why_refused(result: Result, server: str, dn: str) -> str:
    """Say why a change was not made."""
    if told := _needs_password(result, server):
        return told
    reasons = {
        8: f"{server} wants another way of signing in before it changes {dn}",
        10: f"{server} keeps {dn} on another server: connect to that one directly",
        13: (
            f"{server} wants an encrypted connection before it changes {dn}: use ldaps:// or "
            "StartTLS"
        ),
        17: f"{server} does not know the attribute that was to be changed in {dn}",
        19: f"A rule of {server} forbids this change of {dn}",
        21: f"{server} does not accept the value for {dn}",
        32: f"There is no {dn} on {server}, or a value names an entry that is not there",
        34: f"{server} cannot read a DN of this change of {dn}",
        50: f"The write account may not change {dn}: ask for the right to write its members",
        51: f"{server} is too busy to change {dn}: try again later",
        52: f"{server} is not ready to change {dn}: try again later",
        53: (
            f"{server} does not want to change {dn}: it may be read-only, or a value is not as it "
            "was"
        ),
        68: f"{server} says that somebody belongs to {dn} already, be it as the primary group",
        65: f"{dn} would no longer be valid, such as a group without its last member",
    }
    return _with_words(
        reasons.get(result.code, f"{server} did not change {dn} (code {result.code})"),
        result,
    )


def why_not_created(result: Result, dn: str) -> str:
    """Say why an entry was not added."""
    reasons = {
        32: (
            f"The place for {dn} is not there: create the entry above it first, or check the base "
            "DN"
        ),
        50: f"The write account may not create {dn}: ask for the right to add groups there",
        19: f"A rule of the server forbids {dn}, such as which signs its account name may have",
        53: f"The server does not want to create {dn}: it may be read-only",
        65: f"{dn} would not be valid, such as a group that needs a member and has none",
        68: f"{dn} is taken by something that is no group, or its account name is in use",
    }
    return _with_words(
        reasons.get(result.code, f"{dn} was not created (code {result.code})"), result
    )


def _with_words(sentence: str, result: Result) -> str:
    return f"{sentence} ({result.text})." if result.text else f"{sentence}."


def count(things: Sized, one: str, many: str = "") -> str:
    """Return a number with its noun, such as ``3 groups``."""
    return f"{len(things)} {one if len(things) == 1 else many or one + 's'}"


def some(names: Iterable[str]) -> str:
    """Return the first names of a list that may be long, and how many more there are."""
    every = list(names)
    return "; ".join(every[:NAMED]) + (
        f"; and {len(every) - NAMED} more" if len(every) > NAMED else ""
    )
