"""The catalogue as a table, with the columns an import reads."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.services.queries import ServiceFilter, service_lines
from app.catalog.takeover.rules import COLUMNS
from app.models.catalog.service import Dependency, Fact, Service

HEADER = ("number", *COLUMNS, "state", "missing")


def catalogue_rows(
    session: Session, wanted: ServiceFilter, sort: str = "name"
) -> Iterator[tuple[object, ...]]:
    """Yield one row a service, in the order of ``HEADER``."""
    lines = service_lines(session, wanted, sort)
    services = {service.id: service for service in session.scalars(select(Service))}
    parts = _joined(
        session,
        select(Dependency.service_id, Service.name).join(
            Service, Service.id == Dependency.part_id
        ),
    )
    asked = (
        select(Fact.service_id, Fact.name)
        .where(Fact.retired_at.is_(None))
        .order_by(Fact.position, Fact.id)
    )
    facts = _joined(session, asked)
    for line in lines:
        one = services[line.id]
        beside = {
            "team": line.team,
            "parts": parts.get(one.id, ""),
            "facts": facts.get(one.id, ""),
            "is_it": _yes(one.is_it),
            "through_owner": _yes(one.through_owner),
            "kind": one.kind.value,
        }
        cells = (
            beside[field] if field in beside else getattr(one, field)
            for field in COLUMNS.values()
        )
        yield (one.id, *cells, one.state.value, ", ".join(line.missing))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _joined(session: Session, query: object) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for number, name in session.execute(query):  # type: ignore[call-overload]  # either of two selects of a pair
        found.setdefault(number, []).append(name)
    return {number: "; ".join(names) for number, names in found.items()}
