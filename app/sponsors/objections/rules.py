"""What an answer to an objection rests on: nothing is closed with a word alone."""

from __future__ import annotations

from dataclasses import dataclass

from app.models.sponsors.words import AnsweredWith

NAMES = {
    "metric": AnsweredWith.MEASUREMENT,
    "finding": AnsweredWith.FINDING,
    "decision": AnsweredWith.DECISION,
}


@dataclass(frozen=True, slots=True)
class Rests:
    """What an answer rests on: what was measured, found or decided, by its number; without one, a
    conversation.
    """

    answered_with: AnsweredWith = AnsweredWith.CONVERSATION
    number: int | None = None


def rests_on(record: str) -> Rests | None:
    """Read what was chosen, such as ``finding:7``; nothing means a conversation.

    None for what cannot answer anything.
    """
    if not record:
        return Rests()
    name, _, number = record.partition(":")
    if name not in NAMES or not number.isascii() or not number.isdigit():
        return None
    return Rests(NAMES[name], int(number))
