from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics.proportions import proportion


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (45, 50, 78.6, 95.7),
        (150, 250, 53.8, 65.9),
        (8, 10, 49.0, 94.3),
        (4, 5, 37.6, 96.4),
    ],
)
def test_a_share_has_its_wilson_interval(
    part: int, whole: int, low: float, high: float
):
    found = proportion(part, whole)
    assert found is not None and found.share == part / whole
    assert (round(100 * found.low, 1), round(100 * found.high, 1)) == (low, high)


def test_a_share_is_said_with_its_denominator():
    found = proportion(8, 10)
    assert (
        found is not None and found.text == "80 % (8 of 10; 95 % interval 49 % to 94 %)"
    )


def test_of_nobody_there_is_no_share():
    assert proportion(0, 0) is None


@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_share_and_stays_possible(
    whole: int, data: st.DataObject
):
    found = proportion(data.draw(st.integers(0, whole)), whole)
    assert found is not None
    assert (
        0 <= found.low <= found.share + 1e-12 and found.share - 1e-12 <= found.high <= 1
    )
