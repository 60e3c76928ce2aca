"""What the page of an incident offers first: the one deed, the one alarm; what nobody wrote."""

from __future__ import annotations

from dataclasses import dataclass

OPENED = ("new", "assigned", "in progress")
BY_ITSELF = ("raised", "escalated", "classified", "bounce lock")
"""Kinds of events that nobody does by hand."""
PROGRAMS = ("", "rung")
"""Names under which the program itself writes."""


def first_deed(state: str, agent: str, viewer: str) -> str:
    """Return what somebody who looks at an incident most likely does next: take it when nobody has
    it, restore what is theirs, go on with what waits, close what works again.

    Nothing for what somebody else works on and for what has ended.
    """
    if state in OPENED:
        return "restore" if agent == viewer else "" if agent else "take"
    return {"waiting": "go on", "restored": "close", "merged": "there"}.get(state, "")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What may be wrong with an incident, each a yes or no.

    ``late``: a promised message is late; ``asked``: the owner is asked for a hand-over;
    ``management``: it was told and has not answered; ``mass``, ``parent``, ``joinable``, ``alike``:
    it is a mass incident, belongs to one, may belong to one, or looks like one with others.
    """

    late: bool = False
    asked: bool = False
    management: bool = False
    mass: bool = False
    parent: bool = False
    joinable: bool = False
    alike: bool = False


MOST_URGENT_FIRST = (
    ("late", "bad"),
    ("asked", "info"),
    ("mass", "warn"),
    ("joinable", "warn"),
    ("alike", "warn"),
    ("management", "warn"),
    ("parent", "info"),
)


def alarms(trouble: Trouble) -> list[tuple[str, str]]:
    """Return what is wrong with its tone, the most urgent first: the page shouts only the first."""
    return [each for each in MOST_URGENT_FIRST if getattr(trouble, each[0])]


def is_automatic(kind: str, by: str) -> bool:
    """Tell whether something happened that nobody did by hand."""
    return kind in BY_ITSELF or by in PROGRAMS
