"""What was done to an improvement and to everything in it."""

from __future__ import annotations

from flask import Response

from app.auth import current_permissions, requires
from app.core.htmx import answer
from app.core.parts import parts
from app.core.plain import ref
from app.core.trail import about, count, history
from app.core.web import asked_page
from app.improvements.blueprint import bp
from app.improvements.queries import get_improvement


@bp.get("/improvements/<int:improvement_id>/history")
@requires("read")
def improvement_history(improvement_id: int) -> Response:
    """Show what was done to an improvement and everything in it, field by field."""
    asked = asked_page()
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        done_to_it = about(ref(one))
        asked = asked.of(count(session, done_to_it))
        events = history(
            session, done_to_it, current_permissions(), asked.offset, asked.size
        )
    return answer(
        "improvements/history/history.html", "list", one=one, events=events, page=asked
    )
