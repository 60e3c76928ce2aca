"""Waves of which everybody was seen working, and nobody said yet what follows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.access.waves.named import asks
from app.access.waves.rung import UNDECIDED
from app.core.waiting import MOST, Wait, Waiter, WaitingFound, WaitingLine, tells
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import DutyMoment, WaveState
from app.models.improvements.iteration import Iteration


@tells(Wait.DECIDE)
def waves_to_decide(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find waves that are over, the decision of which lets the next people follow."""
    if not who.may("apply"):
        return
    rows = session.execute(_asked()).all()
    yield WaitingFound(tuple(_line(*row) for row in rows), len(rows))


@cache
def _asked() -> Select[*tuple[Any, ...]]:
    seen = select(func.max(Switch.confirmed_at)).where(Switch.wave_id == Wave.id)
    return (
        select(Wave.id, Wave.number, Role.name, Wave.created_at, seen.scalar_subquery())
        .join(Role, Role.id == Wave.role_id)
        .join(Iteration, Iteration.id == Wave.iteration_id)
        .where(
            Wave.state == WaveState.CONFIRMED,
            Iteration.state.in_(UNDECIDED),
            ~asks(DutyMoment.SCALE),
        )
        .order_by(Wave.id)
        .limit(MOST)
    )


def _line(*row: Any) -> WaitingLine:
    wave, number, role, created_at, seen_at = row
    return WaitingLine(
        Wait.DECIDE,
        _("Wave %(number)s of %(role)s", number=number, role=role),
        seen_at or created_at,
        f"/waves/{wave}/decide",
        f"decide wave:{wave}",
        why=_("everybody was seen working; who comes next waits for the decision"),
    )
