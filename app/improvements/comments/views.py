"""Comments: read on the page of their improvement, said, changed, taken back."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting, posted
from app.core.changes import one
from app.core.htmx import answer, done
from app.core.parts import parts
from app.improvements.blueprint import bp
from app.improvements.comments import actions
from app.improvements.comments.forms import CommentForm
from app.improvements.comments.queries import comments_of
from app.improvements.queries import get_improvement
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
    here = url_for("improvements.improvement_comments", improvement_id=improvement_id)
    return posted(
        form,
        lambda act: actions.add_comment(
            act,
            improvement_id,
            form.text.data or "",
            **about,
        ),
        lambda made: f"{here}#comment-{made.id}",
        _("Said."),
    ) or _page(improvement_id, form)


def _page(improvement_id: int, form: CommentForm) -> Response:
    with parts().database.read() as session:
        improvement = get_improvement(session, improvement_id)
        lines = comments_of(session, improvement_id)
    return answer(
        "improvements/comments/comments.html",
        "body",
        one=improvement,
        lines=lines,
        form=form,
        me=current_operator_name(),
    )


@bp.route("/comments/<int:comment_id>", methods=["GET", "POST"])
@requires("read")
def comment(comment_id: int) -> AnyResponse:
    """Change one's own words within a quarter of an hour."""
    with parts().database.read() as session:
        row = one(
            session,
            ImprovementComment,
            comment_id,
        )
        improvement = get_improvement(session, row.improvement_id)
    form = CommentForm(obj=row)
    back = _back(row)
    return posted(
        form,
        lambda act: actions.change_comment(
            act,
            comment_id,
            form.text.data or "",
        ),
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
    return done(_back(row), _("Taken back; that there was a comment stays."))


@bp.post("/comments/<int:comment_id>/seen")
@requires("read")
def comment_seen(comment_id: int) -> AnyResponse:
    """Take note of a comment in which one is named."""
    with acting() as act:
        row = actions.take_note(act, comment_id)
    return done(_back(row), _("Noted."))


def _back(row: ImprovementComment) -> str:
    return url_for(
        "improvements.improvement_comments",
        improvement_id=row.improvement_id,
        _anchor=f"comment-{row.id}",
    )
