"""Articles of an incident: made from it, used in it; and the figures of that."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.incidents.articles import actions, queries
from app.incidents.blueprint import bp, page_of


@bp.post("/desk/<int:incident_id>/article")
@requires("desk")
def article_make(incident_id: int) -> AnyResponse:
    """Make an article of an incident."""
    with acting() as act:
        made = actions.article_from(act, incident_id)
    sentence = _(
        "Made from the incident. Read it over; names of people do not belong in it."
    )
    return done(url_for("knowledge.article_edit", article_id=made.id), sentence)


@bp.post("/desk/<int:incident_id>/articles")
@requires("desk")
def article_use(incident_id: int) -> AnyResponse:
    """Say that an article helped."""
    article_id = request.form.get("article_id", 0, type=int)
    with acting() as act:
        used = actions.use_article(act, incident_id, article_id)
    told = _("“%(title)s” helped.", title=used.title)
    return done(page_of(incident_id), told, undo=_unlink(used.use_id))


@bp.post("/desk/articles/<int:use_id>/remove")
@requires("desk")
def article_unlink(use_id: int) -> AnyResponse:
    """Take the link of an article away."""
    with acting() as act:
        gone = actions.unlink_article(act, use_id)
    return done(
        page_of(gone.incident_id),
        _("The article is not linked any more."),
        undo=_use_again(gone.incident_id, gone.article_id) if gone.used else None,
    )


def _unlink(use_id: int | None) -> Undo | None:
    if use_id is None:
        return None
    return Undo(url_for("incidents.article_unlink", use_id=use_id))


def _use_again(incident_id: int, article_id: int) -> Undo:
    again = url_for("incidents.article_use", incident_id=incident_id)
    return Undo(again, {"article_id": article_id})


@bp.get("/knowledge/figures")
@requires("desk")
def article_figures() -> Response:
    """Show how knowledge is used, each figure with what it counts."""
    with parts().database.read() as session:
        figures = queries.article_figures(session, parts().now())
    return answer(
        "incidents/articles/article_figures.html",
        "body",
        figures=figures,
        stands=figures.stands,
    )
