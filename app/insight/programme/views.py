"""The page of the programme, and its burn-up as CSV."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.climb.rules import RungNow
from app.auth import requires
from app.core import charts
from app.core.htmx import answer
from app.core.parts import parts
from app.core.said import said
from app.core.web import csv_answer
from app.core.web.lists import ListFilter, Listing, listed
from app.core.web.paging import page_of_rows
from app.core.web.words import give_words
from app.improvements.spread.pictures import burn_up_chart
from app.insight.programme.queries import (
    ProgrammePage,
    groups_of,
    programme_page,
    ready_lines,
)
from app.insight.programme.rules import ExceptionAge, sentence_of

bp = Blueprint("programme", __name__)
give_words(
    bp,
    exception_age_words={
        ExceptionAge.NEW: _l("up to 30 days"),
        ExceptionAge.OLDER: _l("31 to 90 days"),
        ExceptionAge.OLD: _l("more than 90 days"),
        ExceptionAge.OVERDUE: _l("past their end"),
    },
    rung_dots={RungNow.DONE: "●", RungNow.RUNNING: "◐", RungNow.COMING: "○"},
)


@bp.get("/programme")
@requires("read")
def index() -> Response:
    """Show how far the change from single rights to roles is, and when it will be done."""
    found = _found()
    chart = _chart(found)
    csv = url_for("programme.weeks_csv")
    return answer(
        "insight/programme/programme.html",
        "body",
        page=found,
        sentence=sentence_of(found.count),
        burn=charts.figure(chart, csv) if chart else None,
    )


@bp.get("/programme/ready")
@requires("read")
def ready() -> Response:
    """List who can move today with zero change, over all roles."""
    text = request.args.get("q", "")
    with parts().database.read() as session:
        found = ready_lines(session, text)
    page, rows = page_of_rows(found)
    words = ListFilter("q", _("Person, department or role"), text)
    return listed(
        "insight/programme/ready.html",
        Listing("ready", (words,), page),
        found=found,
        rows=rows,
        groups=groups_of(found, parts().settings.max_people_per_wave),
    )


@bp.get("/programme/weeks.csv")
@requires("read")
def weeks_csv() -> Response:
    """Return the burn-up week by week as CSV."""
    chart = _chart(_found())
    table = chart.table() if chart else None
    return csv_answer(
        "programme.csv",
        table.header if table else ("Week to",),
        table.csv_rows() if table else [],
    )


def _found() -> ProgrammePage:
    here = parts()
    with here.database.read() as session:
        return programme_page(session, here.now().date())


def _chart(found: ProgrammePage) -> charts.BurnUpChart | None:
    if not found.weeks:
        return None
    title = _("People who moved to a role for good")
    drawn = burn_up_chart(title, found.weeks, found.forecast, found.fan)
    return replace(drawn, done_name=said("moved"), scope_name=said("people"))
