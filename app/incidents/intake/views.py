"""Run the influence script of an incident's service once more; name another service."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.catalog.matrix.queries import current_matrix
from app.catalog.matrix.rules import UNSURE, arithmetic, priority_of
from app.catalog.scripts.queries import published_script
from app.catalog.scripts.rules import taken, walk
from app.core.changes import one
from app.core.errors import Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.incidents.blueprint import bp, page_of
from app.incidents.deeds import Deed, asked
from app.incidents.intake import actions
from app.incidents.intake.actions import assess
from app.incidents.intake.forms import ServiceForm
from app.models.catalog.service import Service
from app.models.incidents.incident import Incident


@bp.get("/desk/<int:incident_id>/assess")
@requires("desk")
def assess_again(incident_id: int) -> Response:
    """Ask the questions of the script, one at a time."""
    with parts().database.read() as session:
        scene = _scene(session, one(session, Incident, incident_id))
    return answer("incidents/intake/assess.html", "walk", **scene)


@bp.post("/desk/<int:incident_id>/assess")
@requires("desk")
def assess_set(incident_id: int) -> AnyResponse:
    """Take over what the answers say."""
    with acting() as act:
        incident = assess(
            act,
            incident_id,
            request.form.get("script_id", 0, type=int),
            taken(request.form.getlist("given")),
            began_at=request.form.get("revision", type=int),
        )
        told = arithmetic(incident.impact, incident.urgency, incident.priority)
    return done(
        page_of(incident_id),
        _("Assessed again: %(told)s.", told=told),
    )


def _scene(session: Session, incident: Incident) -> dict[str, Any]:
    script = (
        published_script(session, incident.service_id) if incident.service_id else None
    )
    if script is None or incident.service_id is None:
        raise Refused(
            _("The service has no influence script; its second line can write one.")
        )
    asked = request.args
    given = taken(
        asked.getlist("given"),
        asked.get("chosen", ""),
        keep=asked.get("keep", type=int),
    )
    urgency = one(session, Service, incident.service_id).urgency or UNSURE
    found = walk(script.content, given)
    after = found.impact and priority_of(current_matrix(session), found.impact, urgency)
    result = arithmetic(found.impact, urgency, after) + "." if after else ""
    return {
        "incident": incident,
        "script": script,
        "walk": found,
        "result": result,
        "after": after,
    }


SERVICE = Deed(
    _l("Another service"),
    _l("Urgency is that service's, so the priority is worked out anew."),
    _l("Change the service"),
    _l("The service is changed."),
)


@bp.route("/desk/<int:incident_id>/do/service", methods=["GET", "POST"])
@requires("desk")
def incident_service(incident_id: int) -> AnyResponse:
    """Say which service it really is."""
    form = ServiceForm()
    return asked(
        incident_id,
        SERVICE,
        form,
        lambda act: actions.change_service(
            act, incident_id, **form.values(), began_at=form.began_at
        ),
    )
