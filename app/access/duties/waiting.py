"""What named duties said of waves: a no-go, who is still to be heard, and that everybody said
go.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from app.access.duties.rules import UNDECIDED
from app.access.waves.named import duty_said
from app.access.waves.rung import ASKED
from app.core.waiting import (
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    declare,
    declare_moments,
    tells,
)
from app.models.access.duties import WaveDuty
from app.models.access.role import Role
from app.models.access.wave import Wave
from app.models.access.words import DutyAnswer, DutyMoment, WaveState
from app.models.improvements.iteration import Iteration

declare(
    DutyAnswer,
    {
        DutyAnswer.OPEN: Wait.LOOK,
        DutyAnswer.GO: "it is over; its wave waits",
        DutyAnswer.NO_GO: Wait.LOOK,
    },
)
declare_moments({"wave_duty.link_until": "the link opens nothing then"})
AT_START = (WaveState.APPROVED, WaveState.ARMED)


@tells(Wait.LOOK, Wait.APPLY, Wait.DECIDE)
def duties_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find waves about which named duties are asked: one line each."""
    if not who.may("apply"):
        return
    rows = session.execute(_duties_asked()).all()
    waves = [list(group) for _wave, group in groupby(rows, key=lambda row: row[0])]
    lines = [_line([row[1] for row in rows], *rows[0]) for rows in waves]
    found = tuple(line for line in lines if line is not None)
    yield WaitingFound(found, len(found))


@cache
def _duties_asked() -> Select[*tuple[Any, ...]]:
    start = (
        (WaveDuty.moment == DutyMoment.START)
        & Wave.state.in_(AT_START)
        & Wave.started_at.is_(None)
    )
    scale = (
        (WaveDuty.moment == DutyMoment.SCALE)
        & Wave.state.in_(ASKED)
        & Iteration.state.in_(UNDECIDED)
    )
    return (
        select(Wave.id, WaveDuty, Wave.number, Role.name, Wave.state)
        .join(Wave, Wave.id == WaveDuty.wave_id)
        .join(Role, Role.id == Wave.role_id)
        .options(joinedload(WaveDuty.person))
        .outerjoin(Iteration, Iteration.id == Wave.iteration_id)
        .where(or_(start, scale))
        .order_by(Wave.id, WaveDuty.id)
    )


def _line(duties: list[WaveDuty], wave: int, *row: Any) -> WaitingLine | None:
    _first, number, role, state = row
    what = _("Wave %(number)s of %(role)s", number=number, role=role)
    missing = [duty for duty in duties if not duty.lets_go]
    against = [duty for duty in missing if duty.answer is DutyAnswer.NO_GO]
    page = f"/waves/{wave}"
    if missing:
        first = (against or missing)[0]
        since = first.said_at or first.named_at
        key = f"duty:{first.id}:{first.answer}:{since:%Y%m%d%H%M}"
        return WaitingLine(Wait.LOOK, what, since, page, key, why=duty_said(first))
    since = max(duty.said_at or duty.waived_at or duty.named_at for duty in duties)
    why = _("everybody who was asked said go")
    if state is WaveState.ARMED:
        return None
    if state is WaveState.APPROVED:
        return WaitingLine(Wait.APPLY, what, since, page, f"go:{wave}", why=why)
    return WaitingLine(
        Wait.DECIDE, what, since, f"{page}/decide", f"scale:{wave}", why=why
    )
