"""Two addresses for machines: is the process alive, and is it ready for work."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from app import schema
from app.auth import public
from app.errors import Away
from app.parts import parts

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """Say that the process answers."""
    return jsonify(status="pass")


@bp.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Say whether the database answers and is up to date; 503 when not."""
    try:
        schema.demand_current(parts().database)
    except Away as error:
        return jsonify(status="fail", database=error.message), 503
    return jsonify(status="pass", database="pass"), 200
