"""Pages of influence scripts: whose there are, versions, writing, trying, publishing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.catalog.blueprint import bp
from app.catalog.matrix.queries import current_matrix
from app.catalog.scripts import actions
from app.catalog.scripts.actions import TypedScript
from app.catalog.scripts.bench import BenchLine, BenchOutcome, diff
from app.catalog.scripts.editing import fingerprint, outline, to_of
from app.catalog.scripts.queries import Version, asking, run_bench, version, versions
from app.catalog.scripts.rules import taken, walk
from app.core.errors import Conflict, Invalid, NotFound, Refused
from app.core.htmx import answer, changed, done
from app.core.parts import parts
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.paging import page_of_rows
from app.core.web.words import Look, give_words
from app.models.catalog.words import ScriptState

give_words(
    bp,
    script_looks={
        ScriptState.DRAFT: Look("warn", word=_l("A draft; nobody is asked this yet.")),
        ScriptState.PUBLISHED: Look("good", word=_l("This is asked now.")),
        ScriptState.REPLACED: Look(
            word=_l("An earlier version; it is kept and never changes.")
        ),
    },
)


@bp.get("/services/scripts")
@requires("read")
@remembered
def scripts() -> Response:
    """List the services with how far their scripts are."""
    with parts().database.read() as session:
        found = asking(session)
    words = request.args.get("q", "").strip()[:200]
    fitting = [each for each in found if words.casefold() in each.service.casefold()]
    page, rows = page_of_rows(fitting)
    listing = Listing("scripts", [ListFilter("q", _("Service"), words)], page)
    return listed("catalog/scripts/scripts.html", listing, services=found, lines=rows)


@bp.get("/services/<int:service_id>/scripts")
@requires("read")
def script_versions(service_id: int) -> Response:
    """List the versions of a service's script."""
    with parts().database.read() as session:
        service, found = versions(session, service_id)
    return answer(
        "catalog/scripts/script_versions.html",
        "body",
        service_id=service_id,
        service=service,
        versions=found,
    )


@bp.post("/services/<int:service_id>/scripts")
@requires("scripts")
def script_new(service_id: int) -> AnyResponse:
    """Begin a draft: a copy of a version, or of the one in force."""
    with acting() as act:
        made = actions.new_draft(
            act,
            service_id,
            copy_of=request.form.get("copy_of", type=int),
        )
    return done(
        url_for("catalog.script_edit", script_id=made.id), _("The draft is begun.")
    )


@bp.get("/scripts/<int:script_id>")
@requires("read")
def script(script_id: int) -> Response:
    """Show a version: its questions, its picture, what differs from the one in force."""
    with parts().database.read() as session:
        found = version(session, script_id)
        others = versions(session, found.service_id)[1]
    return answer(
        "catalog/scripts/script.html",
        "body",
        version=found,
        drawn=outline(found.tree),
        others=others,
    )


@bp.get("/scripts/<int:script_id>/differences")
@requires("read")
def script_differences(script_id: int) -> Response:
    """Say in words what differs between two versions; ``from`` is the older one, else the one in
    force.
    """
    with parts().database.read() as session:
        new = version(session, script_id)
        others = [
            each
            for each in versions(session, new.service_id)[1]
            if each.id != script_id
        ]
    old = _other(others, request.args.get("from", type=int))
    found = diff(old.tree, new.tree) if old else []
    return answer(
        "catalog/scripts/script_differences.html",
        "body",
        new=new,
        old=old,
        others=others,
        found=found,
    )


@bp.get("/scripts/<int:script_id>/bench")
@requires("scripts")
def script_bench(script_id: int) -> Response:
    """Run a version over the answers of the last incidents."""
    with parts().database.read() as session:
        found = version(session, script_id)
        lines = run_bench(session, found)
    return answer(
        "catalog/scripts/script_bench.html",
        "body",
        version=found,
        lines=lines,
        by_outcome=_by_outcome(lines),
    )


@bp.get("/scripts/<int:script_id>/try")
@requires("read")
def script_try(script_id: int) -> Response:
    """Walk through a version by hand; nothing is kept."""
    with parts().database.read() as session:
        found, cells = version(session, script_id), current_matrix(session)
    given = taken(
        request.args.getlist("given"),
        request.args.get("chosen", ""),
        keep=request.args.get("keep", type=int),
    )
    return answer(
        "catalog/scripts/script_try.html",
        "walk",
        version=found,
        walk=walk(found.tree, given),
        cells=cells,
    )


@bp.post("/scripts/<int:script_id>/publish")
@requires("scripts")
def script_publish(script_id: int) -> AnyResponse:
    """Put a draft in force."""
    with acting() as act:
        made = actions.publish(
            act,
            script_id,
            note=request.form.get("note", "")[:400],
            began_at=request.form.get("revision", type=int),
        )
    return done(
        _versions(made.service_id),
        _("Version %(number)s is asked from now on.", number=made.number),
    )


@bp.post("/scripts/<int:script_id>/discard")
@requires("scripts")
def script_discard(script_id: int) -> AnyResponse:
    """Throw a draft away."""
    with acting() as act:
        service_id = actions.discard(act, script_id)
    return done(_versions(service_id), _("The draft is gone."))


@bp.post("/scripts/<int:script_id>/revert")
@requires("scripts")
def script_revert(script_id: int) -> AnyResponse:
    """Go back to an earlier version."""
    with acting() as act:
        made = actions.revert(act, script_id)
    sentence = _(
        "%(note)s: it is asked as version %(number)s from now on.",
        note=made.note,
        number=made.number,
    )
    return done(_versions(made.service_id), sentence)


def _versions(service_id: int) -> str:
    return url_for("catalog.script_versions", service_id=service_id)


def _other(others: list[Version], asked: int | None) -> Version | None:
    if asked is None:
        return next(
            (each for each in others if each.state == "published"),
            others[0] if others else None,
        )
    found = next((each for each in others if each.id == asked), None)
    if found is None:
        raise NotFound(_("That version belongs to another service."))
    return found


def _by_outcome(lines: list[BenchLine]) -> dict[str, Any]:
    return {
        outcome.value: [line for line in lines if line.outcome is outcome]
        for outcome in BenchOutcome
    }


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
        return _show(
            script_id, status=problem.status, problem=problem, key=key, typed=typed
        )
    return _changed(script_id, _("Saved."), key)


@bp.post("/scripts/<int:script_id>/questions/<string:key>/remove")
@requires("scripts")
def script_question_remove(script_id: int, key: str) -> AnyResponse:
    """Take a question out."""
    return _do(
        script_id, actions.remove_question, key, told=_("The question is removed.")
    )


@bp.post("/scripts/<int:script_id>/questions/<string:key>/move")
@requires("scripts")
def script_question_move(script_id: int, key: str) -> AnyResponse:
    """Move a question up or down on the page."""
    steps = -1 if request.form.get("to") == "up" else 1
    return _do(
        script_id, actions.move_question, key, steps, told=_("The question is moved.")
    )


@bp.post("/scripts/<int:script_id>/questions/<string:key>/start")
@requires("scripts")
def script_question_start(script_id: int, key: str) -> AnyResponse:
    """Ask this question first."""
    return _do(
        script_id, actions.start_with, key, told=_("That question is asked first now.")
    )


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
    return changed(
        url,
        sentence,
        "catalog/scripts/script_edit.html",
        "script",
        **_context(script_id),
    )


def _show(script_id: int, *, status: int = 200, **more: Any) -> Response:
    return answer(
        "catalog/scripts/script_edit.html",
        "script",
        status=status,
        **_context(script_id, **more),
    )


def _context(script_id: int, **more: Any) -> dict[str, Any]:
    with parts().database.read() as session:
        found = version(session, script_id)
    if found.state is not ScriptState.DRAFT:
        raise Refused(
            _(
                "Version %(number)s never changes; copy it to a new draft.",
                number=found.number,
            )
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
