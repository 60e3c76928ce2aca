"""Objections as a table and as programs see them."""

from __future__ import annotations

from typing import Any

from app.sponsors.objections.queries import ObjectionLine

HEAD = (
    "objection",
    "improvement",
    "who",
    "words",
    "day",
    "missing first",
    "follow up",
    "owner",
    "state",
    "answered with",
    "answer",
)


def told(line: ObjectionLine) -> dict[str, Any]:
    """Return an objection as programs see it."""
    row = line.row
    return {
        "objection": row.id,
        "improvement": row.improvement_id,
        "who": row.who,
        "words": row.words,
        "day": row.day.isoformat(),
        "missing first": row.barrier.value if row.barrier else None,
        "follow up": row.follow_up.isoformat() if row.follow_up else None,
        "owner": row.owner,
        "state": row.state.value,
        "answered with": row.answered_with.value if row.answered_with else None,
        "answer": row.answer,
    }


def cells(line: ObjectionLine) -> list[object]:
    """Return an objection as the cells of a table."""
    return ["" if value is None else value for value in told(line).values()]
