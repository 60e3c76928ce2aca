"""Incidents of another tool in the browser: a file, a look at what it means, then taken over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.changes import one
from app.core.errors import Invalid
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.table_columns import MONTHS_FIRST, Said
from app.core.web import csv_answer
from app.core.web.tables import sent_table
from app.core.web.words import give_words
from app.incidents.blueprint import bp
from app.incidents.takeover import actions
from app.incidents.takeover.rules import (
    HEADINGS,
    MEANINGS,
    NEEDED,
    Backlog,
    headings_of,
    read_backlog,
    understood,
)
from app.models.incidents.desk import IncidentImport

give_words(
    bp,
    heading_words={
        "ref": _l("Number"),
        "title": _l("What it is about"),
        "description": _l("Description"),
        "state": _l("State"),
        "requester": _l("Requester"),
        "service": _l("Service"),
        "reported": _l("Reported"),
        "restored": _l("Works again"),
        "closed": _l("Closed"),
    },
)

BATCH = 200
SHOWN = 10
STATE = "state:"
TOOLS = ("glpi", "zammad", "itop", "dispatch", "other")


@bp.route("/desk/import", methods=["GET", "POST"])
@requires("policy")
def import_incidents() -> AnyResponse:
    """Take a file of another tool, to look at."""
    typed, problem = {name: request.form.get(name, "") for name in ("text", "tool")}, ""
    if request.method == "POST":
        try:
            return done(_page(_laid_out(typed["tool"])))
        except Invalid as error:
            problem = error.message
    status = 422 if problem else 200
    return answer(
        "incidents/takeover/import.html",
        "form",
        status=status,
        problem=problem,
        typed=typed,
        tools=list(TOOLS),
    )


@bp.get("/desk/import/<int:import_id>")
@requires("policy")
def import_look(import_id: int) -> Response:
    """Show what a file would bring, and what of it cannot be used."""
    found, said = _kept(import_id), _said(request.args)
    backlog, problem = _read(found, said)
    rows, rejects = (backlog.rows, backlog.rejects) if backlog else ((), ())
    columns = understood(found.text, said)
    return answer(
        "incidents/takeover/import_look.html",
        "body",
        found=found,
        rows=rows[:SHOWN],
        count=len(rows),
        rejects=rejects,
        problem=problem,
        heads=headings_of(found.text, said),
        columns=columns,
        needed=NEEDED,
        table=backlog.table if backlog else None,
        words=_words(request.args, backlog),
        meanings=list(MEANINGS),
        dates=request.args.get("dates", ""),
        zone=said.zone,
        kept=_kept_fields(columns),
    )


@bp.post("/desk/import/<int:import_id>/take")
@requires("policy")
def import_take(import_id: int) -> AnyResponse:
    """Take over what can be used, some hundred in a transaction, so that nobody waits for long."""
    found, now = _kept(import_id), parts().now()
    backlog = read_backlog(found.text, now, _said(request.form))
    rows, rejects = backlog.rows, list(backlog.rejects)
    taken = 0
    for start in range(0, len(rows), BATCH):
        with acting() as act:
            some = rows[start : start + BATCH]
            count, broken = actions.take_over(act, found.tool, some)
        taken += count
        rejects += broken
    with acting() as act:
        actions.finish(act, import_id, taken, rejects)
    new = ngettext(
        "%(num)s incident is new here.", "%(num)s incidents are new here.", taken
    )
    return done(
        _page(import_id),
        new
        if taken
        else _("Nothing new was found; what is here already was left alone."),
    )


@bp.get("/desk/import/<int:import_id>/rejects.csv")
@requires("policy")
def import_rejects(import_id: int) -> Response:
    """Return the lines that were not taken, with the reason."""
    found = _kept(import_id)
    heads = list(dict.fromkeys(head for _, _, cells in found.rejects for head in cells))
    rows = [
        (line, why, *(cells.get(head, "") for head in heads))
        for line, why, cells in found.rejects
    ]
    return csv_answer("rejects.csv", ("line", "why", *heads), rows)


def _laid_out(tool: str) -> int:
    sent = sent_table()
    with acting() as act:
        return actions.lay_out(act, sent.name, tool, sent.text, sent.encoding).id


def _read(found: IncidentImport, said: Said) -> tuple[Backlog | None, str]:
    try:
        return read_backlog(found.text, parts().now(), said), ""
    except Invalid as error:
        return None, error.message


def _kept(import_id: int) -> IncidentImport:
    with parts().database.read() as session:
        return one(session, IncidentImport, import_id)


def _said(sent: Mapping[str, Any]) -> Said:
    """Return what the page's form says: headings by field, ``state:WORD`` for states, ``dates`` for
    their order.
    """
    columns = {name: str(sent.get(name, "")) for name in HEADINGS if sent.get(name)}
    words = {
        name.removeprefix(STATE): value
        for name, value in sent.items()
        if name.startswith(STATE) and value
    }
    known = {word: value for word, value in words.items() if value in MEANINGS}
    return Said(
        columns,
        {"state": known},
        MONTHS_FIRST.get(sent.get("dates", "")),
        parts().settings.timezone,
    )


def _words(sent: Mapping[str, Any], backlog: Backlog | None) -> dict[str, str]:
    """Return the words for states that somebody has to explain, with what was said of them."""
    said = {
        name.removeprefix(STATE): value
        for name, value in sent.items()
        if name.startswith(STATE)
    }
    unknown = backlog.table.unknown.get("state", ()) if backlog else ()
    return dict.fromkeys(unknown, "") | said


def _kept_fields(columns: Mapping[str, str]) -> dict[str, str]:
    """Return what the button that takes the file over has to say again."""
    said = {
        name: value
        for name, value in request.args.items()
        if name.startswith(STATE) or name == "dates"
    }
    return {**columns, **said}


def _page(import_id: int) -> str:
    return url_for("incidents.import_look", import_id=import_id)
