"""What a search asks about groups, by its base, its filter and the attributes it wants."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ldap_sync.logs.values import Search, Way, WhatWasAsked

CHAIN = "1.2.840.113556.1.4.1941"
"""Matching in chain: Active Directory follows groups inside groups."""

MEMBER_ATTRIBUTES = frozenset(
    ("member", "uniquemember", "memberuid", "roleoccupant", "nsroledn")
)
_ITEM = re.compile(r"\(\??([A-Za-z][\w;.-]*)(?::dn)?(?::([\d.]+):)?=([^()]*)\)")
_ESCAPED = re.compile(rb"\\([0-9A-Fa-f]{2})")
_ASKS = re.compile(
    r"member|roleoccupant|nsroledn",
    re.IGNORECASE,
)


def asked_by(search: Search) -> Iterator[WhatWasAsked]:
    """Yield what a search asks about groups; nothing where it asks about something else."""
    items = _items(search.filter)
    wanted = frozenset(search.attributes)
    found = [*_memberof_items(search, items), *_member_items(search, items)]
    yield from found
    if "memberof" in wanted:
        yield _asked(search, Way.MEMBEROF_LIST)
    if not any(asked.way in (Way.MEMBER, Way.CHAIN) for asked in found):
        yield from _lists(search, items, wanted)


def compared(search: Search, attribute: str) -> WhatWasAsked | None:
    """Return what a Compare asks: whether the entry ``base`` has a value of ``attribute``."""
    if attribute.lower() in MEMBER_ATTRIBUTES:
        return _asked(search, Way.COMPARE, search.base)
    if attribute.lower() == "memberof":  # its value is not in the log
        return _asked(search, Way.MEMBEROF_LIST)
    return None


Item = tuple[str, str, str]
"""Of one part of a filter: the attribute in lower case, the matching rule, the value."""


def _items(text: str) -> list[Item]:
    return [
        (name.lower(), rule, _plain(value)) for name, rule, value in _ITEM.findall(text)
    ]


def _plain(value: str) -> str:
    """Return a value of a filter without the escapes of filters."""
    if "\\" not in value:
        return value
    raw = value.encode("utf-8", "surrogateescape")
    plain = _ESCAPED.sub(
        lambda found: bytes.fromhex(found[1].decode()),
        raw,
    )
    return plain.decode("utf-8", "replace")


def _memberof_items(search: Search, items: list[Item]) -> Iterator[WhatWasAsked]:
    for name, rule, value in items:
        if name != "memberof":
            continue
        if value == "*":
            yield _asked(search, Way.MEMBEROF_LIST)
        elif value:
            yield _asked(
                search,
                Way.CHAIN if rule == CHAIN else Way.MEMBEROF,
                value,
            )


def _member_items(search: Search, items: list[Item]) -> Iterator[WhatWasAsked]:
    """Yield the questions about one member: of one group, of a named one, or of all groups."""
    for name, rule, value in items:
        if name not in MEMBER_ATTRIBUTES or not value or "*" in value:
            continue
        way = Way.CHAIN if rule == CHAIN else Way.MEMBER
        yield from _about(search, way, items)


def _about(search: Search, way: Way, items: list[Item]) -> Iterator[WhatWasAsked]:
    named = [value for name, _, value in items if name == "cn" and value != "*"]
    if search.is_base:
        yield _asked(search, way, search.base)
    elif named:
        for name in named:
            yield _asked(search, way, name=name)
    else:
        yield _asked(search, way)


def _lists(
    search: Search, items: list[Item], wanted: frozenset[str]
) -> Iterator[WhatWasAsked]:
    """Yield the reading of member lists: by name, or with everything of one entry."""
    if wanted & MEMBER_ATTRIBUTES:
        yield from _about(search, Way.LIST, items)
    elif search.is_base and search.base and _all_of_it(wanted):
        yield _asked(
            search,
            Way.LIST,
            search.base,
            certain=False,
        )


def _all_of_it(wanted: frozenset[str]) -> bool:
    return "*" in wanted or not wanted - {"+"}


def _asked(
    search: Search, way: Way, group: str = "", *, name: str = "", certain: bool = True
) -> WhatWasAsked:
    asker = search.asker
    return WhatWasAsked(
        search.day, asker.account, asker.address, way, group, name, certain
    )


def may_ask(text: str) -> bool:
    """Tell quickly whether a line can have to do with members at all."""
    return _ASKS.search(text) is not None
