"""One improvement on one page, its history, and the small things done there: vote, next step,
edits.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_permissions, requires
from app.auth.acting import acting
from app.catalog.services.queries import service_names
from app.core.errors import NotFound
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.plain import ref
from app.core.trail import about, count, history
from app.core.web import asked_page, blaming, choices
from app.improvements.actions import register
from app.improvements.actions.edits import Overtaken
from app.improvements.forms.register import PARTS, NextStepForm
from app.improvements.queries.pages_improvement import base_of, improvement_page
from app.improvements.queries.pages_people import operators
from app.improvements.queries.register import get_improvement, titles
from app.improvements.views.blueprint import bp, page_of
from app.improvements.views.charts import figure_of
from app.improvements.views.joining import join_texts
from app.models.improvements.improvement import Improvement


@bp.get("/improvements/<int:improvement_id>")
@requires("read")
def improvement(improvement_id: int) -> Response:
    """Show one improvement on one page, step by step."""
    with parts().database.read() as session:
        page = improvement_page(
            session, improvement_id, parts().now().date(), current_permissions()
        )
    figures = [(series, figure_of(series, page.scene.first_start)) for series in page.scene.series]
    return answer("improvements/improvement.html", "body", page=page, figures=figures)


@bp.get("/improvements/<int:improvement_id>/history")
@requires("read")
def improvement_history(improvement_id: int) -> Response:
    """Show what was done to an improvement and everything in it, field by field."""
    asked = asked_page()
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        done_to_it = about(ref(one))
        asked = asked.of(count(session, done_to_it))
        events = history(session, done_to_it, current_permissions(), asked.offset, asked.size)
    return answer("improvements/history.html", "list", one=one, events=events, page=asked)


@bp.post("/improvements/<int:improvement_id>/vote")
@requires("read")
def improvement_vote(improvement_id: int) -> AnyResponse:
    """Wish that an improvement comes next, or take the wish back."""
    back = request.form.get("back")
    with acting() as act:
        (register.unvote if back else register.vote)(act, improvement_id)
    sentence = _("Your vote is taken back.") if back else _("You voted for this to come next.")
    return done(page_of(improvement_id), sentence)


@bp.route("/improvements/<int:improvement_id>/next", methods=["GET", "POST"])
@requires("improve")
def improvement_next(improvement_id: int) -> AnyResponse:
    """Say what happens next, who does it and until when."""
    with parts().database.read() as session:
        one, names = get_improvement(session, improvement_id), operators(session)
    form = NextStepForm(obj=one)
    if form.validate_on_submit():
        with blaming(form):
            what, who, due = form.next_what.data or "", form.next_who.data or "", form.next_due.data
            with acting() as act:
                register.set_next_step(
                    act,
                    improvement_id,
                    what,
                    who,
                    due,
                )
            return done(page_of(improvement_id), _("The next step is set."))
    return answer("improvements/next.html", "form", form=form, one=one, names=names)


@bp.route("/improvements/<int:improvement_id>/edit/<string:part>", methods=["GET", "POST"])
@requires("improve")
def improvement_edit(improvement_id: int, part: str) -> AnyResponse:
    """Change one part of an improvement; what others saved meanwhile is shown beside what was
    typed.
    """
    if part not in PARTS:
        raise NotFound(_("There is no such part."))
    with parts().database.read() as session:
        one, names = get_improvement(session, improvement_id), operators(session)
        above, services = titles(session, improvement_id), service_names(session)
    form = PARTS[part][0](obj=one)
    if "parent_id" in form:
        form.parent_id.choices = choices(
            [("", _("stands for itself")), *((str(key), name) for key, name in above)]
        )
    context: dict[str, Any] = {
        "form": form,
        "one": one,
        "part": part,
        "names": names,
        "question": PARTS[part][1],
    }
    context["services"] = services
    if form.validate_on_submit():
        try:
            with blaming(form):
                return _changed(improvement_id, form)
        except Overtaken as error:
            return _both(one, form, error, context)
    return answer("improvements/edit.html", "form", **context, theirs={})


def _changed(improvement_id: int, form: Any) -> AnyResponse:
    with acting() as act:
        register.change_improvement(act, improvement_id, form.values(), revision=form.began_at)
    return done(page_of(improvement_id), _("Saved."))


def _both(one: Improvement, form: Any, error: Overtaken, context: dict[str, Any]) -> Response:
    with parts().database.read() as session:
        base = base_of(session, one, list(form.values()), form.began_at or one.revision)
    theirs = join_texts(form, one, base, error)
    return answer(
        "improvements/edit.html", "form", status=409, **context, theirs=theirs, problem=error
    )
