"""One incident on one page."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from app.auth import current_operator_name, requires
from app.core.htmx import answer
from app.core.parts import parts
from app.incidents.forms.deeds import NoteForm, StepForm
from app.incidents.queries.page import incident_page
from app.incidents.queries.queue import standing_of
from app.incidents.rules.queue import reason
from app.incidents.views.blueprint import bp


@bp.get("/desk/<int:incident_id>")
@requires("desk")
def incident(incident_id: int) -> Response:
    """Show an incident: restoration first, then everything else."""
    return show(incident_id)


def show(
    incident_id: int, block: str = "body", *, status: int = 200, told: str = "", **given: Any
) -> Response:
    """Answer with the page of an incident, or for htmx a block of it.

    ``given`` reaches the templates as ``given``: a form with its errors and what was typed, by the
    section's name.
    """
    viewer, now = current_operator_name(), parts().now()
    with parts().database.read() as session:
        page = incident_page(session, incident_id, viewer, now)
    given.setdefault("note", NoteForm(formdata=None, prefix="note"))
    given.setdefault("step", StepForm(formdata=None, prefix="step"))
    return answer(
        "incidents/incident.html",
        block,
        status=status,
        told=told,
        page=page,
        one=page.one,
        panels=page.panels,
        given=given,
        why=reason(standing_of(page.one), now),
        doing="viewing",
    )


def page_of(incident_id: int) -> str:
    """Return the address of an incident's page."""
    return url_for("incidents.incident", incident_id=incident_id)
