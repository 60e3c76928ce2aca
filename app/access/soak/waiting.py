"""People whom nobody confirmed by the deadline of their plan wait for what the plan says."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.access.soak.queries import OverdueWave, overdue_waves
from app.core.waiting import (
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    tells,
)

ESCALATE, HOLD, UNDO = "escalate", "hold", "undo"
SAYS = {
    ESCALATE: _("the deadline is over; the plan says to escalate"),
    HOLD: _("the deadline is over; the plan says to hold"),
    UNDO: _("the deadline is over; the plan says to take them back"),
}


@tells(Wait.DECIDE, Wait.LOOK, Wait.UNDO)
def soak_overdue(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find waves past the deadline of their plan: for who may apply, and where the plan says to
    escalate for who approves.
    """
    if not (who.may("apply") or who.may("approve")):
        return
    lines = tuple(
        _line(one)
        for one in overdue_waves(session, who.now)
        if who.may("approve" if one.then == ESCALATE else "apply")
    )
    yield WaitingFound(lines, len(lines))


def _line(one: OverdueWave) -> WaitingLine:
    wait = {UNDO: Wait.UNDO, HOLD: Wait.LOOK}.get(one.then, Wait.DECIDE)
    page = f"/waves/{one.wave_id}"
    return WaitingLine(
        wait,
        _("Wave %(number)s of %(role)s", number=one.number, role=one.role),
        one.since,
        f"{page}/undo" if one.then == UNDO else page,
        f"soak:{one.wave_id}:{one.since:%Y%m%d}",
        why=SAYS.get(one.then, SAYS[ESCALATE]),
    )
