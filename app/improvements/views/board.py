"""The backlog as a board, and moving over it: by drag and drop, menu and keys, all through one
rule.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.errors import NotFound, Refused
from app.core.htmx import answer, changed, done, wants_fragment
from app.core.parts import parts
from app.improvements.actions import register
from app.improvements.actions.register import NotSpent
from app.improvements.forms.register import MoveForm
from app.improvements.queries.pages_board import board
from app.improvements.queries.pages_move import MoveWanted, wanted_move
from app.improvements.views.blueprint import bp, page_of
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementState


@bp.get("/improvements")
@requires("read")
def index() -> Response:
    """Show the backlog as a board."""
    return answer("improvements/index.html", "board", **_board())


@bp.route("/improvements/<int:improvement_id>/move", methods=["GET", "POST"])
@requires("improve")
def improvement_move(improvement_id: int) -> AnyResponse:
    """Move an improvement to another column; what stands in the way is listed, and a reason can be
    given.
    """
    form = MoveForm(to=request.values.get("to", ""))
    if not form.validate_on_submit():
        return _ask(improvement_id, form)
    try:
        moved = _moved(improvement_id, form)
    except Refused as error:
        return _ask(improvement_id, form, error)
    sentence = _("“%(title)s” is %(state)s.", title=moved.title, state=moved.state)
    if request.form.get("from") == "board":
        return changed(
            url_for("improvements.index"), sentence, "improvements/index.html", "board", **_board()
        )
    return done(page_of(improvement_id), sentence)


def asked_state(text: str) -> ImprovementState:
    """Return the state named by a form. Raises ``NotFound`` for another word."""
    try:
        return ImprovementState(text)
    except ValueError:
        raise NotFound(_("There is no such column.")) from None


def _board() -> dict[str, Any]:
    here = parts()
    with here.database.read() as session:
        return {"board": board(session, here.now().date(), here.settings.wip_limit)}


def _moved(improvement_id: int, form: MoveForm) -> Improvement:
    to = asked_state(form.to.data)
    left = NotSpent(form.not_spent.data or 0, form.not_spent_unit.data or "")
    with acting() as act:
        return register.move(
            act,
            improvement_id,
            to,
            reason=form.reason.data or "",
            not_spent=left,
            wip_limit=parts().settings.wip_limit,
        )


def _ask(improvement_id: int, form: MoveForm, problem: Refused | None = None) -> AnyResponse:
    """Show what stands in the way of a move, with a field for the reason; a card that was dropped
    leads here.
    """
    to = asked_state(form.to.data)
    if wants_fragment() and request.form.get("from") == "board":
        # The board has no place for the question, so it is asked on its own page.
        return done(
            url_for("improvements.improvement_move", improvement_id=improvement_id, to=to.value)
        )
    with parts().database.read() as session:
        found: MoveWanted = wanted_move(
            session, improvement_id, to, parts().now().date(), parts().settings.wip_limit
        )
    tried = problem is not None and bool((form.reason.data or "").strip())
    status = 409 if problem else 200
    return answer(
        "improvements/move.html", "body", status=status, form=form, wanted=found, tried=tried, to=to
    )
