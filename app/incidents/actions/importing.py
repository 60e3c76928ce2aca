"""Take over incidents of another tool: each once, with its dates; one that is there already is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Service, ServiceState
from app.incidents.actions.happening import happened
from app.incidents.actions.reporting import Report, report
from app.incidents.models import EventKind, Incident, State, Via
from app.incidents.rules.importing import CLOSED, OPEN, Row


def take_over(session: Session, tool: str, rows: Sequence[Row], *, by: str, now: datetime) -> int:
    """Write down those incidents that are not there yet; returns how many that were."""
    refs = {f"{tool}:{row.ref}": row for row in rows}
    known = set(session.scalars(select(Incident.source_ref).where(Incident.source_ref.in_(refs))))
    found = session.execute(select(Service.name, Service.id).where(Service.state != ServiceState.RETIRED))
    services = {name.casefold(): number for name, number in found}
    for ref, row in refs.items():
        if ref not in known:
            _take(session, ref, row, services.get(row.service.casefold()), by, now)
    return len(refs) - len(known)


def _take(session: Session, ref: str, row: Row, service_id: int | None, by: str, now: datetime) -> None:
    told = Report(
        row.title, row.description, via=Via.API, requester=row.requester, service_id=service_id, source_ref=ref,
        reported_at=row.reported,
    )  # fmt: skip
    incident = report(session, told, by=by, now=now)
    if row.state == OPEN:
        return
    ended = row.restored or row.closed
    closed = (row.closed or ended) if row.state == CLOSED else None
    restored = {"state": State.RESTORED, "restored_at": ended}
    sentence = f"Taken over as restored: {row.title}"
    happened(session, incident, EventKind.RESTORED, sentence, by=by, now=now, values=restored, at=ended)
    if closed:
        values, sentence = {"state": State.CLOSED, "closed_at": closed}, f"Taken over as closed: {row.title}"
        happened(session, incident, EventKind.CLOSED, sentence, by=by, now=now, values=values, at=closed)
