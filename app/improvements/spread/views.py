"""The long run: burn-up with its forecast, raised against closed, what was learned; how good
predictions were.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.auth import requires
from app.core import charts
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web import csv_answer
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import page_of_rows
from app.improvements.blueprint import bp
from app.improvements.metrics.marks import marks_of
from app.improvements.metrics.standing import Course
from app.improvements.metrics.views import COURSE_WORDS
from app.improvements.queries import get_improvement
from app.improvements.spread.adoption import adoption_of
from app.improvements.spread.aims import aims
from app.improvements.spread.pictures import burn_up_chart
from app.improvements.spread.predictions import prediction_ledger
from app.improvements.spread.queries import (
    BurnUp,
    FlowCount,
    MeasuredImprovement,
    burn_up_of,
    flow,
    measured,
    portfolio_burn_up,
    spared,
    states,
    successes,
)
from app.models.improvements.words import ImprovementState, MetricRole


@bp.get("/improvements/progress")
@requires("read")
def progress() -> Response:
    """Show how far everything is, when it will be done, and what was learned on the way."""
    today = parts().now().date()
    with parts().database.read() as session:
        burn, weeks, standing = (
            portfolio_burn_up(session, today),
            flow(session, today),
            states(session),
        )
        (stopped, sums), told = spared(session), successes(session)
        rows = measured(session)
        served, waits = aims(session)
    return answer(
        "improvements/spread/progress.html",
        "body",
        burn=_burn_figure(burn, url_for("improvements.progress_csv")),
        sentence=_standing_sentence(burn, standing[ImprovementState.IN_PROGRESS]),
        flow=_flow_figure(weeks),
        states=standing,
        rows=rows,
        stopped=stopped,
        sums=sums,
        successes=told,
        aims=served,
        waits=waits,
    )


@bp.get("/improvements/progress.csv")
@requires("read")
def progress_csv() -> Response:
    """Return the burn-up of everything as CSV."""
    with parts().database.read() as session:
        burn = portfolio_burn_up(session, parts().now().date())
    return _burn_csv(burn, "progress.csv")


@bp.get("/improvements/metrics")
@requires("read")
@remembered
def all_metrics() -> Response:
    """Show how every metric stands: where it goes, what its target may expect, in words."""
    with parts().database.read() as session:
        every = measured(session, every=True)
    page, rows = page_of_rows([row for row in every if _wanted(row)])
    worse = sum(row.standing.course is Course.WORSE for row in every)
    return listed(
        "improvements/spread/metrics.html",
        Listing("metrics", _metric_filters(), page),
        rows=rows,
        count=len(every),
        worse=worse,
    )


def _metric_filters() -> list[ListFilter]:
    asked = {name: request.args.get(name, "") for name in ("q", "course", "role")}
    courses = [(course.value, COURSE_WORDS[course]) for course in Course]
    roles = with_any(list(MetricRole), _("any"))
    return [
        ListFilter("q", _("Called"), asked["q"]),
        ListFilter(
            "course",
            _("How it goes"),
            asked["course"],
            with_any(courses, _("however it goes")),
        ),
        ListFilter("role", _("What it is for"), asked["role"], roles),
    ]


@bp.get("/improvements/metrics.csv")
@requires("read")
def all_metrics_csv() -> Response:
    """Return how every metric stands as CSV."""
    with parts().database.read() as session:
        rows = measured(session, every=True)
    header = (
        "Improvement",
        "Metric",
        "Role",
        "Latest",
        "Unit",
        "Target",
        "Course",
        "Target will be",
        "In words",
    )
    return csv_answer("metrics.csv", header, [_flat(row) for row in rows])


def _flat(row: MeasuredImprovement) -> tuple[Any, ...]:
    stands, metric = row.standing, row.standing.metric
    return (
        row.title,
        metric.name,
        metric.role,
        stands.latest.value if stands.latest else None,
        metric.unit,
        metric.target,
        stands.course,
        stands.promise,
        str(stands.sentence),
    )


def _wanted(row: MeasuredImprovement) -> bool:
    """Tell whether a row is among those the address asks for."""
    asked, stands = request.args, row.standing
    course, role = asked.get("course", ""), asked.get("role", "")
    text = asked.get("q", "").strip().casefold()
    named = f"{row.title} {stands.metric.name}".casefold()
    return (
        course in ("", stands.course)
        and role in ("", stands.metric.role)
        and text in named
    )


@bp.get("/improvements/flow.csv")
@requires("read")
def flow_csv() -> Response:
    """Return raised against closed, week by week, as CSV."""
    with parts().database.read() as session:
        weeks = flow(session, parts().now().date())
    rows = [
        (week.ends.isoformat(), week.raised, week.closed, week.raised - week.closed)
        for week in weeks
    ]
    return csv_answer(
        "raised-and-closed.csv", ("Week to", "Raised", "Closed", "Open"), rows
    )


@bp.get("/improvements/<int:improvement_id>/spread")
@requires("read")
def improvement_spread(improvement_id: int) -> Response:
    """Show how far one improvement has spread, when everybody will have it, and what moved
    people.
    """
    today = parts().now().date()
    with parts().database.read() as session:
        one, burn = (
            get_improvement(session, improvement_id),
            burn_up_of(session, improvement_id, today),
        )
        happened = marks_of(session, improvement_id)
        adoption = adoption_of(session, improvement_id, today)
    figure = _burn_figure(
        burn,
        url_for("improvements.improvement_spread_csv", improvement_id=improvement_id),
        happened,
    )
    return answer(
        "improvements/spread/spread.html",
        "body",
        one=one,
        burn=figure,
        forecast=burn.forecast,
        adoption=adoption,
    )


@bp.get("/improvements/<int:improvement_id>/spread.csv")
@requires("read")
def improvement_spread_csv(improvement_id: int) -> Response:
    """Return the burn-up of one improvement as CSV."""
    with parts().database.read() as session:
        burn = burn_up_of(session, improvement_id, parts().now().date())
    return _burn_csv(burn, f"improvement-{improvement_id}-spread.csv")


@bp.get("/improvements/predictions")
@requires("read")
def predictions() -> Response:
    """Show every prediction beside its result, and how good we are at it."""
    with parts().database.read() as session:
        found = prediction_ledger(session)
    return answer("improvements/spread/predictions.html", "body", found=found)


def _chart(burn: BurnUp) -> charts.BurnUpChart | None:
    if not burn.weeks:
        return None
    return burn_up_chart(_("People who have it"), burn.weeks, burn.forecast, burn.fan)


def _burn_figure(
    burn: BurnUp, csv: str, happened: tuple[charts.Happened, ...] = ()
) -> Markup | None:
    chart = _chart(burn)
    return charts.figure(replace(chart, happened=happened), csv) if chart else None


def _burn_csv(burn: BurnUp, filename: str) -> Response:
    chart = _chart(burn)
    table = chart.table() if chart else None
    return csv_answer(
        filename,
        table.header if table else ("Week to",),
        table.csv_rows() if table else [],
    )


def _flow_figure(weeks: list[FlowCount]) -> Markup | None:
    if len(weeks) < 2:
        return None
    last = weeks[-1]
    sentence = ngettext(
        "%(closed)s of %(num)s raised is closed.",
        "%(closed)s of %(num)s raised are closed.",
        last.raised,
        closed=last.closed,
    )
    shown = tuple(
        charts.FlowWeek(week.ends, week.raised, week.closed) for week in weeks
    )
    return charts.figure(
        charts.FlowChart(_("Raised and closed"), sentence, shown),
        url_for("improvements.flow_csv"),
    )


def _standing_sentence(burn: BurnUp, running: int) -> Any:
    """Say in one sentence how far everything is; people are counted once."""
    if not burn.weeks:
        return _("Nothing has started yet.")
    people = ngettext(
        "%(num)s person has at least one improvement",
        "%(num)s people have at least one improvement",
        burn.done,
    )
    going = ngettext("%(num)s is in progress", "%(num)s are in progress", running)
    return _("%(people)s; %(going)s.", people=people, going=going)
