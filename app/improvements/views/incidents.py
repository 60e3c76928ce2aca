"""From an incident to an improvement."""

from __future__ import annotations

from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.core.htmx import done
from app.core.parts import parts
from app.improvements.actions.incidents import improve_incident
from app.improvements.views.blueprint import bp, page_of


@bp.post("/desk/<int:incident_id>/improve")
@requires("desk")
def incident_improve(incident_id: int) -> AnyResponse:
    """Raise an improvement from an incident."""
    with parts().database.write() as session:
        made = improve_incident(session, incident_id, by=current_operator_name(), now=parts().now())
    sentence = _("Raised; the words of the incident went along.")
    return done(page_of(made.id), sentence)
