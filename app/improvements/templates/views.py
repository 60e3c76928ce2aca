"""Start from a template, and make one's own of it."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.errors import Conflict
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming
from app.improvements.blueprint import bp, page_of
from app.improvements.templates import actions
from app.improvements.templates.forms import StartForm, TemplateForm
from app.improvements.templates.queries import all_templates, get_template


@bp.get("/improvements/templates")
@requires("read")
def templates() -> Response:
    """List the templates to start from."""
    with parts().database.read() as session:
        lines = all_templates(session)
    return answer("improvements/templates/templates.html", "body", lines=lines)


@bp.route("/improvements/templates/<string:key>", methods=["GET", "POST"])
@requires("read")
def template(key: str) -> AnyResponse:
    """Show a template, and raise an improvement from it."""
    with parts().database.read() as session:
        line = get_template(session, key)
    form = StartForm(data={"title": line.template.title})
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                made = actions.start_from(
                    act,
                    key,
                    form.title.data or "",
                )
            sentence = _("Raised from the template; change whatever is different here.")
            return done(page_of(made.id), sentence)
    return answer("improvements/templates/template.html", "body", form=form, line=line)


@bp.route("/improvements/templates/<string:key>/edit", methods=["GET", "POST"])
@requires("improve")
def template_edit(key: str) -> AnyResponse:
    """Make a template one's own; each need is different."""
    with parts().database.read() as session:
        line = get_template(session, key)
    form = TemplateForm(data={"key": key, "content": line.text})
    theirs = ""
    if form.validate_on_submit():
        try:
            with blaming(form):
                with acting() as act:
                    name, revision = form.key.data or key, form.began_at or 0
                    actions.save_template(
                        act,
                        name,
                        form.content.data,
                        revision if name == key else 0,
                    )
                return done(
                    url_for("improvements.template", key=name),
                    _("The template is kept as written here."),
                )
        except Conflict as error:
            theirs = line.text
            form.form_errors = [*form.form_errors, error.message]
            form.revision.data, form.revision.raw_data = line.revision, None
    return answer(
        "improvements/templates/template_edit.html",
        "form",
        form=form,
        line=line,
        theirs=theirs,
    )


@bp.post("/improvements/templates/<string:key>/forget")
@requires("improve")
def template_forget(key: str) -> AnyResponse:
    """Go back to the template that came with Rung, or drop an own one."""
    with acting() as act:
        actions.forget_template(act, key)
    return done(
        url_for("improvements.templates"),
        _("The changes are dropped; the audit trail keeps them."),
    )
