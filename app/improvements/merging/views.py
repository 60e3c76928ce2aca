"""Call an improvement a duplicate, or merge it into another after a look at what moves."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import posted
from app.core.htmx import Undo, answer
from app.core.parts import parts
from app.core.web.words import give_words
from app.improvements.blueprint import bp, page_of
from app.improvements.merging import actions
from app.improvements.merging.forms import DuplicateForm, MergeForm
from app.improvements.merging.queries import one_of_two, would_move
from app.improvements.merging.rules import merge_objections
from app.improvements.queries import get_improvement
from app.models.improvements.words import ImprovementState

give_words(
    bp,
    moving_words={
        "tasks": _l("tasks"),
        "comments": _l("comments"),
        "files": _l("files"),
        "notes": _l("notes"),
        "costs": _l("costs and benefits"),
        "asks": _l("requests to the sponsor"),
        "findings": _l("findings"),
        "metrics": _l("metrics with their values"),
        "rungs": _l("rungs with their people"),
        "complaints": _l("complaints"),
        "votes": _l("votes"),
        "incidents": _l("incidents, which keep both links"),
    },
)


@bp.route("/improvements/<int:improvement_id>/duplicate", methods=["GET", "POST"])
@requires("improve")
def improvement_duplicate(improvement_id: int) -> AnyResponse:
    """Say that an improvement asks for the same as another."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
    form = DuplicateForm()
    back = Undo(
        url_for("improvements.improvement_move", improvement_id=improvement_id),
        {"to": ImprovementState.RAISED.value},
    )
    return posted(
        form,
        lambda act: actions.mark_duplicate(
            act,
            improvement_id,
            form.other.data,
            why=form.why.data or "",
        ),
        page_of(improvement_id),
        _("It is marked as a duplicate; the other one says so too."),
        lambda _made: back,
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=page_of(improvement_id),
        title=_("A duplicate"),
        hint=one.title,
    )


@bp.route("/improvements/<int:improvement_id>/merge", methods=["GET", "POST"])
@requires("improve")
def improvement_merge(improvement_id: int) -> AnyResponse:
    """Make two improvements one: choose the other, see what moves, then do it."""
    form = MergeForm()
    sure = request.form.get("do") == "merge"
    if sure:
        merged = posted(
            form,
            lambda act: actions.merge(
                act,
                improvement_id,
                form.into.data,
            ),
            lambda into: page_of(into.id),
            _("Both are one now; the other one leads here."),
        )
        if merged:
            return merged
    chosen = form.into.data if not sure and form.validate_on_submit() else None
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        into = get_improvement(session, chosen) if chosen else None
        moving = would_move(session, improvement_id)
        against = (
            merge_objections(one_of_two(session, one), one_of_two(session, into))
            if into
            else ()
        )
    return answer(
        "improvements/merging/merge.html",
        "body",
        form=form,
        one=one,
        into=into,
        moving=moving,
        against=against,
    )
