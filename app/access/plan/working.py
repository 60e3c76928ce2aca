"""Make the plans that were asked for: in the worker, with signs of how far it is, or in the
foreground.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.access.plan.actions import Drafted, basis_of, draft, keep
from app.access.plan.values import PlanOrder, choices_from
from app.access.queries import load_role
from app.core.aside import Lane, each_row
from app.core.asked import AskedState
from app.core.asked_work import (
    AskedBeat,
    InHand,
    NotOurs,
    due_rows,
    give_up_asked,
    take_in_hand,
)
from app.core.errors import RungError
from app.core.parts import Parts
from app.directory.actions import bring_up_to_date
from app.models.access.asked import AskedPlan

TRIES = 3
"""So often a plan is worked out anew because rights were changed meanwhile. Then it is kept as it
is: applying looks at everybody once more.
"""
BROKEN = "Something broke in Rung itself while the plan was made; nothing was kept."


@dataclass(frozen=True, slots=True)
class Taken:
    """A plan that is made: as it was asked for, or without ``hand`` here and now."""

    role_id: int
    order: PlanOrder
    hand: InHand | None = None


def run_asked_plans(parts: Parts) -> bool:
    """Make the plans that wait or whose process is gone; tell whether there was one.

    What is refused stands in its row.
    """
    begun: list[int] = []
    waiting = due_rows(parts, AskedPlan)
    each_row(parts, PLANS, waiting, partial(_make_if_free, parts, begun))
    return bool(begun)


def make_plan(parts: Parts, role_id: int, order: PlanOrder) -> int:
    """Plan a wave of a role here and now; the number of the wave.

    Raises ``NobodyToMove``, ``Refused``, ``NotFound`` or ``Invalid``.
    """
    return _made(parts, Taken(role_id, order))


def _give_up(session: Session, asked_id: int, reason: str, now: datetime) -> None:
    open_one = update(AskedPlan).where(
        AskedPlan.id == asked_id, AskedPlan.ended_at.is_(None)
    )
    give_up_asked(session, open_one, f"{BROKEN} {reason}", now)


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
    with parts.database.write() as session:
        hand = take_in_hand(session, AskedPlan, asked_id, parts.now())
        if hand is None:
            return None
        asked = session.get_one(AskedPlan, asked_id, populate_existing=True)
        choices = choices_from(asked.choices)
        tell = AskedBeat(parts, hand, len(asked.people))
        order = PlanOrder(tuple(asked.people), choices, asked.asked_by, tell)
        return Taken(asked.role_id, order, hand)


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
        if taken.hand:
            ended = {"ended_at": act.now, "wave_id": wave.id}
            taken.hand.note(act.session, state=AskedState.MADE, **ended)
        return wave.id


def _note_refused(parts: Parts, taken: Taken, error: RungError) -> None:
    if taken.hand is None:
        return
    why = {"reason": error.message, "details": list(error.details)}
    with parts.database.write() as session:
        taken.hand.note(session, state=AskedState.REFUSED, ended_at=parts.now(), **why)
