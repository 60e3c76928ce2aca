"""The test bench, what a script would have said to recorded answers, and how two differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.catalog.matrix.rules import IMPACTS, Cells, priority_of
from app.catalog.scripts.rules import Answer, Question, Tree, name_of
from app.core.said import said as _said


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


def bench(
    tree: Tree, records: Iterable[AnswersRecord], cells: Cells
) -> list[BenchLine]:
    """Run every record through ``tree``.

    Both priorities are by the same matrix, so that only the script differs.
    """
    return [_line(tree, record, cells) for record in records]


def said_in(
    answers: Sequence[Mapping[str, Any]], old: Tree | None
) -> tuple[AnswerSaid, ...]:
    """Return recorded answers with their words; what the record does not say is looked up in the
    script asked then.
    """
    return tuple(
        _given(given, old.question(given.get("question")) if old else None)
        for given in answers
    )


def _given(given: Mapping[str, Any], asked: Question | None) -> AnswerSaid:
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
            outcome = (
                BenchOutcome.SAME
                if answer.impact == record.impact
                else BenchOutcome.CHANGED
            )
            return BenchLine(record, outcome, before, answer.impact, after)
        question = tree.question(answer.next)
    return BenchLine(
        record,
        BenchOutcome.UNANSWERED,
        before,
        why=_said("The script comes to no end."),
    )


def _stopped(
    tree: Tree,
    record: AnswersRecord,
    before: int,
    question: Question,
    said: AnswerSaid | None,
) -> BenchLine:
    name = name_of(tree, question)
    why = (
        _said("%(name)s was not asked then.", name=name)
        if said is None
        else _said(
            "%(name)s has no answer “%(answer)s” any more.",
            name=name,
            answer=said.answer,
        )
    )
    return BenchLine(
        record, BenchOutcome.UNANSWERED, before, question=question.key, why=why
    )


def _found(question: Question, said: Sequence[AnswerSaid]) -> AnswerSaid | None:
    by_key = next((each for each in said if each.key == question.key), None)
    return by_key or next(
        (each for each in said if _same(each.question, question.text)), None
    )


def _matching(question: Question, said: AnswerSaid) -> int | None:
    texts = [each.text for each in question.answers]
    by_words = next(
        (at for at, text in enumerate(texts) if _same(text, said.answer)), None
    )
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


@dataclass(frozen=True, slots=True)
class ScriptDifference:
    """One difference; ``kind`` is add, remove or change, ``question`` the key of the question it is
    about.
    """

    kind: str
    text: str
    question: str = ""


def diff(old: Tree, new: Tree) -> list[ScriptDifference]:
    """Return what must be told of the way from ``old`` to ``new``; nothing: they are equal."""
    return (
        []
        if old == new
        else [*_starts(old, new), *_questions(old, new), *_order(old, new)]
    )


def lead_of(tree: Tree, answer: Answer) -> str:
    """Say where an answer leads: "impact 2, one site or department", or the next question."""
    if answer.impact is not None:
        return _said(
            "impact %(impact)s, %(impact_2)s",
            impact=answer.impact,
            impact_2=IMPACTS.get(answer.impact, _said("which there is none")),
        )
    following = tree.question(answer.next)
    if following is not None:
        return name_of(tree, following)
    return _said("a question that is not there") if answer.next else "nowhere"


def _starts(old: Tree, new: Tree) -> Iterator[ScriptDifference]:
    if old.start == new.start:
        return
    first, then = old.question(old.start), new.question(new.start)
    was = _said(", no longer %(old)s", old=name_of(old, first)) if first else ""
    text = (
        _said("%(new)s is asked first%(was)s.", new=name_of(new, then), was=was)
        if then
        else _said("No question is asked first%(was)s.", was=was)
    )
    yield ScriptDifference("change", text, new.start)


def _questions(old: Tree, new: Tree) -> Iterator[ScriptDifference]:
    for question in old.questions:
        if new.question(question.key) is None:
            yield ScriptDifference(
                "remove",
                _said("The question %(old)s is gone.", old=name_of(old, question)),
                question.key,
            )
    for question in new.questions:
        before = old.question(question.key)
        if before is None:
            leads = "; ".join(
                f"“{each.text}” → {lead_of(new, each)}" for each in question.answers
            )
            text = _said("The question %(new)s is new", new=name_of(new, question)) + (
                f": {leads}." if leads else _said(", without answers.")
            )
            yield ScriptDifference("add", text, question.key)
        elif before != question:
            yield from _words(old, new, before, question)
            yield from _answers(old, new, before, question)


def _words(
    old: Tree, new: Tree, before: Question, now: Question
) -> Iterator[ScriptDifference]:
    if before.text != now.text:
        yield ScriptDifference(
            "change",
            _said(
                "%(old)s now reads %(new)s.",
                old=name_of(old, before),
                new=name_of(new, now),
            ),
            now.key,
        )
    if before.help != now.help:
        text = _said(
            "The help of %(new)s is “%(help)s”, it was “%(help_2)s”.",
            new=name_of(new, now),
            help=now.help,
            help_2=before.help,
        )
        yield ScriptDifference("change", text, now.key)


def _answers(
    old: Tree, new: Tree, before: Question, now: Question
) -> Iterator[ScriptDifference]:
    if before.answers == now.answers:
        return
    name = name_of(new, now)
    pairs = _pairs(before.answers, now.answers)
    for was, answer in pairs:
        if answer is None and was is not None:
            yield ScriptDifference(
                "remove",
                _said(
                    "%(name)s no longer has the answer “%(text)s”.",
                    name=name,
                    text=was.text,
                ),
                now.key,
            )
        elif was is None and answer is not None:
            yield ScriptDifference(
                "add",
                _said(
                    "%(name)s, new answer “%(text)s” → %(new)s.",
                    name=name,
                    text=answer.text,
                    new=lead_of(new, answer),
                ),
                now.key,
            )
        elif was is not None and answer is not None:
            yield from _answer(old, new, name, now.key, was, answer)
    places = [
        before.answers.index(was)
        for was, answer in pairs
        if was is not None and answer is not None
    ]
    if places != sorted(places):
        yield ScriptDifference(
            "change",
            _said(
                "%(name)s has its answers in another order, so other number keys.",
                name=name,
            ),
            now.key,
        )


def _answer(
    old: Tree, new: Tree, name: str, key: str, was: Answer, answer: Answer
) -> Iterator[ScriptDifference]:
    if was.text != answer.text:
        yield ScriptDifference(
            "change",
            _said(
                "%(name)s, the answer “%(text)s” now reads “%(text_2)s”.",
                name=name,
                text=was.text,
                text_2=answer.text,
            ),
            key,
        )
    if (was.next, was.impact) != (answer.next, answer.impact):
        text = _said(
            "%(name)s, “%(text)s” leads to %(new)s; it led to %(old)s.",
            name=name,
            text=answer.text,
            new=lead_of(new, answer),
            old=lead_of(old, was),
        )
        yield ScriptDifference("change", text, key)


def _pairs(
    before: tuple[Answer, ...], now: tuple[Answer, ...]
) -> list[tuple[Answer | None, Answer | None]]:
    """Pair answers by their words, then what is left by its place, in the order they have now; last
    those gone.
    """
    left = list(enumerate(before))
    found: dict[int, Answer | None] = {}
    for index, answer in enumerate(now):
        same = next((each for each in left if each[1].text == answer.text), None)
        if same is not None:
            left.remove(same)
            found[index] = same[1]
    for index in range(len(now)):
        if index not in found:
            there = next((each for each in left if each[0] == index), None)
            if there is not None:
                left.remove(there)
            found[index] = there[1] if there else None
    return [
        *((found[index], answer) for index, answer in enumerate(now)),
        *((each, None) for _, each in left),
    ]


def _order(old: Tree, new: Tree) -> Iterator[ScriptDifference]:
    was = [each.key for each in old.questions if new.question(each.key)]
    now = [each.key for each in new.questions if old.question(each.key)]
    if was != now:
        yield ScriptDifference(
            "change",
            _said(
                "The questions stand in another order on the page; what is "
                "asked stays the same."
            ),
        )
