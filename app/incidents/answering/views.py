"""It works again: said once, for the desk and for who reported it."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.core.acting import Acting
from app.core.changes import one
from app.core.parts import parts
from app.incidents.answering.actions import Reply, reply
from app.incidents.answering.queries import goes_to
from app.incidents.blueprint import bp
from app.incidents.deeds import Deed, asked
from app.incidents.restoration.actions import restore
from app.incidents.restoration.forms import RestoreForm
from app.models.incidents.incident import Incident

RESTORE = Deed(
    _("It works again"),
    _("Restored means: the requester can work. Closing comes later."),
    _("Restored"),
    _("Restored. It is closed when the requester agrees or does not object."),
)


@bp.route("/desk/<int:incident_id>/do/restore", methods=["GET", "POST"])
@requires("desk")
def incident_restore(incident_id: int) -> AnyResponse:
    """Say that the requester can work again, since when, and what did it; and tell them so."""
    with parts().database.read() as session:
        reached = goes_to(session, one(session, Incident, incident_id))
    form = RestoreForm(tell=gettext("It works again. Please tell us if it does not."))
    if reached is None:
        del form.tell
    return asked(
        incident_id, RESTORE, form, lambda act: _restored(act, incident_id, form)
    )


def _restored(act: Acting, incident_id: int, form: RestoreForm) -> None:
    restore(
        act,
        incident_id,
        form.what.data or "",
        at=form.at.data,
        cause=form.cause.data or "",
        began_at=form.began_at,
    )
    told = (form.tell.data or "").strip() if form.tell else ""
    if told:
        reply(act, incident_id, Reply(told))
