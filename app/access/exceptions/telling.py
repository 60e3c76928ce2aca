"""Exceptions as programs and the command line are told of them."""

from __future__ import annotations

from typing import Any

from app.access.exceptions.queries import ExceptionLine
from app.core.plain import plain


def exception_told(line: ExceptionLine) -> dict[str, Any]:
    """Return a right with an end, by name."""
    return {
        "exception": line.id,
        "right": line.right,
        "person": line.uid,
        "name": line.person,
        "owner": line.owner,
        "reason": line.reason,
        "until": plain(line.until),
        "state": line.stands.value,
        "ended_at": plain(line.ended_at),
        "held_up": line.held_up,
        "beside": line.beside or None,
        "wave": line.wave_id,
        "ending_wave": line.ending_wave,
    }
