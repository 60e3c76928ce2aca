"""One question an application asked a directory, without whom it was about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Way(StrEnum):
    """How an application asks about a group."""

    MEMBER = "member filter"
    COMPARE = "compare"
    LIST = "member list"
    MEMBEROF = "memberOf filter"
    MEMBEROF_LIST = "memberOf list"
    CHAIN = "matching in chain"


@dataclass(frozen=True, slots=True)
class WhatWasAsked:
    """One question: by which account (empty: anonymous) from which address, about which group.

    ``group`` is the DN as it was typed; where only the group's name was given it is ``name``. Both
    are empty where the question goes to all groups. ``certain`` tells whether a group is meant for
    sure: reading an entry whole may also be reading something else.
    """

    day: date | None
    account: str
    address: str
    way: Way
    group: str = ""
    name: str = ""
    certain: bool = True


@dataclass(slots=True)
class Asker:
    """Who speaks on one connection, as far as the log tells."""

    address: str = ""
    account: str = ""


@dataclass(slots=True)
class Search:
    """A search as a log tells it: base, scope, filter and the attributes that were asked for."""

    base: str
    is_base: bool
    filter: str
    attributes: tuple[str, ...] = ()
    asker: Asker = field(default_factory=Asker)
    day: date | None = None
