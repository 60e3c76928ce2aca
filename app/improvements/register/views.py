"""Raise an improvement, change a part of it, vote."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.catalog.services.queries import service_names
from app.core.errors import NotFound
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.core.web import blaming
from app.improvements.blueprint import back_to, bp, focused, page_of, step_of
from app.improvements.history.actions import Overtaken
from app.improvements.history.joining import join_texts
from app.improvements.history.queries import base_of
from app.improvements.queries import get_improvement
from app.improvements.register import actions
from app.improvements.register.actions import improve_incident, raise_improvement
from app.improvements.register.forms import PARTS, RaiseForm
from app.improvements.register.places import todo_url
from app.models.improvements.improvement import Improvement

bp.add_app_template_global(todo_url, "todo_url")


@bp.route("/improvements/new", methods=["GET", "POST"])
@requires("read")
def improvement_new() -> AnyResponse:
    """Raise an improvement; one sentence is enough."""
    form = RaiseForm()
    return posted(
        form,
        lambda act: raise_improvement(act, form.title.data),
        lambda made: page_of(made.id),
        _("Raised. Complete it when you like; nobody waits for it."),
    ) or answer("improvements/register/new.html", "form", form=form)


@bp.post("/improvements/<int:improvement_id>/vote")
@requires("read")
def improvement_vote(improvement_id: int) -> AnyResponse:
    """Wish that an improvement comes next, or take the wish back."""
    back = request.form.get("back")
    with acting() as act:
        (actions.unvote if back else actions.vote)(act, improvement_id)
    sentence = (
        _("Your vote is taken back.") if back else _("You voted for this to come next.")
    )
    opposite = {} if back else {"back": "1"}
    undo = Undo(
        url_for("improvements.improvement_vote", improvement_id=improvement_id),
        opposite,
    )
    return done(page_of(improvement_id), sentence, undo=undo)


@bp.route(
    "/improvements/<int:improvement_id>/edit/<string:part>", methods=["GET", "POST"]
)
@requires("improve")
def improvement_edit(improvement_id: int, part: str) -> AnyResponse:
    """Change one part of an improvement; what others saved meanwhile is shown beside what was
    typed.
    """
    if part not in PARTS:
        raise NotFound(_("There is no such part."))
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        services = service_names(session)
    form = PARTS[part][0](obj=one)
    focused(form)
    context: dict[str, Any] = {
        "form": form,
        "one": one,
        "part": part,
        "question": PARTS[part][1],
    }
    context["services"] = services
    if form.validate_on_submit():
        try:
            with blaming(form):
                return _changed(improvement_id, part, form)
        except Overtaken as error:
            return _both(one, form, error, context)
    return answer("improvements/register/edit.html", "form", **context, theirs={})


def _changed(improvement_id: int, part: str, form: Any) -> AnyResponse:
    with acting() as act:
        actions.change_improvement(
            act, improvement_id, form.values(), revision=form.began_at
        )
    return done(back_to(step_of(improvement_id, part)), _("Saved."))


def _both(
    one: Improvement, form: Any, error: Overtaken, context: dict[str, Any]
) -> Response:
    with parts().database.read() as session:
        base = base_of(session, one, list(form.values()), form.began_at or one.revision)
    theirs = join_texts(form, one, base, error)
    return answer(
        "improvements/register/edit.html",
        "form",
        status=409,
        **context,
        theirs=theirs,
        problem=error,
    )


@bp.post("/desk/<int:incident_id>/improve")
@requires("desk")
def incident_improve(incident_id: int) -> AnyResponse:
    """Raise an improvement from an incident."""
    with acting() as act:
        made = improve_incident(act, incident_id)
    sentence = _("Raised; the words of the incident went along.")
    return done(page_of(made.id), sentence)
