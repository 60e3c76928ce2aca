"""Influence scripts: whose there are, the versions of one, publish, compare, go back, the test
bench, try it.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.catalog.actions import scripts as actions
from app.catalog.queries.priority import current_matrix
from app.catalog.queries.scripts import Version, asking, run_bench, version, versions
from app.catalog.rules.script import taken, walk
from app.catalog.rules.script_bench import BenchLine, BenchOutcome
from app.catalog.rules.script_diff import diff
from app.catalog.rules.script_outline import outline
from app.catalog.views.blueprint import bp
from app.core.errors import NotFound
from app.core.htmx import answer, done
from app.core.parts import parts


@bp.get("/services/scripts")
@requires("read")
def scripts() -> Response:
    """List the services with how far their scripts are."""
    with parts().database.read() as session:
        found = asking(session)
    return answer("catalog/scripts.html", "body", services=found)


@bp.get("/services/<int:service_id>/scripts")
@requires("read")
def script_versions(service_id: int) -> Response:
    """List the versions of a service's script."""
    with parts().database.read() as session:
        service, found = versions(session, service_id)
    return answer(
        "catalog/script_versions.html",
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
    return done(url_for("catalog.script_edit", script_id=made.id), _("The draft is begun."))


@bp.get("/scripts/<int:script_id>")
@requires("read")
def script(script_id: int) -> Response:
    """Show a version: its questions, its picture, what differs from the one in force."""
    with parts().database.read() as session:
        found = version(session, script_id)
        others = versions(session, found.service_id)[1]
    return answer(
        "catalog/script.html", "body", version=found, drawn=outline(found.tree), others=others
    )


@bp.get("/scripts/<int:script_id>/differences")
@requires("read")
def script_differences(script_id: int) -> Response:
    """Say in words what differs between two versions; ``from`` is the older one, else the one in
    force.
    """
    with parts().database.read() as session:
        new = version(session, script_id)
        others = [each for each in versions(session, new.service_id)[1] if each.id != script_id]
    old = _other(others, request.args.get("from", type=int))
    found = diff(old.tree, new.tree) if old else []
    return answer(
        "catalog/script_differences.html", "body", new=new, old=old, others=others, found=found
    )


@bp.get("/scripts/<int:script_id>/bench")
@requires("scripts")
def script_bench(script_id: int) -> Response:
    """Run a version over the answers of the last incidents."""
    with parts().database.read() as session:
        found = version(session, script_id)
        lines = run_bench(session, found)
    return answer(
        "catalog/script_bench.html",
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
        "catalog/script_try.html", "walk", version=found, walk=walk(found.tree, given), cells=cells
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
            (each for each in others if each.state == "published"), others[0] if others else None
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
