"""What differs between two versions of a script, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.catalog.rules.priority import IMPACTS
from app.catalog.rules.script import Answer, Question, Tree, name_of


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
    return [] if old == new else [*_starts(old, new), *_questions(old, new), *_order(old, new)]


def lead_of(tree: Tree, answer: Answer) -> str:
    """Say where an answer leads: "impact 2, one site or department", or the next question."""
    if answer.impact is not None:
        return f"impact {answer.impact}, {IMPACTS.get(answer.impact, 'which there is none')}"
    following = tree.question(answer.next)
    if following is not None:
        return name_of(tree, following)
    return "a question that is not there" if answer.next else "nowhere"


def _starts(old: Tree, new: Tree) -> Iterator[ScriptDifference]:
    if old.start == new.start:
        return
    first, then = old.question(old.start), new.question(new.start)
    was = f", no longer {name_of(old, first)}" if first else ""
    text = (
        f"{name_of(new, then)} is asked first{was}."
        if then
        else f"No question is asked first{was}."
    )
    yield ScriptDifference("change", text, new.start)


def _questions(old: Tree, new: Tree) -> Iterator[ScriptDifference]:
    for question in old.questions:
        if new.question(question.key) is None:
            yield ScriptDifference(
                "remove", f"The question {name_of(old, question)} is gone.", question.key
            )
    for question in new.questions:
        before = old.question(question.key)
        if before is None:
            leads = "; ".join(f"“{each.text}” → {lead_of(new, each)}" for each in question.answers)
            text = f"The question {name_of(new, question)} is new" + (
                f": {leads}." if leads else ", without answers."
            )
            yield ScriptDifference("add", text, question.key)
        elif before != question:
            yield from _words(old, new, before, question)
            yield from _answers(old, new, before, question)


def _words(old: Tree, new: Tree, before: Question, now: Question) -> Iterator[ScriptDifference]:
    if before.text != now.text:
        yield ScriptDifference(
            "change", f"{name_of(old, before)} now reads {name_of(new, now)}.", now.key
        )
    if before.help != now.help:
        text = f"The help of {name_of(new, now)} is “{now.help}”, it was “{before.help}”."
        yield ScriptDifference("change", text, now.key)


def _answers(old: Tree, new: Tree, before: Question, now: Question) -> Iterator[ScriptDifference]:
    if before.answers == now.answers:
        return
    name = name_of(new, now)
    pairs = _pairs(before.answers, now.answers)
    for was, answer in pairs:
        if answer is None and was is not None:
            yield ScriptDifference(
                "remove", f"{name} no longer has the answer “{was.text}”.", now.key
            )
        elif was is None and answer is not None:
            yield ScriptDifference(
                "add", f"{name}, new answer “{answer.text}” → {lead_of(new, answer)}.", now.key
            )
        elif was is not None and answer is not None:
            yield from _answer(old, new, name, now.key, was, answer)
    places = [
        before.answers.index(was) for was, answer in pairs if was is not None and answer is not None
    ]
    if places != sorted(places):
        yield ScriptDifference(
            "change", f"{name} has its answers in another order, so other number keys.", now.key
        )


def _answer(
    old: Tree, new: Tree, name: str, key: str, was: Answer, answer: Answer
) -> Iterator[ScriptDifference]:
    if was.text != answer.text:
        yield ScriptDifference(
            "change", f"{name}, the answer “{was.text}” now reads “{answer.text}”.", key
        )
    if (was.next, was.impact) != (answer.next, answer.impact):
        text = (
            f"{name}, “{answer.text}” leads to {lead_of(new, answer)}; it led to "
            f"{lead_of(old, was)}."
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
            "The questions stand in another order on the page; what is asked stays the same.",
        )
