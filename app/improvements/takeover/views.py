"""The register as a spreadsheet: out and in."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.said import spoken as told
from app.core.table_columns import Said
from app.core.web import asked_sort, blaming, csv_answer
from app.core.web.tables import months_first, sent_table
from app.improvements.blueprint import bp
from app.improvements.board.forms import asked_filter
from app.improvements.board.listing import SORTS
from app.improvements.takeover import actions
from app.improvements.takeover.forms import ImportForm
from app.improvements.takeover.queries import (
    CSI_HEADER,
    HEADER,
    csi_rows,
    register_rows,
)
from app.improvements.takeover.rules import CHOICES


@bp.get("/improvements/list.csv")
@requires("read")
def register_csv() -> Response:
    """Return the list as a spreadsheet, with the columns of an improvement register."""
    itil = request.args.get("as") == "itil"
    with parts().database.read() as session:
        rows = list(
            (csi_rows if itil else register_rows)(
                session, asked_filter(), asked_sort(SORTS, "rank"), parts().now().date()
            )
        )
    return csv_answer(
        "improvements.csv",
        CSI_HEADER if itil else HEADER,
        rows,
    )


@bp.route("/improvements/import", methods=["GET", "POST"])
@requires("improve")
def register_import() -> AnyResponse:
    """Bring in a register from CSV: first what would happen, then the lines that can be used."""
    form = ImportForm()
    if not form.validate_on_submit():
        return answer(
            "improvements/takeover/import.html",
            "body",
            form=form,
            preview=None,
            text="",
        )
    said = Said(words=_words_said(), months_first=months_first())
    with blaming(form):
        form.text.data = text = sent_table().text
        if request.form.get("do") == "keep":
            return _imported(text, said)
        with parts().database.read() as session:
            preview = actions.preview_register(
                session,
                text,
                parts().now(),
                said,
            )
        if request.form.get("do") == "rejects":
            return csv_answer(
                "rejected.csv", (*preview.header, "why"), preview.reject_rows()
            )
        return answer(
            "improvements/takeover/import.html",
            "body",
            form=form,
            preview=preview,
            text=text,
            said=said,
            choice_pairs={
                field: [(str(one), told(str(one))) for one in possible]
                for field, possible in CHOICES.items()
            },
        )
    return answer(
        "improvements/takeover/import.html", "body", form=form, preview=None, text=""
    )


def _words_said() -> dict[str, dict[str, Any]]:
    """Return what the page says words mean: ``word:state:Done`` for the word Done of a state."""
    found: dict[str, dict[str, Any]] = {}
    for name, meaning in request.form.items():
        kind, _colon, rest = name.partition(":")
        field, _colon, word = rest.partition(":")
        fitting = {str(one): one for one in CHOICES.get(field, ())}
        if kind == "word" and meaning in fitting:
            found.setdefault(field, {})[word] = fitting[meaning]
    return found


def _imported(text: str, said: Said) -> AnyResponse:
    with acting() as act:
        found = actions.import_register(
            act,
            text,
            said=said,
            keep_good=True,
        )
    sentence = ngettext(
        "%(num)s improvement is brought in.",
        "%(num)s improvements are brought in.",
        len(found.rows),
    )
    return done(url_for("improvements.register"), sentence)
