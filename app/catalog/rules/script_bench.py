"""The test bench: what a script would have said, given the answers incidents were classified
with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.catalog.rules.priority import Cells, priority_of
from app.catalog.rules.script import Question, Tree, name_of


@dataclass(frozen=True, slots=True)
class AnswerSaid:
    """One recorded answer with its words; ``options`` are all answers there were, where the old
    script is known.
    """

    key: str
    question: str
    answer: str
    index: int
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswersRecord:
    """One classified incident: what was answered, and what came out."""

    incident_id: int
    title: str
    said: tuple[AnswerSaid, ...]
    impact: int
    urgency: int


class BenchOutcome(StrEnum):
    """What a new script does to a record."""

    CHANGED = "changed"
    UNANSWERED = "unanswered"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class BenchLine:
    """A record run again: impact and priority before and after, or the question at which it stops
    and why.
    """

    record: AnswersRecord
    outcome: BenchOutcome
    priority: int
    impact: int | None = None
    new_priority: int | None = None
    question: str = ""
    why: str = ""


def bench(tree: Tree, records: Iterable[AnswersRecord], cells: Cells) -> list[BenchLine]:
    """Run every record through ``tree``.

    Both priorities are by the same matrix, so that only the script differs.
    """
    return [_line(tree, record, cells) for record in records]


def said_in(answers: Sequence[Mapping[str, Any]], old: Tree | None) -> tuple[AnswerSaid, ...]:
    """Return recorded answers with their words; what the record does not say is looked up in the
    script asked then.
    """
    return tuple(
        _said(given, old.question(given.get("question")) if old else None) for given in answers
    )


def _said(given: Mapping[str, Any], asked: Question | None) -> AnswerSaid:
    texts = tuple(each.text for each in asked.answers) if asked else ()
    answer = given.get("answer")
    index = answer if isinstance(answer, int) else -1
    words = str(given.get("said") or ("" if isinstance(answer, int) else answer or ""))
    if not words and 0 <= index < len(texts):
        words = texts[index]
    if index < 0 and words in texts:
        index = texts.index(words)
    question = str(given.get("text") or (asked.text if asked else ""))
    return AnswerSaid(str(given.get("question") or ""), question, words, index, texts)


def _line(tree: Tree, record: AnswersRecord, cells: Cells) -> BenchLine:
    before = priority_of(cells, record.impact, record.urgency)
    question, left = tree.question(tree.start), len(tree.questions)
    while question is not None and left:
        said = _found(question, record.said)
        index = _matching(question, said) if said else None
        if index is None:
            return _stopped(tree, record, before, question, said)
        answer, left = question.answers[index], left - 1
        if answer.impact is not None and 1 <= answer.impact <= len(cells):
            after = priority_of(cells, answer.impact, record.urgency)
            outcome = BenchOutcome.SAME if answer.impact == record.impact else BenchOutcome.CHANGED
            return BenchLine(record, outcome, before, answer.impact, after)
        question = tree.question(answer.next)
    return BenchLine(record, BenchOutcome.UNANSWERED, before, why="The script comes to no end.")


def _stopped(
    tree: Tree, record: AnswersRecord, before: int, question: Question, said: AnswerSaid | None
) -> BenchLine:
    name = name_of(tree, question)
    why = (
        f"{name} was not asked then."
        if said is None
        else f"{name} has no answer “{said.answer}” any more."
    )
    return BenchLine(record, BenchOutcome.UNANSWERED, before, question=question.key, why=why)


def _found(question: Question, said: Sequence[AnswerSaid]) -> AnswerSaid | None:
    by_key = next((each for each in said if each.key == question.key), None)
    return by_key or next((each for each in said if _same(each.question, question.text)), None)


def _matching(question: Question, said: AnswerSaid) -> int | None:
    texts = [each.text for each in question.answers]
    by_words = next((at for at, text in enumerate(texts) if _same(text, said.answer)), None)
    if by_words is not None or not said.answer:
        return (
            by_words
            if by_words is not None
            else said.index
            if 0 <= said.index < len(texts)
            else None
        )
    return said.index if _only_reworded(texts, said) else None


def _only_reworded(texts: Sequence[str], said: AnswerSaid) -> bool:
    """Tell whether the answers are those of then but for the words of the one given."""
    others = [
        (was, now)
        for at, (was, now) in enumerate(zip(said.options, texts, strict=False))
        if at != said.index
    ]
    return len(said.options) == len(texts) > said.index >= 0 and all(
        _same(was, now) for was, now in others
    )


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()
