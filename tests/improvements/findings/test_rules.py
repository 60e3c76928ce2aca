"""How a finding moves, and when it stands in the way."""

from __future__ import annotations

import pytest

from app.improvements.findings.rules import FindingGiven, blockers, objections
from app.models.improvements.words import (
    FindingKind,
    FindingState,
)

OPEN, FIXED, VERIFIED, RISK = (
    FindingState.OPEN,
    FindingState.FIXED,
    FindingState.VERIFIED,
    FindingState.ACCEPTED,
)


@pytest.mark.parametrize(
    ("here", "there", "who", "why", "count"),
    [
        (OPEN, FIXED, "", "", 0),
        (FIXED, VERIFIED, "", "", 1),
        (FIXED, VERIFIED, "ada", "", 0),
        (OPEN, RISK, "", "", 2),
        (OPEN, RISK, "ada", "Old printers only", 0),
        (VERIFIED, OPEN, "", "", 1),
        (OPEN, VERIFIED, "ada", "", 1),
    ],
)
def test_a_finding_moves_with_names_and_reasons(
    here: FindingState, there: FindingState, who: str, why: str, count: int
):
    assert len(objections(here, there, who, why)) == count


def test_what_is_fixed_blocks_until_somebody_verified_it():
    found = [
        FindingGiven(1, "Slow", FindingKind.FIX, FIXED),
        FindingGiven(2, "Wrong data", FindingKind.STOP, OPEN),
        FindingGiven(3, "Ugly", FindingKind.NOTE, OPEN),
    ]
    assert [one.id for one in blockers(found)] == [2, 1]
    assert (
        blockers(
            [
                FindingGiven(1, "Slow", FindingKind.FIX, VERIFIED),
                FindingGiven(2, "Old", FindingKind.STOP, RISK),
            ]
        )
        == []
    )
