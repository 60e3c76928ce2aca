"""A verdict on shares speaks of all cases together."""

from __future__ import annotations

from datetime import date

import pytest

from app.improvements.gate.verdict import Evidence, judge
from app.improvements.statistics.ledger import Prediction
from app.models.improvements.words import Direction, Verdict

BEFORE, AFTER = (30.0, 32.0, 28.0, 31.0, 30.0), (0.0, 20.0, 20.0)


@pytest.mark.parametrize(
    ("cases", "told", "verdict"),
    [
        (((), ()), "is 13.3 on average", Verdict.PASS),
        (((40,) * 5, (1, 100, 100)), "is 19.9 on average", Verdict.INCONCLUSIVE),
    ],
)
def test_a_week_with_one_case_does_not_pass_for_a_week_with_a_hundred(
    cases: tuple[tuple[int, ...], tuple[int, ...]], told: str, verdict: Verdict
) -> None:
    wanted = Prediction("By phone", 15, 0.7, Direction.DOWN, 30)
    found = judge(
        Evidence(
            before=BEFORE,
            after=AFTER,
            prediction=wanted,
            helped=True,
            limits=True,
            minimum_points=3,
            today=date(2026, 3, 2),
            cases=cases,
        )
    )
    assert told in found.reasons[0]
    assert found.verdict is verdict
