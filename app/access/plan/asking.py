"""Ask for a plan that the worker makes, and stop it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from app.access.plan.values import PlanOrder, choices_as_data
from app.access.roles.actions import role_in_use
from app.core.acting import Acting
from app.core.asked import OPEN, AskedState
from app.core.asked_work import cancel_asked
from app.core.errors import Refused
from app.core.said import said
from app.models.access.asked import AskedPlan

AT_ONCE = 50
"""A plan of so many people is made as soon as it is asked for; the worker makes a larger one."""


def ask_plan(
    act: Acting, role_id: int, order: PlanOrder, typed: Iterable[list[str]] = ()
) -> AskedPlan:
    """Note that the worker is to plan a wave of a role; ring after the commit.

    Who asks for the same again while it is made gets the plan under way. ``typed`` is what the form
    said.
    """
    role = role_in_use(act.session, role_id)
    people, choices = sorted(order.people), choices_as_data(order.choices)
    under_way = select(AskedPlan).where(
        AskedPlan.role_id == role.id,
        AskedPlan.asked_by == order.by,
        AskedPlan.state.in_(OPEN),
    )
    for known in act.session.scalars(under_way):
        if sorted(known.people) == people and known.choices == choices:
            return known
    asked = AskedPlan(
        role_id=role.id,
        state=AskedState.WAITING,
        asked_by=order.by,
        asked_at=act.now,
        people=list(order.people),
        choices=choices,
        typed=list(typed),
    )
    act.session.add(asked)
    act.session.flush()
    return asked


def cancel_plan(act: Acting, asked_id: int) -> None:
    """Stop a plan that waits or is being made; nothing of it is kept.

    Raises ``Refused`` when it is over.
    """
    if not cancel_asked(act, AskedPlan, asked_id):
        raise Refused(said("This plan is over already."))
