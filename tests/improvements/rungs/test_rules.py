"""When an iteration may start, be looked at, decided and aborted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.improvements.rungs.rules import IterationFacts, objections
from app.improvements.statistics.ledger import Prediction
from app.models.improvements.words import (
    Direction,
    IterationState,
)

TODAY = date(2026, 3, 2)


PREDICTION = Prediction("Minutes", 30, 0.7, Direction.DOWN, 41)


PLANNED = IterationFacts(
    IterationState.PLANNED,
    "Answer from one list",
    participants=1,
    prediction=PREDICTION,
    starts=TODAY,
    ends=TODAY + timedelta(days=14),
    hours=6,
)


def start(**changed: object) -> tuple[str, ...]:
    return objections(replace(PLANNED, **changed), IterationState.RUNNING)


def test_a_planned_iteration_starts():
    assert start() == ()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"what_changes": " "}, "Say what changes."),
        ({"participants": 0}, "Name who takes part."),
        ({"ends": TODAY}, "Set the window: a first day and a later last day."),
        ({"starts": None}, "Set the window: a first day and a later last day."),
        (
            {"improvement_in_progress": False},
            "Move the improvement to In progress first.",
        ),
        (
            {"other_running": "Rung 1"},
            "Rung 1 is running; one at a time, so that you know what worked.",
        ),
        (
            {"participants": 2},
            "2 people at once; the first rung is 1. Make it smaller, or say why not.",
        ),
        ({"plan_objections": ("Too much.",)}, "Too much."),
    ],
)
def test_what_is_missing_to_start_is_said(changed: dict[str, object], sentence: str):
    assert start(**changed) == (sentence,)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"hours": None}, "Set the hours the two people may spend on it."),
        ({"prediction": None}, "Predict: which metric, which value, how sure."),
    ],
)
def test_numbers_are_asked_from_six_people_on(
    changed: dict[str, object], sentence: str
):
    assert start(participants=5, last_accepted=1, **changed) == ()
    assert start(participants=6, last_accepted=5, **changed) == (sentence,)
    planned = {"participants": 0, "planned_size": 6}
    assert sentence in start(**planned, **changed)


def test_a_small_rung_that_predicts_predicts_something_possible():
    sure = replace(PLANNED.prediction, confidence=1)
    assert "How sure is between 1 % and 99 %" in start(prediction=sure)[0]


def test_a_rung_grows_five_times_and_no_further_without_a_reason():
    assert start(participants=25, last_accepted=5) == ()
    assert start(participants=26, last_accepted=5) == (
        "26 people at once; 5 × 5 = 25. Make it smaller, or say why not.",
    )
    assert (
        start(
            participants=300,
            size_reason="One switch for the whole site, no half is possible",
        )
        == ()
    )


def test_a_rung_is_no_larger_than_what_undo_can_bring_back():
    assert start(participants=20, last_accepted=5, undo_capacity=10) == (
        "20 people at once; undo can bring back 10. Make it smaller, or say why not.",
    )


@pytest.mark.parametrize("confidence", [0, 1, 1.2])
def test_nobody_is_certain_before_it_was_tried(confidence: float):
    assert (
        "1 % and 99 %"
        in start(prediction=replace(PREDICTION, confidence=confidence))[0]
    )


def test_a_prediction_hopes_for_something_better():
    assert (
        "no better than the baseline"
        in start(prediction=replace(PREDICTION, expected=41))[0]
    )
    assert start(prediction=replace(PREDICTION, baseline=None)) == ()


def move(
    here: IterationState, there: IterationState, reason: str = "", **changed: object
) -> tuple[str, ...]:
    return objections(replace(PLANNED, state=here, **changed), there, reason)


def test_a_review_ends_with_a_decision_or_runs_on_with_a_reason():
    reviewing, running = IterationState.REVIEWING, IterationState.RUNNING
    assert move(running, reviewing) == ()
    assert move(reviewing, IterationState.DECIDED) == (
        "Decide: scale, adapt, hold, stop, roll back or adopt.",
    )
    assert move(reviewing, IterationState.DECIDED, decision="hold") == ()
    assert move(reviewing, running) == ("Say why it runs on.",)
    assert move(reviewing, running, "Two points are missing") == ()


def test_nobody_is_left_behind_by_an_abort():
    assert move(IterationState.RUNNING, IterationState.ABORTED, still_switched=3) == (
        "Say why it is aborted.",
        "3 people use it; let each say that it works, or undo it first.",
    )
    assert (
        move(IterationState.RUNNING, IterationState.ABORTED, "The supplier left") == ()
    )


def test_what_was_decided_stays_decided():
    assert move(IterationState.DECIDED, IterationState.RUNNING) == (
        "A rung that is decided cannot become running; nothing comes after that.",
    )
