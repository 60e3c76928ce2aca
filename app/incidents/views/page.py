"""One incident on one page."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming
from app.incidents.actions import working
from app.incidents.blueprint import bp, page_of
from app.incidents.forms.working import NoteForm, StepForm
from app.incidents.queries.page import incident_page
from app.incidents.queries.queue import standing_of
from app.incidents.rules.queue import reason


@bp.get("/desk/<int:incident_id>")
@requires("desk")
def incident(incident_id: int) -> Response:
    """Show an incident: restoration first, then everything else."""
    return show(incident_id)


@bp.post("/desk/<int:incident_id>/note")
@requires("desk")
def incident_note(incident_id: int) -> AnyResponse:
    """Write a note, or an answer the requester reads too."""
    form = NoteForm(prefix="note")
    with blaming(form):
        with acting() as act:
            working.note(
                act,
                incident_id,
                form.text.data or "",
                public=form.public.data,
            )
        return done(page_of(incident_id), _("Written down."))
    return show(incident_id, status=422, note=form)


@bp.post("/desk/<int:incident_id>/step")
@requires("desk")
def incident_step(incident_id: int) -> AnyResponse:
    """Write down what was tried."""
    form = StepForm(prefix="step")
    with blaming(form):
        with acting() as act:
            working.step(
                act,
                incident_id,
                form.text.data or "",
                form.level.data or 1,
            )
        return done(page_of(incident_id), _("The step is written down."))
    return show(incident_id, status=422, step=form)


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
