"""One improvement, a tab at a time: what counts now first, the rest behind it."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import ngettext

from app.auth import current_operator_name, current_permissions, requires
from app.core.figures import day as date_text
from app.core.htmx import answer
from app.core.parts import parts
from app.core.plain import ref
from app.core.said import spoken
from app.core.trail import about, count, history
from app.core.web import asked_page
from app.core.web.words import day
from app.improvements.blueprint import STEPS, bp
from app.improvements.board.roles import roles_under
from app.improvements.board.rules import SILENCE, nudge
from app.improvements.files.queries import files_of
from app.improvements.metrics.charts import figure_of
from app.improvements.metrics.standing import standings
from app.improvements.register.forms import PARTS
from app.improvements.register.rules import drifted_back
from app.improvements.sheet.beside import beside_page
from app.improvements.sheet.queries import (
    GoingRung,
    NowPage,
    costs_of,
    findings_page,
    head_of,
    measures_page,
    now_page,
    sheet_of,
)
from app.models.improvements.words import ImprovementState, IterationState

FOLDER = "improvements/sheet/"


@bp.get("/improvements/<int:improvement_id>")
@requires("read")
def improvement(improvement_id: int) -> Response:
    """Show what counts now: how it stands, what is tried, what is to be done; the seven steps
    beside it.
    """
    today = parts().now().date()
    with parts().database.read() as session:
        page = now_page(session, improvement_id, today)
        files = files_of(session, improvement_id)
        roles = roles_under(session, improvement_id)
    shown, sheet = page.shown, page.sheet
    figure = (
        figure_of(shown, sheet.scene.first_start, sheet.happened) if shown else None
    )
    return answer(
        FOLDER + "now.html",
        "body",
        page=page,
        roles=roles,
        sentence=_sentence(page),
        shown=shown,
        figure_html=figure,
        rows=standings(page.guardrails, sheet.scene.first_start),
        today=today,
        files=files,
        me=current_operator_name(),
        ripe=page.going is not None and page.going.ripe(today),
        relapsed=drifted_back(page.one.next_what),
        **_opened(page),
    )


@bp.get("/improvements/<int:improvement_id>/sheet")
@requires("read")
def improvement_sheet(improvement_id: int) -> Response:
    """Show the whole sheet, all seven steps at once; it prints on one A3."""
    with parts().database.read() as session:
        page = sheet_of(session, improvement_id, parts().now().date())
    primary = page.scene.primary
    changed, happened = page.scene.first_start, page.happened
    figure = figure_of(primary, changed, happened) if primary else None
    return answer(FOLDER + "sheet.html", "body", page=page, figure_html=figure)


@bp.get("/improvements/<int:improvement_id>/beside")
@requires("read")
def improvement_beside(improvement_id: int) -> Response:
    """Show whom it is for, who tests it, what was shown, learned and told of it."""
    with parts().database.read() as session:
        page = beside_page(session, improvement_id)
    return answer(FOLDER + "beside.html", "body", page=page)


@bp.get("/improvements/<int:improvement_id>/measures")
@requires("read")
def improvement_measures(improvement_id: int) -> Response:
    """Show everything an improvement is measured by."""
    with parts().database.read() as session:
        page = measures_page(session, improvement_id)
    figures = [
        (one, figure_of(one, page.changed, page.happened)) for one in page.measured
    ]
    rows = standings(page.measured, page.changed)
    return answer(
        FOLDER + "measures.html", "body", page=page, figures=figures, rows=rows
    )


@bp.get("/improvements/<int:improvement_id>/findings")
@requires("read")
def improvement_findings(improvement_id: int) -> Response:
    """Show what came up while it was tried."""
    with parts().database.read() as session:
        page = findings_page(session, improvement_id)
    return answer(FOLDER + "findings.html", "body", page=page)


@bp.get("/improvements/<int:improvement_id>/money")
@requires("read")
def improvement_money(improvement_id: int) -> Response:
    """Show what it costs and what it brings."""
    with parts().database.read() as session:
        head, costs = (
            head_of(session, improvement_id),
            costs_of(session, improvement_id),
        )
    return answer(FOLDER + "money.html", "body", head=head, costs=costs)


EVENTS_SHOWN = 40


@bp.get("/improvements/<int:improvement_id>/history")
@requires("read")
def improvement_history(improvement_id: int) -> Response:
    """Show what was done to an improvement and everything in it, field by field."""
    asked = asked_page(EVENTS_SHOWN)
    with parts().database.read() as session:
        head = head_of(session, improvement_id)
        done_to_it = about(ref(head.one))
        asked = asked.of(count(session, done_to_it))
        events = history(
            session, done_to_it, current_permissions(), asked.offset, asked.size
        )
    return answer(
        "improvements/history/history.html",
        "list",
        head=head,
        events=events,
        page=asked,
    )


def _opened(page: NowPage) -> dict[str, Any]:
    """Return which of the seven steps is open, and its form if it is to be changed in place."""
    asked = request.args.get("step", type=int)
    step = asked if asked in range(1, 8) else page.sheet.current.number
    part = next((name for name, number in STEPS.items() if number == step), "")
    wanted = "change" in request.args and "improve" in current_permissions()
    form = PARTS[part][0](formdata=None, obj=page.one) if part and wanted else None
    return {"open_step": step, "part": part, "change": form}


def _sentence(page: NowPage) -> Any:
    """Say in one sentence how it stands."""
    one, current = page.one, page.sheet.current
    if one.state is ImprovementState.STOPPED:
        return _(
            "Stopped with learning on %(day)s. That is a success.", day=day(one.since)
        )
    if one.state is ImprovementState.REJECTED:
        return _("Rejected on %(day)s: %(why)s", day=day(one.since), why=one.closed_why)
    if one.state is ImprovementState.DUPLICATE:
        return _("Another improvement asks for the same and goes on.")
    if one.state is ImprovementState.EMBEDDED:
        return _("Embedded since %(day)s.", day=day(one.since))
    if page.going:
        return _going_sentence(page.going)
    quiet = parts().now() - one.touched_at
    if one.state is ImprovementState.RAISED and quiet > SILENCE:
        return spoken(nudge(quiet.days))
    return _(
        "Step %(number)s of 7: %(question)s %(guidance)s",
        number=current.number,
        question=current.question,
        guidance=current.guidance,
    )


def _going_sentence(going: GoingRung) -> Any:
    iteration, count = going.iteration, len(going.people)
    people = ngettext("%(num)s person", "%(num)s people", count)
    values = {"number": iteration.number, "people": people}
    if iteration.state is IterationState.PLANNED:
        if count:
            return _(
                "Rung %(number)s is planned with %(people)s; nothing has changed yet.",
                **values,
            )
        return _("Rung %(number)s is planned; nobody takes part yet.", **values)
    if iteration.state is IterationState.REVIEWING:
        return _("Rung %(number)s with %(people)s waits for its decision.", **values)
    if iteration.ends_on:
        until = spoken(date_text(iteration.ends_on))
        return _(
            "Rung %(number)s is running with %(people)s until %(until)s.",
            **values,
            until=until,
        )
    return _("Rung %(number)s is running with %(people)s.", **values)
