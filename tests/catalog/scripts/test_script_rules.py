"""A question tree: walked answer by answer, and what keeps it from being published."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.scripts.rules import (
    Tree,
    content_of,
    faults,
    paths_to,
    reached,
    taken,
    tree_of,
    walk,
)
from tests.catalog.scripts.trees import TILLS, any_trees, sound_trees


def told(content: Any) -> list[str]:
    return [fault.sentence for fault in faults(content)]


def altered(question: int, **changes: Any) -> dict[str, Any]:
    content = deepcopy(TILLS)
    content["questions"][question] |= changes  # type: ignore[index]
    return content


def test_a_walk_begins_with_the_first_question_and_ends_with_an_impact() -> None:
    assert walk(TILLS, []).question.text == "Which tills stand still?"  # type: ignore[union-attr]
    first = walk(TILLS, [{"question": "where", "answer": 2}])
    assert first.question and first.question.key == "other" and first.impact is None
    end = walk(
        TILLS, [{"question": "where", "answer": 2}, {"question": "other", "answer": 0}]
    )
    assert (end.question, end.impact, end.unused) == (None, 3, 0)


def test_what_is_recorded_can_be_walked_again_and_keeps_the_words() -> None:
    end = walk(TILLS, [{"question": "where", "answer": 1}])
    assert end.recorded == [
        {
            "question": "where",
            "text": "Which tills stand still?",
            "answer": 1,
            "said": "All of one outlet",
        }
    ]
    assert walk(TILLS, end.recorded) == end


@pytest.mark.parametrize(
    "wrong",
    [
        {"question": "other", "answer": 0},
        {"question": "where", "answer": 3},
        {"question": "where", "answer": -1},
        {"question": "where", "answer": "1"},
        {"question": "where"},
        {},
    ],
)
def test_an_answer_the_script_no_longer_knows_is_left_unused(
    wrong: dict[str, Any],
) -> None:
    found = walk(TILLS, [wrong, {"question": "other", "answer": 0}])
    assert (found.asked, found.unused) == ((), 2)
    assert found.question and found.question.key == "where"


def test_a_form_brings_answers_as_tokens_and_goes_back_by_keeping_fewer() -> None:
    assert taken(["where:2"], "other:1") == [
        {"question": "where", "answer": 2},
        {"question": "other", "answer": 1},
    ]
    assert taken(["where:2", "other:1"], keep=1) == [{"question": "where", "answer": 2}]
    assert taken(["where:2"], keep=0) == []
    assert taken(["where", ":1", "where:x", "where:-1", ""]) == []


def test_a_right_script_has_no_faults() -> None:
    assert told(TILLS) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({}, "The script has no questions yet."),
        ({**TILLS, "start": "gone"}, "Say which question is asked first."),
        (altered(1, text=" "), "Question 2 has no words."),
        (
            altered(1, answers=[]),
            "“Is another till free?” is a dead end: it has no answers.",
        ),
        (
            altered(1, answers=[{"text": "", "impact": 3}]),
            "Answer 1 of “Is another till free?” has no words.",
        ),
        (
            altered(1, answers=[{"text": "No"}]),
            "“Is another till free?”, “No” is a dead end: say which question comes next or "
            "which impact it has.",
        ),
        (
            altered(1, answers=[{"text": "No", "next": "gone"}]),
            "“Is another till free?”, “No” leads to a question that is not there.",
        ),
        (
            altered(1, answers=[{"text": "No", "impact": 5}]),
            "“Is another till free?”, “No” has the impact 5; it goes from 1 (many sites) to 4 "
            "(one person).",
        ),
        (
            altered(
                1, answers=[{"text": "No", "impact": 3}, {"text": "no ", "impact": 4}]
            ),
            "“Is another till free?” has the answer “no ” twice.",
        ),
        (
            altered(1, answers=[{"text": "No", "next": "where"}]),
            "“Is another till free?” leads back to “Which tills stand still?”: the questions "
            "could go round for ever.",
        ),
        (
            altered(0, answers=[{"text": "All", "impact": 2}]),
            "“Is another till free?” is never asked: no answer leads to it.",
        ),
        (altered(1, key="where"), "Two questions have the same key “where”."),
        (
            altered(
                1, answers=[{"text": str(number), "impact": 3} for number in range(10)]
            ),
            "“Is another till free?” has 10 answers; there are number keys for 9.",
        ),
    ],
)
def test_each_fault_is_named(content: dict[str, Any], sentence: str) -> None:
    assert sentence in told(content)


def test_a_fault_says_which_question_it_is_about() -> None:
    assert [fault.question for fault in faults(altered(1, answers=[]))] == ["other"]


def test_how_deep_each_question_lies_is_known() -> None:
    assert reached(tree_of(TILLS)) == {"where": 0, "other": 1}


@given(any_trees() | sound_trees(), st.data())
def test_a_script_without_faults_ends_whatever_is_answered(
    tree: Tree, data: st.DataObject
) -> None:
    if faults(tree):
        return
    answers: list[dict[str, Any]] = []
    for _ in range(len(tree.questions) + 1):
        found = walk(tree, answers)
        assert found.unused == 0
        if found.question is None:
            break
        index = data.draw(st.integers(0, len(found.question.answers) - 1))
        answers.append({"question": found.question.key, "answer": index})
    assert found.question is None
    assert found.impact in (1, 2, 3, 4)


@given(sound_trees())
def test_a_script_made_well_has_no_faults(tree: Tree) -> None:
    assert faults(tree) == []


@given(
    any_trees(),
    st.lists(
        st.fixed_dictionaries(
            {"question": st.sampled_from("abcde"), "answer": st.integers(0, 3)}
        )
    ),
)
def test_no_walk_goes_further_than_its_answers(
    tree: Tree, answers: list[dict[str, Any]]
) -> None:
    found = walk(tree, answers)
    assert len(found.asked) + found.unused == len(answers)
    assert found.question is None or found.impact is None


@given(any_trees())
def test_any_script_survives_being_stored(tree: Tree) -> None:
    assert content_of(tree_of(content_of(tree))) == content_of(tree)


def test_every_way_to_an_impact_is_found() -> None:
    assert [[each["said"] for each in path] for path in paths_to(TILLS, 3)] == [
        ["Some of one outlet", "No"]
    ]
    assert paths_to({}, 1) == []


@given(sound_trees(), st.integers(1, 4))
def test_every_way_found_ends_with_the_impact_asked_for(
    tree: Tree, impact: int
) -> None:
    assert all(walk(tree, path).impact == impact for path in paths_to(tree, impact))
