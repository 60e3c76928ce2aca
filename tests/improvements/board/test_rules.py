"""What needs attention, and why."""

from __future__ import annotations

from datetime import date, timedelta

from app.improvements.board.rules import AttentionFacts as Watched
from app.improvements.board.rules import reasons
from app.improvements.tasks.rules import NextStep
from app.models.improvements.words import (
    ImprovementState,
)

TODAY = date(2026, 3, 2)


STEP = NextStep("Ask Ada", "ben", TODAY + timedelta(days=14))


def watched(
    state: ImprovementState = ImprovementState.IN_PROGRESS, **more: object
) -> tuple[str, ...]:
    facts = {"last_heard": TODAY, "next_step": STEP, **more}
    return reasons(Watched(state, **facts), TODAY)


def test_what_moves_needs_no_attention():
    assert watched() == ()
    assert (
        watched(ImprovementState.STOPPED, last_heard=TODAY - timedelta(days=400)) == ()
    )


def test_a_lapsed_next_step_floats_up():
    assert watched(next_step=NextStep("Ask Ada", "ben", TODAY - timedelta(days=3))) == (
        "The next step of ben lapsed 3 days ago: Ask Ada",
    )
    assert watched(next_step=None) == ("No next step.",)
    assert watched(ImprovementState.ACCEPTED, next_step=None) == ()


def test_silence_is_noticed_after_thirty_days():
    assert watched(last_heard=TODAY - timedelta(days=30)) == ()
    assert watched(last_heard=TODAY - timedelta(days=31)) == (
        "Nothing was heard of it for 31 days.",
    )


def test_windows_dates_and_drift_are_noticed():
    late = watched(
        window_ended=TODAY - timedelta(days=1), required_by=TODAY - timedelta(days=2)
    )
    assert late == (
        "The window ended on 1 Mar 2026; review it.",
        "It was required by 28 Feb 2026.",
    )
    assert watched(ImprovementState.EMBEDDED, drifted="Calls are up.") == (
        "Drift: Calls are up.",
    )
    assert watched(ImprovementState.EMBEDDED) == ()


def test_people_in_a_new_role_who_wait_to_be_confirmed_are_told():
    assert watched(unconfirmed=1) == ("1 person in a new role waits to be confirmed.",)
    assert watched(unconfirmed=3) == ("3 people in a new role wait to be confirmed.",)
    assert watched(ImprovementState.EMBEDDED, unconfirmed=1) == ()
