"""Which rung of a template's ladder comes next."""

from __future__ import annotations

import pytest

from app.improvements.climb.rules import Offered, offered

LADDER = [{"people": number, "what": f"With {number}"} for number in (1, 5, 25, 120)]


@pytest.mark.parametrize(
    ("climbed", "advice", "wanted"),
    [
        (1, 5, Offered(5, "With 5", 2)),
        (5, 25, Offered(25, "With 25", 3)),
        (5, 15, Offered(15, "With 25", 3)),
        (25, 95, Offered(95, "With 120", 4)),
    ],
)
def test_the_next_larger_rung_is_offered_and_never_more_than_advised(
    climbed: int, advice: int, wanted: Offered
) -> None:
    assert offered(LADDER, climbed, advice) == wanted


def test_nothing_is_offered_above_the_ladder_or_without_one() -> None:
    assert offered(LADDER, 120, 600) is None
    assert offered([], 1, 5) is None


def test_no_larger_rung_is_offered_where_no_more_people_are_advised() -> None:
    assert offered(LADDER, 1, 1) is None
