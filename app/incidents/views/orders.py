"""Who is finally responsible; work is ordered and answered; presence is told."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires, unattended
from app.auth.acting import acting
from app.core.changes import one, word
from app.core.htmx import answer, done, wants_fragment
from app.core.parts import parts
from app.core.web import blaming
from app.incidents.actions import responsibility
from app.incidents.actions.presence import be_present
from app.incidents.blueprint import bp, page_of
from app.incidents.deeds import Deed, asked, done_at_once
from app.incidents.forms.handing import AnswerOrderForm, OrderForm
from app.incidents.queries.presence import present
from app.models.incidents.incident import Incident, WorkOrder
from app.models.incidents.words import Doing, OrderState

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
    return done(page_of(made.incident_id), _("The work order is %(state)s.", state=said.value))


@bp.route("/work-orders/<int:order_id>/refuse", methods=["GET", "POST"])
@requires("desk")
def order_refuse(order_id: int) -> AnyResponse:
    """Refuse a work order with a reason; management reads it."""
    form = AnswerOrderForm()
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                made = responsibility.answer_order(
                    act,
                    order_id,
                    OrderState.REFUSED,
                    form.answer.data or "",
                )
            return done(page_of(made.incident_id), _("Refused. Management was told."))
    with parts().database.read() as session:
        order = one(session, WorkOrder, order_id)
    return answer("incidents/refuse.html", "form", form=form, order=order)


@bp.post("/desk/<int:incident_id>/presence")
@unattended
@requires("desk")
def incident_presence(incident_id: int) -> AnyResponse:
    """Note that somebody has the page open, and tell who else has."""
    by, now = current_operator_name(), parts().now()
    doing = Doing.ANSWERING if request.form.get("doing") == Doing.ANSWERING.value else Doing.VIEWING
    with acting() as act:
        found = one(act.session, Incident, incident_id)
        be_present(act, incident_id, doing)
    if not wants_fragment():
        return done(page_of(incident_id))
    with parts().database.read() as session:
        others = present(session, incident_id, by, now)
    return answer(
        "incidents/incident.html",
        "presence",
        one=found,
        panels={"presence": others},
        doing=doing.value,
    )
