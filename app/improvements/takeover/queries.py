"""The register as rows of CSV, in the columns it can be brought in with, and those that are
computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.plain import plain
from app.improvements.board.listing import (
    RegisterFilter,
    RegisterLine,
    count_improvements,
    improvement_lines,
)
from app.improvements.takeover.rules import COLUMNS
from app.models.improvements.improvement import Improvement

HEADER = (
    "number",
    *COLUMNS,
    "score",
    "raised on",
    "next step",
    "next step by",
    "next step due",
    "votes",
    "iterations",
    "metric",
    "latest value",
    "target",
    "needs attention",
)


def register_rows(
    session: Session, wanted: RegisterFilter, sort: str, today: date
) -> Iterator[tuple[object, ...]]:
    """Yield one row for each improvement a filter lets through, under ``HEADER``."""
    lines = improvement_lines(
        session, wanted, sort, today, 0, count_improvements(session, wanted)
    )
    chosen = select(Improvement).where(Improvement.id.in_([line.id for line in lines]))
    rows = {one.id: one for one in session.scalars(chosen)}
    for line in lines:
        own = tuple(plain(getattr(rows[line.id], field)) for field in COLUMNS.values())
        yield (line.id, *own, *_computed(line))


CSI_HEADER = (
    "Opportunity number",
    "Title",
    "Status",
    "Date raised",
    "Size",
    "Timescale",
    "Description",
    "Priority",
    "KPI metric",
    "Justification",
    "Raised by",
    "To be actioned by",
    "Date required by",
)
"""The columns of a CSI register (ITIL, appendix B), with a title and a state."""


def csi_rows(
    session: Session, wanted: RegisterFilter, sort: str, today: date
) -> Iterator[tuple[object, ...]]:
    """Yield one row for each improvement a filter lets through, under ``CSI_HEADER``."""
    lines = improvement_lines(
        session, wanted, sort, today, 0, count_improvements(session, wanted)
    )
    chosen = select(Improvement).where(Improvement.id.in_([line.id for line in lines]))
    rows = {one.id: one for one in session.scalars(chosen)}
    for line in lines:
        one = rows[line.id]
        yield (
            one.id,
            one.title,
            one.state.value,
            one.created_at.date().isoformat(),
            one.size.value if one.size else "",
            line.next_due or "",
            one.where_now or one.source_text,
            one.urgency or "",
            line.metric.name if line.metric else "",
            one.objective,
            one.source_who or one.created_by,
            one.owner,
            one.required_by or "",
        )


def _computed(line: RegisterLine) -> tuple[object, ...]:
    score, metric = line.estimate.score, line.metric
    figures = (metric.name, metric.value, metric.target) if metric else ("", "", "")
    return (
        round(float(score), 2) if score is not None else "",
        line.created_at.date().isoformat(),
        line.next_what,
        line.next_who,
        line.next_due or "",
        line.votes,
        line.iterations,
        *figures,
        " ".join(line.attention),
    )
