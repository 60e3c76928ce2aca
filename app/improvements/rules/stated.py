"""What has to be said before people are asked to take part: for how many it is, how risky, how
costly.
"""

from __future__ import annotations


def objections(
    eligible: int | None, risk_level: str | None, cost_level: str | None
) -> tuple[str, ...]:
    """Return a sentence for each thing that was not said yet."""
    wanted = (
        (eligible, "Say how many people it is for in the end."),
        (risk_level, "Say how risky this rung is: low, medium or high."),
        (cost_level, "Say how costly this rung is: low, medium or high."),
    )
    return tuple(sentence for said, sentence in wanted if not said)
