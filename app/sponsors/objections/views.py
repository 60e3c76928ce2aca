"""Objections: their list, one of them, its answer."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting, posted
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import csv_answer
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import page_of_rows
from app.improvements.queries import get_improvement
from app.models.sponsors.words import ObjectionState
from app.sponsors.blueprint import bp
from app.sponsors.objections import actions
from app.sponsors.objections.actions import ObjectionDraft
from app.sponsors.objections.forms import AnswerObjectionForm, ObjectionForm
from app.sponsors.objections.queries import (
    ObjectionLine,
    may_answer,
    may_object,
    objection_lines,
    objection_page,
    objections_of,
)
from app.sponsors.objections.rules import rests_on
from app.sponsors.objections.told import HEAD, cells

FOLDER = "sponsors/objections/"


@bp.get("/objections")
@requires("stakeholders")
@remembered
def objections() -> Response:
    """List what was said against improvements."""
    with parts().database.read() as session:
        lines = objection_lines(session)
    chosen, asked = _narrowed(lines)
    page, rows = page_of_rows(chosen)
    return listed(
        FOLDER + "objections.html",
        Listing("objections", asked, page),
        lines=rows,
        one=None,
        csv=url_for("sponsors.objections_csv"),
        today=parts().now().date(),
    )


@bp.get("/improvements/<int:improvement_id>/objections")
@requires("stakeholders")
def objections_to(improvement_id: int) -> Response:
    """List what was said against one improvement."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        lines = objections_of(session, improvement_id)
    chosen, asked = _narrowed(lines)
    page, rows = page_of_rows(chosen)
    return listed(
        FOLDER + "objections.html",
        Listing("objections", asked, page),
        lines=rows,
        one=one,
        csv=url_for("sponsors.objections_csv", improvement=improvement_id),
        today=parts().now().date(),
    )


@bp.get("/objections.csv")
@requires("stakeholders")
def objections_csv() -> Response:
    """Hand out objections as a table, those to one improvement or all."""
    number = request.args.get("improvement", type=int)
    with parts().database.read() as session:
        lines = objections_of(session, number) if number else objection_lines(session)
    return csv_answer("objections.csv", HEAD, map(cells, lines))


@bp.route("/improvements/<int:improvement_id>/objections/new", methods=["GET", "POST"])
@requires("stakeholders")
def objection_new(improvement_id: int) -> AnyResponse:
    """Write down what was said against an improvement."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        holders = may_object(session, improvement_id)
    whose = request.args.get("stakeholder", type=int)
    data = {"stakeholder_id": whose, "owner": current_operator_name()}
    form = ObjectionForm(data=data)
    form.stakeholder_id.choices = holders
    return posted(
        form,
        lambda act: actions.add_objection(act, improvement_id, _draft(form)),
        lambda made: _page(made.id),
        _("Written down. It stands on Today when it is to be taken up."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=url_for("sponsors.objections_to", improvement_id=improvement_id),
        title=_("What was said against it"),
        hint=_("Write it down as it was said; a critic who is answered helps."),
    )


@bp.get("/objections/<int:objection_id>")
@requires("stakeholders")
def objection(objection_id: int) -> Response:
    """Show one objection, and what answered it."""
    return _show(objection_id)


@bp.route("/objections/<int:objection_id>/edit", methods=["GET", "POST"])
@requires("stakeholders")
def objection_edit(objection_id: int) -> AnyResponse:
    """Correct what was noted of an objection."""
    with parts().database.read() as session:
        page = objection_page(session, objection_id)
        one = get_improvement(session, page.one.improvement_id)
        holders = may_object(session, one.id)
    form = ObjectionForm(obj=page.one)
    form.stakeholder_id.choices = holders
    return posted(
        form,
        lambda act: actions.change_objection(act, objection_id, _draft(form)),
        _page(objection_id),
        _("Changed."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=_page(objection_id),
        title=_("Correct the objection"),
        hint=_("What was said stays in their words."),
    )


@bp.post("/objections/<int:objection_id>/answer")
@requires("stakeholders")
def objection_answer(objection_id: int) -> AnyResponse:
    """Answer it with what was measured, found, decided, or talked about."""
    form = _answer_form(objection_id)
    return posted(
        form,
        lambda act: actions.answer_objection(
            act, objection_id, rests_on(form.record.data or ""), form.answer.data or ""
        ),
        _page(objection_id),
        _("Answered."),
    ) or _show(objection_id, form)


@bp.post("/objections/<int:objection_id>/reopen")
@requires("stakeholders")
def objection_reopen(objection_id: int) -> AnyResponse:
    """Say that the answer did not hold."""
    with acting() as act:
        actions.reopen_objection(act, objection_id)
    return done(_page(objection_id), _("It is open again."))


@bp.post("/objections/<int:objection_id>/delete")
@requires("stakeholders")
def objection_delete(objection_id: int) -> AnyResponse:
    """Delete it for good."""
    with acting() as act:
        number = actions.delete_objection(act, objection_id)
    back = url_for("sponsors.objections_to", improvement_id=number)
    return done(back, _("Deleted for good, with everything that was noted."))


def _show(objection_id: int, form: AnswerObjectionForm | None = None) -> Response:
    with parts().database.read() as session:
        page = objection_page(session, objection_id)
    return answer(
        FOLDER + "objection.html",
        "body",
        page=page,
        form=form or _answer_form(objection_id),
        today=parts().now().date(),
    )


def _answer_form(objection_id: int) -> AnswerObjectionForm:
    with parts().database.read() as session:
        page = objection_page(session, objection_id)
        records = may_answer(session, page.one.improvement_id)
    form = AnswerObjectionForm()
    form.record.choices = records
    return form


def _page(objection_id: int) -> str:
    return url_for("sponsors.objection", objection_id=objection_id)


def _draft(form: ObjectionForm) -> ObjectionDraft:
    return ObjectionDraft(**form.values())


def _narrowed(
    lines: list[ObjectionLine],
) -> tuple[list[ObjectionLine], list[ListFilter]]:
    """Return the lines that fit what is asked, and what can be asked."""
    text, state = (request.args.get(name, "").strip() for name in ("text", "state"))
    states = [(one.value, _(one.value)) for one in ObjectionState]
    filters = [
        ListFilter("text", _("Words"), text[:200]),
        ListFilter("state", _("State"), state, with_any(states, _("any"))),
    ]
    fitting = [
        line
        for line in lines
        if line.fits(text[:200]) and state in ("", line.row.state)
    ]
    return fitting, filters
