"""Bring in a catalogue from CSV: first what would happen, then the lines that can be used."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.catalog.actions import importing
from app.catalog.forms.services import ServicesFileForm
from app.catalog.views.blueprint import bp
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming, csv_answer
from app.core.web.tables import sent_table


@bp.route("/services/import", methods=["GET", "POST"])
@requires("catalog")
def services_import() -> AnyResponse:
    """Bring in services from CSV."""
    form = ServicesFileForm()
    if form.validate_on_submit():
        with blaming(form):
            form.text.data = text = sent_table(form.encoding.data or "").text
            if request.form.get("do") == "keep":
                return _imported(text)
            with parts().database.read() as session:
                preview = importing.preview_services(session, text)
            if request.form.get("do") == "rejects":
                return csv_answer("rejected.csv", (*preview.header, "why"), preview.reject_rows())
            return answer("catalog/import.html", "body", form=form, preview=preview, text=text)
    return answer("catalog/import.html", "body", form=form, preview=None, text="")


def _imported(text: str) -> AnyResponse:
    with acting() as act:
        found = importing.import_services(act, text, keep_good=True)
    number = len(found.new) + len(found.known)
    return done(
        url_for("catalog.index"),
        ngettext("%(num)s service is brought in.", "%(num)s services are brought in.", number),
    )
