"""What programs may ask of all rooms, as one description."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from app.access.api.rules import OPERATIONS as ROLES
from app.access.programs.rules import OPERATIONS as ACCESS
from app.auth import public
from app.core.interface import described
from app.improvements.api.rules import OPERATIONS as IMPROVEMENTS
from app.incidents.api.rules import OPERATIONS as INCIDENTS

bp = Blueprint("interface", __name__)


def document() -> dict[str, Any]:
    """Return the description of all rooms as an OpenAPI document."""
    return described((*INCIDENTS, *IMPROVEMENTS, *ACCESS, *ROLES))


@bp.get("/api/v1/openapi.json")
@public
def description() -> Response:
    """Describe the interface."""
    return jsonify(document())
