"""Plan rights one by one, and carry out what was agreed before (design 5.12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.document import PlanDocument, PlanHead
from app.access.plan.actions import Drafted, basis_of, keep_of
from app.access.plan.values import KeptOutside, PlanChoices, PlanOrder
from app.access.plan.written import document
from app.access.queries import load_role, repairing, terrain_of
from app.access.single.rules import OneByOne, no_role, plan_single
from app.access.waves.actions import apply, approve_as_agreed
from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Invalid, NotFound, Refused
from app.core.said import said
from app.directory.queries import load_graph
from app.models.access.role import Role, RoleVersion
from app.models.access.wave import Wave
from app.models.access.words import Realisation

NAME = "Rights one by one"
"""What stands in the place of a role where rights are given and taken one by one."""
PURPOSE = "No role: rights that were given or taken one by one, each with a reason."
MATERIALISED = Realisation.MATERIALISED


def plan_one_by_one(
    act: Acting,
    directory_id: int,
    orders: Sequence[OneByOne],
    *,
    repairs: bool = False,
) -> Wave:
    """Plan rights to give to and to take from people, as a wave that waits for approval; one that
    ``repairs`` may hold people who wait to be seen working.

    Raises ``Refused`` with the reasons when nothing can be changed, and ``Invalid`` for an order
    without a reason, an owner or a day to come.
    """
    for order in orders:
        _demand_whole(order, act.now.date())
    role = single_role(act, directory_id)
    return keep_of(
        act,
        draft_one_by_one(
            act.session,
            role,
            orders,
            act.by,
            repairs=repairs,
        ),
        role,
    )


def carry_out(
    act: Acting, directory_id: int, orders: Sequence[OneByOne], agreed: str
) -> Wave:
    """Plan what was agreed before, as with the end of an exception, and hand it to the worker.

    ``agreed`` says who agreed and when. Raises ``Refused`` where it cannot be done now.
    """
    wave = plan_one_by_one(
        act,
        directory_id,
        orders,
    )
    left_out = draft_left_out(wave)
    if left_out:
        raise Refused(left_out[0], details=left_out)
    approve_as_agreed(
        act,
        wave.id,
        agreed,
    )
    return apply(act, wave.id)


def draft_one_by_one(
    session: Session,
    role: Role,
    orders: Sequence[OneByOne],
    by: str,
    *,
    repairs: bool = False,
) -> Drafted:
    """Work out a plan of single rights without keeping it. Raises ``NotFound`` for who is gone."""
    basis = basis_of(session, role)
    graph, terrain = load_graph(session, role.directory_id), terrain_of(session, role)
    if repairs:
        terrain = repairing(session, terrain)
    if any(order.person not in graph.people for order in orders):
        raise NotFound(said("This person is no longer in the directory."))
    if any(right not in graph.rights for one in orders for right in one.give):
        raise NotFound(said("This right is no longer in the directory."))
    found = plan_single(
        graph,
        role.name,
        orders,
        terrain,
    )
    version = role.versions[-1]
    head = PlanHead(
        directory=role.directory.name,
        role=role.name,
        role_version=version.number,
        realisation=role.realisation.value,
        author=by,
        idle=(),
    )
    shape = no_role(role.name)
    told = document(
        graph,
        found,
        shape,
        head,
        terrain.transitive_memberof,
    )
    plan = replace(told, single=True)
    nothing = PlanChoices(
        default=KeptOutside(
            "",
            "",
            "",
        )
    )
    return Drafted(
        role_id=role.id,
        version_id=version.id,
        order=PlanOrder(
            tuple(order.person for order in orders),
            nothing,
            by,
        ),
        plan=plan,
        text=plan.text,
        numbers={one.person.key: one.person.id for one in found.people},
        basis=basis,
    )


def draft_left_out(wave: Wave) -> tuple[str, ...]:
    """Return why people were left out of a plan."""
    plan = PlanDocument.of_text(wave.plan)
    return tuple(f"{one.name}: {one.why}" for one in plan.left_out)


def single_role(act: Acting, directory_id: int) -> Role:
    """Return what stands in the place of a role in a directory; it is made when first needed."""
    here = Role.directory_id == directory_id, Role.single
    known = act.session.scalars(select(Role.id).where(*here)).first()
    return load_role(act.session, known or _made(act, directory_id))


def _made(act: Acting, directory_id: int) -> int:
    role = Role(
        directory_id=directory_id,
        name=_free_name(act.session, directory_id),
        purpose=PURPOSE,
        realisation=MATERIALISED,
        created_at=act.now,
        created_by=act.by,
        retired_at=act.now,
        single=True,
    )
    change = Change(Role)
    change.add(act.session, role)
    version = RoleVersion(
        role_id=role.id,
        number=1,
        created_at=act.now,
        created_by=act.by,
        approved_at=act.now,
    )
    change.add(act.session, version)
    told = "Made the place for rights that are given and taken one by one"
    change.record(
        act,
        role,
        "role.single",
        told,
    )
    return role.id


def _free_name(session: Session, directory_id: int) -> str:
    """Return the usual name, with a number where a role is called so."""
    taken = select(func.count()).where(
        Role.directory_id == directory_id, Role.name.startswith(NAME)
    )
    count = session.scalar(taken) or 0
    return f"{NAME} {count + 1}" if count else NAME


def _demand_whole(order: OneByOne, today: date) -> None:
    ends = [*order.give.values(), *order.keep.values()]
    reasons = [*order.take.values(), *(kept.reason for kept in ends)]
    if any(not reason.strip() for reason in reasons):
        raise Invalid(said("Say why."), field="reason")
    for kept in ends:
        if not kept.owner.strip():
            raise Invalid(said("Say who answers for the right."), field="owner")
        if kept.until and date.fromisoformat(kept.until) <= today:
            raise Invalid(
                said("A right can be given until a date in the future."), field="until"
            )
