"""Bring in a catalogue from CSV: see first what would happen, then take what can be used and keep
what cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.services.actions import add_service, change_service, checked
from app.catalog.sheet.actions import add_fact, add_part, all_edges, facts_of
from app.catalog.sheet.rules import would_cycle
from app.catalog.takeover.rules import parse
from app.core.acting import Acting
from app.core.changes import Change, one_locked
from app.core.errors import Invalid
from app.core.said import nsaid, said
from app.core.table_columns import TableRow
from app.core.texts import quoted
from app.models.catalog.service import Service
from app.models.catalog.words import ServiceState
from app.models.people import Team

BESIDE = ("team", "urgency", "parts", "facts")


@dataclass(frozen=True, slots=True)
class ServiceReject:
    """A line that cannot be used, with its cells as they were and every reason."""

    line: int
    cells: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do: services to add, services to complete, rejected lines, columns
    without a meaning.
    """

    header: tuple[str, ...]
    new: tuple[TableRow, ...]
    known: tuple[TableRow, ...]
    rejects: tuple[ServiceReject, ...]
    ignored: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def reject_rows(self) -> list[tuple[str, ...]]:
        """Return the rejected lines as they were, each with its reasons in one more cell, for
        CSV.
        """
        return [(*reject.cells, " ".join(reject.why)) for reject in self.rejects]


def preview_services(session: Session, text: str) -> Preview:
    """Tell what importing a catalogue would do. Raises ``Invalid`` when it is none."""
    table = parse(text)
    judge = _Judge(session, table.rows)
    new: list[TableRow] = []
    known: list[TableRow] = []
    rejects: list[ServiceReject] = []
    for row in table.rows:
        why = judge.objections(row)
        if why:
            rejects.append(ServiceReject(row.line, row.cells, why))
        else:
            (known if _key(row) in judge.services else new).append(row)
    return Preview(
        table.header,
        tuple(new),
        tuple(known),
        tuple(rejects),
        table.ignored,
        table.notes,
    )


def import_services(act: Acting, text: str, *, keep_good: bool = False) -> Preview:
    """Add and complete services.

    Rejected lines raise ``Invalid`` and nothing is kept, unless ``keep_good``.

    Everything new begins as a draft. A cell left empty changes nothing.
    """
    found = preview_services(act.session, text)
    if found.rejects and not keep_good:
        told = tuple(
            f"Line {reject.line}: {' '.join(reject.why)}" for reject in found.rejects
        )
        raise Invalid(
            said(
                "%(count)s cannot be used. %(value)s",
                count=nsaid("%(number)s line", "%(number)s lines", len(told)),
                value=told[0],
            ),
            field="file",
            details=told,
        )
    rows = sorted((*found.new, *found.known), key=lambda row: row.line)
    made = {_key(row): _keep(act, row) for row in rows}
    for row in rows:
        _compose(act, made[_key(row)], row)
    return found


class _Judge:
    """What stands against each line, given what is there and what the lines before it bring."""

    def __init__(self, session: Session, rows: tuple[TableRow, ...]) -> None:
        self.session = session
        self.services = {
            service.name.casefold(): service
            for service in session.scalars(select(Service))
        }
        self.teams = {
            name.casefold()
            for name in session.scalars(
                select(Team.name).where(Team.retired_at.is_(None))
            )
        }
        self.brought = {_key(row) for row in rows if not row.wrong}
        self.lines: dict[str, int] = {}
        # Services that are still to be made stand in the graph under numbers of their own.
        self.numbers = {name: service.id for name, service in self.services.items()}
        self.numbers |= {
            name: -place
            for place, name in enumerate(sorted(self.brought - self.numbers.keys()), 1)
        }
        self.edges = all_edges(session)

    def objections(self, row: TableRow) -> tuple[str, ...]:
        """Return everything that is wrong with a line; a good one counts for the lines after it."""
        if row.wrong:
            return row.wrong
        key = _key(row)
        if key in self.lines:
            return (f"Line {self.lines[key]} has this name already.",)
        why = [*self._own(row, self.services.get(key)), *self._parts(row)]
        if not why:
            self.lines[key] = row.line
        return tuple(why)

    def _own(self, row: TableRow, service: Service | None) -> list[str]:
        why = []
        if service is not None and service.state is ServiceState.RETIRED:
            why.append("A retired service has this name.")
        if "team" in row.values and row.values["team"].casefold() not in self.teams:
            why.append(f"There is no team {quoted(row.values['team'])}.")
        try:
            checked(self.session, service, _values(row))
        except Invalid as error:
            why.append(error.message)
        return why

    def _parts(self, row: TableRow) -> list[str]:
        why, own = [], self.numbers[_key(row)]
        for name in row.values.get("parts", ()):
            number = self.numbers.get(name.casefold())
            if number is None:
                why.append(
                    f"It needs {quoted(name)}, which is neither here nor in the file."
                )
            elif would_cycle(self.edges, own, number):
                why.append(f"It would need itself through {quoted(name)}.")
            else:
                self.edges.append((own, number))
        return why


def _keep(act: Acting, row: TableRow) -> Service:
    values = _values(row)
    if "team" in row.values:
        same = func.lower(Team.name) == row.values["team"].lower()
        values["team_id"] = act.session.scalars(select(Team.id).where(same)).first()
    known = act.session.scalars(
        select(Service).where(func.lower(Service.name) == row.values["name"].lower())
    ).first()
    if known is None:
        service = add_service(act, values.pop("name"), values)
    else:
        values.pop("name")
        service = change_service(act, known.id, values)
    urgency = row.values.get("urgency")
    if urgency is not None and urgency != service.urgency:
        service = one_locked(act.session, Service, service.id)
        change = Change(about=Service)
        change.put(
            service,
            {
                "urgency": urgency,
                "urgency_answers": {"reason": "brought in from a file"},
            },
        )
        sentence = f"Set the urgency of {service.name} to {urgency}, as a file says"
        change.record(act, service, "service.urgency", sentence)
    return service


def _compose(act: Acting, service: Service, row: TableRow) -> None:
    edges = set(all_edges(act.session))
    for name in row.values.get("parts", ()):
        part = act.session.scalars(
            select(Service.id).where(func.lower(Service.name) == name.lower())
        ).first()
        # A part whose own line was rejected is not there.
        if part is not None and (service.id, part) not in edges:
            add_part(act, service.id, part)
    asked = {fact.name.casefold() for fact in facts_of(act.session, service.id)}
    for name in row.values.get("facts", ()):
        if name.casefold() not in asked:
            add_fact(act, service.id, name)


def _values(row: TableRow) -> dict[str, Any]:
    return {name: value for name, value in row.values.items() if name not in BESIDE}


def _key(row: TableRow) -> str:
    return str(row.values.get("name", "")).casefold()
