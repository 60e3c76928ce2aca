"""Start from a template, and make one's own of it."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
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
from app.improvements.templates.forms import (
    ROWS,
    StartForm,
    TemplateForm,
    TextForm,
    typed,
)
from app.improvements.templates.queries import (
    TemplateLine,
    all_templates,
    get_template,
)
from app.improvements.templates.rules import comments_of, misfits, written


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
    line = _line(key)
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
    line = _line(key)
    if any(misfits(line.template)):
        return redirect(url_for("improvements.template_text", key=key))
    form = TemplateForm(data=typed(line.template))
    kept: AnyResponse | str = ""
    if request.form.get("add") in ROWS:
        form.add_row(request.form["add"])
    elif form.validate_on_submit():
        kept = _keep(form, line, written(form.told()))
    page = "improvements/templates/template_edit.html"
    return _shown(page, form, line, kept)


@bp.route("/improvements/templates/<string:key>/text", methods=["GET", "POST"])
@requires("improve")
def template_text(key: str) -> AnyResponse:
    """Take a template out as text, or bring one in."""
    line = _line(key)
    form = TextForm(data={"key": key, "content": line.text})
    kept: AnyResponse | str = ""
    if form.validate_on_submit():
        kept = _keep(form, line, form.content.data)
    page = "improvements/templates/template_text.html"
    return _shown(page, form, line, kept)


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


def _line(key: str) -> TemplateLine:
    with parts().database.read() as session:
        return get_template(session, key)


def _keep(
    form: TemplateForm | TextForm, line: TemplateLine, text: str
) -> AnyResponse | str:
    """Keep a template and return where to go; else the text somebody else saved meanwhile."""
    name, revision = form.key.data or line.key, form.began_at or 0
    try:
        with blaming(form):
            with acting() as act:
                actions.save_template(
                    act,
                    name,
                    text,
                    revision if name == line.key else 0,
                )
            page = url_for("improvements.template", key=name)
            return done(page, _("The template is kept as written here."))
    except Conflict as error:
        form.form_errors = [*form.form_errors, error.message]
        form.revision.data, form.revision.raw_data = line.revision, None
        return line.text
    return ""


def _shown(
    page: str,
    form: TemplateForm | TextForm,
    line: TemplateLine,
    kept: AnyResponse | str,
) -> AnyResponse:
    if not isinstance(kept, str):
        return kept
    lost = comments_of(line.text) if isinstance(form, TemplateForm) else ()
    return answer(page, "form", form=form, line=line, theirs=kept, lost=lost)
