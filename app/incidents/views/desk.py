"""The queue."""

from __future__ import annotations

from flask import Response

from app.auth import requires
from app.htmx import answer
from app.incidents.queries.queue import queue_lines
from app.incidents.views.blueprint import bp
from app.parts import parts


@bp.get("/desk")
@requires("desk")
def index() -> Response:
    """Show the queue, the incident to take up next first."""
    with parts().database.read() as session:
        lines = queue_lines(session)
    return answer("incidents/index.html", "list", lines=lines)
