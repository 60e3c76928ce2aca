"""Plan a rung, write down what it showed, check in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming, choices
from app.core.web.fields import Typed
from app.improvements.blueprint import back_to, bp, focused, iteration_page_of
from app.improvements.gate.queries import scene_of
from app.improvements.history.actions import Overtaken
from app.improvements.history.joining import join_texts
from app.improvements.history.queries import base_of
from app.improvements.metrics.queries import metrics_of, series_of
from app.improvements.queries import get_improvement
from app.improvements.rungs import actions
from app.improvements.rungs.days import WindowDays, correct_days
from app.improvements.rungs.forms import (
    CheckInForm,
    ClosedWindowForm,
    PlanForm,
    ShownForm,
    WindowForm,
    metric_choices,
)
from app.improvements.rungs.queries import get_iteration, size_advised
from app.models.improvements.iteration import Iteration


@bp.route("/improvements/<int:improvement_id>/iterations/new", methods=["GET", "POST"])
@requires("improve")
def iteration_new(improvement_id: int) -> AnyResponse:
    """Plan the next rung."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        series = series_of(session, metrics_of(session, improvement_id))
        scene = scene_of(session, one)
    advice = size_advised(scene)
    form = PlanForm(data=_suggested(series, advice))
    form.metric_id.choices = choices(metric_choices(series))
    return posted(
        form,
        lambda act: actions.plan_iteration(
            act,
            improvement_id,
            form.plan(),
        ),
        lambda made: iteration_page_of(made.id),
        _("The rung is planned. Now say who takes part."),
    ) or answer(
        "improvements/rungs/plan.html",
        "form",
        form=form,
        one=one,
        iteration=None,
        advice=advice,
        theirs={},
    )


@bp.route("/iterations/<int:iteration_id>/edit", methods=["GET", "POST"])
@requires("improve")
def iteration_edit(iteration_id: int) -> AnyResponse:
    """Change the plan of a rung before it starts."""
    with parts().database.read() as session:
        row = get_iteration(session, iteration_id)
        one = get_improvement(session, row.improvement_id)
        series, scene = (
            series_of(session, metrics_of(session, one.id)),
            scene_of(session, one),
        )
    form = PlanForm(obj=row)
    focused(form)
    form.metric_id.choices = choices(metric_choices(series))
    context = {"one": one, "iteration": row, "advice": size_advised(scene, row)}
    return _edited(form, row, "improvements/rungs/plan.html", context, PlanForm.plan)


@bp.route("/iterations/<int:iteration_id>/shown", methods=["GET", "POST"])
@requires("improve")
def iteration_shown(iteration_id: int) -> AnyResponse:
    """Write down what a rung showed besides its metric: hours, pulse, incidents, support."""
    with parts().database.read() as session:
        row = get_iteration(session, iteration_id)
        one = get_improvement(session, row.improvement_id)
    form = ShownForm(obj=row)
    focused(form)
    context = {"one": one, "iteration": row}
    return _edited(form, row, "improvements/rungs/shown.html", context, _shown)


@bp.route("/iterations/<int:iteration_id>/check-in", methods=["GET", "POST"])
@requires("improve")
def iteration_check_in(iteration_id: int) -> AnyResponse:
    """Answer the five questions of the kata."""
    with parts().database.read() as session:
        row = get_iteration(session, iteration_id)
        one = get_improvement(session, row.improvement_id)
    form = CheckInForm()
    if saved := posted(
        form,
        lambda act: actions.check_in(
            act,
            iteration_id,
            form.values(),
        ),
        iteration_page_of(iteration_id, "check-ins"),
        _("Checked in."),
    ):
        return saved
    title, hint = (
        _("Check in"),
        _("Five questions, every few days. “Nothing” is an answer."),
    )
    return answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        title=title,
        hint=hint,
        back=iteration_page_of(iteration_id),
    )


@bp.route("/iterations/<int:iteration_id>/days", methods=["GET", "POST"])
@requires("improve")
def iteration_days(iteration_id: int) -> AnyResponse:
    """Put the days of a rung right: from when its change holds, and until when it goes."""
    with parts().database.read() as session:
        row = get_iteration(session, iteration_id)
        one = get_improvement(session, row.improvement_id)
    form = ClosedWindowForm(obj=row) if row.ended_at else WindowForm(obj=row)
    back = iteration_page_of(iteration_id)
    if saved := posted(
        form,
        lambda act: correct_days(act, iteration_id, WindowDays(**form.values())),
        back,
        _("The days are put right; the history keeps those of before."),
    ):
        return saved
    hint = _("What was usual before is worked out anew from these days.")
    page = {"one": one, "title": _("Put the days right"), "hint": hint, "back": back}
    return answer("improvements/plain_form.html", "form", form=form, **page)


def _edited(
    form: Typed,
    row: Iteration,
    template: str,
    context: dict[str, Any],
    typed: Callable[[Any], dict[str, Any]],
) -> AnyResponse:
    if form.validate_on_submit():
        try:
            with blaming(form):
                with acting() as act:
                    actions.change_iteration(
                        act,
                        row.id,
                        typed(form),
                        revision=form.began_at,
                    )
                return done(back_to(iteration_page_of(row.id)), _("Saved."))
        except Overtaken as error:
            with parts().database.read() as session:
                base = base_of(
                    session, row, list(form.values()), form.began_at or row.revision
                )
            theirs = join_texts(form, row, base, error)
            return answer(
                template,
                "form",
                status=409,
                form=form,
                **context,
                theirs=theirs,
                problem=error,
            )
    return answer(template, "form", form=form, **context, theirs={})


def _shown(form: ShownForm) -> dict[str, Any]:
    values: dict[str, Any] = form.values()
    if values["pulse_floor"] is None:
        del values["pulse_floor"]
    return values


def _suggested(series: Any, advice: int) -> dict[str, Any]:
    today = parts().now().date()
    primary = next((each.metric.id for each in series if each.metric.primary_of), None)
    return {
        "planned_size": advice,
        "starts_on": today,
        "ends_on": today + timedelta(days=14),
        "minimum_points": 8,
        "observe_days": 3,
        "metric_id": primary,
    }
