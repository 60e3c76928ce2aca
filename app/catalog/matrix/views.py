"""The priority matrix: shown, changed with a look at what that does, its versions."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import fresh, requires
from app.auth.acting import acting
from app.catalog.blueprint import bp
from app.catalog.matrix.actions import check, set_matrix
from app.catalog.matrix.queries import effect_of, matrix_versions
from app.catalog.matrix.rules import (
    IMPACTS,
    PRIORITIES,
    URGENCIES,
    Cells,
    breaks,
    differing,
)
from app.core.errors import Conflict, Invalid
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.words import give_words

give_words(bp, impact_words=IMPACTS)


@bp.get("/services/matrix")
@requires("read")
def matrix() -> Response:
    """Show the matrix in force and how it came about."""
    with parts().database.read() as session:
        versions = matrix_versions(session)
    return answer(
        "catalog/matrix/matrix.html",
        "body",
        versions=versions,
        current=versions[0],
        **_words(),
    )


@bp.get("/services/matrix/edit")
@requires("policy")
def matrix_edit() -> Response:
    """Change the matrix, beginning with the one in force or an earlier ``version``."""
    with parts().database.read() as session:
        versions = matrix_versions(session)
    asked = request.args.get("version", type=int)
    start = next((each for each in versions if each.id == asked), versions[0])
    return _form(start.cells, versions[0].id)


@bp.post("/services/matrix/edit")
@requires("policy")
@fresh
def matrix_set() -> AnyResponse:
    """See what other cells would do, or put them in force."""
    cells, reason = _typed(), request.form.get("reason", "")[:2000]
    began_at = request.form.get("began_at", type=int)
    try:
        if request.form.get("do") == "preview":
            check(cells)
            return _form(cells, began_at, reason=reason, preview=True)
        with acting() as act:
            set_matrix(
                act,
                cells,
                reason,
                began_at=began_at,
            )
    except (Invalid, Conflict) as problem:
        return _form(cells, began_at, reason=reason, problem=problem)
    return done(
        url_for("catalog.matrix"),
        _("The matrix is in force for every new classification."),
    )


def _typed() -> Cells:
    return [
        [
            request.form.get(f"cell-{impact}-{urgency}", 0, type=int)
            for urgency in range(1, 5)
        ]
        for impact in range(1, 5)
    ]


def _form(
    cells: Cells,
    began_at: int | None,
    *,
    reason: str = "",
    preview: bool = False,
    problem: Invalid | Conflict | None = None,
) -> Response:
    with parts().database.read() as session:
        current = matrix_versions(session)[0]
        effect = effect_of(session, cells) if preview else None
    bad = {(each.impact, each.urgency) for each in breaks(cells)}
    return answer(
        "catalog/matrix/matrix_edit.html",
        "form",
        status=problem.status if problem else 200,
        cells=cells,
        reason=reason,
        problem=problem,
        bad=bad,
        effect=effect,
        changed=differing(cells, current.cells),
        current=current,
        began_at=began_at
        if began_at is not None and not isinstance(problem, Conflict)
        else current.id,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"impacts": IMPACTS, "urgencies": URGENCIES, "priorities": PRIORITIES}
