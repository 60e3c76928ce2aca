"""Differences and exceptions for programs: JSON at ``/api/v1``, read only."""

from __future__ import annotations

from collections.abc import Collection

from flask import Response, jsonify, request

from app.access.blueprint import bp
from app.access.drift.queries import (
    LASTING,
    DriftFilter,
    count_drift,
    drift_line,
    drift_lines,
)
from app.access.drift.telling import drift_told
from app.access.exceptions.queries import (
    ExceptionsWanted,
    count_exceptions,
    exception_line,
    exception_lines,
)
from app.access.exceptions.rules import ExceptionStands
from app.access.exceptions.telling import exception_told
from app.access.programs.rules import DRIFT, EXCEPTIONS, OPERATIONS
from app.auth import machine
from app.auth.programs import page_asked, told, whole_asked
from app.core.errors import Invalid
from app.core.interface import demand_known
from app.core.parts import parts
from app.core.said import said
from app.models.access.words import DriftKind, DriftState

ALL = "all"


@bp.get(DRIFT)
@machine("read")
@told
def api_drift() -> Response:
    """List differences to what plans promised, the oldest first."""
    demand_known(OPERATIONS, DRIFT, request.args)
    state = _one_of("state", (*DriftState, LASTING, ALL)) or DriftState.OPEN
    wanted = DriftFilter(
        state="" if state == ALL else state,
        kind=_one_of("kind", tuple(DriftKind)),
        role_id=_number("role_id"),
        wave_id=_number("wave_id"),
        person_id=_number("person_id"),
        q=request.args.get("text", "")[:200],
    )
    limit, offset = page_asked()
    with parts().database.read() as session:
        total = count_drift(session, wanted)
        found = drift_lines(session, wanted, offset, limit)
    return jsonify(drift=[drift_told(line) for line in found], total=total)


@bp.get(f"{DRIFT}/<int:drift_id>")
@machine("read")
@told
def api_difference(drift_id: int) -> Response:
    """Return one difference."""
    with parts().database.read() as session:
        return jsonify(drift_told(drift_line(session, drift_id)))


@bp.get(EXCEPTIONS)
@machine("read")
@told
def api_exceptions() -> Response:
    """List rights with an end, those that end first at the top."""
    demand_known(OPERATIONS, EXCEPTIONS, request.args)
    wanted = ExceptionsWanted(
        parts().now().date(),
        request.args.get("text", "")[:200],
        _one_of("state", tuple(ExceptionStands)),
        request.args.get("owner", "")[:200],
    )
    limit, offset = page_asked()
    with parts().database.read() as session:
        total = count_exceptions(session, wanted)
        found = exception_lines(session, wanted, offset, limit)
    shown = [exception_told(line) for line in found]
    return jsonify(exceptions=shown, total=total)


@bp.get(f"{EXCEPTIONS}/<int:exception_id>")
@machine("read")
@told
def api_exception(exception_id: int) -> Response:
    """Return one right with an end."""
    today = parts().now().date()
    with parts().database.read() as session:
        return jsonify(exception_told(exception_line(session, exception_id, today)))


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return whole_asked(name, text) if text else None


def _one_of(name: str, known: Collection[str]) -> str:
    text = request.args.get(name, "")
    if text and text not in known:
        raise Invalid(
            said(
                "There is no state %(text)s. Known: %(value)s.",
                text=text,
                value=", ".join(known),
            ),
            field=name,
        )
    return text
