"""What forms of services offer to choose from."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.catalog.calendar import Calendar
from app.models.catalog.service import Duty, Service, ServiceRight
from app.models.catalog.words import ServiceState
from app.models.directory import Entitlement
from app.models.people import Team, TeamKind

MOST_RIGHTS = 500


def team_choices(session: Session) -> list[tuple[str, str]]:
    """Return the teams, providers marked."""
    rows = session.execute(
        select(Team.id, Team.name, Team.kind).where(Team.retired_at.is_(None)).order_by(Team.name)
    )
    return [
        (str(row.id), f"{row.name} (provider)" if row.kind is TeamKind.EXTERNAL else row.name)
        for row in rows
    ]


def calendar_choices(session: Session) -> list[tuple[str, str]]:
    """Return the business hours."""
    return [
        (str(row.id), row.name)
        for row in session.execute(select(Calendar.id, Calendar.name).order_by(Calendar.name))
    ]


def other_services(session: Session, service_id: int) -> list[tuple[str, str]]:
    """Return the services that are not retired, without this one."""
    others = select(Service.id, Service.name).where(
        Service.id != service_id, Service.state != ServiceState.RETIRED
    )
    return [
        (str(row.id), row.name)
        for row in session.execute(others.order_by(func.lower(Service.name)))
    ]


def parties(session: Session) -> list[str]:
    """Return who may be named in the table of duties: teams and whoever was named before."""
    teams = session.scalars(select(Team.name).where(Team.retired_at.is_(None)))
    return sorted({*teams, *session.scalars(select(Duty.party).distinct())}, key=str.casefold)


def free_rights(session: Session) -> list[str]:
    """Return the names of rights that open no service yet, as far as a list of names is still of
    use.
    """
    free = select(Entitlement.cn).outerjoin(
        ServiceRight, ServiceRight.entitlement_id == Entitlement.id
    )
    shown = free.where(
        ServiceRight.id.is_(None), Entitlement.gone_at.is_(None), Entitlement.is_role.is_(False)
    )
    return list(session.scalars(shown.order_by(func.lower(Entitlement.cn)).limit(MOST_RIGHTS)))
