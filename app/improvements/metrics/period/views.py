"""The page on which the period of a metric is changed, and its way back."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core import charts
from app.core.errors import RungError
from app.core.htmx import answer, done
from app.core.parts import parts
from app.improvements.blueprint import bp
from app.improvements.metrics.charts import LATEST, MANY, chart_of
from app.improvements.metrics.forms import PeriodForm
from app.improvements.metrics.period import actions as period_change
from app.improvements.metrics.period.actions import PeriodPlan
from app.improvements.metrics.period.regrouping import LENGTHS, SENSIBLE
from app.improvements.metrics.queries import MetricPage, metric_page


@bp.route("/metrics/<int:metric_id>/period", methods=["GET", "POST"])
@requires("improve")
def metric_period(metric_id: int) -> AnyResponse:
    """Show what becomes of the values in another period, and change it."""
    form = PeriodForm(request.form if request.method == "POST" else request.args)
    return posted(
        form,
        lambda act: period_change.change_period(
            act,
            metric_id,
            form.period.data,
            form.reason.data,
            together=form.together.data,
            began_at=form.began_at,
        ),
        url_for("improvements.metric", metric_id=metric_id),
        _("The period is changed; the values before stay beside the new ones."),
    ) or _shown(metric_id, form)


@bp.post("/metrics/periods/<int:change_id>/take-back")
@requires("improve")
def metric_period_back(change_id: int) -> AnyResponse:
    """Give a metric its period and its values back."""
    with acting() as act:
        metric_id = period_change.take_back_period(act, change_id).metric_id
    return done(
        url_for("improvements.metric", metric_id=metric_id),
        _("The period and the values are what they were."),
    )


def _shown(metric_id: int, form: PeriodForm) -> Response:
    plan, why, figure_html = None, "", None
    with parts().database.read() as session:
        page = metric_page(session, metric_id)
        earlier = period_change.latest_change(session, metric_id)
        if form.period.data is not None:
            try:
                plan = period_change.plan_period(
                    session,
                    metric_id,
                    form.period.data,
                    form.together.data,
                )
                figure_html = _figure(plan, page)
            except RungError as error:
                why = error.message
    form.revision.data = str(plan.revision) if plan else ""
    return answer(
        "improvements/metrics/period.html",
        "body",
        page=page,
        form=form,
        plan=plan,
        why=why,
        earlier=earlier,
        figure_html=figure_html,
        begun=plan.begun(parts().now().date()) if plan else None,
        lengths=[one for one in LENGTHS if one is not page.metric.period],
        ways=SENSIBLE[page.metric.tally],
    )


def _figure(plan: PeriodPlan, page: MetricPage) -> Markup | None:
    """Return the chart as it would be."""
    after = plan.after
    chart = chart_of(after, page.pilot_from) if after.values else None
    if chart is None:
        return None
    chart, count = replace(chart, happened=page.happened), len(chart.dots)
    if count <= MANY:
        return charts.figure(chart)
    more = _("The latest %(shown)s of %(count)s.", shown=LATEST, count=count)
    return charts.figure(chart.latest(LATEST), more=more)
