"""Influence scripts for tests: one that is right, and any that could be typed."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from app.catalog.scripts.rules import Answer, Question, Tree, content_of

TILLS = {
    "start": "where",
    "questions": [
        {
            "key": "where",
            "text": "Which tills stand still?",
            "help": "Ask for the number on the till.",
            "answers": [
                {"text": "In several outlets", "impact": 1},
                {"text": "All of one outlet", "impact": 2},
                {"text": "Some of one outlet", "next": "other"},
            ],
        },
        {
            "key": "other",
            "text": "Is another till free?",
            "help": "",
            "answers": [{"text": "No", "impact": 3}, {"text": "Yes", "impact": 4}],
        },
    ],
}
"""Two questions, four ends."""

KEYS = ("a", "b", "c", "d", "e")
WORDS = st.sampled_from(
    ["", "Who?", "Where?", "How many?", "Since when?", "yes", "no", "Yes"]
)


@st.composite
def answers(draw: Any) -> Answer:
    """Any answer, right or wrong."""
    following = draw(st.none() | st.sampled_from((*KEYS, "gone")))
    impact = (
        draw(st.none() | st.integers(0, 5))
        if draw(st.booleans()) or following is None
        else None
    )
    return Answer(draw(WORDS), following, impact)


@st.composite
def any_trees(draw: Any) -> Tree:
    """Any script that could be stored, most of them wrong."""
    keys = draw(st.lists(st.sampled_from(KEYS), max_size=5))
    questions = [
        Question(key, draw(WORDS), "", tuple(draw(st.lists(answers(), max_size=3))))
        for key in keys
    ]
    return Tree(draw(st.sampled_from((*KEYS, ""))), tuple(questions))


@st.composite
def sound_trees(draw: Any) -> Tree:
    """Any script without faults: answers lead only to later questions, and some answer leads to
    each of them.
    """
    count = draw(st.integers(1, 5))
    leads: list[list[int | None]] = [[None] for _ in range(count)]
    for later in range(1, count):
        leads[draw(st.integers(0, later - 1))].append(later)
    questions = [
        Question(
            KEYS[index],
            f"Question {draw(st.integers(1, 99))} about {KEYS[index]}?",
            draw(WORDS),
            tuple(
                _answer(draw, number, to)
                for number, to in enumerate(draw(st.permutations(ends)))
            ),
        )
        for index, ends in enumerate(leads)
    ]
    return Tree(KEYS[0], tuple(draw(st.permutations(questions))))


def _answer(draw: Any, number: int, to: int | None) -> Answer:
    if to is None:
        return Answer(f"Answer {number}", impact=draw(st.integers(1, 4)))
    return Answer(f"Answer {number}", next=KEYS[to])


def stored(tree: Tree) -> dict[str, Any]:
    """Return a tree as the database keeps it."""
    return content_of(tree)
