"""Who changed a group, when, and how a directory knows: what its logs and marks tell of one
value.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from ldap_sync import mapping
from ldap_sync.dn import fold_or_self


class DeedSource(StrEnum):
    """How a directory knows who did it, the surest first."""

    ACCESS_LOG = "access log"
    CHANGE_LOG = "changelog"
    REPLICATION = "replication"
    LAST_CHANGE = "last change"


@dataclass(frozen=True, slots=True)
class DeedAsked:
    """Who did it? Asked of the group at ``dn``: who gave it one of the values, or took them away.

    ``values`` are the spellings of one member: its DN, or its account name where groups list names;
    none at all asks who deleted the group. Looked at is what happened from ``since`` on.
    """

    dn: str
    values: tuple[str, ...]
    added: bool
    since: datetime

    @property
    def folded(self) -> frozenset[str]:
        """Return the values for comparing."""
        return frozenset(map(fold_or_self, self.values))


@dataclass(frozen=True, slots=True)
class Deed:
    """What a directory tells of a change: who (a DN; empty: it does not say), when, by which of its
    servers (where it tells that), and how it knows.
    """

    source: DeedSource
    who: str = ""
    at: datetime | None = None
    server: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One change of a group as a log keeps it: ``signs`` are (attribute, sign, value), the sign one
    of +, - and =; without a value all values are meant.
    """

    who: str
    at: datetime | None
    kind: str
    signs: tuple[tuple[str, str, str], ...] = ()

    def did(self, asked: DeedAsked) -> bool:
        """Tell whether this change is what was asked about."""
        if not asked.values:
            return self.kind == "delete"
        return any(_is_meant(sign, value, asked) for _, sign, value in self._members())

    def _members(self) -> Iterator[tuple[str, str, str]]:
        return (one for one in self.signs if one[0].lower() in _MEMBERS)


_MEMBERS = frozenset(name.lower() for name in mapping.MEMBER_ATTRIBUTES.values())
_SIGNED = re.compile(r"([\w;.-]+):([-+=]) ?(.*)", re.DOTALL)
_LINE = re.compile(r"([\w;.-]+):(:?) *(.*)")
_MARK = re.compile(r"<(\w+)>([^<]*)</\1>")
_VERBS = {"add": "+", "delete": "-", "replace": "="}
_NEVER = "1601"
"""The year that stands in Active Directory's marks for what never happened."""


def _is_meant(sign: str, value: str, asked: DeedAsked) -> bool:
    same = fold_or_self(value) in asked.folded
    if asked.added:
        return sign in "+=" and same
    return sign == "-" and (same or not value)


def newest_of(told: Iterable[Told], asked: DeedAsked) -> Told | None:
    """Return the newest change that is what was asked about."""
    fits = [one for one in told if one.did(asked) and one.at and one.at >= asked.since]
    return max(fits, key=lambda one: one.at or asked.since, default=None)


def from_access_log(attributes: mapping.Attributes) -> Told:
    """Read an entry of OpenLDAP's access log (slapo-accesslog): ``member:+ uid=ada,…``."""
    found = map(_SIGNED.fullmatch, attributes.get("reqmod", ()))
    signs = tuple((one[1], one[2], one[3]) for one in found if one)
    return Told(
        who=_first(attributes, "reqauthzid"),
        at=moment(_first(attributes, "reqstart")),
        kind=_first(attributes, "reqtype"),
        signs=signs,
    )


def from_change_log(attributes: mapping.Attributes) -> Told:
    """Read an entry of 389's retro changelog, whose ``changes`` are the lines of an LDIF change."""
    kind, lines = _first(attributes, "changetype"), _lines(attributes)
    signs = tuple(_signs(lines, is_new=kind == "add"))
    names = ("modifiersname", "creatorsname")
    who = next((text for name, _, text in signs if name.lower() in names and text), "")
    return Told(
        who=who, at=moment(_first(attributes, "changetime")), kind=kind, signs=signs
    )


def _lines(attributes: mapping.Attributes) -> list[tuple[str, str]]:
    text = "".join(attributes.get("changes", ())).rstrip("\0").replace("\n ", "")
    found = (_LINE.fullmatch(line) for line in text.split("\n"))
    return [(one[1], _plain(one[3]) if one[2] else one[3]) for one in found if one]


def _signs(
    lines: Iterable[tuple[str, str]], *, is_new: bool
) -> Iterator[tuple[str, str, str]]:
    attribute, sign, bare = "", "+", False
    for name, value in lines:
        if not is_new and name in _VERBS:
            if bare:
                yield attribute, sign, ""
            attribute, sign, bare = value, _VERBS[name], True
        elif is_new or name.lower() == attribute.lower():
            bare = False
            yield name, sign, value
    if bare:
        yield attribute, sign, ""


def _plain(coded: str) -> str:
    try:
        return base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def from_replication(values: Iterable[str], asked: DeedAsked) -> Deed | None:
    """Find in ``msDS-ReplValueMetaData`` of a group of Active Directory when, and by which domain
    controller, one member came or went; nobody's name is in it.
    """
    for text in values:
        marks = {name: html.unescape(value) for name, value in _MARK.findall(text)}
        if fold_or_self(marks.get("pszObjectDn", "")) not in asked.folded:
            continue
        is_gone = not marks.get("ftimeDeleted", _NEVER).startswith(_NEVER)
        if is_gone is asked.added:
            continue
        at = _iso(marks.get("ftimeLastOriginatingChange", ""))
        server = server_of(marks.get("pszLastOriginatingDsaDN", ""))
        return Deed(DeedSource.REPLICATION, at=at, server=server)
    return None


def server_of(dsa: str) -> str:
    """Return the name of a domain controller out of the DN of its NTDS settings."""
    parts = dsa.split(",")
    return parts[1].partition("=")[2] if len(parts) > 1 else ""


def moment(value: str) -> datetime | None:
    """Return the moment of a generalised time, or nothing where it is none."""
    digits = value.removesuffix("Z").partition(".")[0]
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def stamp(at: datetime) -> str:
    """Return a moment as a generalised time, for a filter."""
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def _iso(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        return None


def _first(attributes: mapping.Attributes, name: str) -> str:
    values: Collection[str] = attributes.get(name, ())
    return str(next(iter(values), ""))
