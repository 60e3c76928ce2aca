"""Ways to begin: from a template, from a register brought in as CSV; and templates made one's
own.
"""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.errors import Conflict
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.table_columns import Said
from app.core.web import blaming, csv_answer
from app.core.web.tables import months_first, sent_table
from app.improvements.actions import importing
from app.improvements.actions import templates as actions
from app.improvements.forms.others import ImportForm, StartForm, TemplateForm
from app.improvements.queries.templates import all_templates, get_template
from app.improvements.views.blueprint import bp, page_of


@bp.get("/improvements/templates")
@requires("read")
def templates() -> Response:
    """List the templates to start from."""
    with parts().database.read() as session:
        lines = all_templates(session)
    return answer("improvements/templates.html", "body", lines=lines)


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
    return answer("improvements/template.html", "body", form=form, line=line)


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
    return answer("improvements/template_edit.html", "form", form=form, line=line, theirs=theirs)


@bp.post("/improvements/templates/<string:key>/forget")
@requires("improve")
def template_forget(key: str) -> AnyResponse:
    """Go back to the template that came with Rung, or drop an own one."""
    with acting() as act:
        actions.forget_template(act, key)
    return done(
        url_for("improvements.templates"), _("The changes are dropped; the audit trail keeps them.")
    )


@bp.route("/improvements/import", methods=["GET", "POST"])
@requires("improve")
def register_import() -> AnyResponse:
    """Bring in a register from CSV: first what would happen, then the lines that can be used."""
    form = ImportForm()
    if not form.validate_on_submit():
        return answer("improvements/import.html", "body", form=form, preview=None, text="")
    said = Said(months_first=months_first())
    with blaming(form):
        form.text.data = text = sent_table().text
        if request.form.get("do") == "keep":
            return _imported(text, said)
        with parts().database.read() as session:
            preview = importing.preview_register(session, text, said)
        if request.form.get("do") == "rejects":
            return csv_answer("rejected.csv", (*preview.header, "why"), preview.reject_rows())
        return answer(
            "improvements/import.html", "body", form=form, preview=preview, text=text, said=said
        )
    return answer("improvements/import.html", "body", form=form, preview=None, text="")


def _imported(text: str, said: Said) -> AnyResponse:
    with acting() as act:
        found = importing.import_register(act, text, said=said, keep_good=True)
    sentence = ngettext(
        "%(num)s improvement is brought in.",
        "%(num)s improvements are brought in.",
        len(found.rows),
    )
    return done(url_for("improvements.register"), sentence)
