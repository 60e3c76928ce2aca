"""From invited to accepted, and back: what moves a person and what does not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.improvements.people.rules import (
    ParticipationFacts,
    may_leave,
    objections,
    time_to_undo,
)
from app.models.improvements.words import (
    ParticipationState,
)

TODAY = date(2026, 3, 2)


INVITED, SWITCHED = ParticipationState.INVITED, ParticipationState.SWITCHED


OBSERVING, PREPARED = ParticipationState.OBSERVING, ParticipationState.PREPARED


ACCEPTED, UNDONE = ParticipationState.ACCEPTED, ParticipationState.UNDONE


def person(
    here: ParticipationState,
    there: ParticipationState,
    reason: str = "",
    **more: object,
) -> tuple[str, ...]:
    return objections(ParticipationFacts(here, **more), there, reason, TODAY)


def test_a_person_is_moved_only_while_the_iteration_runs():
    assert person(INVITED, PREPARED) == ()
    assert "not running" in person(PREPARED, SWITCHED, iteration_running=False)[0]


def test_a_person_is_switched_once_at_a_time():
    assert person(PREPARED, SWITCHED, open_elsewhere="wave 3 of Clerk") == (
        "This person is being switched in wave 3 of Clerk; one switch at a time.",
    )


def test_acceptance_waits_for_the_observation_and_for_a_name():
    waiting = person(OBSERVING, ACCEPTED, observe_until=TODAY + timedelta(days=1))
    assert (
        len(waiting) == 2
        and "3 Mar 2026" in waiting[0]
        and "silence is not a yes" in waiting[1]
    )
    assert person(OBSERVING, ACCEPTED, observe_until=TODAY, confirmed_by="ada") == ()


@pytest.mark.parametrize("here", [SWITCHED, OBSERVING, ACCEPTED])
def test_undo_asks_for_a_reason_and_for_nothing_else(here: ParticipationState):
    assert person(here, UNDONE, iteration_running=False, open_elsewhere="wave 3") == (
        "Say why it is undone.",
    )
    assert person(here, UNDONE, "Printing failed", iteration_running=False) == ()


def test_nobody_is_undone_who_was_never_switched():
    assert person(PREPARED, UNDONE, "No") != ()
    assert may_leave(PREPARED) and may_leave(INVITED) and not may_leave(SWITCHED)


def test_time_to_undo_is_how_long_the_person_waited():
    asked = datetime(2026, 3, 2, 9, 0)
    assert time_to_undo(asked, asked + timedelta(minutes=7)) == timedelta(minutes=7)
    with pytest.raises(ValueError, match="before"):
        time_to_undo(asked, asked - timedelta(minutes=1))
