"""Editing a script, telling two versions apart, and running it over what was answered before."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.catalog.matrix.rules import DEFAULT
from app.catalog.scripts.bench import (
    AnswerSaid,
    AnswersRecord,
    BenchOutcome,
    bench,
    diff,
    said_in,
)
from app.catalog.scripts.editing import (
    NEW,
    add_question,
    answer_of,
    fingerprint,
    move_answer,
    move_question,
    remove_answer,
    remove_question,
    start_with,
    to_of,
    write_question,
)
from app.catalog.scripts.rules import Tree, faults, tree_of, walk
from tests.catalog.scripts.trees import TILLS, any_trees, sound_trees

TREE = tree_of(TILLS)
ANSWERS = [(each.text, to_of(each)) for each in TREE.questions[1].answers]


def told(old: Tree, new: Tree) -> list[str]:
    return [each.text for each in diff(old, new)]


def record(
    tree: Tree, *indexes: int, impact: int | None = None, old: Tree | None = None
) -> AnswersRecord:
    """Return what is kept when ``tree`` is answered with the answers at these places."""
    answers: list[dict[str, Any]] = []
    for index in indexes:
        question = walk(tree, answers).question
        assert question
        answers.append({"question": question.key, "answer": index})
    end = walk(tree, answers)
    return AnswersRecord(
        7, "Till", said_in(end.recorded, old or tree), impact or end.impact or 4, 1
    )


def outcome(tree: Tree, one: AnswersRecord) -> tuple[BenchOutcome, int | None, str]:
    (line,) = bench(tree, [one], DEFAULT)
    return line.outcome, line.impact, line.why


def test_the_first_question_is_asked_first_and_keys_are_never_used_twice() -> None:
    tree, first = add_question(Tree(), " Who? ")
    tree, second = add_question(tree, "Where?")
    assert (tree.start, tree.questions[0].text, first, second) == (
        "q1",
        "Who?",
        "q1",
        "q2",
    )
    tree, third = add_question(remove_question(tree, "q1"), "When?", used=("q1", "q2"))
    assert (third, tree.start) == ("q3", "q3")


def test_a_question_is_written_with_its_answers_and_empty_rows_are_left_out() -> None:
    tree = write_question(
        TREE,
        "other",
        "Another till?",
        "",
        [("No", "impact:3"), ("", ""), ("Perhaps", "")],
    )
    answers = tree.questions[1].answers
    assert [(each.text, each.impact) for each in answers] == [
        ("No", 3),
        ("Perhaps", None),
    ]


def test_an_answer_can_lead_to_a_question_that_is_yet_to_be_written() -> None:
    tree = write_question(
        TREE, "other", "Another till?", "", [("No", NEW), ("Yes", "impact:4")]
    )
    assert tree.questions[1].answers[0].next == "q1" == tree.questions[2].key
    assert [fault.question for fault in faults(tree)] == ["q1", "q1"]


def test_removing_a_question_leaves_its_answers_open_and_the_check_names_them() -> None:
    found = [fault.sentence for fault in faults(remove_question(TREE, "other"))]
    assert found == [
        "“Which tills stand still?”, “Some of one outlet” is a dead end: "
        "say which question comes next or which impact it has."
    ]


def test_questions_and_answers_are_moved_but_not_off_the_end() -> None:
    assert [each.key for each in move_question(TREE, "other", -1).questions] == [
        "other",
        "where",
    ]
    assert move_question(TREE, "other", 1) == TREE
    assert move_answer(TREE, "other", 0, 1).questions[1].answers[0].text == "Yes"
    assert move_answer(TREE, "other", 5, 1) == TREE == move_answer(TREE, "gone", 0, 1)
    assert len(remove_answer(TREE, "other", 0).questions[1].answers) == 1
    assert remove_answer(TREE, "gone", 0) == TREE


def test_where_an_answer_leads_is_said_and_read_in_the_same_way() -> None:
    for to in ("impact:1", "next:q3", ""):
        assert to_of(answer_of("Yes", to)) == to
    assert to_of(answer_of("Yes", "impact:9")) == ""


def test_a_question_somebody_else_changed_is_noticed() -> None:
    changed = write_question(TREE, "other", "Another till?", "", ANSWERS)
    assert fingerprint(TREE.questions[0]) == fingerprint(changed.questions[0])
    assert fingerprint(TREE.questions[1]) != fingerprint(changed.questions[1])


def test_differences_are_told_in_words() -> None:
    tree = write_question(
        TREE,
        "other",
        "Another till?",
        "Ask.",
        [("No", "impact:2"), ("Maybe", "impact:4")],
    )
    assert told(TREE, tree) == [
        "“Is another till free?” now reads “Another till?”.",
        "The help of “Another till?” is “Ask.”, it was “”.",
        "“Another till?”, “No” leads to impact 2, one site or department; it led to impact 3, "
        "several people.",
        "“Another till?”, the answer “Yes” now reads “Maybe”.",
    ]


def test_what_is_new_gone_or_moved_is_told() -> None:
    assert told(TREE, remove_question(TREE, "other")) == [
        "The question “Is another till free?” is gone.",
        "“Which tills stand still?”, “Some of one outlet” leads to nowhere; it led to “Is "
        "another till free?”.",
    ]
    assert told(TREE, start_with(TREE, "other")) == [
        "“Is another till free?” is asked first, no longer “Which tills stand still?”."
    ]
    assert told(TREE, move_answer(TREE, "other", 0, 1)) == [
        "“Is another till free?” has its answers in another order, so other number keys."
    ]
    assert told(TREE, move_question(TREE, "other", -1)) == [
        "The questions stand in another order on the page; what is asked stays the same."
    ]
    assert told(Tree(), TREE)[1].startswith(
        "The question “Which tills stand still?” is new: “In several outlets” → "
    )


@given(any_trees())
def test_a_script_does_not_differ_from_itself(tree: Tree) -> None:
    assert diff(tree, tree) == []


@given(sound_trees(), sound_trees())
def test_two_scripts_that_differ_are_told_apart(old: Tree, new: Tree) -> None:
    assert (diff(old, new) == []) == (old == new)


@given(sound_trees(), st.data())
def test_the_same_script_says_the_same_about_every_record(
    tree: Tree, data: st.DataObject
) -> None:
    indexes: list[int] = []
    answers: list[dict[str, Any]] = []
    while (question := walk(tree, answers).question) is not None:
        indexes.append(data.draw(st.integers(0, len(question.answers) - 1)))
        answers.append({"question": question.key, "answer": indexes[-1]})
    assert outcome(tree, record(tree, *indexes))[0] is BenchOutcome.SAME


def test_a_changed_impact_shows_with_both_priorities() -> None:
    tree = write_question(
        TREE,
        "other",
        "Is another till free?",
        "",
        [("No", "impact:1"), ("Yes", "impact:4")],
    )
    (line,) = bench(tree, [record(TREE, 2, 0)], DEFAULT)
    assert (line.outcome, line.impact, line.priority, line.new_priority) == (
        BenchOutcome.CHANGED,
        1,
        2,
        1,
    )


def test_moved_questions_are_found_again() -> None:
    content = deepcopy(TILLS)
    content["start"] = "other"
    content["questions"][1]["answers"] = [
        {"text": "Yes", "impact": 4},
        {"text": "No", "next": "where"},
    ]  # type: ignore[index]
    content["questions"][0]["answers"][2] = {"text": "Some of one outlet", "impact": 2}  # type: ignore[index]
    assert outcome(tree_of(content), record(TREE, 2, 0)) == (
        BenchOutcome.CHANGED,
        2,
        "",
    )
    assert outcome(tree_of(content), record(TREE, 2, 1)) == (BenchOutcome.SAME, 4, "")


def test_a_question_with_a_new_key_is_found_by_its_words() -> None:
    renamed = replace(TREE.questions[0], key="q9", text="which tills stand still? ")
    tree = Tree("q9", (renamed, TREE.questions[1]))
    assert outcome(tree, record(TREE, 1))[0] is BenchOutcome.SAME


def test_a_record_that_lacks_an_answer_names_the_question() -> None:
    content = deepcopy(TILLS)
    content["questions"][0]["answers"][1] = {
        "text": "All of one outlet",
        "next": "other",
    }  # type: ignore[index]
    found = outcome(tree_of(content), record(TREE, 1))
    assert found == (
        BenchOutcome.UNANSWERED,
        None,
        "“Is another till free?” was not asked then.",
    )


def test_an_answer_that_is_gone_is_named() -> None:
    tree = write_question(
        TREE, "other", "Is another till free?", "", [("Yes", "impact:4")]
    )
    found = outcome(tree, record(TREE, 2, 0))
    assert found == (
        BenchOutcome.UNANSWERED,
        None,
        "“Is another till free?” has no answer “No” any more.",
    )


def test_an_answer_that_was_only_reworded_still_counts() -> None:
    tree = write_question(
        TREE,
        "other",
        "Is another till free?",
        "",
        [("None", "impact:3"), ("Yes", "impact:4")],
    )
    assert outcome(tree, record(TREE, 2, 0))[0] is BenchOutcome.SAME


def test_swapped_answers_are_matched_by_words_not_by_place() -> None:
    assert outcome(move_answer(TREE, "other", 0, 1), record(TREE, 2, 0)) == (
        BenchOutcome.SAME,
        3,
        "",
    )


def test_a_record_without_words_is_read_through_the_script_asked_then() -> None:
    assert said_in([{"question": "other", "answer": 1}], TREE) == (
        AnswerSaid("other", "Is another till free?", "Yes", 1, ("No", "Yes")),
    )
    assert (
        said_in([{"question": "other", "text": "Old?", "answer": "Yes"}], TREE)[0].index
        == 1
    )
    assert said_in([{"question": "gone", "answer": 1}], None) == (
        AnswerSaid("gone", "", "", 1),
    )


@given(any_trees(), sound_trees(), st.data())
def test_the_bench_ends_for_every_script_however_wrong(
    tree: Tree, old: Tree, data: st.DataObject
) -> None:
    found = record(old, impact=2)
    said = tuple(
        AnswerSaid(each.key, each.text, "", data.draw(st.integers(-1, 3)))
        for each in tree.questions
    )
    assert bench(tree, [replace(found, said=said)], DEFAULT)[0].outcome in BenchOutcome
