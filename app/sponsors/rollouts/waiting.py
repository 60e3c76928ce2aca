"""What of roll-outs waits for a person: what has to be there, and more calls than foreseen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
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
    declare_moments,
    tells,
)
from app.models.auth import Operator
from app.models.sponsors.rollout import Rollout, RolloutItem
from app.models.sponsors.words import RolloutState
from app.sponsors.rollouts.queries import WEEK, RolloutLine, exceeded

declare_moments({"rollout_item.due": Wait.FOLLOW_UP})
declare(
    RolloutState,
    {
        RolloutState.PLANNED: "what has to be there waits by itself",
        RolloutState.READY: "its day is known",
        RolloutState.RUNNING: Wait.FOLLOW_UP,
        RolloutState.CLOSING: "it is closed when customers have it",
        RolloutState.CLOSED: "it is over",
    },
)


@tells(Wait.FOLLOW_UP)
def items_due(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find what has to be there for a roll-out and is due."""
    if not (who.may("improve") or who.may("desk")):
        return
    rows = session.execute(_items_asked(), asked_for(who)).all()
    lines = tuple(
        _item_line(
            one,
            title,
        )
        for one, title, _all in rows
    )
    yield WaitingFound(
        lines,
        rows[0][2] if rows else 0,
    )


@cache
def _items_asked() -> Select[*tuple[Any, ...]]:
    signs_in = select(Operator.id).where(
        func.lower(Operator.name) == func.lower(RolloutItem.who),
        Operator.disabled_at.is_(None),
    )
    mine = func.lower(RolloutItem.who) == func.lower(ME)
    return (
        select(RolloutItem, Rollout.title, func.count().over())
        .join(Rollout, Rollout.id == RolloutItem.rollout_id)
        .where(
            Rollout.state != RolloutState.CLOSED,
            RolloutItem.done_on.is_(None),
            RolloutItem.due <= TODAY,
            or_(
                mine,
                ~signs_in.exists(),
            ),
        )
        .order_by(RolloutItem.due, RolloutItem.id)
        .limit(MOST)
    )


def _item_line(one: RolloutItem, title: str) -> WaitingLine:
    return WaitingLine(
        Wait.FOLLOW_UP,
        one.text,
        _midnight(one.due or date.min),
        f"/roll-outs/{one.rollout_id}#items",
        f"rollout-item:{one.id}:{one.due}",
        why=_(
            "%(title)s, by %(who)s",
            title=title,
            who=one.who,
        ),
    )


@tells(Wait.FOLLOW_UP)
def more_than_foreseen(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find roll-outs with more calls than nine of ten chances held."""
    if not (who.may("improve") or who.may("desk")):
        return
    found = exceeded(session, who.now)
    lines = [_above_line(line, week) for line, week in found[:MOST]]
    yield WaitingFound(tuple(lines), len(found))


def _above_line(line: RolloutLine, week: int) -> WaitingLine:
    row = line.row
    return WaitingLine(
        Wait.FOLLOW_UP,
        _("More calls than foreseen: %(title)s", title=row.title),
        _midnight(row.starts_on + week * WEEK),
        f"/roll-outs/{row.id}",
        f"rollout-above:{row.id}:{week + 1}",
        why=line.improvement,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
