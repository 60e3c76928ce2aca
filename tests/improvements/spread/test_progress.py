"""Progress in the long run: burn-up, flow, adoption, predictions, what was spared; and how fast it
is with much.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.core.db import Database
from app.improvements.board.rules import rungs
from app.improvements.notes.actions import NoteDraft, add_note, strike_note
from app.improvements.people.actions import ask_undo, describe, move
from app.improvements.register import actions as register_actions
from app.improvements.rungs import closing
from app.improvements.rungs.actions import carry
from app.improvements.spread.adoption import adoption_of
from app.improvements.spread.predictions import prediction_ledger
from app.improvements.spread.queries import (
    burn_up_of,
    family,
    flow,
    portfolio_burn_up,
    spared,
    states,
    successes,
)
from app.models.improvements.words import (
    DecisionKind,
    ImprovementNoteKind,
    ImprovementState,
    ParticipationState,
)
from app.people.actions import SiteDraft, add_site
from tests.improvements.builders import Room, counted
from tests.pages import Pages

PS = ParticipationState


def accepted_weekly(
    room: Room, improvement_id: int, metric_id: int, *weeks: int
) -> None:
    """Let so many people accept in each of these weeks, all in one iteration."""
    names = [f"Person {number}" for number in range(sum(weeks))]
    iteration_id = room.running(
        improvement_id, metric_id, *names, size_reason="All of them"
    )
    waiting = room.people(iteration_id)
    for number in weeks:
        room.forward(days=7)
        for _ in range(number):
            one = waiting.pop(0)
            for state in (PS.PREPARED, PS.SWITCHED, PS.OBSERVING, PS.ACCEPTED):
                room.do(move, one, state, confirmed_by="themselves")


def test_nothing_burns_up_before_anybody_began(room: Room) -> None:
    found = room.ask(burn_up_of, room.raised(eligible=80), room.now.date())
    assert (found.weeks, found.fan, found.done, found.scope) == ((), (), 0, 80)
    assert found.forecast.refusal == "Nothing has started yet."


def test_the_burn_up_counts_people_once_with_the_scope_of_each_time(room: Room) -> None:
    improvement_id, metric_id = room.begun(eligible=10)
    accepted_weekly(room, improvement_id, metric_id, 1, 0, 2)
    room.do(register_actions.change_improvement, improvement_id, {"eligible": 12})
    [undone] = room.people(1)[:1]
    room.forward(days=7)
    found = room.ask(burn_up_of, improvement_id, room.now.date())
    assert [(week.done, week.scope) for week in found.weeks] == [
        (0, 10),
        (1, 10),
        (1, 10),
        (3, 12),
        (3, 12),
    ]
    room.do(move, undone, PS.UNDONE, reason="Back")
    assert room.ask(burn_up_of, improvement_id, room.now.date()).done == 2


def test_the_rungs_that_remain_tell_the_end(room: Room) -> None:
    improvement_id, metric_id = room.begun(eligible=31)
    room.scaled(improvement_id, metric_id)
    found = room.ask(burn_up_of, improvement_id, room.now.date())
    assert found.forecast.sentence == (
        "30 to go in 2 rungs; one took 8 days, 1 of 1 led on: done in 3 weeks, if none is "
        "repeated."
    )
    assert [(one.week, one.likely) for one in found.fan] == [
        (0, 0),
        (1, 0),
        (2, 5),
        (3, 30),
    ]


def test_a_rung_that_was_repeated_makes_the_end_later(room: Room) -> None:
    improvement_id, metric_id = room.begun(eligible=31)
    held = room.climbed(improvement_id, metric_id)
    room.do(closing.decide, held, DecisionKind.HOLD, "Wait")
    room.scaled(improvement_id, metric_id, expected=30)
    found = room.ask(burn_up_of, improvement_id, room.now.date())
    assert "1 of 2 led on: done in 4 weeks with 50 % chance" in found.forecast.sentence


def test_the_rung_on_its_way_tells_the_end_too(room: Room) -> None:
    improvement_id, metric_id = room.begun(eligible=20)
    accepted_weekly(room, improvement_id, metric_id, 2, 0, 2, 2, 0, 2)
    room.forward(days=7)
    found = room.ask(burn_up_of, improvement_id, room.now.date())
    assert (found.forecast.refusal, found.forecast.remaining) == ("", 12)
    assert found.fan[0].week == 0


def test_several_ladders_have_no_common_end(room: Room) -> None:
    for title in ("Chat", "Caller is known"):
        number, metric_id = room.begun(title, eligible=30)
        room.scaled(number, metric_id, "Ada")
    found = room.ask(portfolio_burn_up, room.now.date())
    assert found.forecast.sentence == (
        "No forecast of all together: each has its own ladder."
    )


def test_without_knowing_for_how_many_it_is_nothing_is_done(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    room.scaled(improvement_id, metric_id)
    room.put(improvement_id, eligible=None)
    found = room.ask(burn_up_of, improvement_id, room.now.date())
    assert "nobody said for how many people it is" in found.forecast.sentence


def test_who_accepted_in_one_rung_and_went_back_in_the_next_is_not_counted(
    room: Room,
) -> None:
    improvement_id, metric_id = room.begun(eligible=30)
    first = room.climbed(improvement_id, metric_id)
    room.do(closing.decide, first, DecisionKind.HOLD, "Wait")
    (again,) = room.people(room.do(carry, first).id)
    assert room.ask(burn_up_of, improvement_id, room.now.date()).done == 1
    room.do(move, again, PS.UNDONE, reason="Too slow")
    assert room.ask(burn_up_of, improvement_id, room.now.date()).done == 0


def test_children_burn_up_with_their_parent_and_the_portfolio_has_all(
    room: Room,
) -> None:
    parent = room.raised("Roles", eligible=5)
    child, metric_id = room.begun("Clerk", parent_id=parent, eligible=3)
    grandchild = room.raised("Part", parent_id=child)
    assert set(room.ask(family, parent)) == {parent, child, grandchild}
    accepted_weekly(room, child, metric_id, 2)
    found = room.ask(burn_up_of, parent, room.now.date())
    assert (found.done, found.scope) == (2, 5)
    assert (room.ask(portfolio_burn_up, room.now.date()).scope) == 3


def test_people_count_once_however_many_improvements_they_have(room: Room) -> None:
    for title, people in (("Chat", 30), ("Caller is known", 12)):
        number, metric_id = room.begun(title, eligible=people)
        room.scaled(number, metric_id, "Ada")
    found = room.ask(portfolio_burn_up, room.now.date())
    assert (found.done, found.scope) == (1, 30)


def test_raised_and_closed_are_counted_week_by_week(room: Room) -> None:
    assert room.ask(flow, room.now.date()) == []
    room.raised("One")
    room.raised("Two")
    room.forward(days=7)
    room.do(register_actions.move, 1, ImprovementState.STOPPED, reason="Learned.")
    found = room.ask(flow, room.now.date())
    assert [(week.raised, week.closed) for week in found] == [(2, 0), (2, 1)]
    assert room.ask(states)[ImprovementState.STOPPED] == 1


def test_what_was_not_spent_is_summed_by_unit(room: Room) -> None:
    for title, amount, unit in (("A", 100, "EUR"), ("B", 50, "EUR"), ("C", 8, "hours")):
        number = room.raised(title)
        room.do(
            register_actions.move,
            number,
            ImprovementState.STOPPED,
            reason="Ok.",
            not_spent=register_actions.NotSpent(amount, unit),
        )
    lines, sums = room.ask(spared)
    assert ([line.title for line in lines], sums) == (
        ["A", "B", "C"],
        {"EUR": 150, "hours": 8},
    )


def test_successes_are_told(room: Room) -> None:
    improvement_id = room.raised()
    room.do(
        add_note,
        improvement_id,
        NoteDraft(ImprovementNoteKind.SUCCESS, "A quiet Monday"),
    )
    struck = room.do(
        add_note, improvement_id, NoteDraft(ImprovementNoteKind.SUCCESS, "Too early")
    )
    room.do(strike_note, struck.id)
    assert [one.text for one in room.ask(successes)] == ["A quiet Monday"]


def test_adoption_tells_what_moved_people_and_where(room: Room) -> None:
    improvement_id, metric_id = room.begun(eligible=8)
    site = room.do(add_site, SiteDraft("Main house")).id
    iteration_id = room.running(
        improvement_id, metric_id, "Ada", "Ben", "Cyd", size_reason="One room"
    )
    ada, ben, cyd = room.people(iteration_id)
    for one, technique in ((ada, "in person"), (ben, "in person"), (cyd, "by mail")):
        room.do(
            describe,
            one,
            {"technique": technique, "site_id": site, "would_go_back": one == cyd},
        )
    for one in (ada, ben, cyd):
        for state in (PS.PREPARED, PS.SWITCHED, PS.OBSERVING):
            room.do(move, one, state)
    room.do(move, ada, PS.ACCEPTED, confirmed_by="Ada")
    room.do(describe, ada, {"last_used_on": room.now.date() - timedelta(days=28)})
    room.do(describe, ben, {"last_used_on": room.now.date() - timedelta(days=29)})
    room.do(ask_undo, cyd)
    room.forward(minutes=5)
    room.do(move, cyd, PS.UNDONE, reason="Too slow")
    found = room.ask(adoption_of, improvement_id, room.now.date())
    uptake = found.uptake
    assert (uptake.migrated.text, uptake.active.text) == (
        "1 of 8 (12 %)",
        "1 of 2 (50 %)",
    )
    assert (uptake.undone, uptake.switched) == (1, 3)
    assert [(part.name, part.accepted.text) for part in found.techniques] == [
        ("in person", "1 of 2 (50 %)"),
        ("by mail", "0 of 1 (0 %)"),
    ]
    assert [(part.name, part.people) for part in found.sites] == [("Main house", 3)]
    assert (found.would_not_go_back.text, found.median_undo_seconds) == (
        "2 of 3 (67 %)",
        300,
    )


def test_who_is_carried_into_the_next_rung_counts_once(room: Room) -> None:
    improvement_id, metric_id = room.begun(eligible=8)
    first = room.climbed(improvement_id, metric_id)
    room.do(closing.decide, first, DecisionKind.HOLD, "Wait")
    room.do(carry, first)
    found = room.ask(adoption_of, improvement_id, room.now.date())
    assert (found.uptake.switched, found.uptake.accepted) == (1, 1)


def test_who_is_invited_again_keeps_what_they_said(room: Room) -> None:
    improvement_id, metric_id = room.begun(eligible=8)
    first = room.climbed(improvement_id, metric_id)
    (ada,) = room.people(first)
    said = {"technique": "in person", "would_go_back": False, "saved": 12}
    room.do(describe, ada, said)
    room.do(closing.decide, first, DecisionKind.SCALE, "It works.")
    room.planned(improvement_id, metric_id, "Ada", "Ben")
    found = room.ask(adoption_of, improvement_id, room.now.date())
    assert found.would_not_go_back.text == "1 of 1 (100 %)"
    assert [part.name for part in found.techniques] == ["in person"]
    assert found.uptake.accepted == 1


def test_what_nobody_noted_is_not_nought(room: Room, app: Flask) -> None:
    improvement_id, metric_id = room.begun(eligible=325)
    room.climbed(improvement_id, metric_id)
    found = room.ask(adoption_of, improvement_id, room.now.date())
    assert (found.uptake.active.value, found.would_not_go_back.value) == (None, None)
    page = Pages(app).as_operator("anna").get(f"/improvements/{improvement_id}/spread")
    assert "nobody noted who uses it" in page.content
    assert "nobody was asked about going back" in page.content
    assert "used it within 28 days" not in page.content


def test_the_ledger_holds_predictions_with_their_results(room: Room) -> None:
    assert (
        room.ask(prediction_ledger).ledger.sentence == "No prediction has a result yet."
    )
    room.scaled(*room.begun())
    room.running(*room.begun("Another thing"))
    found = room.ask(prediction_ledger)
    [line] = found.lines
    assert (line.entry.came_true, line.entry.error) == (True, pytest.approx(2.25))
    assert found.ledger.brier == pytest.approx(0.09)
    assert room.ask(prediction_ledger, 2).lines == ()


@pytest.mark.parametrize(
    ("accepted", "moving", "eligible", "done", "running"),
    [
        (0, 0, None, 0, 0),
        (0, 1, 80, 0, 1),
        (1, 0, 80, 1, 0),
        (1, 4, 80, 1, 1),
        (6, 0, 80, 3, 0),
        (6, 0, None, 3, 0),
        (3, 0, 3, 4, 0),
        (3, 1, 4, 2, 2),
        (80, 0, 80, 4, 0),
    ],
)
def test_the_ladder_shows_rungs_done_and_running(
    accepted: int, moving: int, eligible: int | None, done: int, running: int
) -> None:
    found = rungs(accepted, moving, eligible)
    assert (found.done, found.running) == (done, running)


@pytest.mark.parametrize("asked", [burn_up_of, adoption_of])
def test_progress_asks_a_constant_number_of_queries(
    room: Room, database: Database, asked: Any
) -> None:
    def queries() -> int:
        with counted(database) as statements:
            room.ask(asked, 1, room.now.date())
        return len(statements)

    room.scaled(*room.begun())
    first = queries()
    room.begun("Child", parent_id=1)
    room.scaled(2, 2, "Ben")
    assert queries() == first <= 6
