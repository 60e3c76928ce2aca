"""Two addresses for machines: is the process alive, and is it ready for work."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, Response, current_app, jsonify

from app.auth import public
from app.core.condition import readiness
from app.core.parts import KEY, parts

bp = Blueprint("health", __name__)
UP_SINCE = "rung.up_since"


@bp.record_once
def _note_start(state: object) -> None:
    app = cast(Flask, state.app)  # type: ignore[attr-defined]
    app.extensions[UP_SINCE] = app.extensions[KEY].now()


@bp.get("/healthz")
@public
def alive() -> Response:
    """Say that the process answers."""
    return jsonify(status="pass")


@bp.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Say whether work gets done: database, worker with its lanes, room on the disk, key; 503 with
    why not.
    """
    checks = readiness(parts(), current_app.extensions[UP_SINCE])
    problems = [
        f"{check.subject}: {check.unready}" for check in checks if check.unready
    ]
    broken = next(
        (check.unready for check in checks if check.subject == "database"), ""
    )
    if problems:
        return jsonify(status="fail", database=broken or "pass", problems=problems), 503
    return jsonify(status="pass", database="pass"), 200
