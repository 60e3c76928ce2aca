from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.board.priority import Estimate, Ranked, ranking

RAISED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def ranked(number: int, *figures: int | None, days: int = 0) -> Ranked:
    return Ranked(number, Estimate(*figures), RAISED + timedelta(days=days))


def ids(*items: Ranked) -> list[int]:
    return [item.id for item in ranking(items)]


@pytest.mark.parametrize(
    ("figures", "score"),
    [
        ((100, 50, 20, 10), 17),
        ((80, 30, 10, 5), 24),
        ((8, 4, 3, 5), 3),
        ((5, 9, 8, 2), 11),
        ((4, 3, 7, 8), 1.75),
        ((9, 5, 4, 8), 2.25),
    ],
)
def test_published_scores(figures: tuple[int, int, int, int], score: float):
    assert Estimate(*figures).score == Fraction(score)


def test_the_arithmetic_is_shown():
    assert Estimate(8, 4, 3, 5).arithmetic == "(8 + 4 + 3) / 5 = 3"
    assert Estimate(4, 3, 7, 8).arithmetic == "(4 + 3 + 7) / 8 = 1.75"
    assert Estimate(4, None, 7, None).arithmetic == "Not estimated: urgency, size."


def test_the_highest_score_comes_first():
    assert ids(ranked(1, 100, 50, 20, 10), ranked(2, 80, 30, 10, 5)) == [2, 1]


def test_ties_go_to_the_smaller_and_then_to_the_older():
    assert ids(ranked(1, 4, 4, 4, 4), ranked(2, 2, 2, 2, 2)) == [2, 1]
    assert ids(ranked(1, 2, 2, 2, 2, days=1), ranked(2, 2, 2, 2, 2)) == [2, 1]


def test_what_nobody_estimated_comes_last():
    assert ids(ranked(1, None, None, None, None), ranked(2, 1, 1, 1, 10)) == [2, 1]


@given(
    st.lists(st.tuples(*[st.one_of(st.none(), st.integers(1, 10))] * 4), max_size=8),
    st.randoms(),
)
def test_the_order_does_not_depend_on_where_it_began(
    figures: list[tuple[int | None, ...]], chance
):
    items = [ranked(number, *row) for number, row in enumerate(figures)]
    shuffled = items[:]
    chance.shuffle(shuffled)
    assert ids(*items) == ids(*shuffled)
