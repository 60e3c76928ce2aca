"""How a script is written: each step makes a new one; and how one is drawn as a tree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

from app.catalog.scripts.rules import Answer, Question, Tree, content_of

Item = TypeVar("Item")
NEW = "new"
"""What an answer leads to when its question is yet to be written."""


def to_of(answer: Answer) -> str:
    """Return where an answer leads as a form says it: ``impact:2``, ``next:q3`` or nothing."""
    if answer.next:
        return f"next:{answer.next}"
    return f"impact:{answer.impact}" if answer.impact is not None else ""


def answer_of(text: str, to: str) -> Answer:
    """Return the answer a form describes; what ``to`` does not say stays open."""
    kind, _colon, value = to.partition(":")
    if kind == "impact" and value in ("1", "2", "3", "4"):
        return Answer(text.strip(), impact=int(value))
    return (
        Answer(text.strip(), next=value)
        if kind == "next" and value
        else Answer(text.strip())
    )


def fingerprint(question: Question) -> str:
    """Return a short mark of a question as it is, by which an edit knows that somebody else changed
    it meanwhile.
    """
    stored = json.dumps(
        content_of(Tree("", (question,))), sort_keys=True, ensure_ascii=False
    )
    return hashlib.sha256(stored.encode()).hexdigest()[:16]


def add_question(
    tree: Tree, text: str, help: str = "", *, used: Collection[str] = ()
) -> tuple[Tree, str]:
    """Return the tree with one more question at its end, and the key of it; the first question is
    asked first.

    ``used`` are keys that mean other questions in other versions.
    """
    keys = {*used, *(question.key for question in tree.questions)}
    key = next(key for number in count(1) if (key := f"q{number}") not in keys)
    question = Question(key, text.strip(), help.strip())
    return Tree(tree.start or key, (*tree.questions, question)), key


def write_question(
    tree: Tree,
    key: str,
    text: str,
    help: str,
    answers: Sequence[tuple[str, str]],
    *,
    used: Collection[str] = (),
) -> Tree:
    """Return the tree with this question as typed; each answer is its text and where it leads.

    An answer without words and without aim is left out; one that leads to ``new`` gets an empty
    question to lead to.
    """
    written: list[Answer] = []
    for said, to in answers:
        if to == NEW:
            tree, made = add_question(tree, "", used=used)
            written.append(answer_of(said, f"next:{made}"))
        elif said.strip() or to:
            written.append(answer_of(said, to))
    return _replaced(tree, Question(key, text.strip(), help.strip(), tuple(written)))


def remove_question(tree: Tree, key: str) -> Tree:
    """Return the tree without a question; answers that led to it lead nowhere, which its check then
    names.
    """
    kept = [_unled(question, key) for question in tree.questions if question.key != key]
    return Tree("" if tree.start == key else tree.start, tuple(kept))


def move_question(tree: Tree, key: str, by: int) -> Tree:
    """Return the tree with a question further up (−1) or down (+1) on the page."""
    keys = [question.key for question in tree.questions]
    return replace(tree, questions=_moved(tree.questions, keys.index(key), by))


def move_answer(tree: Tree, key: str, index: int, by: int) -> Tree:
    """Return the tree with one answer further up (−1) or down (+1); its number key changes with
    it.
    """
    question = tree.question(key)
    if question is None or not 0 <= index < len(question.answers):
        return tree
    return _replaced(
        tree, replace(question, answers=_moved(question.answers, index, by))
    )


def remove_answer(tree: Tree, key: str, index: int) -> Tree:
    """Return the tree without one answer."""
    question = tree.question(key)
    if question is None:
        return tree
    answers = tuple(each for at, each in enumerate(question.answers) if at != index)
    return _replaced(tree, replace(question, answers=answers))


def start_with(tree: Tree, key: str) -> Tree:
    """Return the tree that begins with this question."""
    return replace(tree, start=key)


def _replaced(tree: Tree, question: Question) -> Tree:
    return replace(
        tree,
        questions=tuple(
            question if each.key == question.key else each for each in tree.questions
        ),
    )


def _unled(question: Question, key: str) -> Question:
    answers = tuple(
        replace(each, next=None) if each.next == key else each
        for each in question.answers
    )
    return replace(question, answers=answers)


def _moved(items: tuple[Item, ...], index: int, by: int) -> tuple[Item, ...]:
    to = index + by
    if not 0 <= to < len(items):
        return items
    others = [item for at, item in enumerate(items) if at != index]
    return (*others[:to], items[index], *others[to:])


@dataclass(frozen=True, slots=True)
class Branch:
    """One answer, and what comes of it: an impact, a question with its own branches, or nothing
    yet.

    ``again``: the question is drawn elsewhere already.
    """

    answer: str
    impact: int | None = None
    question: Question | None = None
    again: bool = False
    branches: tuple[Branch, ...] = ()


def outline(tree: Tree) -> Branch:
    """Return the first question with all that follows; loops and shared questions are drawn
    once.
    """
    return _branch(tree, "", tree.question(tree.start), None, set())


def _branch(
    tree: Tree,
    answer: str,
    question: Question | None,
    impact: int | None,
    drawn: set[str],
) -> Branch:
    if question is None or question.key in drawn:
        return Branch(answer, impact, question, again=question is not None)
    drawn.add(question.key)
    branches = tuple(
        _branch(tree, each.text, tree.question(each.next), each.impact, drawn)
        for each in question.answers
    )
    return Branch(answer, impact, question, branches=branches)
