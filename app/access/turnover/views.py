"""Joined, moved, left: the inbox, one person, and what people who left still hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.turnover.actions import (
    RightsDecided,
    give_back,
    note_done,
    plan_leaver,
    plan_mover,
)
from app.access.turnover.queries import (
    LeftoverWeek,
    TurnoverWanted,
    count_turnover,
    leftover_weeks,
    leftovers,
    turnover_lines,
    turnover_page,
    turnover_sum,
)
from app.access.turnover.rules import PersonTurn
from app.auth import current_operator_name, requires
from app.auth.acting import acting
from app.core.acting import Acting
from app.core.charts import ChartDot, SeriesChart, figure
from app.core.errors import Invalid, RungError
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import asked_page
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import page_of_rows
from app.core.web.words import Look, give_words
from app.directory.actions import bring_up_to_date

CONTINUE, STOP, UNTIL, GIVE = "continue", "stop", "until", "give"

give_words(
    bp,
    turn_looks={
        PersonTurn.JOINED: Look("good", "user-round", _l("joined")),
        PersonTurn.MOVED: Look("info", "arrow-right", _l("moved")),
        PersonTurn.LEFT: Look("warn", "ban", _l("left")),
    },
)


@bp.get("/turnover")
@requires("read")
@remembered
def turnover() -> Response:
    """List who joined, moved or left since lately, the newest first."""
    page, wanted = asked_page(), _wanted()
    with parts().database.read() as session:
        page = page.of(count_turnover(session, wanted))
        lines = turnover_lines(session, wanted, page.offset, page.size)
        counts = turnover_sum(session, wanted.now).counts
    turns = [
        (PersonTurn.JOINED.value, _("joined")),
        (PersonTurn.MOVED.value, _("moved")),
        (PersonTurn.LEFT.value, _("left")),
    ]
    filters = [
        ListFilter("q", _("Name or what happened"), wanted.q),
        ListFilter("turn", _("What happened"), wanted.turn, with_any(turns, _("all"))),
        ListFilter(
            "done", _("State"), wanted.done, [("", _("open")), ("all", _("all"))]
        ),
    ]
    return listed(
        "access/turnover/turnover.html",
        Listing("turnover", filters, page),
        lines=lines,
        counts=counts,
    )


@bp.get("/turnover/<int:change_id>")
@requires("read")
def turnover_one(change_id: int) -> Response:
    """Show what a reading saw of one person, and what of the rights asks for a decision."""
    return _show(change_id)


@bp.post("/turnover/<int:change_id>/done")
@requires("plan")
def turnover_done(change_id: int) -> AnyResponse:
    """Note that nothing more is to be done about it."""
    with acting() as act:
        note_done(act, change_id)
    return done(url_for("access.turnover"), _("Noted; it no longer waits."))


@bp.post("/turnover/<int:change_id>/left")
@requires("plan")
def turnover_left(change_id: int) -> AnyResponse:
    """Plan to take off everything that somebody who left holds."""
    return _planned(change_id, lambda act: plan_leaver(act, change_id).id)


@bp.post("/turnover/<int:change_id>/moved")
@requires("plan")
def turnover_moved(change_id: int) -> AnyResponse:
    """Plan what was decided of each right of somebody who moved."""

    def plan(act: Acting) -> int | None:
        wave = plan_mover(act, change_id, _decided())
        return wave.id if wave else None

    return _planned(change_id, plan)


@bp.post("/turnover/<int:change_id>/back")
@requires("apply")
def turnover_back(change_id: int) -> AnyResponse:
    """Give back what was taken off when somebody left who is here again."""
    try:
        with acting() as act:
            wave = give_back(act, change_id)
    except RungError as error:
        return _show(change_id, error)
    parts().ring()
    told = _("What was taken off comes back.")
    return done(url_for("access.wave", wave_id=wave), told)


@bp.get("/turnover/leftovers")
@requires("read")
def turnover_leftovers() -> Response:
    """Show the rights people still hold who left, now and week after week."""
    with parts().database.read() as session:
        found = leftovers(session)
        weeks = leftover_weeks(session, parts().now().date())
    page, rows = page_of_rows(found)
    return listed(
        "access/turnover/leftovers.html",
        Listing("leftovers", (), page),
        found=found,
        rows=rows,
        chart=_chart(weeks),
    )


def _chart(weeks: list[LeftoverWeek]) -> Markup:
    first, last = weeks[0].rights, weeks[-1].rights
    told = ngettext(
        "%(num)s right is held by somebody who left; %(weeks)s weeks ago there were %(first)s.",
        "%(num)s rights are held by people who left; %(weeks)s weeks ago there were %(first)s.",
        last,
        weeks=len(weeks) - 1,
        first=first,
    )
    dots = tuple(ChartDot(week.day, week.rights) for week in weeks)
    title = _("Rights of people who left, week after week")
    return figure(SeriesChart(title, told, _("Rights"), dots, zero=True))


def _planned(change_id: int, deed: Callable[[Acting], int | None]) -> AnyResponse:
    """Read anew, plan, and go to the wave; or show the person with why it cannot be planned."""
    with parts().database.read() as session:
        home = turnover_page(session, change_id, parts().now()).directory_id
    try:
        bring_up_to_date(parts(), home, by=current_operator_name())
        with acting() as act:
            wave = deed(act)
    except RungError as error:
        return _show(change_id, error)
    if wave is None:
        return done(url_for("access.turnover"), _("Everything continues; it is noted."))
    told = _("The plan is made. Nothing was changed yet.")
    return done(url_for("access.wave", wave_id=wave), told)


def _decided() -> RightsDecided:
    """Return what was ticked. Raises ``Invalid`` for a date nobody can read."""
    chosen = {
        int(name.removeprefix("right-")): value
        for name, value in request.form.items()
        if name.startswith("right-") and name.removeprefix("right-").isdigit()
    }
    until = {right for right, value in chosen.items() if value == UNTIL}
    return RightsDecided(
        stop=frozenset(right for right, value in chosen.items() if value == STOP),
        until={right: _day(right) for right in until},
        give=frozenset(right for right, value in chosen.items() if value == GIVE),
    )


def _day(right: int) -> str:
    text = request.form.get(f"until-{right}", "").strip()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Invalid(_("Say until which day, like 2026-06-30.")) from error


def _show(change_id: int, problem: RungError | None = None) -> Response:
    with parts().database.read() as session:
        page = turnover_page(session, change_id, parts().now())
    return answer(
        "access/turnover/one.html",
        "body",
        status=422 if problem else 200,
        page=page,
        line=page.line,
        problem=problem,
        sent=request.form,
    )


def _wanted() -> TurnoverWanted:
    def asked(name: str) -> str:
        return request.args.get(name, "").strip()[:200]

    return TurnoverWanted(parts().now(), asked("q"), asked("turn"), asked("done"))
