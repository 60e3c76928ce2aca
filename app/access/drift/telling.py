"""Differences as programs and the command line are told of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.access.drift.queries import DriftLine
from app.core.plain import plain


def drift_told(line: DriftLine) -> dict[str, Any]:
    """Return a difference with its sentence and its ways out, by name."""
    told = asdict(line)
    number, person, right = told.pop("id"), told.pop("person_id"), told.pop("right_id")
    data = {
        "drift": number,
        "sentence": line.sentence,
        **told,
        "by_whom": line.by_whom or "not known",
        "who_did": who_did_it(line),
        "person_id": person,
        "right_id": right,
        "ways": [*line.ways],
    }
    return {name: plain(value) for name, value in data.items()}


def who_did_it(line: DriftLine) -> str:
    """Say who did it, when, and how that is known, as far as the directory says."""
    if not (line.told_by or line.by_whom):
        return "the directory does not say" if line.asked_at else "not asked yet"
    when = f" at {line.done_at:%Y-%m-%d %H:%M}" if line.done_at else ""
    where = f" on {line.on_server}" if line.on_server else ""
    how = f" ({line.told_by})" if line.told_by else ""
    return f"{line.by_whom or 'somebody'}{when}{where}{how}"
