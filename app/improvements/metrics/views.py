"""Metrics: choose one, change it, watch it, its values by hand, pasted, from a file, and as CSV."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core import charts
from app.core.changes import one
from app.core.errors import Invalid
from app.core.figures import day as day_text
from app.core.htmx import answer, done
from app.core.numbers_in import COMMA, POINT
from app.core.parts import parts
from app.core.web import asked_page, blaming, csv_answer
from app.core.web.tables import SentTable, months_first, sent_table
from app.core.web.words import give_words
from app.improvements.blueprint import back_to, bp
from app.improvements.metrics import actions, leaving, measuring
from app.improvements.metrics.actions import MetricDraft
from app.improvements.metrics.ahead import values_ahead
from app.improvements.metrics.charts import chart_of, figure_of
from app.improvements.metrics.forms import (
    CorrectionForm,
    LeaveOutForm,
    MetricForm,
    PastedForm,
    RebaseForm,
    ValueForm,
)
from app.improvements.metrics.period.actions import latest_change
from app.improvements.metrics.queries import (
    MOST_VALUES,
    MetricPage,
    count_values,
    metric_page,
    metrics_of,
)
from app.improvements.metrics.standing import Course
from app.improvements.queries import get_improvement
from app.improvements.statistics.control import Assurance
from app.models.improvements.metric import Measurement
from app.models.improvements.words import Tally

COURSE_WORDS = {
    Course.BETTER: _l("getting better"),
    Course.WORSE: _l("getting worse"),
    Course.STEADY: _l("no change beyond chance"),
    Course.EARLY: _l("too early to tell"),
    Course.NONE: _l("not measured"),
}
give_words(
    bp,
    tally_words={
        Tally.MEASURED: _l("measured"),
        Tally.SHARE: _l("share of cases"),
        Tally.RATE: _l("events per so many"),
        Tally.COUNT: _l("number of events"),
    },
    course_words=COURSE_WORDS,
    promise_words={
        Assurance.MEETS: _l("will be met"),
        Assurance.VARIES: _l("met at times"),
        Assurance.MISSES: _l("will be missed"),
    },
)

bp.add_app_template_global(charts.sign, "chart_sign")


@bp.get("/metrics/<int:metric_id>")
@requires("read")
def metric(metric_id: int) -> Response:
    """Show one metric: its chart, its values, what can be done with it."""
    return _show(metric_id)


@bp.get("/metrics/<int:metric_id>/values.csv")
@requires("read")
def metric_csv(metric_id: int) -> Response:
    """Return the values of a metric with their limits as CSV."""
    page = _page(metric_id)
    chart = chart_of(page.series, page.pilot_from)
    table = replace(chart, happened=page.happened).table() if chart else None
    return csv_answer(
        f"metric-{metric_id}.csv",
        table.header if table else ("Period", "Value"),
        table.csv_rows() if table else [],
    )


@bp.route("/improvements/<int:improvement_id>/metrics/new", methods=["GET", "POST"])
@requires("improve")
def metric_new(improvement_id: int) -> AnyResponse:
    """Choose what an improvement is measured by."""
    with parts().database.read() as session:
        improvement = get_improvement(session, improvement_id)
    form = MetricForm()
    return posted(
        form,
        lambda act: actions.add_metric(
            act,
            improvement_id,
            MetricDraft(**form.values()),
        ),
        lambda made: _after_choosing(made.id),
        _("It is measured from now on."),
    ) or answer(
        "improvements/metrics/metric_form.html",
        "form",
        form=form,
        one=improvement,
        metric=None,
    )


def _after_choosing(metric_id: int) -> str:
    """Return the metric, or its values where a list asked for a number."""
    back = back_to("")
    if back:
        return url_for("improvements.metric_values", metric_id=metric_id, back=back)
    return url_for("improvements.metric", metric_id=metric_id)


@bp.get("/improvements/<int:improvement_id>/number")
@requires("improve")
def improvement_number(improvement_id: int) -> AnyResponse:
    """Lead to the values of the one metric that matters most, or to choosing it."""
    with parts().database.read() as session:
        get_improvement(session, improvement_id)
        known = metrics_of(session, improvement_id)
    primary = next((one.id for one in known if one.primary_of), 0)
    there = (
        url_for("improvements.metric_values", metric_id=primary)
        if primary
        else url_for("improvements.metric_new", improvement_id=improvement_id)
    )
    back = back_to("")
    return redirect(f"{there}?{urlencode({'back': back})}" if back else there, 303)


@bp.route("/metrics/<int:metric_id>/edit", methods=["GET", "POST"])
@requires("improve")
def metric_edit(metric_id: int) -> AnyResponse:
    """Change a metric; what gives its values their meaning stays once there are any."""
    page = _page(metric_id)
    form = MetricForm(obj=page.metric)
    return posted(
        form,
        lambda act: actions.change_metric(act, metric_id, form.values()),
        url_for("improvements.metric", metric_id=metric_id),
        _("The metric is changed."),
    ) or answer(
        "improvements/metrics/metric_form.html",
        "form",
        form=form,
        one=page.improvement,
        metric=page.metric,
    )


@bp.route("/metrics/<int:metric_id>/values", methods=["GET", "POST"])
@requires("improve")
def metric_values(metric_id: int) -> AnyResponse:
    """Add values: one by hand, many pasted or from a file; pasted ones are shown before they are
    kept.
    """
    form, pasted = (
        ValueForm(prefix="one", data={"day": parts().now().date()}),
        PastedForm(),
    )
    if (
        request.method == "POST"
        and "one-value" in request.form
        and form.validate_on_submit()
    ):
        with blaming(form):
            return _measured(metric_id, form)
    if request.method == "POST" and "one-value" not in request.form:
        return _pasted(metric_id, pasted)
    return _values_page(metric_id, form=form, pasted=pasted)


@bp.route("/measurements/<int:measurement_id>/correct", methods=["GET", "POST"])
@requires("improve")
def measurement_correct(measurement_id: int) -> AnyResponse:
    """Put a right value beside a wrong one; both stay."""
    form = CorrectionForm()
    metric_id = request.args.get("metric", 0, type=int)
    page = _page(metric_id)
    if saved := posted(
        form,
        lambda act: measuring.correct(
            act,
            measurement_id,
            form.value.data,
            form.reason.data,
            form.whole.data,
        ),
        url_for("improvements.metric", metric_id=metric_id),
        _("Corrected; the wrong value stays beside it."),
    ):
        return saved
    with parts().database.read() as session:
        wrong = session.get(Measurement, measurement_id)
    return answer(
        "improvements/metrics/correct.html", "form", form=form, page=page, wrong=wrong
    )


@bp.route("/measurements/<int:measurement_id>/leave-out", methods=["GET", "POST"])
@requires("improve")
def measurement_leave_out(measurement_id: int) -> AnyResponse:
    """Leave a point out of limits, signals and verdict, with a reason."""
    with parts().database.read() as session:
        point = one(session, Measurement, measurement_id)
        rung = leaving.running_on(session, point.metric_id)
    metric_id, form = point.metric_id, LeaveOutForm()
    return posted(
        form,
        lambda act: leaving.leave_out(
            act,
            metric_id,
            point.day,
            form.reason.data,
            point.label,
        ),
        url_for("improvements.metric", metric_id=metric_id, _anchor="on-points"),
        _("It is left out, with the reason beside it."),
    ) or answer(
        "improvements/metrics/leave_out.html",
        "form",
        form=form,
        page=_page(metric_id),
        point=point,
        rung=rung,
    )


@bp.post("/metrics/left-out/<int:left_out_id>/take-back")
@requires("improve")
def metric_take_back(left_out_id: int) -> AnyResponse:
    """Let a point that was left out count again."""
    with acting() as act:
        metric_id = leaving.take_back(act, left_out_id).metric_id
    return done(
        url_for("improvements.metric", metric_id=metric_id),
        _("The point counts again."),
    )


@bp.post("/metrics/<int:metric_id>/watch")
@requires("improve")
def metric_watch(metric_id: int) -> AnyResponse:
    """Keep a metric under watch after the improvement is embedded."""
    with acting() as act:
        actions.watch(act, metric_id)
    return done(
        back_to(url_for("improvements.metric", metric_id=metric_id)),
        _("It stays under watch; drift opens the improvement again."),
    )


@bp.post("/metrics/<int:metric_id>/retire")
@requires("improve")
def metric_retire(metric_id: int) -> AnyResponse:
    """Stop using a metric; its values stay."""
    reason = request.form.get("reason", "").strip()[:400]
    with acting() as act:
        actions.retire_metric(act, metric_id, reason=reason)
    return done(
        url_for("improvements.metric", metric_id=metric_id),
        _("It is no longer measured; its values stay."),
    )


@bp.post("/metrics/<int:metric_id>/limits")
@requires("improve")
def metric_limits(metric_id: int) -> AnyResponse:
    """Decide that new limits hold from a day on."""
    form = RebaseForm()
    if form.validate_on_submit():
        with blaming(form):
            if form.day.data is None:
                raise Invalid(_("Say from which day on."), field="day")
            with acting() as act:
                actions.rebase(
                    act,
                    metric_id,
                    form.day.data,
                    form.reason.data,
                )
            return done(
                url_for("improvements.metric", metric_id=metric_id),
                _("New limits hold from that day on."),
            )
    return _show(metric_id, form)


def _page(metric_id: int) -> MetricPage:
    with parts().database.read() as session:
        return metric_page(session, metric_id)


def _show(metric_id: int, form: RebaseForm | None = None) -> Response:
    paging = asked_page(MOST_VALUES)
    with parts().database.read() as session:
        paging = paging.of(count_values(session, metric_id))
        page = metric_page(session, metric_id, paging.offset)
        changed = latest_change(session, metric_id)
    figure = figure_of(page.series, page.pilot_from, page.happened)
    return answer(
        "improvements/metrics/metric.html",
        "body",
        page=page,
        paging=paging,
        figure_html=figure,
        reading=page.series.read(page.pilot_from) if page.series.values else None,
        watch=page.series.watched(),
        ahead=values_ahead(page.series.values, parts().now()),
        changed=changed,
        form=form or RebaseForm(formdata=None, data=_offered(page)),
    )


def _offered(page: MetricPage) -> dict[str, Any]:
    """Return the day and the reason of new limits at the level of embedding, where the chart has
    none there yet.
    """
    watch = page.series.watched()
    if watch is None or watch.level is None:
        return {}
    since = watch.level.since
    if any(day >= since for day in page.series.rebased):
        return {}
    why = _("Embedded at this level on %(day)s.", day=day_text(watch.day))
    return {"day": since, "reason": why}


def _values_page(metric_id: int, status: int = 200, **context: Any) -> Response:
    known: dict[str, Any] = {
        "page": _page(metric_id),
        "preview": None,
        "said": None,
        "decimals": request.form.get("decimals", ""),
        **context,
    }
    return answer("improvements/metrics/values.html", "body", status=status, **known)


def _measured(metric_id: int, form: ValueForm) -> AnyResponse:
    if form.value.data is None or form.day.data is None:
        raise Invalid(_("Give a day and a value."), field="value")
    with acting() as act:
        measuring.measure(
            act,
            metric_id,
            form.day.data,
            form.value.data,
            whole=form.whole.data,
        )
    there = url_for("improvements.metric", metric_id=metric_id)
    return done(back_to(there), _("The value is written down."))


def _pasted(metric_id: int, pasted: PastedForm) -> AnyResponse:
    """Show what pasted lines would add; the second press keeps them."""
    form = ValueForm(formdata=None, prefix="one", data={"day": parts().now().date()})
    with blaming(pasted):
        sent, said = sent_table(), months_first()
        pasted.text.data = sent.text
        if request.form.get("keep"):
            return _kept(metric_id, sent, said)
        with parts().database.read() as session:
            preview = measuring.preview_values(
                session,
                metric_id,
                sent.text,
                months_first=said,
                mark=_mark(),
                now=parts().now(),
            )
        status = 200 if preview.rows or preview.asks else 422
        return _values_page(
            metric_id, status, form=form, pasted=pasted, preview=preview, said=said
        )
    return _values_page(metric_id, 422, form=form, pasted=pasted)


def _mark() -> str | None:
    """Return which mark stands before decimals, where somebody said it."""
    return {"point": POINT, "comma": COMMA}.get(request.form.get("decimals", ""))


def _kept(metric_id: int, sent: SentTable, said: bool | None) -> AnyResponse:
    origin = "file" if sent.name else "pasted"
    with acting() as act:
        kept = measuring.measure_pasted(
            act,
            metric_id,
            sent.text,
            origin=origin,
            keep_good=True,
            months_first=said,
            mark=_mark(),
        )
    sentence = ngettext(
        "%(num)s value is written down.",
        "%(num)s values are written down.",
        len(kept.rows),
    )
    there = url_for("improvements.metric", metric_id=metric_id)
    return done(back_to(there), sentence)
