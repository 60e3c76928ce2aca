"""From an incident to an improvement."""

from __future__ import annotations

from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.htmx import done
from app.improvements.actions.incidents import improve_incident
from app.improvements.views.blueprint import bp, page_of


@bp.post("/desk/<int:incident_id>/improve")
@requires("desk")
def incident_improve(incident_id: int) -> AnyResponse:
    """Raise an improvement from an incident."""
    with acting() as act:
        made = improve_incident(act, incident_id)
    sentence = _("Raised; the words of the incident went along.")
    return done(page_of(made.id), sentence)
