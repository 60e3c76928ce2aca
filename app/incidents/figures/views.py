"""The desk's figures, with how each is defined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask import Response, request
from flask_babel import gettext as _
from markupsafe import Markup

from app.auth import requires
from app.core.charts import ChartDot, SeriesChart
from app.core.charts import figure as drawn
from app.core.charts.spark import Spark
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web import csv_answer
from app.incidents.blueprint import bp
from app.incidents.figures.forms import FiguresForm
from app.incidents.figures.queries import (
    FiguresAsked,
    cases_of,
    desks_of,
    open_ones,
    projects_of,
)
from app.incidents.figures.rules import (
    FiguredIncident,
    backlog,
    by_service,
    by_team,
    figures_of,
    weekly,
)
from app.incidents.figures.trends import Trend, halves, trends
from app.incidents.queries import desk_numbers

PERIODS = (30, 90, 365)


@dataclass(frozen=True, slots=True)
class _Filter:
    days: int
    service: int | None
    team: int | None

    def asked(self, now: datetime) -> FiguresAsked:
        return FiguresAsked(
            now - timedelta(days=self.days), now, self.service, self.team
        )


@bp.get("/desk/figures")
@requires("read", "desk")
def figures() -> Response:
    """Show how the desk does: in pictures beside the period before, per team and service, with
    definitions and denominators; nobody is named, so who may read or works at the desk may look.
    """
    form, now = FiguresForm(formdata=request.args), parts().now()
    asked = _asked(form)
    period = asked.asked(now)
    with parts().database.read() as session:
        both = cases_of(session, replace(period, since=period.earlier), now)
        cases, before = halves(both, period.since)
        waiting = open_ones(session, period, now)
        switch, projects, desks = (
            desk_numbers(session).individual_figures,
            projects_of(session),
            desks_of(session),
        )
    return answer(
        "incidents/figures/figures.html",
        "body",
        asked=asked,
        figures=figures_of(cases),
        pictures=[(each, _small(each)) for each in trends(cases, before)],
        chart=_chart(cases),
        count=len(cases),
        by_service=by_service(cases),
        by_team=by_team(cases, waiting, projects),
        desks=desks,
        backlog=backlog(waiting),
        form=form,
        individual=switch,
    )


@bp.get("/desk/figures.csv")
@requires("read", "desk")
def figures_csv() -> Response:
    """Download the figures."""
    asked, now = _asked(FiguresForm(formdata=request.args)), parts().now()
    with parts().database.read() as session:
        found = figures_of(cases_of(session, asked.asked(now), now))
    rows = [(each.name, each.value, each.of, each.definition) for each in found]
    return csv_answer("desk-figures.csv", ("Figure", "Value", "Of", "Definition"), rows)


def _asked(form: FiguresForm) -> _Filter:
    days = request.args.get("days", 90, type=int)
    form.validate()  # what nothing is called is said beside its field, and narrows nothing
    days = days if days in PERIODS else 90
    return _Filter(days, form.service.data, form.team.data)


def _chart(cases: list[FiguredIncident]) -> str:
    weeks = weekly([case for case in cases if not case.complaint])
    if sum(value is not None for _week, value, _count in weeks) < 2:
        return ""
    dots = tuple(
        ChartDot(week, value, label=_week_of(week)) for week, value, _count in weeks
    )
    sentence = _(
        "Median business hours from report to restoration, by week of the report."
    )
    return drawn(
        SeriesChart(_("Time to restore service"), sentence, _("Hours"), dots, zero=True)
    )


def _small(trend: Trend) -> Markup:
    dots = tuple(ChartDot(week, value) for week, value in trend.weeks)
    return Spark(trend.name, _("by week"), dots).draw() if len(dots) > 1 else Markup()


def _week_of(week: date) -> str:
    return f"{week.day} {week:%b}"
