"""The editor of a draft: one card a question, all by plain forms."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.catalog.actions import scripts as actions
from app.catalog.actions.scripts import TypedScript
from app.catalog.queries.scripts import version
from app.catalog.rules.script_edit import fingerprint, to_of
from app.catalog.rules.script_outline import outline
from app.catalog.views.blueprint import bp
from app.core.errors import Conflict, Invalid, Refused
from app.core.htmx import answer, changed
from app.core.parts import parts
from app.models.catalog.words import ScriptState


@bp.get("/scripts/<int:script_id>/edit")
@requires("scripts")
def script_edit(script_id: int) -> Response:
    """Show the questions of a draft, each as a card."""
    return _show(script_id)


@bp.post("/scripts/<int:script_id>/questions")
@requires("scripts")
def script_question_new(script_id: int) -> AnyResponse:
    """Add a question."""
    text, help = request.form.get("text", ""), request.form.get("help", "")
    try:
        with acting() as act:
            key = actions.add_question(act, script_id, text, help)
    except Invalid as problem:
        return _show(script_id, status=422, problem=problem, new_text=text)
    return _changed(script_id, _("The question is added; now its answers."), key)


@bp.post("/scripts/<int:script_id>/questions/<string:key>")
@requires("scripts")
def script_question(script_id: int, key: str) -> AnyResponse:
    """Write a question with its answers, and move or remove one of them."""
    typed = _typed()
    try:
        with acting() as act:
            actions.write_question(
                act,
                script_id,
                key,
                typed,
                then=request.form.get("do", ""),
            )
    except (Conflict, Invalid) as problem:
        return _show(script_id, status=problem.status, problem=problem, key=key, typed=typed)
    return _changed(script_id, _("Saved."), key)


@bp.post("/scripts/<int:script_id>/questions/<string:key>/remove")
@requires("scripts")
def script_question_remove(script_id: int, key: str) -> AnyResponse:
    """Take a question out."""
    return _do(script_id, actions.remove_question, key, told=_("The question is removed."))


@bp.post("/scripts/<int:script_id>/questions/<string:key>/move")
@requires("scripts")
def script_question_move(script_id: int, key: str) -> AnyResponse:
    """Move a question up or down on the page."""
    steps = -1 if request.form.get("to") == "up" else 1
    return _do(script_id, actions.move_question, key, steps, told=_("The question is moved."))


@bp.post("/scripts/<int:script_id>/questions/<string:key>/start")
@requires("scripts")
def script_question_start(script_id: int, key: str) -> AnyResponse:
    """Ask this question first."""
    return _do(script_id, actions.start_with, key, told=_("That question is asked first now."))


def _do(
    script_id: int, action: Callable[..., Any], key: str, *values: Any, told: str
) -> AnyResponse:
    with acting() as act:
        action(act, script_id, key, *values)
    return _changed(script_id, told, key)


def _typed() -> TypedScript:
    said, to = request.form.getlist("answer"), request.form.getlist("to")
    answers = tuple(zip_longest(said, to, fillvalue=""))
    return TypedScript(
        request.form.get("text", ""),
        request.form.get("help", ""),
        answers,
        request.form.get("seen", ""),
    )


def _changed(script_id: int, sentence: str, key: str) -> AnyResponse:
    url = url_for("catalog.script_edit", script_id=script_id, _anchor=f"question-{key}")
    return changed(url, sentence, "catalog/script_edit.html", "script", **_context(script_id))


def _show(script_id: int, *, status: int = 200, **more: Any) -> Response:
    return answer(
        "catalog/script_edit.html", "script", status=status, **_context(script_id, **more)
    )


def _context(script_id: int, **more: Any) -> dict[str, Any]:
    with parts().database.read() as session:
        found = version(session, script_id)
    if found.state is not ScriptState.DRAFT:
        raise Refused(
            _("Version %(number)s never changes; copy it to a new draft.", number=found.number)
        )
    usual = {"problem": None, "key": "", "typed": None, "new_text": ""}
    return {
        **usual,
        "version": found,
        "drawn": outline(found.tree),
        "to_of": to_of,
        "fingerprint": fingerprint,
        **more,
    }
