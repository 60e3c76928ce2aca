"""Hand-overs: to another team, back for a missing fact, through the owner."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.incidents.actions import handing
from app.incidents.blueprint import bp
from app.incidents.deeds import Deed, ReasonForm, asked, done_at_once, typed_facts
from app.incidents.forms.handing import HandOverForm, SendBackForm

HAND_OVER = Deed(
    _("Hand over"),
    _("The next team starts with what you write here."),
    _("Hand over"),
    _("Handed over."),
    toned="reason",
    asks_facts=True,
)
SEND_BACK = Deed(
    _("Information insufficient"),
    _("It goes back to the team it came from, with the fact that is missing."),
    _("Send back"),
    _("Sent back for a missing fact."),
)
DECLINE = Deed(
    _("Leave it where it is"),
    _("Who asked for the hand-over reads your reason."),
    _("Leave it"),
    _("It stays where it is."),
)


@bp.route("/desk/<int:incident_id>/do/hand-over", methods=["GET", "POST"])
@requires("desk")
def incident_hand_over(incident_id: int) -> AnyResponse:
    """Hand it to another team, with a reason."""
    form = HandOverForm()
    return asked(
        incident_id,
        HAND_OVER,
        form,
        lambda act: handing.hand_over(
            act, incident_id, form.told(typed_facts()), began_at=form.began_at
        ),
    )


@bp.route("/desk/<int:incident_id>/do/send-back", methods=["GET", "POST"])
@requires("desk")
def incident_send_back(incident_id: int) -> AnyResponse:
    """Return it to the team it came from, naming the fact that is missing."""
    form = SendBackForm()
    return asked(
        incident_id,
        SEND_BACK,
        form,
        lambda act: handing.send_back(
            act,
            incident_id,
            form.fact.data or "",
            ask_always=form.ask_always.data,
            began_at=form.began_at,
        ),
    )


@bp.post("/desk/<int:incident_id>/now/confirm")
@requires("desk")
def incident_confirm(incident_id: int) -> AnyResponse:
    """Agree, as the owner, to the hand-over that was asked."""
    return done_at_once(
        incident_id,
        _("Handed over as asked."),
        lambda act: handing.confirm(act, incident_id),
    )


@bp.route("/desk/<int:incident_id>/do/decline", methods=["GET", "POST"])
@requires("desk")
def incident_decline(incident_id: int) -> AnyResponse:
    """Leave it, as the owner, where it is."""
    form = ReasonForm()
    return asked(
        incident_id,
        DECLINE,
        form,
        lambda act: handing.decline(act, incident_id, **form.values()),
    )
