"""What customers see of the catalogue: published services in their words, nothing of how IT
arranges itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.catalog.calendar import Calendar
from app.models.catalog.service import Service
from app.models.catalog.words import ServiceKind, ServiceState


@dataclass(frozen=True, slots=True)
class PublicService:
    """One service as a customer reads it."""

    id: int
    name: str
    summary: str
    how_to_get: str
    not_included: str
    audience: str
    hours: str
    price: float | None
    price_unit: str
    is_it: bool


def public_services(session: Session) -> list[PublicService]:
    """Return the published services for customers, by name."""
    columns = (
        Service.id,
        Service.name,
        Service.summary,
        Service.how_to_get,
        Service.not_included,
        Service.audience,
        func.coalesce(Calendar.name, "").label("hours"),
        Service.price,
        Service.price_unit,
        Service.is_it,
    )
    shown = (Service.state == ServiceState.PUBLISHED, Service.kind == ServiceKind.CUSTOMER)
    query = select(*columns).outerjoin(Calendar, Calendar.id == Service.calendar_id).where(*shown)
    return [
        PublicService(**row._mapping)
        for row in session.execute(query.order_by(func.lower(Service.name)))
    ]
