"""Notes, costs and benefits: added, corrected, struck out."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.improvements.blueprint import back_to, bp, page_of
from app.improvements.notes import actions
from app.improvements.notes.actions import CostDraft, NoteDraft
from app.improvements.notes.forms import FORMS, CostForm, typed_note
from app.improvements.notes.queries import cost_and_improvement, note_and_improvement
from app.improvements.queries import get_improvement
from app.models.improvements.words import ImprovementNoteKind

NOTE_PLACES = {
    ImprovementNoteKind.PICTURE: "pictures",
    ImprovementNoteKind.STAKEHOLDER: "stakeholders",
    ImprovementNoteKind.VOLUNTEER: "volunteers",
    ImprovementNoteKind.PRESENTATION: "presentations",
    ImprovementNoteKind.PRACTICE: "practices",
    ImprovementNoteKind.ARTICLE: "articles",
    ImprovementNoteKind.SUCCESS: "successes",
    ImprovementNoteKind.LINK: "links",
    ImprovementNoteKind.LEARN: "lessons",
    ImprovementNoteKind.UNLEARN: "lessons",
}
"""The part of the page of an improvement on which notes of a kind stand."""
NOTE_ADDS = {
    ImprovementNoteKind.PICTURE: _l("A picture of a good day"),
    ImprovementNoteKind.STAKEHOLDER: _l("A stakeholder"),
    ImprovementNoteKind.VOLUNTEER: _l("A volunteer"),
    ImprovementNoteKind.PRESENTATION: _l("A presentation"),
    ImprovementNoteKind.PRACTICE: _l("A practice"),
    ImprovementNoteKind.ARTICLE: _l("An article"),
    ImprovementNoteKind.SUCCESS: _l("A success"),
    ImprovementNoteKind.LINK: _l("Something to learn from"),
    ImprovementNoteKind.LEARN: _l("A lesson"),
    ImprovementNoteKind.UNLEARN: _l("A lesson"),
}


@bp.route("/improvements/<int:improvement_id>/notes/new", methods=["GET", "POST"])
@requires("improve")
def note_new(improvement_id: int) -> AnyResponse:
    """Write down what stands beside an improvement; a lesson unless a kind is said."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
    kind = _asked_kind()
    form = FORMS[kind](data={"happened_on": _asked_day(), "kind": kind.value})
    back = page_of(improvement_id, NOTE_PLACES[kind])
    if saved := posted(
        form,
        lambda act: actions.add_note(act, improvement_id, NoteDraft(**form.note())),
        back,
        _("Noted."),
        lambda made: Undo(url_for("improvements.note_strike", note_id=made.id)),
    ):
        return saved
    context = {"one": one, "back": back, "title": NOTE_ADDS[kind], "hint": ""}
    return answer("improvements/plain_form.html", "form", form=form, **context)


@bp.route("/notes/<int:note_id>", methods=["GET", "POST"])
@requires("improve")
def note(note_id: int) -> AnyResponse:
    """Correct what stands beside an improvement, in the form of its kind."""
    with parts().database.read() as session:
        row, one = note_and_improvement(session, note_id)
    form = FORMS[row.kind](data=typed_note(row))
    back = page_of(one.id, NOTE_PLACES[row.kind])
    if saved := posted(
        form,
        lambda act: actions.change_note(act, note_id, form.note()),
        back,
        _("The note is corrected."),
    ):
        return saved
    hint = _("The history keeps what it said before.")
    context = {"one": one, "back": back, "title": NOTE_ADDS[row.kind], "hint": hint}
    return answer("improvements/plain_form.html", "form", form=form, **context)


@bp.post("/notes/<int:note_id>/strike")
@requires("improve")
def note_strike(note_id: int) -> AnyResponse:
    """Strike a note out; earlier days still show it."""
    with acting() as act:
        note = actions.strike_note(act, note_id)
    return done(
        page_of(note.improvement_id, NOTE_PLACES[note.kind]),
        _("Struck out; the history keeps it."),
    )


@bp.route("/improvements/<int:improvement_id>/costs/new", methods=["GET", "POST"])
@requires("improve")
def cost_new(improvement_id: int) -> AnyResponse:
    """Add a cost, a benefit, a dis-benefit, or what doing nothing costs."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
    form = CostForm()
    back = back_to(page_of(improvement_id, "costs"))
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


def _asked_kind() -> ImprovementNoteKind:
    """Return the kind a link to a new note names; a lesson unless it names one."""
    asked = request.args.get("kind", "")
    known = (kind for kind in ImprovementNoteKind if kind.value == asked)
    return next(known, ImprovementNoteKind.LEARN)


def _asked_day() -> date | None:
    """Return the day a link to a new note names, such as that of a point of a chart."""
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None
