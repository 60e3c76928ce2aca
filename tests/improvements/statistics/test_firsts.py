"""The first fall of what never fell is told at once, and alarms once it repeats itself."""

from __future__ import annotations

import pytest

from app.improvements.statistics.control import About, read
from app.improvements.statistics.firsts import first_fall
from app.improvements.statistics.reading import read_metric
from app.models.improvements.words import Direction
from tests.improvements.statistics.series import week, weekly

MORE = Direction.UP


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((1, 1, 1, 1, 1, 0), True),
        ((100,) * 12 + (99.9,), True),
        ((1, 1, 1, 1, 0), False),
        ((1, 1, 1, 1, 1, 1), False),
        ((1, 1, 1, 1, 1, 2), False),
        ((1, 1, 0, 1, 1, 1, 0), False),
        ((1, 1, 1, 1, 1, 0, 0), False),
    ],
)
def test_only_the_first_worse_value_after_equal_ones_is_told(
    values: tuple[float, ...], told: bool
) -> None:
    assert bool(first_fall(weekly(*values), MORE)) is told


def test_it_is_said_in_numbers() -> None:
    found = read_metric(weekly(*[1] * 12, 0), About(MORE), skewed=False)
    assert found.first == (
        "It was always 1; 0 on 30 Mar 2026 is the first worse value in 13. "
        "Look why; one alone proves nothing."
    )


@pytest.mark.parametrize(("falls", "alarm"), [(1, None), (2, None), (3, False)])
def test_it_is_an_alarm_at_the_third_fall_in_a_row(
    falls: int, alarm: bool | None
) -> None:
    points = weekly(*[1] * 12, *[0] * falls)
    assert read(points, About(MORE, pilot_from=week(12))).helped is alarm
