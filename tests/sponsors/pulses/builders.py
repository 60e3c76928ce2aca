"""Pulses in the database for tests, asked and answered by the actions themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.models.sponsors.pulse import Pulse, PulseInvitation
from app.models.sponsors.words import PulseKind, PulseSplit, QuestionKind
from app.sponsors.pulses.actions import (
    PulseAbout,
    PulseDraft,
    PulseLetter,
    answer_pulse,
    launch,
)
from app.sponsors.pulses.queries import Invited, questions_of
from app.sponsors.pulses.rules import Asked
from tests.improvements.builders import Room, rows

QUESTIONS = (
    Asked("It makes my work easier."),
    Asked("What should change first?", QuestionKind.WORDS),
)
LETTER = PulseLetter("One minute", "Hello {link}", "Anna Berg")


def people(count: int, site: str = "Lyon") -> list[Invited]:
    return [
        Invited(f"{site} {n}", f"{site.lower()}{n}@demo.example", site=site)
        for n in range(count)
    ]


def a_pulse(room: Room, invited: Sequence[Invited], **values: Any) -> int:
    """Begin a pulse for two weeks; its number."""
    usual = {
        "kind": PulseKind.PARTICIPANTS,
        "title": "How is it?",
        "about": PulseAbout("participants:1"),
        "questions": QUESTIONS,
        "closes_on": room.now.date() + timedelta(days=14),
        "split": PulseSplit.SITE,
    }
    draft = PulseDraft(**{**usual, **values})
    made: Pulse = room.do(launch, draft, invited, LETTER)
    return made.id


def invitations(room: Room, pulse_id: int) -> list[PulseInvitation]:
    found = rows(room.database, _mine(pulse_id))
    return sorted(found, key=lambda one: one.id)


def _mine(pulse_id: int) -> Any:
    return select(PulseInvitation).where(PulseInvitation.pulse_id == pulse_id)


def say(room: Room, invitation: PulseInvitation, value: int, words: str = "") -> bool:
    """Let somebody answer the usual questions; tell whether it counts."""
    scale, free = room.ask(questions_of, invitation.pulse_id)
    said = room.do(
        answer_pulse, invitation.id, {scale.id: value}, {free.id: words}, by=""
    )
    return bool(said)
