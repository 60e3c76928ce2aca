"""What of directories waits for a person: that a complete reading found what readings of changes
had not told of. The rest the page of a directory tells.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core.waiting import (
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    declare,
    declare_moments,
    tells,
)
from app.directory.queries import MissedChanges, missed_changes
from app.models.directory import ReadingState, RefreshState, RepairState

WORKER = "the worker is at it"
PAGE = "the page of the directory tells it, and the next reading or repair looks again"

declare(
    ReadingState,
    {
        ReadingState.WAITING: WORKER,
        ReadingState.RUNNING: WORKER,
        ReadingState.COMPLETE: Wait.MISSED,
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
        "directory_log.read_at": "it is over",
        "past_membership.until": "it is over",
    }
)

NAMED = 5
"""So many of what was missed are named in a line."""


@tells(Wait.MISSED)
def changes_missed(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find complete readings that tell of more than readings of changes did."""
    if who.may("directory"):
        lines = tuple(map(_missed_line, missed_changes(session)))
        yield WaitingFound(lines, len(lines))


def _missed_line(missed: MissedChanges) -> WaitingLine:
    what = _(
        "Readings of changes of %(name)s missed: %(count)s",
        name=missed.name,
        count=format_decimal(missed.number),
    )
    names = ", ".join(missed.names[:NAMED])
    return WaitingLine(
        Wait.MISSED,
        what,
        missed.ended_at,
        missed.page,
        f"missed:{missed.reading_id}",
        why=names if missed.number <= NAMED else f"{names}, …",
    )
