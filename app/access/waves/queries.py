"""What approving and applying ask: who wants to approve, and what a plan would touch now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.access.document import PlanDocument
from app.access.waves.rules import Approval, Limits, exceeded, reach_of, unnamed
from app.auth.queries import operator_named, operators_with
from app.core.errors import NotFound, Refused
from app.core.said import said
from app.core.settings import Settings
from app.incidents.links.queries import reported_by
from app.incidents.links.rules import IncidentSignal
from app.models.access.role import Role, RoleRight
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import StepState
from app.models.catalog.service import ServiceRight
from app.models.directory import Entitlement, Membership
from app.models.people import Person


def get_wave(session: Session, wave_id: int) -> Wave:
    """Return a wave with its role, directory and switches. Raises ``NotFound``."""
    people = selectinload(Wave.switches).selectinload(Switch.person)
    return wave_alone(session, wave_id, people)


def wave_alone(session: Session, wave_id: int, *more: ExecutableOption) -> Wave:
    """Return a wave with its role and directory, without its people. Raises ``NotFound``."""
    loaded = (
        joinedload(Wave.role).joinedload(Role.directory),
        joinedload(Wave.version),
    )
    wave = session.scalars(
        select(Wave).where(Wave.id == wave_id).options(*loaded, *more)
    ).one_or_none()
    if wave is None:
        raise NotFound(said("There is no wave %(wave_id)s.", wave_id=wave_id))
    return wave


def approval_by(
    session: Session, wave: Wave, by: str, settings: Settings, now: datetime
) -> Approval:
    """Return what the rule needs to know of ``by`` and a wave.

    Raises ``Refused``.
    """
    operator = operator_named(session, by)
    if (
        operator is None
        or operator.disabled_at
        or "approve" not in operator.permissions
    ):
        raise Refused(said("%(by)s is not an operator who may approve.", by=by))
    people = select(Person.uid).join(Switch, Switch.person_id == Person.id)
    people = people.where(Switch.wave_id == wave.id)
    return Approval(
        approver=operator.name,
        approver_uid=operator.person_uid,
        author=wave.author,
        people=list(session.scalars(people)),
        approvers=[operator.name for operator in operators_with(session, "approve")],
        planned_at=wave.created_at,
        now=now,
        cooling=timedelta(hours=settings.cooling_hours),
        zone=settings.timezone,
        approver_since=operator.approver_since,
        first=wave.first_approved_by,
        first_at=wave.first_approved_at,
    )


def unnamed_account(session: Session, by: str, verb: str) -> str:
    """Return why ``by`` may not decide about people's access, or nothing.

    On the machine itself others act too.
    """
    operator = operator_named(session, by)
    return unnamed(operator.name, operator.person_uid, verb) if operator else ""


def holders_of(
    session: Session, directory_id: int, rights: Iterable[str]
) -> dict[str, int]:
    """Count who holds each of these rights (by cn, or DN where the cn is not unique) directly, as
    last read.
    """
    wanted = set(rights)
    people = (
        select(
            Entitlement.cn, Entitlement.dn, func.count(Membership.person_id.distinct())
        )
        .join(Membership, Membership.entitlement_id == Entitlement.id)
        .where(Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None))
        .where(
            or_(Entitlement.cn.in_(wanted), Entitlement.dn.in_(wanted)),
            Membership.person_id.is_not(None),
        )
    )
    rows = session.execute(people.group_by(Entitlement.cn, Entitlement.dn))
    return {dn if dn in wanted else cn: count for cn, dn, count in rows}


def over_limits(
    session: Session,
    directory_id: int,
    plan: PlanDocument,
    settings: Settings,
    now: datetime,
) -> tuple[str, ...]:
    """Return a sentence with its arithmetic for every limit that a plan would exceed now
    (design 5.7).
    """
    limits = Limits(
        settings.max_people_per_wave,
        settings.max_share_of_group,
        settings.max_deletions_per_hour,
    )
    reach = reach_of(plan)
    return exceeded(
        reach,
        limits,
        holders_of(session, directory_id, reach.losers),
        deleted_lately(session, now),
    )


def deleted_lately(session: Session, now: datetime) -> int:
    """Count the values the journal says were deleted in the last hour."""
    recent = select(Step.change).where(
        Step.intent_at > now - timedelta(hours=1), Step.state == StepState.DONE
    )
    return sum(len(change.get("delete", ())) for change in session.scalars(recent))


def signal_of(session: Session, wave: Wave, now: datetime) -> IncidentSignal | None:
    """Return what the people of a wave report since their switch, about the services their role's
    rights open.
    """
    rows = select(Switch.person_id, Switch.switched_at).where(
        Switch.wave_id == wave.id,
        Switch.switched_at.is_not(None),
        Switch.undone_at.is_(None),
    )
    switched = {person: at for person, at in session.execute(rows) if at}
    rights = select(RoleRight.entitlement_id).where(
        RoleRight.version_id == wave.version_id
    )
    services = session.scalars(
        select(ServiceRight.service_id)
        .where(ServiceRight.entitlement_id.in_(rights))
        .distinct()
    ).all()
    found = reported_by(session, switched, services)
    return found.signal(now) if found else None
