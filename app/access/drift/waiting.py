"""What others changed about moved people waits for who may plan or apply."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.core.waiting import (
    MOST,
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    declare,
    declare_moments,
    tells,
)
from app.models.access.drift import Drift
from app.models.access.role import Role
from app.models.access.words import DriftState

declare(
    DriftState,
    {
        DriftState.OPEN: Wait.DRIFT,
        DriftState.REPAIRED: "it is over",
        DriftState.ACCEPTED: "somebody decided",
        DriftState.UNDONE: "it is over",
        DriftState.GONE: "it is over",
    },
)
declare_moments(
    {
        "drift.decided_at": "somebody decided",
        "drift.asked_at": "the directory was asked, who waits for nobody",
        "drift.ended_at": "it is over then",
        "works_ask.link_until": "the link is worthless then",
        "works_ask.no_at": "an incident waits for the desk, and the wave tells it",
    }
)


@tells(Wait.DRIFT)
def drift_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find what others changed about moved people, for who may plan or apply; one line a role."""
    if not (who.may("plan") or who.may("apply")):
        return
    rows = session.execute(_drift_asked()).all()
    yield WaitingFound(
        tuple(_drift_line(*row) for row in rows),
        len(rows),
    )


@cache
def _drift_asked() -> Select[*tuple[Any, ...]]:
    columns = func.count(), func.min(Drift.first_seen), func.max(Drift.id)
    return (
        select(
            Role.id,
            Role.name,
            *columns,
        )
        .join(
            Role,
            Role.id == Drift.role_id,
        )
        .where(Drift.state == DriftState.OPEN)
        .group_by(
            Role.id,
            Role.name,
        )
        .order_by(
            func.min(Drift.first_seen),
            Role.id,
        )
        .limit(MOST)
    )


def _drift_line(*row: Any) -> WaitingLine:
    role, name, count, since, newest = row
    return WaitingLine(
        Wait.DRIFT,
        _(
            "%(role)s is other than promised",
            role=name,
        ),
        since,
        f"/drift?role={role}",
        f"drift:{role}:{newest}",
        why=lazy_ngettext(
            "%(num)s difference that others made by hand",
            "%(num)s differences that others made by hand",
            count,
        ),
    )
