"""Visits: their list with sites nobody went to, one of them, what was heard."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting, posted
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import page_of_rows
from app.models.sponsors.words import VisitState
from app.sponsors.blueprint import bp
from app.sponsors.visits import actions
from app.sponsors.visits.actions import HeardDraft, VisitDraft
from app.sponsors.visits.forms import HeardForm, HeldForm, VisitForm
from app.sponsors.visits.queries import (
    USUAL_DAYS,
    may_be_visited,
    not_visited,
    visit_page,
    visits_known,
)

FOLDER = "sponsors/visits/"
LONGEST = 3_650


@bp.get("/visits")
@requires("stakeholders")
@remembered
def visits() -> Response:
    """List visits, planned and held, and the sites nobody went to for long."""
    text, state = (request.args.get(name, "").strip() for name in ("text", "state"))
    days = min(max(request.args.get("days", USUAL_DAYS, type=int), 1), LONGEST)
    with parts().database.read() as session:
        known = visits_known(session)
        silent = not_visited(session, parts().now().date(), days)
    fitting = [
        one
        for one in known
        if state in ("", one.state)
        and text.lower() in f"{one.whom} {one.owner} {one.why} {one.heard}".lower()
    ]
    states = [(one.value, _(one.value)) for one in VisitState]
    page, rows = page_of_rows(fitting)
    filters = [
        ListFilter("text", _("Words"), text[:200]),
        ListFilter("state", _("State"), state, with_any(states, _("any"))),
    ]
    return listed(
        FOLDER + "visits.html",
        Listing("visits", filters, page),
        rows=rows,
        silent=silent,
        days=days,
        today=parts().now().date(),
    )


@bp.route("/visits/new", methods=["GET", "POST"])
@requires("stakeholders")
def visit_new() -> AnyResponse:
    """Plan a visit."""
    begun = {
        "owner": current_operator_name(),
        "site_id": request.args.get("site", type=int),
        "stakeholder_id": request.args.get("stakeholder", type=int),
    }
    form = _form(VisitForm(data=begun))
    return posted(
        form,
        lambda act: actions.plan_visit(act, VisitDraft(**form.values())),
        lambda made: _page(made.id),
        _("Planned. It stands on Today when it is due."),
    ) or answer(
        FOLDER + "visit_form.html", "form", form=form, back=url_for("sponsors.visits")
    )


@bp.get("/visits/<int:visit_id>")
@requires("stakeholders")
def visit(visit_id: int) -> Response:
    """Show one visit, what was heard and what it became."""
    return _show(visit_id)


@bp.route("/visits/<int:visit_id>/edit", methods=["GET", "POST"])
@requires("stakeholders")
def visit_edit(visit_id: int) -> AnyResponse:
    """Move a planned visit, or say it better."""
    with parts().database.read() as session:
        page = visit_page(session, visit_id)
    form, back = _form(VisitForm(obj=page.one)), _page(visit_id)
    return posted(
        form,
        lambda act: actions.change_visit(act, visit_id, VisitDraft(**form.values())),
        back,
        _("Changed."),
    ) or answer(FOLDER + "visit_form.html", "form", form=form, back=back)


@bp.post("/visits/<int:visit_id>/hold")
@requires("stakeholders")
def visit_hold(visit_id: int) -> AnyResponse:
    """Note that it was held, and what was heard."""
    form = HeldForm(prefix="held")
    return posted(
        form,
        lambda act: actions.hold_visit(
            act, visit_id, form.day.data, form.heard.data or ""
        ),
        _page(visit_id),
        _("Noted."),
    ) or _show(visit_id, held=form)


@bp.post("/visits/<int:visit_id>/heard")
@requires("stakeholders")
def visit_heard(visit_id: int) -> AnyResponse:
    """Let something that was heard become a finding, an objection or a task."""
    form = HeardForm()
    return posted(
        form,
        lambda act: actions.add_heard(act, visit_id, HeardDraft(**form.values())),
        _page(visit_id),
        _("Noted."),
    ) or _show(visit_id, heard=form)


@bp.post("/visits/<int:visit_id>/cancel")
@requires("stakeholders")
def visit_cancel(visit_id: int) -> AnyResponse:
    """Say that it does not take place."""
    with acting() as act:
        actions.cancel_visit(act, visit_id)
    return done(_page(visit_id), _("Cancelled."))


@bp.post("/visits/<int:visit_id>/delete")
@requires("stakeholders")
def visit_delete(visit_id: int) -> AnyResponse:
    """Delete it for good."""
    with acting() as act:
        actions.delete_visit(act, visit_id)
    there = url_for("sponsors.visits")
    return done(there, _("Deleted for good, with everything that was noted."))


def _show(visit_id: int, **sent: Any) -> Response:
    with parts().database.read() as session:
        page = visit_page(session, visit_id)
    forms: dict[str, Any] = {
        "held": HeldForm(formdata=None, prefix="held"),
        "heard": HeardForm(formdata=None, data={"owner": current_operator_name()}),
    }
    return answer(FOLDER + "visit.html", "body", page=page, **forms | sent)


def _form(form: VisitForm) -> VisitForm:
    with parts().database.read() as session:
        form.stakeholder_id.choices = may_be_visited(session)
    return form


def _page(visit_id: int) -> str:
    return url_for("sponsors.visit", visit_id=visit_id)
