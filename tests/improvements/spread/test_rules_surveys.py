from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.spread.anonymity import AnswerGroup, releasable, visible
from app.improvements.spread.surveys import (
    proportion,
    recommendation,
    recommendation_error,
    satisfaction,
)


def test_ten_answers_are_too_few_to_compare():
    found = recommendation([10, 9, 9, 10, 8, 7, 7, 6, 3, 9])
    assert found is not None
    assert (found.score, round(found.error, 1)) == (30, 24.7)
    assert found.text == "30 (n=10, too few to compare)"


def test_a_hundred_answers_may_be_compared():
    found = recommendation([10] * 50 + [8] * 30 + [3] * 20)
    assert found is not None and found.score == pytest.approx(30)
    assert found.text == "30 (n=100)"


def test_the_published_error_of_a_score():
    assert recommendation_error(1 / 2, 1 / 6, 1) / 100 == pytest.approx(
        0.7454, abs=5e-5
    )


def test_a_negative_score_has_a_true_minus():
    found = recommendation([0] * 80 + [9] * 20)
    assert found is not None and found.text == "−60 (n=100)"


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (45, 50, 78.6, 95.7),
        (150, 250, 53.8, 65.9),
        (8, 10, 49.0, 94.3),
        (4, 5, 37.6, 96.4),
    ],
)
def test_satisfaction_has_its_wilson_interval(
    part: int, whole: int, low: float, high: float
):
    found = satisfaction([5] * (part - 1) + [4] + [3] * (whole - part))
    assert found is not None and found.share == part / whole
    assert (round(100 * found.low, 1), round(100 * found.high, 1)) == (low, high)


def test_a_share_is_said_with_its_denominator():
    found = proportion(8, 10)
    assert (
        found is not None and found.text == "80 % (8 of 10; 95 % interval 49 % to 94 %)"
    )


def test_no_answers_have_no_score():
    assert recommendation([]) is None and satisfaction([]) is None


@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_share_and_stays_possible(
    whole: int, data: st.DataObject
):
    found = proportion(data.draw(st.integers(0, whole)), whole)
    assert found is not None
    assert (
        0 <= found.low <= found.share + 1e-12 and found.share - 1e-12 <= found.high <= 1
    )


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
