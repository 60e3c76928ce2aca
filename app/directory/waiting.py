"""What of directories waits for a person: nothing on its own; the page of a directory tells it."""

from __future__ import annotations

from app.core.waiting import declare, declare_moments
from app.models.directory import ReadingState, RefreshState, RepairState

WORKER = "the worker is at it"
PAGE = "the page of the directory tells it, and the next reading or repair looks again"

declare(
    ReadingState,
    {
        ReadingState.WAITING: WORKER,
        ReadingState.RUNNING: WORKER,
        ReadingState.COMPLETE: "it is over",
        ReadingState.REFUSED: PAGE,
    },
)
declare(
    RepairState,
    {
        RepairState.WAITING: WORKER,
        RepairState.RUNNING: WORKER,
        RepairState.DONE: "it is over",
        RepairState.STOPPED: PAGE,
    },
)
declare(RefreshState, dict.fromkeys(RefreshState, "a line of a repair"))
declare_moments(
    {
        "memberof_repair.asked_at": WORKER,
        "past_membership.until": "it is over",
    }
)
