"""Write down the values of a sheet: what is good is kept, what is not keeps its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid
from app.improvements.due.rules import DueEntry, DueProblem, answered
from app.improvements.metrics.measuring import measure
from app.improvements.metrics.missing import note_missing
from app.models.improvements.metric import Metric


@dataclass(frozen=True, slots=True)
class SheetSaved:
    """How many rows were kept, and of each other metric the field and what is wrong with it."""

    kept: int
    problems: dict[int, DueProblem]


def save_sheet(act: Acting, entries: Sequence[DueEntry]) -> SheetSaved:
    """Write down every row that can be used; rows in which nothing was typed are left alone."""
    kept, problems = 0, {}
    for entry in entries:
        if entry.empty:
            continue
        try:
            _save(act, entry)
            kept += 1
        except DueProblem as problem:
            problems[entry.metric_id] = problem
        except Invalid as error:
            field = error.field or "value"
            problems[entry.metric_id] = DueProblem(field, str(error))
    return SheetSaved(kept, problems)


def _save(act: Acting, entry: DueEntry) -> None:
    metric = one(act.session, Metric, entry.metric_id)
    told = answered(entry, metric.tally)
    if told.value is None:
        note_missing(act, metric.id, entry.day, entry.reason)
        return
    measure(act, metric.id, entry.day, told.value, whole=told.whole)
