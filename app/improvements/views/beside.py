"""What stands beside an improvement: findings, notes, costs and benefits."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.errors import NotFound, Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming, choices
from app.improvements.actions import beside, findings
from app.improvements.actions.beside import CostDraft, NoteDraft
from app.improvements.actions.findings import FindingDraft
from app.improvements.forms.beside import (
    CostForm,
    FindingChangeForm,
    FindingForm,
    ImprovementNoteForm,
)
from app.improvements.queries.pages_metric import (
    cost_and_improvement,
    finding_page,
    note_and_improvement,
    people_of,
)
from app.improvements.queries.register import get_improvement
from app.improvements.rules.finding import MOVES
from app.improvements.views.blueprint import bp, iteration_page_of, page_of
from app.models.improvements.words import FindingState


@bp.route("/improvements/<int:improvement_id>/findings/new", methods=["GET", "POST"])
@requires("improve")
def finding_new(improvement_id: int) -> AnyResponse:
    """Write down a finding of an improvement, of an iteration or of one participant."""
    iteration_id = request.args.get("iteration", type=int)
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        people = people_of(session, iteration_id) if iteration_id else []
    form = FindingForm()
    form.participation_id.choices = choices(
        [("", _("nobody in particular")), *((str(key), name) for key, name in people)]
    )
    back = iteration_page_of(iteration_id) if iteration_id else page_of(improvement_id)
    if form.validate_on_submit():
        values = form.values()
        person = values.pop("participation_id")
        with blaming(form):
            with acting() as act:
                findings.raise_finding(
                    act,
                    improvement_id,
                    FindingDraft(**values),
                    iteration_id=iteration_id,
                    participation_id=person,
                )
            return done(back, _("The finding is written down."))
    return answer(
        "improvements/finding_new.html", "form", form=form, one=one, back=back, people=people
    )


@bp.get("/findings/<int:finding_id>")
@requires("read")
def finding(finding_id: int) -> Response:
    """Show a finding and what can be done with it."""
    return _finding(finding_id)


@bp.post("/findings/<int:finding_id>/edit")
@requires("improve")
def finding_edit(finding_id: int) -> AnyResponse:
    """Describe a finding better, or weigh it differently."""
    form = FindingChangeForm()
    if form.validate_on_submit():
        values = form.values()
        reason = values.pop("reason")
        with blaming(form):
            with acting() as act:
                findings.change_finding(
                    act,
                    finding_id,
                    values,
                    reason=reason,
                )
            return done(
                url_for("improvements.finding", finding_id=finding_id), _("The finding is changed.")
            )
    return _finding(finding_id, form=form)


@bp.post("/findings/<int:finding_id>/move")
@requires("improve")
def finding_move(finding_id: int) -> AnyResponse:
    """Move a finding on: fixed, verified, accepted as a risk, or open again."""
    asked = {
        name: request.form.get(name, "").strip()[:2000] for name in ("to", "who", "why", "fix")
    }
    wanted = asked.pop("to")
    to = next((state for state in FindingState if state == wanted), None)
    if to is None:
        raise NotFound(_("There is no such state."))
    try:
        with acting() as act:
            findings.move_finding(act, finding_id, to, **asked)
    except Refused as error:
        return _finding(finding_id, problem=error, asked=asked)
    return done(
        url_for("improvements.finding", finding_id=finding_id),
        _("The finding is %(state)s.", state=to),
    )


@bp.route("/improvements/<int:improvement_id>/notes/new", methods=["GET", "POST"])
@requires("improve")
def note_new(improvement_id: int) -> AnyResponse:
    """Add a line beside an improvement: a lesson, a picture of a good day, a stakeholder, a
    link.
    """
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
    form = ImprovementNoteForm()
    back = page_of(improvement_id, "notes")
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                beside.add_note(
                    act,
                    improvement_id,
                    NoteDraft(**form.values()),
                )
            return done(back, _("Noted."))
    title = _("Add a note")
    return answer(
        "improvements/plain_form.html", "form", form=form, one=one, back=back, title=title, hint=""
    )


@bp.route("/notes/<int:note_id>", methods=["GET", "POST"])
@requires("improve")
def note(note_id: int) -> AnyResponse:
    """Correct a line beside an improvement."""
    with parts().database.read() as session:
        row, one = note_and_improvement(session, note_id)
    form = ImprovementNoteForm(obj=row)
    back = page_of(one.id, "notes")
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                beside.change_note(act, note_id, form.values())
            return done(back, _("The note is corrected."))
    title, hint = _("Correct a note"), _("The history keeps what it said before.")
    context: dict[str, Any] = {"one": one, "back": back, "title": title, "hint": hint}
    return answer("improvements/plain_form.html", "form", form=form, **context)


@bp.post("/notes/<int:note_id>/strike")
@requires("improve")
def note_strike(note_id: int) -> AnyResponse:
    """Strike a note out; earlier days still show it."""
    with acting() as act:
        note = beside.strike_note(act, note_id)
    return done(page_of(note.improvement_id, "notes"), _("Struck out; the history keeps it."))


@bp.route("/improvements/<int:improvement_id>/costs/new", methods=["GET", "POST"])
@requires("improve")
def cost_new(improvement_id: int) -> AnyResponse:
    """Add a cost, a benefit, a dis-benefit, or what doing nothing costs."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
    form = CostForm()
    back = page_of(improvement_id, "costs")
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                beside.add_cost(
                    act,
                    improvement_id,
                    CostDraft(**form.values()),
                )
            return done(back, _("Added."))
    hint = _("Every figure goes into the business case; the side says which way it counts.")
    title = _("Add a cost or a benefit")
    return answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=back,
        title=title,
        hint=hint,
    )


@bp.route("/costs/<int:cost_id>", methods=["GET", "POST"])
@requires("improve")
def cost(cost_id: int) -> AnyResponse:
    """Change a cost or a benefit, such as its actual figure once it is known."""
    with parts().database.read() as session:
        row, one = cost_and_improvement(session, cost_id)
    form = CostForm(obj=row)
    back = page_of(one.id, "costs")
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                beside.change_cost(act, cost_id, form.values())
            return done(back, _("Changed."))
    strike = url_for("improvements.cost_strike", cost_id=cost_id)
    context: dict[str, Any] = {
        "one": one,
        "back": back,
        "title": row.what,
        "hint": "",
        "strike": strike,
    }
    return answer("improvements/plain_form.html", "form", form=form, **context)


@bp.post("/costs/<int:cost_id>/strike")
@requires("improve")
def cost_strike(cost_id: int) -> AnyResponse:
    """Strike a cost or a benefit out; earlier days still show it."""
    with acting() as act:
        row = beside.strike_cost(act, cost_id)
    return done(page_of(row.improvement_id, "costs"), _("Struck out; the history keeps it."))


def _finding(
    finding_id: int,
    *,
    form: FindingChangeForm | None = None,
    problem: Refused | None = None,
    asked: dict[str, str] | None = None,
) -> Response:
    with parts().database.read() as session:
        page = finding_page(session, finding_id)
    form = form or FindingChangeForm(formdata=None, obj=page.finding)
    onward = MOVES.onward(page.finding.state)
    status = 409 if problem else 200
    return answer(
        "improvements/finding.html",
        "body",
        status=status,
        form=form,
        page=page,
        problem=problem,
        onward=onward,
        asked=asked or {},
    )
