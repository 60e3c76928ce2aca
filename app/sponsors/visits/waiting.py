"""What of visits waits for a person: one that is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.core.waiting import (
    ME,
    MOST,
    TODAY,
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    asked_for,
    declare,
    tells,
)
from app.models.auth import Operator
from app.models.sponsors.visit import Visit
from app.models.sponsors.words import VisitState

KNOWING = "stakeholders"
declare(
    VisitState,
    {
        VisitState.PLANNED: Wait.FOLLOW_UP,
        VisitState.HELD: "it is over",
        VisitState.CANCELLED: "it is over",
    },
)


@tells(Wait.FOLLOW_UP)
def visits_due(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find visits whose day has come; only for who may know of them."""
    if not who.may(KNOWING):
        return
    rows = session.execute(_due_asked(), asked_for(who)).all()
    lines = tuple(_due_line(one) for one, _all in rows)
    yield WaitingFound(lines, rows[0][1] if rows else 0)


@cache
def _due_asked() -> Select[*tuple[Any, ...]]:
    signs_in = select(Operator.id).where(
        func.lower(Operator.name) == func.lower(Visit.owner),
        Operator.disabled_at.is_(None),
    )
    mine = or_(func.lower(Visit.owner) == func.lower(ME), ~signs_in.exists())
    return (
        select(Visit, func.count().over())
        .where(Visit.state == VisitState.PLANNED, Visit.day <= TODAY, mine)
        .order_by(Visit.day, Visit.id)
        .limit(MOST)
    )


def _due_line(one: Visit) -> WaitingLine:
    return WaitingLine(
        Wait.FOLLOW_UP,
        _("Go to %(whom)s, and note what was heard", whom=one.whom),
        datetime.combine(one.day, time(), UTC),
        f"/visits/{one.id}",
        f"visit:{one.id}:{one.day}",
        why=one.why or one.owner,
    )
