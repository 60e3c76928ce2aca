"""Urgency, derived from how a service is tied to the main business process; a stronger tie is never
less urgent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.said import said


@dataclass(frozen=True, slots=True)
class UrgencyAnswer:
    """One answer, the strongest tie first; ``weak`` grows from 0 as the tie gets weaker."""

    key: str
    text: str
    weak: int


@dataclass(frozen=True, slots=True)
class UrgencyQuestion:
    """One question about a service that does not work."""

    key: str
    text: str
    answers: tuple[UrgencyAnswer, ...]


def _question(key: str, text: str, *answers: tuple[str, str]) -> UrgencyQuestion:
    return UrgencyQuestion(
        key,
        text,
        tuple(
            UrgencyAnswer(name, words, weak)
            for weak, (name, words) in enumerate(answers)
        ),
    )


TIE = _question(
    "tie",
    said("When it does not work, what happens to the main business process?"),
    ("stops", said("It stops")),
    ("hampered", said("It goes on, slower or by hand")),
    ("supporting", said("It goes on; work around it suffers")),
    ("convenience", said("Nothing; people miss a convenience")),
)
SOON = _question(
    "soon",
    said("How soon is that felt?"),
    ("minutes", said("Within minutes")),
    ("day", said("Within the day")),
    ("week", said("Within the week")),
)
WAY = _question(
    "way",
    said("Is there a way round it that people know?"),
    ("none", "No"),
    ("partly", said("Yes, for some of the work")),
    ("full", said("Yes, for all of it")),
)
QUESTIONS = (TIE, SOON, WAY)
RELIEF = 3
"""From this much on, time and a way round it make a service one step less urgent."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the answers suggest, and why."""

    urgency: int
    why: str


def suggest(answers: Mapping[str, str]) -> Suggestion:
    """Return the urgency (1–4) that answers by question suggest.

    What is not answered counts as the strongest tie.
    """
    tie, soon, way = (_given(question, answers) for question in QUESTIONS)
    base, relief = tie.weak + 1, soon.weak + way.weak
    eased = relief >= RELIEF and base < len(TIE.answers)
    why = f"{tie.text}: {base}." + (
        said(" Felt late and with a way round it: one step less.") if eased else ""
    )
    return Suggestion(base + eased, why)


def known_answers(answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers that are among those offered."""
    offered = {
        question.key: {answer.key for answer in question.answers}
        for question in QUESTIONS
    }
    return {
        key: given for key, given in answers.items() if given in offered.get(key, ())
    }


def spelled_out(answers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the questions that were answered with their answers in words."""
    given = known_answers(answers)
    return [
        (each.text, _given(each, given).text) for each in QUESTIONS if each.key in given
    ]


def _given(question: UrgencyQuestion, answers: Mapping[str, str]) -> UrgencyAnswer:
    return next(
        (
            answer
            for answer in question.answers
            if answer.key == answers.get(question.key)
        ),
        question.answers[0],
    )
