"""It is over, it comes back; or it was none, or another one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.core.texts import row_number
from app.incidents.blueprint import bp
from app.incidents.deeds import Deed, ReasonForm, asked, done_at_once
from app.incidents.restoration import actions
from app.incidents.restoration.forms import MergeForm, ProblemForm

REOPEN = Deed(
    _("It does not work after all"),
    "",
    _("Reopen"),
    _("It is open again."),
)
CANCEL = Deed(
    _("Cancel the incident"),
    _("For what turned out to be none; the requester reads the reason."),
    _("Cancel the incident"),
    _("Cancelled."),
    kind="danger",
)
MERGE = Deed(
    _("Merge a duplicate"),
    _("Who reported it and all contacts go along into the other incident."),
    _("Merge"),
    _("Merged."),
    kind="danger",
)
PROBLEM = Deed(
    _("Problem behind it"),
    _("It works again; now the cause can be removed."),
    _("Keep it"),
    _("The problem is written down."),
)


@bp.post("/desk/<int:incident_id>/now/close")
@requires("desk")
def incident_close(incident_id: int) -> AnyResponse:
    """End what was restored."""
    return done_at_once(
        incident_id,
        _("Closed."),
        lambda act: actions.close(act, incident_id),
    )


@bp.route("/desk/<int:incident_id>/do/reopen", methods=["GET", "POST"])
@requires("desk")
def incident_reopen(incident_id: int) -> AnyResponse:
    """Say that it does not work after all."""
    form = ReasonForm()
    return asked(
        incident_id,
        REOPEN,
        form,
        lambda act: actions.reopen(
            act, incident_id, **form.values(), began_at=form.began_at
        ),
    )


@bp.route("/desk/<int:incident_id>/do/cancel", methods=["GET", "POST"])
@requires("desk")
def incident_cancel(incident_id: int) -> AnyResponse:
    """Cancel what turned out to be none."""
    form = ReasonForm()
    return asked(
        incident_id,
        CANCEL,
        form,
        lambda act: actions.cancel(
            act, incident_id, **form.values(), began_at=form.began_at
        ),
    )


@bp.route("/desk/<int:incident_id>/do/merge", methods=["GET", "POST"])
@requires("desk")
def incident_merge(incident_id: int) -> AnyResponse:
    """Merge a duplicate into another incident."""
    form = MergeForm()
    return asked(
        incident_id,
        MERGE,
        form,
        lambda act: actions.merge(
            act,
            incident_id,
            **{**form.values(), "into_id": row_number(form.into_id.data or "")},
            began_at=form.began_at,
        ),
    )


@bp.route("/desk/<int:incident_id>/do/problem", methods=["GET", "POST"])
@requires("desk")
def incident_problem(incident_id: int) -> AnyResponse:
    """Write down the cause to be removed."""
    form = ProblemForm()
    return asked(
        incident_id,
        PROBLEM,
        form,
        lambda act: actions.open_problem(act, incident_id, **form.values()),
    )
