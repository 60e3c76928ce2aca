from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.sponsors.pulses.anonymity import AnswerGroup, releasable, visible


def test_two_small_units_hide_each_other():
    unit = AnswerGroup("desk", 9, (AnswerGroup("A", 3), AnswerGroup("B", 6)))
    assert visible(unit) == {"desk"}


def test_people_in_the_unit_itself_help_to_hide_a_small_one():
    unit = AnswerGroup("desk", 13, (AnswerGroup("A", 3), AnswerGroup("B", 6)))
    assert visible(unit) == {"desk", "B"}


def test_the_next_smallest_is_hidden_until_nobody_can_be_subtracted():
    assert releasable({"a": 8, "b": 7, "c": 5, "d": 2, "e": 1}) == {"a", "b"}
    assert releasable({"a": 8, "b": 7}) == {"a", "b"}
    assert releasable({"a": 4, "b": 9}) == frozenset()


def test_a_unit_that_is_hidden_hides_what_is_inside_it():
    assert visible(AnswerGroup("it", 4)) == frozenset()
    deep = AnswerGroup(
        "it",
        30,
        (AnswerGroup("desk", 3, (AnswerGroup("A", 3),)), AnswerGroup("ops", 27)),
    )
    assert visible(deep) == {"it"}


@given(
    st.dictionaries(st.text("abcdef", min_size=1), st.integers(0, 12)),
    st.integers(1, 6),
)
def test_what_is_hidden_can_never_be_told_by_subtraction(
    answers: dict[str, int], k: int
):
    shown = releasable(answers, k)
    assert all(answers[name] >= k for name in shown)
    hidden = sum(answers.values()) - sum(answers[name] for name in shown)
    assert hidden == 0 or hidden >= k or not shown
