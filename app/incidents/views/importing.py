"""Incidents of another tool in the browser: a file, a look at what it means, then taken over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.changes import one
from app.errors import Invalid
from app.htmx import answer, done
from app.incidents.actions import importing
from app.incidents.models import IncidentImport
from app.incidents.rules.importing import HEADINGS, NEEDED, Reject, Row, decoded, headings, read, understood
from app.incidents.views.blueprint import bp
from app.parts import parts
from app.web import csv_answer

BATCH = 200
SHOWN = 10
TOOLS = ("glpi", "zammad", "itop", "dispatch", "other")


@bp.route("/desk/import", methods=["GET", "POST"])
@requires("policy")
def import_incidents() -> AnyResponse:
    """Take a file of another tool, to look at."""
    typed, problem = {name: request.form.get(name, "") for name in ("text", "tool")}, ""
    if request.method == "POST":
        try:
            return done(_page(_laid_out(typed)))
        except Invalid as error:
            problem = error.message
    status = 422 if problem else 200
    return answer("incidents/import.html", "form", status=status, problem=problem, typed=typed, tools=list(TOOLS))


@bp.get("/desk/import/<int:import_id>")
@requires("policy")
def import_look(import_id: int) -> Response:
    """Show what a file would bring, and what of it cannot be used."""
    found, columns = _kept(import_id), _columns(request.args)
    rows, rejects, problem = _read(found, columns)
    return answer(
        "incidents/import_look.html", "body", found=found, rows=rows[:SHOWN], count=len(rows), rejects=rejects,
        problem=problem, heads=headings(found.text), columns=understood(found.text, columns), needed=NEEDED,
    )  # fmt: skip


@bp.post("/desk/import/<int:import_id>/take")
@requires("policy")
def import_take(import_id: int) -> AnyResponse:
    """Take over what can be used, some hundred in a transaction, so that nobody waits for long."""
    found, by, now = _kept(import_id), current_operator_name(), parts().now()
    rows, rejects = read(found.text, now, _columns(request.form))
    taken = 0
    for start in range(0, len(rows), BATCH):
        with parts().database.write() as session:
            some = rows[start : start + BATCH]
            count, broken = importing.take_over(session, found.tool, some, by=by, now=now)
        taken += count
        rejects += broken
    with parts().database.write() as session:
        importing.finish(session, import_id, taken, rejects, by=by, now=now)
    new = ngettext("%(num)s incident is new here.", "%(num)s incidents are new here.", taken)
    return done(_page(import_id), new if taken else _("Nothing new was found; what is here already was left alone."))


@bp.get("/desk/import/<int:import_id>/rejects.csv")
@requires("policy")
def import_rejects(import_id: int) -> Response:
    """Return the lines that were not taken, with the reason."""
    found = _kept(import_id)
    heads = headings(found.text)
    rows = [(line, why, *(cells.get(head, "") for head in heads)) for line, why, cells in found.rejects]
    return csv_answer("rejects.csv", ("line", "why", *heads), rows)


def _laid_out(typed: Mapping[str, str]) -> int:
    file = request.files.get("file")
    text, encoding = decoded(file.read()) if file and file.filename else (typed["text"], "")
    name = (file.filename or "") if file else ""
    with parts().database.write() as session:
        return importing.lay_out(
            session, name, typed["tool"], text, encoding, by=current_operator_name(), now=parts().now()
        ).id


def _read(found: IncidentImport, columns: Mapping[str, str]) -> tuple[list[Row], list[Reject], str]:
    try:
        rows, rejects = read(found.text, parts().now(), columns)
    except Invalid as error:
        return [], [], error.message
    return rows, rejects, ""


def _kept(import_id: int) -> IncidentImport:
    with parts().database.read() as session:
        return one(session, IncidentImport, import_id)


def _columns(sent: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(sent.get(name, "")) for name in HEADINGS if sent.get(name)}


def _page(import_id: int) -> str:
    return url_for("incidents.import_look", import_id=import_id)
