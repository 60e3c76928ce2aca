"""Bring in a register from CSV: see first what would happen, then raise what can be used and keep
what cannot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import latest_day, word
from app.core.errors import Invalid
from app.core.figures import day as day_text
from app.core.said import nsaid
from app.core.said import said as _said
from app.core.table_columns import Said, TableRow
from app.improvements.events import NotedChange, known, tell
from app.improvements.register.actions import checked, move, raise_improvement
from app.improvements.takeover.rules import WordMeant, parse, words_meant
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementState

NOON = time(12)
NOT_BROUGHT_IN = (
    ImprovementState.EMBEDDED,
    ImprovementState.STOPPED,
    ImprovementState.DUPLICATE,
)


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
    words: tuple[WordMeant, ...] = ()
    unknown_owners: tuple[str, ...] = ()

    def reject_rows(self) -> list[tuple[str, ...]]:
        """Return the rejected lines as they were, each with its reasons in one more cell, for
        CSV.
        """
        return [(*reject.cells, " ".join(reject.why)) for reject in self.rejects]


def preview_register(
    session: Session, text: str, now: datetime, said: Said | None = None
) -> ImportPreview:
    """Tell what importing a register would do. Raises ``Invalid`` when it is none."""
    register = parse(text, said)
    titles = {
        title.casefold(): f"improvement {number}" for number, title in _titles(session)
    }
    rows, rejects = [], []
    nobody: dict[str, None] = {}
    for row in register.rows:
        row = _with_known_owner(
            session,
            row,
            nobody,
        )
        why = _objections(
            session,
            row,
            titles,
            now,
        )
        if why:
            rejects.append(
                ImprovementReject(
                    row.line,
                    row.cells,
                    why,
                )
            )
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
        tuple(words_meant(register)),
        tuple(nobody),
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
    found = preview_register(
        act.session,
        text,
        act.now,
        said,
    )
    if found.rejects and not keep_good:
        told = tuple(
            f"Line {reject.line}: {' '.join(reject.why)}" for reject in found.rejects
        )
        raise Invalid(
            _said(
                "%(count)s cannot be used. %(value)s",
                count=nsaid(
                    "%(number)s line",
                    "%(number)s lines",
                    len(told),
                ),
                value=told[0],
            ),
            field="file",
            details=told,
        )
    for row in found.rows:
        _raise(act, row)
    return found


def _raise(act: Acting, row: TableRow) -> None:
    values = dict(row.values)
    state = values.pop("state", ImprovementState.RAISED)
    raised_on = values.pop("raised_on", None)
    made = raise_improvement(
        act,
        values.pop("title"),
        values,
    )
    if raised_on is not None:
        change = NotedChange()
        change.put(
            made,
            {
                "created_at": datetime.combine(
                    raised_on,
                    NOON,
                    UTC,
                )
            },
        )
        sentence = f"Raised on {day_text(raised_on)} where it came from"
        tell(
            act,
            made,
            "improvement.raised-on",
            sentence,
            change,
        )
    if state == ImprovementState.REJECTED:
        move(
            act,
            made.id,
            state,
            reason="Rejected where it came from.",
        )
    elif state != ImprovementState.RAISED:
        move(
            act,
            made.id,
            ImprovementState.ACCEPTED,
        )


def _with_known_owner(
    session: Session, row: TableRow, nobody: dict[str, None]
) -> TableRow:
    """Keep an owner nobody here bears the name of in the words, where nothing of it is lost."""
    owner = str(row.values.get("owner", ""))
    if not owner:
        return row
    try:
        known(
            session,
            owner,
            "owner",
        )
    except Invalid as error:
        if error.details:  # it may mean several people: somebody has to say whom
            return row
        nobody[owner] = None
        values = {name: value for name, value in row.values.items() if name != "owner"}
        words = [str(values.get("source_text", "")), f"Owner: {owner}"]
        values["source_text"] = "\n".join(filter(None, words))
        return replace(row, values=values)
    return row


def _titles(session: Session) -> Any:
    return session.execute(select(Improvement.id, Improvement.title)).all()


def _objections(
    session: Session,
    row: TableRow,
    titles: dict[str, str],
    now: datetime,
) -> tuple[str, ...]:
    if row.wrong:
        return row.wrong
    title = str(row.values["title"]).casefold()
    if title in titles:
        return (f"{titles[title].capitalize()} has this title already.",)
    values = dict(row.values)
    state = values.pop("state", ImprovementState.RAISED)
    raised_on = values.pop("raised_on", None)
    if raised_on is not None and raised_on > latest_day(now):
        return (f"{day_text(raised_on)}, the day it was raised, has not come yet.",)
    try:
        if (
            word(
                ImprovementState,
                state,
                "state",
            )
            in NOT_BROUGHT_IN
        ):
            return (
                f"It is {state} already; only what still goes on, or was rejected, "
                "is brought in.",
            )
        checked(
            session,
            None,
            values,
        )
    except Invalid as error:
        return (error.message,)
    return ()
