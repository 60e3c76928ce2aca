"""Files and recordings of an incident: attached, saved, listened to, deleted."""

from __future__ import annotations

from flask import Response, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.errors import NotFound
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming
from app.incidents.blueprint import bp, page_of
from app.incidents.files import actions, queries
from app.incidents.files.actions import Offered
from app.incidents.files.forms import FileForm, RemovalForm
from app.incidents.files.rules import playable, word_of
from app.models.incidents.incident import Attachment, Incident
from app.models.incidents.words import FileKind

ALONE = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
"""Whatever a file holds, a browser shows it as no page of ours and lets it do nothing."""


@bp.route("/desk/<int:incident_id>/attach", methods=["GET", "POST"])
@requires("desk")
def incident_attach(incident_id: int) -> AnyResponse:
    """Attach a file or a recording."""
    form = FileForm(formdata=None) if request.method == "GET" else FileForm()
    if form.validate_on_submit():
        with blaming(form):
            return done(_page(incident_id), _attached(incident_id, form))
    with parts().database.read() as session:
        incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound(_("There is no incident %(number)s.", number=incident_id))
    return answer("incidents/files/attach.html", "form", form=form, incident=incident)


@bp.get("/desk/files/<int:attachment_id>")
@requires("desk")
def incident_file(attachment_id: int) -> Response:
    """Save a file; it is never shown inside a page."""
    with parts().database.read() as session:
        return as_download(
            queries.content(session, parts().settings.files, attachment_id)
        )


@bp.get("/desk/files/<int:attachment_id>/sound")
@requires("desk")
def incident_sound(attachment_id: int) -> Response:
    """Play a recording, from any moment of it."""
    with parts().database.read() as session:
        found = queries.content(session, parts().settings.files, attachment_id)
    if not playable(found.type):
        raise NotFound(_("This is no recording that a browser can play."))
    response = send_file(found.path, mimetype=found.type, conditional=True)
    response.headers.update(ALONE)
    return response


@bp.route("/desk/files/<int:attachment_id>/delete", methods=["GET", "POST"])
@requires("desk")
def incident_file_delete(attachment_id: int) -> AnyResponse:
    """Delete the content of a file before its day, with a reason."""
    form = RemovalForm()
    with parts().database.read() as session:
        incident_id, name = queries.incident_of(session, attachment_id)
    return posted(
        form,
        lambda act: actions.remove(
            act,
            parts().settings.files,
            attachment_id,
            form.reason.data,
        ),
        _page(incident_id),
        _("The content of %(name)s is deleted.", name=name),
    ) or answer(
        "incidents/files/file_delete.html",
        "form",
        form=form,
        name=name,
        back=_page(incident_id),
    )


def as_download(found: queries.FileContent) -> Response:
    """Answer with a file to be saved: its own headers, never shown."""
    response = send_file(
        found.path, mimetype=found.type, as_attachment=True, download_name=found.name
    )
    response.headers.update(ALONE)
    return response


def arrived(attachment: Attachment, cut_off: bool) -> str:
    """Say what became of a file that was sent."""
    name, word = attachment.name, word_of(attachment.type)
    if cut_off:
        said = _(
            "%(name)s is attached, but the recording is cut off: it announces more than it holds.",
            name=name,
        )
    elif queries.is_lying(attachment):
        said = _(
            "%(name)s is attached; its name is wrong about it: it is a %(word)s.",
            name=name,
            word=word,
        )
    else:
        said = _("%(name)s is attached (%(word)s).", name=name, word=word)
    return str(said)


def _attached(incident_id: int, form: FileForm) -> str:
    sent, kind = form.file.data, FileKind(form.kind.data)
    told = Offered(
        sent.filename or "",
        kind,
        consent=form.consent.data,
        delete_on=form.delete_on.data,
    )
    with actions.incoming(parts().settings.files, sent.stream, kind) as found:
        with acting() as act:
            made = actions.attach(act, incident_id, found, told)
        return arrived(made, found.cut_off)


def _page(incident_id: int) -> str:
    return f"{page_of(incident_id)}#files"
