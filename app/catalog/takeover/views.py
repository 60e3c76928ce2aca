"""The catalogue as CSV: what goes out, and what comes in after a look at what would happen."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.catalog.blueprint import bp
from app.catalog.services.queries import SORTS
from app.catalog.services.views import asked_filter
from app.catalog.takeover import actions
from app.catalog.takeover.forms import ServicesFileForm
from app.catalog.takeover.queries import HEADER, catalogue_rows
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import asked_sort, blaming, csv_answer
from app.core.web.tables import sent_table


@bp.get("/services.csv")
@requires("read")
def index_csv() -> Response:
    """Return the list as a spreadsheet, with the columns an import reads."""
    with parts().database.read() as session:
        rows = list(catalogue_rows(session, asked_filter(), asked_sort(SORTS, "name")))
    return csv_answer("services.csv", HEADER, rows)


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
                preview = actions.preview_services(session, text)
            if request.form.get("do") == "rejects":
                return csv_answer(
                    "rejected.csv", (*preview.header, "why"), preview.reject_rows()
                )
            return answer(
                "catalog/takeover/import.html",
                "body",
                form=form,
                preview=preview,
                text=text,
            )
    return answer(
        "catalog/takeover/import.html", "body", form=form, preview=None, text=""
    )


def _imported(text: str) -> AnyResponse:
    with acting() as act:
        found = actions.import_services(act, text, keep_good=True)
    number = len(found.new) + len(found.known)
    return done(
        url_for("catalog.index"),
        ngettext(
            "%(num)s service is brought in.", "%(num)s services are brought in.", number
        ),
    )
