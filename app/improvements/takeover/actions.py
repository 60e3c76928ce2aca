"""Bring in a register from CSV: see first what would happen, then raise what can be used and keep
what cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import word
from app.core.errors import Invalid
from app.core.said import nsaid
from app.core.said import said as _said
from app.core.table_columns import Said, TableRow
from app.improvements.register.actions import checked, move, raise_improvement
from app.improvements.takeover.rules import parse
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import IMPROVEMENT_ENDED, ImprovementState


@dataclass(frozen=True, slots=True)
class ImprovementReject:
    """A line that cannot be used, with its cells as they were and every reason."""

    line: int
    cells: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do: titles to raise, rejected lines, columns that mean nothing here."""

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    rejects: tuple[ImprovementReject, ...]
    ignored: tuple[str, ...]
    undecided: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def reject_rows(self) -> list[tuple[str, ...]]:
        """Return the rejected lines as they were, each with its reasons in one more cell, for
        CSV.
        """
        return [(*reject.cells, " ".join(reject.why)) for reject in self.rejects]


def preview_register(
    session: Session, text: str, said: Said | None = None
) -> ImportPreview:
    """Tell what importing a register would do. Raises ``Invalid`` when it is none."""
    register = parse(text, said)
    titles = {
        title.casefold(): f"improvement {number}" for number, title in _titles(session)
    }
    rows, rejects = [], []
    for row in register.rows:
        why = _objections(session, row, titles)
        if why:
            rejects.append(ImprovementReject(row.line, row.cells, why))
        else:
            titles[str(row.values["title"]).casefold()] = f"line {row.line}"
            rows.append(row)
    return ImportPreview(
        register.header,
        tuple(rows),
        tuple(rejects),
        register.ignored,
        register.undecided,
        register.notes,
    )


def import_register(
    act: Acting,
    text: str,
    *,
    said: Said | None = None,
    keep_good: bool = False,
) -> ImportPreview:
    """Raise every line of a register.

    Rejected lines raise ``Invalid`` and nothing is kept, unless ``keep_good``.

    Everything begins as Raised, or as Accepted where the file says that it is further; the rest is
    earned here.
    """
    found = preview_register(act.session, text, said)
    if found.rejects and not keep_good:
        told = tuple(
            f"Line {reject.line}: {' '.join(reject.why)}" for reject in found.rejects
        )
        raise Invalid(
            _said(
                "%(count)s cannot be used. %(value)s",
                count=nsaid("%(number)s line", "%(number)s lines", len(told)),
                value=told[0],
            ),
            field="file",
            details=told,
        )
    for row in found.rows:
        values = dict(row.values)
        state = values.pop("state", ImprovementState.RAISED)
        made = raise_improvement(act, values.pop("title"), values)
        if state != ImprovementState.RAISED:
            move(act, made.id, ImprovementState.ACCEPTED)
    return found


def _titles(session: Session) -> Any:
    return session.execute(select(Improvement.id, Improvement.title)).all()


def _objections(
    session: Session, row: TableRow, titles: dict[str, str]
) -> tuple[str, ...]:
    if row.wrong:
        return row.wrong
    title = str(row.values["title"]).casefold()
    if title in titles:
        return (f"{titles[title].capitalize()} has this title already.",)
    values = dict(row.values)
    state = values.pop("state", ImprovementState.RAISED)
    try:
        if word(ImprovementState, state, "state") in IMPROVEMENT_ENDED:
            return (f"It is {state} already; only what still goes on is brought in.",)
        checked(session, None, values)
    except Invalid as error:
        return (error.message,)
    return ()
