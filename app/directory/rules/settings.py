"""What a person says about a directory, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from app.core.said import said
from ldap_sync.accounts import RULE
from ldap_sync.dn import MalformedDn, fold, fold_or_self

DEMO_URL = "demo:"
SECURITIES = {
    "ldaps": "LDAPS",
    "starttls": "StartTLS",
    "plaintext": said("not encrypted"),
}
"""The ways to protect the connection and how they are called on screen."""

LENS_WORDS = {
    "unknown": said("not known yet"),
    "direct": said("direct members only"),
    "memberof": said("memberOf of the person"),
    "recursive": said("also groups inside groups"),
}
"""How the application that uses a right looks at it, in words."""

LONGEST_NAME = 60
ACCOUNTS = (("bind_dn", "bind_password"), ("write_dn", "write_password"))
USUAL_PORTS = {"ldap": 389, "ldaps": 636}
WHERE = said(
    "Say where the password is: file:NAME or env:NAME. Rung does not store passwords."
)
AGAIN = said(
    "The address, the encryption or the account is another now: say "
    "again where the password is. Another server needs a file of "
    "its own."
)


@dataclass(frozen=True, slots=True)
class DirectoryValues:
    """One directory as typed in.

    Passwords are references, ``file:NAME`` or ``env:NAME``; empty bases mean base.
    """

    name: str
    url: str = ""
    security: str = "ldaps"
    ca_file: str = ""
    base: str = ""
    people_base: str = ""
    group_base: str = ""
    role_base: str = ""
    bind_dn: str = ""
    bind_password: str = ""
    write_dn: str = ""
    write_password: str = ""
    placeholders: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    off_when: tuple[str, ...] = ()


def problems(values: DirectoryValues, *, from_file: bool = False) -> dict[str, str]:
    """Return what is wrong, a sentence for each field; where one field has several faults, the
    first.

    A directory read from files has neither address nor accounts.
    """
    always = (_name, _names_in_the_tree, _house_rules)
    checks = always if from_file else (*always, _address, _base, _credentials)
    found: dict[str, str] = {}
    for field, sentence in (fault for check in checks for fault in check(values)):
        found.setdefault(field, sentence)
    return found


def warnings(values: DirectoryValues) -> list[str]:
    """Return what must be said aloud about a directory that is nevertheless accepted."""
    if values.url == DEMO_URL:
        return [said("This is the built-in demo directory with invented people.")]
    found = []
    if values.security == "plaintext":
        found.append(
            said(
                "The connection is not encrypted: the passwords and everything "
                "read or changed can be seen and altered on the way. Use LDAPS "
                "or StartTLS as soon as you can."
            )
        )
    if not values.write_dn:
        found.append(
            said(
                "Read-only: without a writing account Rung shows and plans, but "
                "cannot change anything here."
            )
        )
    elif _same(values.write_dn, values.bind_dn):
        found.append(
            said(
                "One account reads and writes. An account that can only read "
                "would make reading harmless."
            )
        )
    return found


def asked_again(
    known: DirectoryValues, typed: DirectoryValues
) -> tuple[DirectoryValues, dict[str, str]]:
    """Return what was typed with the references that were left empty kept, and a sentence for each
    that cannot be.

    A reference holds for the address, the encryption and the account it was given for, and for
    nothing else.
    """
    found: dict[str, str] = {}
    kept: dict[str, Any] = {}
    for dn, reference in ACCOUNTS:
        account = getattr(typed, dn)
        if getattr(typed, reference) or not (account and getattr(known, reference)):
            continue
        if _same_way(known, typed) and _same(account, getattr(known, dn)):
            kept[reference] = getattr(known, reference)
        else:
            found[reference] = AGAIN
    return replace(typed, **kept), found


def targets_of(values: DirectoryValues) -> tuple[str, ...]:
    """Return the servers a password is sent to: scheme, host and port, and how the way there is
    protected.
    """
    return tuple(_target(address, values) for address in values.url.lower().split())


def _target(address: str, values: DirectoryValues) -> str:
    parts = urlsplit(address)
    port = parts.port or USUAL_PORTS.get(parts.scheme, 0)
    return (
        f"{parts.scheme}://{parts.hostname}:{port} "
        f"({SECURITIES.get(values.security, values.security)})"
    )


def plaintext_problem(values: DirectoryValues, *, allowed: bool) -> str:
    """Return why a connection may not go unencrypted, or nothing. To this machine itself it may."""
    if (
        values.security != "plaintext"
        or allowed
        or values.url in ("", DEMO_URL)
        or all(map(_is_this_machine, values.url.split()))
    ):
        return ""
    return said(
        "Without encryption everybody on the way reads the password. "
        "Choose LDAPS or StartTLS; whoever runs this server can allow "
        "it with the setting plaintext_ldap."
    )


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _same_way(known: DirectoryValues, typed: DirectoryValues) -> bool:
    """Tell whether passwords go nowhere they did not go before."""
    further = set(targets_of(typed)) - set(targets_of(known))
    return not further and known.ca_file.strip() == typed.ca_file.strip()


def _name(values: DirectoryValues) -> Iterator[tuple[str, str]]:
    if not values.name.strip():
        yield "name", said("Give the directory a name.")
    if len(values.name) > LONGEST_NAME:
        yield (
            "name",
            said(
                "Take a name of at most %(longest_name)s characters.",
                longest_name=LONGEST_NAME,
            ),
        )


def _address(values: DirectoryValues) -> Iterator[tuple[str, str]]:
    if values.url == DEMO_URL:
        return
    if values.security not in SECURITIES:
        yield "security", said("Choose LDAPS, StartTLS or no encryption.")
    addresses = values.url.lower().split()
    if len(set(addresses)) < len(addresses):
        yield "url", said("One of the addresses is there twice.")
    for address in addresses or [""]:
        yield from _one_address(address, values)
    if values.ca_file and values.security == "plaintext":
        yield (
            "ca_file",
            said(
                "Without encryption there is no certificate to check: leave this empty."
            ),
        )
    elif values.ca_file and not values.ca_file.startswith("/"):
        yield "ca_file", said("Give the whole path, starting with a slash.")


def _one_address(url: str, values: DirectoryValues) -> Iterator[tuple[str, str]]:
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in ("ldap", "ldaps") or not rest:
        yield (
            "url",
            said(
                "The address starts with ldaps:// or ldap://, followed by the "
                "server's name."
            ),
        )
    elif fault := _host_problem(url):
        yield "url", fault
    elif scheme.lower() == "ldaps" and values.security != "ldaps":
        yield (
            "security",
            said(
                "ldaps:// is encrypted from the start: choose LDAPS, or an "
                "address with ldap://."
            ),
        )
    elif scheme.lower() == "ldap" and values.security == "ldaps":
        yield (
            "security",
            said(
                "ldap:// is not encrypted from the start: choose StartTLS, or "
                "an address with ldaps://."
            ),
        )


def _host_problem(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return said("The port must be a number between 1 and 65535.")
    if not parts.hostname or port == 0:
        return said("The address lacks the server's name.")
    if parts.path not in ("", "/") or parts.query or parts.username:
        return said(
            "Only the server's name and port belong into the address; bases "
            "and accounts have their own fields."
        )
    return ""


def _base(values: DirectoryValues) -> Iterator[tuple[str, str]]:
    if not values.base.strip():
        yield "base", said("Say where the directory starts, like dc=example,dc=org.")


def _names_in_the_tree(values: DirectoryValues) -> Iterator[tuple[str, str]]:
    for field in (
        "base",
        "people_base",
        "group_base",
        "role_base",
        "bind_dn",
        "write_dn",
    ):
        if fault := _dn_problem(getattr(values, field)):
            yield field, fault
    for field in ("placeholders", "protected"):
        for number, dn in enumerate(getattr(values, field), 1):
            if fault := _dn_problem(dn):
                yield (
                    field,
                    said("Line %(number)s: %(fault)s", number=number, fault=fault),
                )


def _house_rules(values: DirectoryValues) -> Iterator[tuple[str, str]]:
    for number, rule in enumerate(values.off_when, 1):
        if not RULE.fullmatch(rule):
            yield (
                "off_when",
                said(
                    "Line %(number)s: %(rule)s is no rule. Write attribute=value, "
                    "like ak-active=FALSE.",
                    number=number,
                    rule=repr(rule),
                ),
            )


def _dn_problem(dn: str) -> str:
    try:
        fold(dn)
    except MalformedDn:
        return said(
            "%(dn)s is not a distinguished name, like ou=people,dc=example,dc=org.",
            dn=repr(dn),
        )
    return ""


def _credentials(values: DirectoryValues) -> Iterator[tuple[str, str]]:
    if values.url == DEMO_URL:
        return
    for dn, reference in ACCOUNTS:
        account, where = getattr(values, dn), getattr(values, reference)
        if where and not account:
            yield dn, said("Say which account the password belongs to.")
        if account and not where:
            yield reference, WHERE


def _same(one: str, other: str) -> bool:
    return fold_or_self(one) == fold_or_self(other)


def lines(text: str) -> tuple[str, ...]:
    """Return the lines of a text that hold something, without the spaces around them."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
