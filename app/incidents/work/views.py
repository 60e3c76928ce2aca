"""Work on an incident: take it, begin, assign it, wait."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.core.acting import Acting
from app.core.changes import one
from app.core.htmx import Undo
from app.incidents.blueprint import bp
from app.incidents.deeds import Deed, asked, done_at_once, undo_assigning
from app.incidents.work import actions
from app.incidents.work.forms import AssignForm, WaitForm
from app.models.incidents.incident import Incident

ASSIGN = Deed(
    _("Who works on it"),
    "",
    _("Assign"),
    _("Assigned."),
)
WAIT = Deed(
    _("Wait"),
    _("The clock of the whole time goes on; whose turn it is becomes visible."),
    _("Wait"),
    _("It waits."),
)


@bp.route("/desk/<int:incident_id>/do/assign", methods=["GET", "POST"])
@requires("desk")
def incident_assign(incident_id: int) -> AnyResponse:
    """Say who works on it."""
    form = AssignForm()
    return asked(
        incident_id,
        ASSIGN,
        form,
        lambda act: assigned(
            act, incident_id, form.agent.data or "", began_at=form.began_at
        ),
    )


@bp.post("/desk/<int:incident_id>/now/take")
@requires("desk")
def incident_take(incident_id: int) -> AnyResponse:
    """Work on it oneself."""
    return done_at_once(
        incident_id,
        _("It is yours."),
        lambda act: assigned(act, incident_id, act.by),
    )


def assigned(
    act: Acting, incident_id: int, agent: str, *, began_at: int | None = None
) -> Undo:
    """Give an incident to somebody; returns how it goes back, unless others were quicker."""
    before = one(act.session, Incident, incident_id).agent
    made = actions.assign(act, incident_id, agent, began_at=began_at)
    return undo_assigning(made, before)


@bp.post("/desk/<int:incident_id>/now/start")
@requires("desk")
def incident_start(incident_id: int) -> AnyResponse:
    """Begin to work on it."""
    return done_at_once(
        incident_id,
        _("You work on it now."),
        lambda act: actions.start(act, incident_id),
    )


@bp.route("/desk/<int:incident_id>/do/wait", methods=["GET", "POST"])
@requires("desk")
def incident_wait(incident_id: int) -> AnyResponse:
    """Wait for somebody, until a moment."""
    form = WaitForm()
    return asked(
        incident_id,
        WAIT,
        form,
        lambda act: actions.wait(
            act,
            incident_id,
            form.on.data,
            form.until.data or act.now,
            form.why.data or "",
            began_at=form.began_at,
        ),
    )
