"""Comments: read on the page of their improvement, said, changed, taken back."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting, posted
from app.core.changes import one
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import asked_page
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.improvements.blueprint import bp
from app.improvements.comments import actions
from app.improvements.comments.forms import CommentForm
from app.improvements.comments.queries import (
    CommentFilter,
    comments_found,
    comments_of,
    count_comments,
)
from app.improvements.queries import get_improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.talk import ImprovementComment


@bp.route("/improvements/<int:improvement_id>/comments", methods=["GET", "POST"])
@requires("read")
def improvement_comments(improvement_id: int) -> AnyResponse:
    """Show what was said about an improvement, and say something; a finding or a rung may be
    named.
    """
    form = CommentForm()
    about = {
        "finding_id": request.args.get("finding", type=int),
        "iteration_id": request.args.get("iteration", type=int),
    }
    return posted(
        form,
        lambda act: actions.add_comment(
            act, improvement_id, form.text.data or "", **about
        ),
        _place,
        _("Said."),
    ) or _page(improvement_id, form, about["iteration_id"])


def _page(improvement_id: int, form: CommentForm, rung_id: int | None) -> Response:
    with parts().database.read() as session:
        improvement = get_improvement(session, improvement_id)
        lines = comments_of(session, improvement_id, rung_id)
        rung = one(session, Iteration, rung_id) if rung_id else None
    return answer(
        "improvements/comments/comments.html",
        "body",
        one=improvement,
        lines=lines,
        rung=rung,
        form=form,
        me=current_operator_name(),
    )


@bp.route("/comments/<int:comment_id>", methods=["GET", "POST"])
@requires("read")
def comment(comment_id: int) -> AnyResponse:
    """Change one's own words within a quarter of an hour."""
    with parts().database.read() as session:
        row = one(session, ImprovementComment, comment_id)
        improvement = get_improvement(session, row.improvement_id)
    form = CommentForm(obj=row)
    back = _place(row)
    return posted(
        form,
        lambda act: actions.change_comment(act, comment_id, form.text.data or ""),
        back,
        _("The comment is changed; the history keeps what it said."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=improvement,
        back=back,
        title=_("Change a comment"),
        hint=_("For 15 minutes after it was said."),
    )


@bp.post("/comments/<int:comment_id>/delete")
@requires("read")
def comment_delete(comment_id: int) -> AnyResponse:
    """Take back one's own comment."""
    with acting() as act:
        row = actions.delete_comment(act, comment_id)
    return done(_place(row), _("Taken back; that there was a comment stays."))


@bp.post("/comments/<int:comment_id>/seen")
@requires("read")
def comment_seen(comment_id: int) -> AnyResponse:
    """Take note of a comment in which one is named."""
    with acting() as act:
        row = actions.take_note(act, comment_id)
    return done(_place(row), _("Noted."))


@bp.get("/comments")
@requires("read")
@remembered
def comments() -> Response:
    """List what was said about improvements, the latest first."""
    words = request.args.get("q", "").strip()[:200]
    by = request.args.get("by", "").strip()[:200]
    wanted, page = CommentFilter(words, by), asked_page()
    with parts().database.read() as session:
        page = page.of(count_comments(session, wanted))
        lines = comments_found(session, wanted, page.offset, page.size)
    filters = [
        ListFilter("q", _("Words"), words),
        ListFilter("by", _("Said by"), by),
    ]
    listing = Listing("comments", filters, page)
    return listed("improvements/comments/all.html", listing, lines=lines)


@bp.get("/comments/<int:comment_id>/there")
@requires("read")
def comment_there(comment_id: int) -> AnyResponse:
    """Lead to a comment where it was said."""
    with parts().database.read() as session:
        row = one(session, ImprovementComment, comment_id)
    return redirect(_place(row), 303)


@bp.app_template_global()
def comment_place(row: ImprovementComment) -> str:
    """Return where a comment stands."""
    return _place(row)


def _place(row: ImprovementComment) -> str:
    """Return where a comment stands: with its finding, its rung, or its improvement."""
    anchor = f"comment-{row.id}"
    if row.finding_id is not None:
        there = url_for("improvements.finding", finding_id=row.finding_id)
    else:
        there = url_for(
            "improvements.improvement_comments",
            improvement_id=row.improvement_id,
            iteration=row.iteration_id,
        )
    return f"{there}#{anchor}"
