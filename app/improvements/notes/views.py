"""Notes, costs and benefits: added, corrected, struck out."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.improvements.blueprint import bp, page_of
from app.improvements.notes import actions
from app.improvements.notes.actions import CostDraft, NoteDraft
from app.improvements.notes.forms import CostForm, ImprovementNoteForm
from app.improvements.notes.queries import cost_and_improvement, note_and_improvement
from app.improvements.queries import get_improvement


@bp.route("/improvements/<int:improvement_id>/notes/new", methods=["GET", "POST"])
@requires("improve")
def note_new(improvement_id: int) -> AnyResponse:
    """Add a line beside an improvement: a lesson, a picture of a good day, a stakeholder, a
    link.
    """
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
    form = ImprovementNoteForm(data={"happened_on": _asked_day()})
    back = page_of(improvement_id, "notes")
    if saved := posted(
        form,
        lambda act: actions.add_note(
            act,
            improvement_id,
            NoteDraft(**form.values()),
        ),
        back,
        _("Noted."),
        lambda made: Undo(url_for("improvements.note_strike", note_id=made.id)),
    ):
        return saved
    title = _("Add a note")
    return answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=back,
        title=title,
        hint="",
    )


@bp.route("/notes/<int:note_id>", methods=["GET", "POST"])
@requires("improve")
def note(note_id: int) -> AnyResponse:
    """Correct a line beside an improvement."""
    with parts().database.read() as session:
        row, one = note_and_improvement(session, note_id)
    form = ImprovementNoteForm(obj=row)
    back = page_of(one.id, "notes")
    if saved := posted(
        form,
        lambda act: actions.change_note(act, note_id, form.values()),
        back,
        _("The note is corrected."),
    ):
        return saved
    title, hint = _("Correct a note"), _("The history keeps what it said before.")
    context: dict[str, Any] = {"one": one, "back": back, "title": title, "hint": hint}
    return answer("improvements/plain_form.html", "form", form=form, **context)


@bp.post("/notes/<int:note_id>/strike")
@requires("improve")
def note_strike(note_id: int) -> AnyResponse:
    """Strike a note out; earlier days still show it."""
    with acting() as act:
        note = actions.strike_note(act, note_id)
    return done(
        page_of(note.improvement_id, "notes"), _("Struck out; the history keeps it.")
    )


@bp.route("/improvements/<int:improvement_id>/costs/new", methods=["GET", "POST"])
@requires("improve")
def cost_new(improvement_id: int) -> AnyResponse:
    """Add a cost, a benefit, a dis-benefit, or what doing nothing costs."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
    form = CostForm()
    back = page_of(improvement_id, "costs")
    if saved := posted(
        form,
        lambda act: actions.add_cost(
            act,
            improvement_id,
            CostDraft(**form.values()),
        ),
        back,
        _("Added."),
        lambda made: Undo(url_for("improvements.cost_strike", cost_id=made.id)),
    ):
        return saved
    hint = _(
        "Every figure goes into the business case; the side says which way it counts."
    )
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
    if saved := posted(
        form,
        lambda act: actions.change_cost(act, cost_id, form.values()),
        back,
        _("Changed."),
    ):
        return saved
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
        row = actions.strike_cost(act, cost_id)
    return done(
        page_of(row.improvement_id, "costs"), _("Struck out; the history keeps it.")
    )


def _asked_day() -> date | None:
    """Return the day a link to a new note names, such as that of a point of a chart."""
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None
