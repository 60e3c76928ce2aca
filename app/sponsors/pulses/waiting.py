"""What of pulses waits for a person: answers that nobody has summed up yet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.core.waiting import (
    ME,
    MOST,
    MY_NUMBER,
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    asked_for,
    declare,
    declare_moments,
    tells,
)
from app.models.improvements.improvement import Improvement
from app.models.sponsors.pulse import Pulse
from app.models.sponsors.words import PulseState

declare(
    PulseState,
    {
        PulseState.OPEN: "it closes by itself on its day",
        PulseState.CLOSED: Wait.PULSE,
        PulseState.SUMMED_UP: "it is over",
        PulseState.REVOKED: "it is over",
    },
)
declare_moments({"pulse_theme.answered_at": Wait.PULSE})


@tells(Wait.PULSE)
def pulses_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find pulses that closed and of which nobody was told what became of them."""
    if not who.may("improve"):
        return
    rows = session.execute(_asked(), asked_for(who)).all()
    lines = tuple(_line(pulse) for pulse, _all in rows)
    yield WaitingFound(lines, rows[0][1] if rows else 0)


@cache
def _asked() -> Select[*tuple[Any, ...]]:
    mine = or_(
        Pulse.created_by == ME,
        Improvement.owner == ME,
        Improvement.owner_operator_id == MY_NUMBER,
    )
    return (
        select(Pulse, func.count().over())
        .outerjoin(Improvement, Improvement.id == Pulse.improvement_id)
        .where(Pulse.state == PulseState.CLOSED, mine)
        .order_by(Pulse.closed_at, Pulse.id)
        .limit(MOST)
    )


def _line(pulse: Pulse) -> WaitingLine:
    return WaitingLine(
        Wait.PULSE,
        pulse.title,
        pulse.closed_at or pulse.created_at,
        f"/pulses/{pulse.id}",
        f"pulse:{pulse.id}",
        why=_(
            "%(part)s of %(whole)s answered; what becomes of it?",
            part=pulse.answered or 0,
            whole=pulse.asked,
        ),
    )
