"""The step of continual improvement that an improvement has reached."""

from __future__ import annotations

from dataclasses import replace

from app.improvements.sheet.rules import ItilFacts as There
from app.improvements.sheet.rules import current, steps


def test_the_step_is_derived_from_what_is_there():
    facts = There()
    order = [
        {"vision": "Nobody waits", "objective": "Sell all day"},
        {"baseline_points": 1},
        {"target": 30.0},
        {"planned": 1},
        {"started": 1},
        {"judged": 1},
        {"adopted": True, "control_metric": True},
    ]
    for number, there in enumerate(order, start=1):
        assert current(facts).number == number
        facts = replace(facts, **there)
    assert all(step.done for step in steps(facts)) and current(facts).number == 7


def test_stopping_with_learning_completes_the_last_step():
    assert steps(There(stopped_with_learning=True))[-1].done


def test_a_target_of_zero_is_a_target():
    assert steps(There(target=0.0))[2].done


def test_action_is_taken_until_the_rung_is_decided():
    underway = There(
        vision="Nobody waits",
        objective="Sell all day",
        baseline_points=1,
        target=30.0,
        planned=2,
        started=2,
        going=True,
        judged=1,
    )
    assert current(underway).number == 5
    assert current(replace(underway, going=False)).number == 7


def test_a_rung_that_leads_on_is_followed_by_the_way_and_not_by_the_end():
    decided = There(planned=1, started=1, judged=1, goes_on=True)
    step = current(decided)
    assert step.number == 4 and not step.done
    assert step.guidance.startswith("Begin the next rung")
    assert current(replace(decided, vision="Nobody waits")).number == 4
