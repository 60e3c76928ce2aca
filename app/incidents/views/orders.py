"""Work orders are answered; presence is told."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires, unattended
from app.core.changes import one, word
from app.core.htmx import answer, done, wants_fragment
from app.core.parts import parts
from app.core.web import blaming
from app.incidents.actions import responsibility
from app.incidents.actions.presence import be_present
from app.incidents.forms.deeds import AnswerOrderForm
from app.incidents.queries.presence import present
from app.incidents.views.blueprint import bp
from app.incidents.views.page import page_of
from app.models.incidents.incident import Incident, WorkOrder
from app.models.incidents.words import Doing, OrderState


@bp.post("/work-orders/<int:order_id>/answer")
@requires("desk")
def order_answer(order_id: int) -> AnyResponse:
    """Accept a work order or say that it is done."""
    said = word(OrderState, request.form.get("answer", ""), "answer")
    with parts().database.write() as session:
        made = responsibility.answer_order(
            session, order_id, said, by=current_operator_name(), now=parts().now()
        )
    return done(page_of(made.incident_id), _("The work order is %(state)s.", state=said.value))


@bp.route("/work-orders/<int:order_id>/refuse", methods=["GET", "POST"])
@requires("desk")
def order_refuse(order_id: int) -> AnyResponse:
    """Refuse a work order with a reason; management reads it."""
    form = AnswerOrderForm()
    if form.validate_on_submit():
        with blaming(form):
            with parts().database.write() as session:
                made = responsibility.answer_order(
                    session,
                    order_id,
                    OrderState.REFUSED,
                    form.answer.data or "",
                    by=current_operator_name(),
                    now=parts().now(),
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
    with parts().database.write() as session:
        found = one(session, Incident, incident_id)
        be_present(session, incident_id, doing, by=by, now=now)
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
