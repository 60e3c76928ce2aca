"""What management has to take note of."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import posted
from app.core.htmx import answer
from app.core.parts import parts
from app.incidents.blueprint import bp
from app.incidents.clocks import actions
from app.incidents.clocks.forms import ManagementNoteForm
from app.incidents.clocks.queries import escalation_lines, order_lines


@bp.get("/desk/management")
@requires("desk")
def management() -> Response:
    """Show what management was told and has not answered."""
    return _shown(0, None)


@bp.post("/desk/management/<int:escalation_id>/note")
@requires("policy")
def management_note(escalation_id: int) -> AnyResponse:
    """Take note of an escalation, with what is done about it."""
    form = ManagementNoteForm()
    return posted(
        form,
        lambda act: actions.take_note(
            act,
            escalation_id,
            form.answer.data,
        ),
        url_for("incidents.management"),
        _("Noted; the answer stands with the incident."),
    ) or _shown(escalation_id, form)


def _shown(escalation_id: int, form: ManagementNoteForm | None) -> Response:
    with parts().database.read() as session:
        lines, noted = escalation_lines(session), escalation_lines(session, noted=True)
        orders = order_lines(session, parts().now())
    return answer(
        "incidents/clocks/management.html",
        "body",
        status=422 if form and form.errors else 200,
        lines=lines,
        noted=noted,
        orders=orders,
        wrong_id=escalation_id,
        wrong=form,
    )
