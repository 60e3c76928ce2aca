"""What waits for a person: one small interface by which every room says it.

A room has a file ``waiting.py`` with functions marked ``@tells``; the start finds them. The page
Today, the number in the rail and the notices all read the same lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from app.core.settings import Settings

MOST = 20
"""How many lines of a kind are read; of those beyond it only the number is told."""


class Wait(StrEnum):
    """What a person can be waited for; each kind has a source that finds its lines."""

    READY = "ready"
    APPROVE = "approve"
    APPLY = "apply"
    CONFIRM = "confirm"
    GO_ON = "go on"
    CONFLICT = "conflict"
    EXCEPTION = "exception ends"
    TURNOVER = "turnover"
    PROMISE = "late promise"
    ANSWER = "answer"
    LOOK = "look again"
    ORDER = "work order"
    HAND_OVER = "hand-over"
    MANAGEMENT = "management"
    STEP = "next step"
    VALUES = "values due"
    REVIEW = "review"
    DECIDE = "decide"
    DRIFT = "drift"
    UNDO = "undo asked"
    MISSED = "missed changes"
    MENTION = "mentioned"
    FOLLOW_UP = "follow up"
    SPONSOR = "sponsor said"
    PULSE = "pulse closed"


@dataclass(frozen=True, slots=True)
class Waiter:
    """For whom is asked: an operator with what he or she may do, and the moment."""

    operator_id: int
    name: str
    permissions: tuple[str, ...]
    now: datetime
    settings: Settings

    def may(self, permission: str) -> bool:
        """Tell whether the operator has ``permission``."""
        return permission in self.permissions


def asked_for(who: Waiter) -> dict[str, Any]:
    """Return for whom a statement is asked that was written for anybody."""
    return {
        "me": who.name,
        "my_number": who.operator_id,
        "now": who.now,
        "today": who.now.date(),
    }


ME: Any = bindparam("me")
MY_NUMBER: Any = bindparam("my_number")
NOW: Any = bindparam("now")
TODAY: Any = bindparam("today")
"""Stand for the values of ``asked_for`` in statements that are written once: to write a dozen
statements anew for each page costs more than the database takes to answer them.
"""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One thing that waits for a person, in one line.

    ``page`` is where it is done. ``deed`` is the address of a form of one button, with ``fields``,
    where nothing has to be looked at first. ``by`` is whose deed made it wait. ``key`` stays the
    same while the same thing waits.
    """

    wait: Wait
    what: Any
    since: datetime
    page: str
    key: str
    why: Any = ""
    by: str = ""
    deed: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaitingFound:
    """What one source found: the oldest lines, and how many there are in all."""

    lines: tuple[WaitingLine, ...] = ()
    total: int = 0


Source = Callable[[Session, Waiter], Iterable[WaitingFound]]
Declared = Wait | str
"""The kind of line it makes, or a sentence that says why nobody is waited for."""
SOURCES: dict[Source, tuple[Wait, ...]] = {}
"""Each source with the kinds of lines it finds."""
STATES: dict[type[StrEnum], Mapping[Any, Declared]] = {}
"""What each state of a row makes a person wait for."""
MOMENTS: dict[str, Declared] = {}
"""The same of each ``table.column`` in which somebody's answer is noted, or its due day."""


def tells(*kinds: Wait) -> Callable[[Source], Source]:
    """Mark a function that finds lines of these kinds for somebody."""

    def mark(source: Source) -> Source:
        SOURCES[source] = kinds
        return source

    return mark


def declare(states: type[StrEnum], says: Mapping[Any, Declared]) -> None:
    """Say of each state whether it waits for a person: by a kind of line, or by why it does not."""
    STATES[states] = says


def declare_moments(says: Mapping[str, Declared]) -> None:
    """Say the same of columns in which an answer is noted or a day is due."""
    MOMENTS.update(says)


def find_sources(package: str = "app") -> None:
    """Import ``waiting.py`` of every room that has one, so that its sources are known."""
    for room in iter_modules(import_module(package).__path__, f"{package}."):
        if room.ispkg and room.name != f"{package}.core":
            name = f"{room.name}.waiting"
            if find_spec(name):
                import_module(name)


def waiting_for(session: Session, who: Waiter) -> WaitingFound:
    """Return everything that waits for somebody, the oldest first."""
    found = [each for source in SOURCES for each in source(session, who)]
    lines = sorted(
        (line for each in found for line in each.lines),
        key=lambda line: (line.since, line.key),
    )
    return WaitingFound(tuple(lines), sum(each.total for each in found))
