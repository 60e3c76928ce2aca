"""A script as a picture: what is asked after what, each question drawn once."""

from __future__ import annotations

from dataclasses import dataclass

from app.catalog.rules.script import Question, Tree


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
    tree: Tree, answer: str, question: Question | None, impact: int | None, drawn: set[str]
) -> Branch:
    if question is None or question.key in drawn:
        return Branch(answer, impact, question, again=question is not None)
    drawn.add(question.key)
    branches = tuple(
        _branch(tree, each.text, tree.question(each.next), each.impact, drawn)
        for each in question.answers
    )
    return Branch(answer, impact, question, branches=branches)
