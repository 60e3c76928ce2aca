"""Make the plans that were asked for: in the worker, with signs of how far it is, or in the
foreground.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Update, and_, or_, select, update
from sqlalchemy.orm import Session

from app.access.plan.actions import Drafted, basis_of, draft, keep
from app.access.plan.values import PlanOrder, choices_from
from app.access.queries import load_role
from app.core.aside import Lane, each_row
from app.core.changes import rows_changed
from app.core.errors import RungError
from app.core.parts import Parts
from app.directory.actions import bring_up_to_date
from app.models.access.asked import AskedPlan
from app.models.access.words import PlanState

DEAD_AFTER = timedelta(seconds=60)
"""A plan whose maker gave no sign for so long is taken up anew: its process is gone."""
BEAT_SECONDS = 0.5
TRIES = 3
"""So often a plan is worked out anew because rights were changed meanwhile. Then it is kept as it
is: applying looks at everybody once more.
"""
BROKEN = "Something broke in Rung itself while the plan was made; nothing was kept."


class NotOurs(Exception):
    """The plan was cancelled, or another process has taken it up."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A plan in the hands of this process; ``holder`` is unique to the attempt."""

    asked_id: int
    role_id: int
    order: PlanOrder
    holder: str


def run_asked_plans(parts: Parts) -> bool:
    """Make the plans that wait or whose process is gone; tell whether there was one.

    What is refused stands in its row.
    """
    begun: list[int] = []
    with parts.database.read() as session:
        due = select(AskedPlan.id).where(_due(parts.now())).order_by(AskedPlan.id)
        waiting: Sequence[int] = session.scalars(due).all()
    each_row(parts, PLANS, waiting, partial(_make_if_free, parts, begun))
    return bool(begun)


def make_plan(parts: Parts, role_id: int, order: PlanOrder) -> int:
    """Plan a wave of a role here and now; the number of the wave.

    Raises ``NobodyToMove``, ``Refused``, ``NotFound`` or ``Invalid``.
    """
    return _made(parts, Taken(0, role_id, order, ""))


def _give_up(session: Session, asked_id: int, reason: str, now: datetime) -> None:
    open_one = update(AskedPlan).where(
        AskedPlan.id == asked_id, AskedPlan.ended_at.is_(None)
    )
    ended = {"state": PlanState.REFUSED, "ended_at": now}
    session.execute(open_one.values(**ended, reason=f"{BROKEN} {reason}"))


PLANS: Lane[int] = Lane("plans", "plan", pauses=(), give_up=_give_up)
"""A plan that breaks is given back to whoever asked, who sits and waits for it."""


def _make_if_free(parts: Parts, begun: list[int], asked_id: int) -> None:
    taken = take(parts, asked_id)
    if taken is None:
        return
    begun.append(asked_id)
    with suppress(NotOurs):
        try:
            _made(parts, taken)
        except RungError as error:
            _note_refused(parts, taken, error)


def take(parts: Parts, asked_id: int) -> Taken | None:
    """Take a plan in hand; None: others have it, or it is over."""
    now, holder = parts.now(), uuid.uuid4().hex
    begun = {
        "state": PlanState.WORKING,
        "holder": holder,
        "beat_at": now,
        "done": 0,
    }
    with parts.database.write() as session:
        free = update(AskedPlan).where(AskedPlan.id == asked_id, _due(now))
        if not rows_changed(session, free.values(begun)):
            return None
        asked = session.get_one(AskedPlan, asked_id, populate_existing=True)
        choices = choices_from(asked.choices)
        order = PlanOrder(tuple(asked.people), choices, asked.asked_by)
        taken = Taken(asked.id, asked.role_id, order, holder)
    return replace(taken, order=replace(order, tell=_Beat(parts, taken)))


def _made(parts: Parts, taken: Taken) -> int:
    """Work a plan out, beside all who read and write meanwhile, and keep it in one transaction.

    What changed in the directory is read first.
    """
    with parts.database.read() as session:
        directory_id = load_role(session, taken.role_id).directory_id
    bring_up_to_date(parts, directory_id, by=taken.order.by)
    for left in reversed(range(TRIES)):
        with parts.database.read() as session:
            role = load_role(session, taken.role_id)
            drafted = draft(session, role, taken.order)
        wave = _kept(parts, taken, drafted, whatever=not left)
        if wave is not None:
            return wave
    raise AssertionError("the last try keeps whatever it is made of")


def _kept(
    parts: Parts, taken: Taken, drafted: Drafted, *, whatever: bool
) -> int | None:
    """Keep a plan that was worked out; None: what it was made of is no longer so."""
    with parts.acting(taken.order.by) as act:
        role = load_role(act.session, taken.role_id)
        now = basis_of(act.session, role)
        if now != drafted.basis and not whatever:
            return None
        wave = keep(act, drafted)
        ended = {"state": PlanState.MADE, "ended_at": act.now, "wave_id": wave.id}
        if taken.holder and not rows_changed(act.session, _ours(taken).values(ended)):
            raise NotOurs
        return wave.id


def _note_refused(parts: Parts, taken: Taken, error: RungError) -> None:
    ended = {
        "state": PlanState.REFUSED,
        "ended_at": parts.now(),
        "reason": error.message,
        "details": list(error.details),
    }
    with parts.database.write() as session:
        session.execute(_ours(taken).values(ended))


class _Beat:
    """Notes in the row how far the plan is, and stops it when the row is no longer ours."""

    def __init__(self, parts: Parts, taken: Taken) -> None:
        self._parts, self._taken, self._next = parts, taken, 0.0

    def __call__(self, done: int) -> None:
        if time.monotonic() < self._next and done < len(self._taken.order.people):
            return
        sign = {"done": done, "beat_at": self._parts.now()}
        with self._parts.database.write() as session:
            if not rows_changed(session, _ours(self._taken).values(sign)):
                raise NotOurs
        self._next = time.monotonic() + BEAT_SECONDS


def _ours(taken: Taken) -> Update:
    return update(AskedPlan).where(
        AskedPlan.id == taken.asked_id,
        AskedPlan.holder == taken.holder,
        AskedPlan.state == PlanState.WORKING,
    )


def _due(now: datetime) -> ColumnElement[bool]:
    gone = and_(
        AskedPlan.state == PlanState.WORKING, AskedPlan.beat_at < now - DEAD_AFTER
    )
    return or_(AskedPlan.state == PlanState.WAITING, gone)
