"""What silence proves, exactly."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics.silence import most_hit, silence


def test_thirty_nine_quiet_people_leave_one_in_thirteen() -> None:
    assert most_hit(0, 39) == pytest.approx(0.0739376, abs=1e-6)
    assert silence(0, 39) == (
        "39 people quiet: at most about 1 in 13 can still be hit (95 % sure)."
    )


@pytest.mark.parametrize(
    ("hit", "people", "share"),
    [(0, 1, 0.95), (0, 5, 0.450720), (1, 10, 0.394163), (2, 39, 0.152765)],
)
def test_bounds_are_exact(hit: int, people: int, share: float) -> None:
    found = most_hit(hit, people)
    assert found == pytest.approx(share, abs=1e-4)
    left = sum(
        comb(people, n) * found**n * (1 - found) ** (people - n) for n in range(hit + 1)
    )
    assert left == pytest.approx(0.05, abs=1e-9)


def test_one_quiet_person_proves_next_to_nothing() -> None:
    assert silence(0, 1) == ("1 person quiet: up to 95 % can still be hit (95 % sure).")


def test_those_who_were_hit_are_counted_and_nobody_proves_nothing() -> None:
    assert (
        silence(2, 39) == "2 of 39 people hit: at most about 1 in 6 can be (95 % sure)."
    )
    assert silence(5, 5) == "5 of 5 people hit: up to 100 % can be (95 % sure)."
    assert silence(0, 0) == ""
    with pytest.raises(ValueError):
        most_hit(3, 2)


@given(st.integers(1, 2000), st.data())
def test_more_quiet_people_prove_more_and_every_hit_less(
    people: int, data: st.DataObject
) -> None:
    hit = data.draw(st.integers(0, min(people - 1, 20)))
    bound = most_hit(hit, people)
    assert hit / people < bound < 1
    assert most_hit(hit, people + 1) < bound
    assert most_hit(hit + 1, people) > bound
