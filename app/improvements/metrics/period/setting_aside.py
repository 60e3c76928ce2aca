"""What is left out of a metric goes along when its period changes, and comes back with it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from app.core.acting import Acting
from app.improvements.events import NotedChange
from app.improvements.metrics.period.regrouping import Regrouped
from app.improvements.metrics.queries import left_out_of
from app.models.improvements.metric import LeftOut, PeriodChange


def carry_over(
    act: Acting, change: NotedChange, done: PeriodChange, written: Iterable[Regrouped]
) -> None:
    """Leave out the periods that will be, with the reasons of the values that went into them."""
    known = left_out_of(act.session, [done.metric_id]).get(done.metric_id, [])
    standing = {(one.day, one.label): one for one in known}
    for period in written:
        for value in period.aside:
            _lift(act, change, standing[value.day, value.label], done.id)
        if period.left_out:
            _leave_out(
                act, change, done, LeftOut(day=period.day, reason=period.left_out)
            )


def bring_back(act: Acting, change: NotedChange, taken: PeriodChange) -> None:
    """Leave out again what was before a change, and no longer what the change left out."""
    known = left_out_of(act.session, [taken.metric_id]).get(taken.metric_id, [])
    for one in known:
        if one.change_id == taken.id:
            _lift(act, change, one)
    went = select(LeftOut).where(LeftOut.gone_with_id == taken.id).order_by(LeftOut.id)
    for one in act.session.scalars(went).all():
        again = LeftOut(day=one.day, label=one.label, reason=one.reason)
        again.change_id = one.change_id
        _leave_out(act, change, taken, again)


def _lift(
    act: Acting, change: NotedChange, one: LeftOut, gone_with: int | None = None
) -> None:
    told = {"lifted_at": act.now, "lifted_by": act.by, "gone_with_id": gone_with}
    change.put(one, told)


def _leave_out(
    act: Acting, change: NotedChange, by: PeriodChange, made: LeftOut
) -> None:
    made.metric_id, made.change_id = by.metric_id, made.change_id or by.id
    made.created_at, made.created_by = act.now, act.by
    change.add(act.session, made)
