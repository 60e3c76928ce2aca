"""Files of an improvement: attached, saved, deleted."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.changes import one as row_of
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming
from app.improvements.blueprint import bp, page_of
from app.improvements.files import actions
from app.improvements.files.forms import ImprovementFileForm
from app.improvements.files.queries import content_of
from app.improvements.queries import get_improvement
from app.incidents.files.actions import incoming
from app.incidents.files.forms import RemovalForm
from app.incidents.files.views import as_download
from app.models.improvements.talk import ImprovementFile
from app.models.incidents.words import FileKind


@bp.route("/improvements/<int:improvement_id>/attach", methods=["GET", "POST"])
@requires("read")
def improvement_attach(improvement_id: int) -> AnyResponse:
    """Attach a file to an improvement, or to a comment on it."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
    form = ImprovementFileForm()
    if form.validate_on_submit():
        with blaming(form):
            name = _attached(improvement_id, form)
            told = _("%(name)s is attached.", name=name)
            return done(page_of(improvement_id, "files"), told)
    return answer(
        "improvements/files/attach.html",
        "form",
        form=form,
        one=one,
        back=page_of(improvement_id, "files"),
    )


def _attached(improvement_id: int, form: ImprovementFileForm) -> str:
    sent, folder = form.file.data, parts().settings.files
    with incoming(
        folder,
        sent.stream,
        FileKind.FILE,
    ) as found:
        with acting() as act:
            made = actions.attach_file(
                act,
                improvement_id,
                found,
                sent.filename or "",
                comment_id=request.args.get("comment", type=int),
            )
        return made.name


@bp.get("/improvements/files/<int:file_id>")
@requires("read")
def improvement_file(file_id: int) -> Response:
    """Save a file; it is never shown inside a page."""
    with parts().database.read() as session:
        return as_download(
            content_of(
                session,
                parts().settings.files,
                file_id,
            )
        )


@bp.route("/improvements/files/<int:file_id>/delete", methods=["GET", "POST"])
@requires("improve")
def improvement_file_delete(file_id: int) -> AnyResponse:
    """Delete the content of a file, with a reason."""
    with parts().database.read() as session:
        row = row_of(
            session,
            ImprovementFile,
            file_id,
        )
        one = get_improvement(session, row.improvement_id)
    form, back = RemovalForm(), page_of(row.improvement_id, "files")
    return posted(
        form,
        lambda act: actions.delete_file(
            act,
            parts().settings.files,
            file_id,
            form.reason.data,
        ),
        back,
        _("The content of %(name)s is deleted.", name=row.name),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=back,
        title=_("Delete the content"),
        hint=row.name,
    )
