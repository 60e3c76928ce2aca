from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.spread.rules import PersonTold, Share, Uptake, all_told, burn_up
from app.improvements.statistics.ledger import LedgerEntry, Prediction, judge
from app.improvements.statistics.weeks import throughput, week_end
from app.models.improvements.words import Direction, ParticipationState

MONDAY = date(2026, 3, 2)


def days(*after: int) -> list[date]:
    return [MONDAY + timedelta(days=number) for number in after]


def test_shares_keep_their_denominators():
    assert Share(1000, 2000).text == "1000 of 2000 (50 %)"
    assert (Share(0, 0).value, Share(0, 0).text) == (None, "0 of 0")


def test_uptake_is_counted_against_the_right_whole():
    found = Uptake(eligible=80, switched=20, accepted=12, undone=5, used=16, heard=40)
    assert [share.text for share in (found.migrated, found.active)] == [
        "12 of 80 (15 %)",
        "16 of 40 (40 %)",
    ]


def test_a_burn_up_shows_changes_of_what_is_to_be_done():
    weeks = burn_up(
        days(0, 1, 15),
        {MONDAY: 10, MONDAY + timedelta(days=9): 12},
        MONDAY + timedelta(days=16),
    )
    assert [(week.done, week.scope) for week in weeks] == [(2, 10), (2, 12), (3, 12)]
    assert weeks[0].ends == date(2026, 3, 8)


def test_a_burn_up_of_nothing_is_empty():
    assert burn_up([], {}, MONDAY) == []
    assert burn_up(days(9), {}, MONDAY) == []


def test_weeks_without_anything_count_and_the_running_week_does_not():
    assert throughput(days(0, 3, 14, 21), MONDAY, MONDAY + timedelta(days=22)) == [
        2,
        0,
        1,
    ]


def test_a_week_counts_from_the_day_after_its_sunday():
    sunday = week_end(MONDAY)
    assert throughput(days(0), MONDAY, sunday) == []
    assert throughput(days(0), MONDAY, sunday + timedelta(days=1)) == [1]


@given(st.lists(st.integers(0, 60), min_size=1), st.integers(0, 70))
def test_the_burn_up_ends_with_what_is_done(after: list[int], until: int):
    last = MONDAY + timedelta(days=until)
    weeks = burn_up(days(*after), {MONDAY: 99}, last)
    assert weeks[-1].done == sum(number <= until for number in after)
    assert [week.done for week in weeks] == sorted(week.done for week in weeks)


@given(st.lists(st.integers(0, 60)), st.integers(0, 80))
def test_no_finished_item_of_a_whole_week_is_lost(after: list[int], until: int):
    today = MONDAY + timedelta(days=until)
    assert sum(throughput(days(*after), MONDAY, today)) == sum(
        week_end(day) < today for day in days(*after)
    )


def entry(
    result: float,
    confidence: float = 0.8,
    expected: float = 30,
    baseline: float | None = 40,
) -> LedgerEntry:
    return LedgerEntry(
        Prediction("Minutes", expected, confidence, Direction.DOWN, baseline), result
    )


def test_an_entry_knows_its_error_the_right_way_round():
    assert (entry(28).came_true, entry(28).error, entry(28).relative_error) == (
        True,
        2,
        0.2,
    )
    assert (entry(35).came_true, entry(35).error) == (False, -5)
    assert entry(35, baseline=None).relative_error is None


def test_the_brier_score_punishes_false_confidence():
    assert entry(28, 0.9).brier == pytest.approx(0.01)
    assert entry(35, 0.9).brier == pytest.approx(0.81)


def test_the_ledger_compares_confidence_with_what_came_true():
    found = judge([entry(28), entry(29), entry(30), entry(31), entry(25)])
    assert (found.hits, found.entries) == (4, 5)
    assert found.brier == pytest.approx((4 * 0.04 + 0.64) / 5)
    assert found.typical_error == pytest.approx(0.1)
    assert found.sentence == (
        "4 of 5 predictions came true; we were 80 % sure on average. "
        "Brier score 0.16, better than tossing a coin (0.25)."
    )


def test_a_short_ledger_judges_nobody():
    assert judge([]).sentence == "No prediction has a result yet."
    assert (
        judge([entry(28)]).sentence
        == "1 of 1 prediction came true; we were 80 % sure on average. Too few to judge."
    )


def test_predictions_that_fail_are_no_better_than_a_coin():
    assert "no better than tossing a coin" in judge([entry(39)] * 5).sentence


@given(st.lists(st.booleans(), min_size=1), st.floats(0.01, 0.99))
def test_nobody_scores_outside_zero_and_one(true: list[bool], confidence: float):
    found = judge([entry(28 if came else 39, confidence) for came in true])
    assert found.brier is not None and 0 <= found.brier <= 1


STATES = st.sampled_from(list(ParticipationState))
TOLD = st.builds(
    PersonTold,
    STATES,
    would_go_back=st.none() | st.booleans(),
    saved=st.none() | st.integers(1, 9),
    technique=st.sampled_from(["", "in person", "by mail"]),
)


@given(st.lists(TOLD, min_size=1, max_size=6))
def test_the_latest_answer_of_a_person_counts_and_an_empty_one_takes_none_away(
    rungs: list[PersonTold],
) -> None:
    found = all_told(rungs)
    for name, nothing in (("would_go_back", None), ("saved", None), ("technique", "")):
        given = [getattr(one, name) for one in rungs]
        said = [one for one in given if one != nothing]
        assert getattr(found, name) == (said[-1] if said else nothing)


@given(st.lists(STATES, min_size=1, max_size=6))
def test_whoever_accepted_has_it_until_they_go_back(
    states: list[ParticipationState],
) -> None:
    found = all_told([PersonTold(one) for one in states]).state
    accepted, undone = ParticipationState.ACCEPTED, ParticipationState.UNDONE
    since = (
        states[len(states) - states[::-1].index(undone) :]
        if undone in states
        else states
    )
    assert (found is accepted) == (accepted in since)
    assert found in (accepted, states[-1])
