"""Hand-overs, who is finally responsible, and work ordered from other teams."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.changes import one, word
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.words import give_words
from app.incidents.blueprint import bp, page_of
from app.incidents.deeds import Deed, ReasonForm, asked, done_at_once, typed_facts
from app.incidents.hands import actions, responsibility
from app.incidents.hands.forms import (
    AnswerOrderForm,
    HandOverForm,
    OrderForm,
    SendBackForm,
)
from app.models.incidents.incident import WorkOrder
from app.models.incidents.words import OrderState

give_words(
    bp,
    order_tones={
        OrderState.OPEN: "neutral",
        OrderState.ACCEPTED: "run",
        OrderState.DONE: "good",
        OrderState.REFUSED: "bad",
    },
)

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
    named = request.method == "GET" and "team_id" in request.args
    form = HandOverForm(request.args) if named else HandOverForm()
    return asked(
        incident_id,
        HAND_OVER,
        form,
        lambda act: actions.hand_over(
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
        lambda act: actions.send_back(
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
        lambda act: actions.confirm(act, incident_id),
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
        lambda act: actions.decline(act, incident_id, **form.values()),
    )


ORDER = Deed(
    _("Order work"),
    _("The team accepts, or refuses with a reason that goes to management."),
    _("Order it"),
    _("The work is ordered."),
)


@bp.post("/desk/<int:incident_id>/now/basics-failed")
@requires("desk")
def incident_basics_failed(incident_id: int) -> AnyResponse:
    """Say that basic troubleshooting failed: the owner of the service becomes responsible."""
    return done_at_once(
        incident_id,
        _("Noted. The page says who is finally responsible."),
        lambda act: responsibility.basics_failed(act, incident_id),
    )


@bp.post("/desk/<int:incident_id>/now/take-over")
@requires("desk")
def incident_take_over(incident_id: int) -> AnyResponse:
    """Take the responsibility upon oneself, as the present owner of the service."""
    return done_at_once(
        incident_id,
        _("You are finally responsible until it is restored."),
        lambda act: responsibility.take_over(act, incident_id),
    )


@bp.route("/desk/<int:incident_id>/do/order", methods=["GET", "POST"])
@requires("desk")
def incident_order(incident_id: int) -> AnyResponse:
    """Order work from another team, with a time."""
    form = OrderForm()
    return asked(
        incident_id,
        ORDER,
        form,
        lambda act: responsibility.order(
            act,
            incident_id,
            form.team_id.data,
            form.what.data or "",
            form.due_at.data or act.now,
            began_at=form.began_at,
        ),
    )


@bp.post("/work-orders/<int:order_id>/answer")
@requires("desk")
def order_answer(order_id: int) -> AnyResponse:
    """Accept a work order or say that it is done."""
    said = word(OrderState, request.form.get("answer", ""), "answer")
    with acting() as act:
        made = responsibility.answer_order(act, order_id, said)
    return done(
        page_of(made.incident_id), _("The work order is %(state)s.", state=said.value)
    )


@bp.route("/work-orders/<int:order_id>/refuse", methods=["GET", "POST"])
@requires("desk")
def order_refuse(order_id: int) -> AnyResponse:
    """Refuse a work order with a reason; management reads it."""
    form = AnswerOrderForm()
    if saved := posted(
        form,
        lambda act: responsibility.answer_order(
            act,
            order_id,
            OrderState.REFUSED,
            form.answer.data or "",
        ),
        lambda made: page_of(made.incident_id),
        _("Refused. Management was told."),
    ):
        return saved
    with parts().database.read() as session:
        order = one(session, WorkOrder, order_id)
    return answer("incidents/hands/refuse.html", "form", form=form, order=order)
