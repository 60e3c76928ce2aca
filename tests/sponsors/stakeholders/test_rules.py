"""Support is weighed by power, the barrier is the first step that is missing, a sponsor who is not
heard is noticed.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.sponsors.words import Barrier, Stance
from app.sponsors.rules import Scores, barrier
from app.sponsors.stakeholders.rules import (
    Known,
    SponsorClock,
    Weighed,
    corner,
    over_time,
    support,
)

DAY = date(2026, 3, 2)
KICK_OFF = [
    Weighed(3, Stance.LEADING, assessed=DAY),
    Weighed(3, Stance.RESISTANT, assessed=DAY),
    Weighed(2, Stance.SUPPORTIVE),
    Weighed(1, Stance.SUPPORTIVE, Stance.LEADING),
    Weighed(2, Stance.NEUTRAL),
]


def test_the_support_of_a_kick_off_is_27_and_shows_its_sum():
    found = support(KICK_OFF, DAY + timedelta(days=14))
    assert found is not None
    assert (found.text, found.gaps) == ("+27", 3)
    assert found.coverage == pytest.approx(6 / 11)
    assert found.arithmetic == (
        "100 × (6 power for it − 3 against it) ÷ 11 in all = +27"
    )


def test_the_unaware_count_and_old_assessments_do_not():
    everybody = [*KICK_OFF, Weighed(11, Stance.UNAWARE)]
    found = support(everybody, DAY + timedelta(days=63))
    assert found is not None and (round(found.index), found.coverage) == (14, 0)


def test_without_power_there_is_no_index():
    assert support([], DAY) is None


@given(
    st.lists(st.builds(Weighed, st.integers(1, 3), st.sampled_from(Stance)), min_size=1)
)
def test_nobody_s_change_of_mind_moves_the_index_the_other_way(holders: list[Weighed]):
    before = support(holders, DAY)
    after = support([Weighed(holders[0].power, Stance.LEADING), *holders[1:]], DAY)
    assert before is not None and after is not None
    assert -100 <= before.index <= after.index <= 100


def test_support_over_time_begins_with_who_was_there():
    first = Known(3, Stance.LEADING, DAY, ((DAY, Stance.RESISTANT),))
    moved = DAY + timedelta(days=7)
    second = Known(1, Stance.SUPPORTIVE, moved, ((moved, Stance.SUPPORTIVE),))
    today = DAY + timedelta(days=9)
    found = over_time([first, second], today)
    assert [(day, there.text) for day, there in found] == [
        (DAY, "−100"),
        (moved, "−50"),
        (today, "−50"),
    ]


def test_each_corner_of_the_grid_says_what_to_do():
    assert len({corner(power, keen) for power in (1, 3) for keen in (1, 3)}) == 4


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((2, 1, 4, 4, 4), Barrier.AWARENESS),
        ((5, 4, 4, 3, 2), Barrier.ABILITY),
        ((4, 4, 4, 4, 4), None),
        ((5, 5, 5, 5, 1), Barrier.REINFORCEMENT),
        ((5, None, None, 2, None), Barrier.ABILITY),
    ],
)
def test_the_first_step_that_is_missing_is_the_barrier(
    scores: tuple[int | None, ...], expected: Barrier | None
):
    assert barrier(Scores(*scores)) is expected


def test_the_clock_of_a_sponsor_counts_from_the_last_word():
    heard = SponsorClock(DAY, DAY, DAY + timedelta(days=15))
    assert heard.words == "last heard 15 days ago" and heard.is_quiet
    assert not heard.is_silent
    never = SponsorClock(None, DAY, DAY + timedelta(days=31))
    assert never.words == "never heard in 31 days" and never.is_silent
