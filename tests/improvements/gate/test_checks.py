"""The three checks of a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.improvements.gate.plan import Plan, checks

PLAN = Plan(
    baseline_points=3,
    existing_looked_at=True,
    primary_metrics=1,
    guardrails=2,
    hours=6,
    hours_left=10,
    size=5,
    last_accepted=1,
)


def missing(plan: Plan) -> tuple[str, ...]:
    return tuple(check.sentence for check in checks(plan) if not check.ok)


def test_a_plan_is_checked_three_times():
    assert [check.sentence for check in checks(PLAN)] == [
        "Start where you are: yes.",
        "Keep it simple: yes.",
        "Progress iteratively: yes.",
    ]


@pytest.mark.parametrize(
    ("changed", "key", "word"),
    [
        ({"baseline_points": 0}, "start", "Measure how it is today"),
        ({"existing_looked_at": False}, "start", "which tool in use"),
        ({"primary_metrics": 2}, "simple", "2 primary metrics; one is enough"),
        ({"guardrails": 4}, "simple", "4 guardrails; up to 3"),
        ({"hours": 12}, "simple", "12 hours planned, 10 left"),
        ({"size": 6}, "iterative", "5 × 1 = 5"),
    ],
)
def test_what_a_check_misses_is_answered_by_a_reason(
    changed: dict[str, object], key: str, word: str
):
    plan = replace(PLAN, **changed)
    (sentence,) = missing(plan)
    assert word in sentence
    answered = replace(plan, reasons=((key, "Agreed with the sponsor."),))
    assert missing(answered) == ()
    assert any("no, because: Agreed" in check.sentence for check in checks(answered))
