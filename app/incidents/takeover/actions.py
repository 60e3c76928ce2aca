"""Take over incidents of another tool: each once, with its dates; one that is there already is left
alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import select

from app.core.acting import Acting
from app.core.aside import no_fault_of_a_row, reason_of
from app.core.changes import Change, one_locked
from app.core.errors import Invalid
from app.core.said import said
from app.incidents.events import happened
from app.incidents.intake.actions import Report, report
from app.incidents.takeover.rules import CLOSED, OPEN, Reject, Row
from app.models.catalog.service import Service
from app.models.catalog.words import ServiceState
from app.models.incidents.desk import IncidentImport
from app.models.incidents.incident import Incident
from app.models.incidents.words import EventKind, IncidentState, Via

log = structlog.get_logger("rung.import")
LARGEST = 1_000_000
"""Characters of a file that a page takes."""


def take_over(act: Acting, tool: str, rows: Sequence[Row]) -> tuple[int, list[Reject]]:
    """Write down those incidents that are not there yet; returns how many that were.

    A line that breaks while it is written down is returned with the reason, and the next ones are
    taken.
    """
    refs = {f"{tool}:{row.ref}": row for row in rows}
    known = set(
        act.session.scalars(
            select(Incident.source_ref).where(Incident.source_ref.in_(refs))
        )
    )
    found = act.session.execute(
        select(Service.name, Service.id).where(Service.state != ServiceState.RETIRED)
    )
    services = {name.casefold(): number for name, number in found}
    rejects: list[Reject] = []
    fresh = {ref: row for ref, row in refs.items() if ref not in known}
    for ref, row in fresh.items():
        try:
            with act.session.begin_nested():
                _take(act, ref, row, services.get(row.service.casefold()))
        except Exception as error:
            if no_fault_of_a_row(error):
                raise
            log.warning("import.line", line=row.line, exc_info=True)
            rejects.append(
                Reject(
                    row.line, f"it cannot be taken over ({reason_of(error)})", row.cells
                )
            )
    return len(fresh) - len(rejects), rejects


def lay_out(
    act: Acting, name: str, tool: str, text: str, encoding: str
) -> IncidentImport:
    """Keep a file to look at; nothing of it is an incident yet.

    Raises ``Invalid`` for one that is too large.
    """
    if len(text) > LARGEST:
        raise Invalid(
            said("This is too much for a page; `rung incident import FILE` takes it."),
            field="file",
        )
    made = IncidentImport(
        name=name or "pasted lines",
        tool=tool.strip() or "import",
        encoding=encoding,
        text=text,
        rejects=[],
        taken=0,
        created_at=act.now,
        created_by=act.by,
    )
    change = Change(about=IncidentImport)
    act.session.add(made)
    act.session.flush()
    change.record(act, made, "import.look", f"Looks at {made.name}")
    return made


def finish(
    act: Acting,
    import_id: int,
    taken: int,
    rejects: Sequence[Reject],
) -> None:
    """Note that a file was taken over, and keep the lines that were not."""
    found = one_locked(act.session, IncidentImport, import_id)
    change = Change(about=IncidentImport)
    kept = [[each.line, each.why, dict(each.cells)] for each in rejects]
    change.put(found, {"taken": found.taken + taken, "done_at": act.now})
    found.rejects = kept
    change.record(act, found, "import.take", f"Took {taken} incidents of {found.name}")


def _take(act: Acting, ref: str, row: Row, service_id: int | None) -> None:
    told = Report(
        row.title,
        row.description,
        via=Via.API,
        requester=row.requester,
        service_id=service_id,
        source_ref=ref,
        reported_at=row.reported,
    )
    incident = report(act, told)
    if row.state == OPEN:
        return
    ended = row.restored or row.closed
    closed = (row.closed or ended) if row.state == CLOSED else None
    restored = {"state": IncidentState.RESTORED, "restored_at": ended}
    sentence = f"Taken over as restored: {row.title}"
    happened(act, incident, EventKind.RESTORED, sentence, values=restored, at=ended)
    if closed:
        values, sentence = (
            {"state": IncidentState.CLOSED, "closed_at": closed},
            f"Taken over as closed: {row.title}",
        )
        happened(act, incident, EventKind.CLOSED, sentence, values=values, at=closed)
