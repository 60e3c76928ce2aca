"""An incident belongs to another service."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.incidents.actions import sorting
from app.incidents.blueprint import bp
from app.incidents.deeds import Deed, asked
from app.incidents.forms.sorting import ServiceForm

SERVICE = Deed(
    _("Another service"),
    _("Urgency is that service's, so the priority is worked out anew."),
    _("Change the service"),
    _("The service is changed."),
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
        lambda act: sorting.change_service(
            act, incident_id, **form.values(), began_at=form.began_at
        ),
    )
