"""Iterations: plan a rung, start it, look at it, decide through its gate, freeze it, carry it
over.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, make_response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.errors import Conflict, NotFound, Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming, choices
from app.core.web.fields import Typed
from app.improvements.actions import deciding, iterations
from app.improvements.actions.edits import Overtaken
from app.improvements.forms.iterations import (
    CheckInForm,
    InviteForm,
    PlanForm,
    RehearsalForm,
    ShownForm,
    metric_choices,
    seconds_text,
)
from app.improvements.queries.judging import last_accepted, scene_of
from app.improvements.queries.pages_improvement import base_of
from app.improvements.queries.pages_iteration import get_iteration, iteration_page
from app.improvements.queries.points import metrics_of, series_of
from app.improvements.queries.register import get_improvement
from app.improvements.rules.rung import size_advice
from app.improvements.views.blueprint import bp, iteration_page_of
from app.improvements.views.charts import figure_of
from app.improvements.views.joining import join_texts
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import DecisionKind

bp.add_app_template_global(seconds_text, "seconds_text")


@bp.get("/iterations/<int:iteration_id>")
@requires("read")
def iteration(iteration_id: int) -> Response:
    """Show one iteration: prediction and result, people, gate, findings."""
    return show_iteration(iteration_id)


@bp.get("/iterations/<int:iteration_id>/snapshot.json")
@requires("read")
def iteration_snapshot(iteration_id: int) -> Response:
    """Return a closed iteration as it was frozen."""
    with parts().database.read() as session:
        page = iteration_page(session, iteration_id, parts().now().date())
    if page.snapshot is None:
        raise NotFound(_("It is not closed, so nothing is frozen yet."))
    found = make_response(
        page.snapshot.content, 200, {"Content-Type": "application/json; charset=utf-8"}
    )
    found.headers.set(
        "Content-Disposition", "attachment", filename=f"iteration-{iteration_id}.json"
    )
    return found


@bp.route("/improvements/<int:improvement_id>/iterations/new", methods=["GET", "POST"])
@requires("improve")
def iteration_new(improvement_id: int) -> AnyResponse:
    """Plan the next rung."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        series = series_of(session, metrics_of(session, improvement_id))
        scene = scene_of(session, one)
    advice = _advice(scene, one)
    form = PlanForm(data=_suggested(series, advice))
    form.metric_id.choices = choices(metric_choices(series))
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                made = iterations.plan_iteration(
                    act,
                    improvement_id,
                    _plan(form),
                )
            return done(
                iteration_page_of(made.id), _("The rung is planned. Now say who takes part.")
            )
    return answer(
        "improvements/plan.html",
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
        series, scene = series_of(session, metrics_of(session, one.id)), scene_of(session, one)
    form = PlanForm(obj=row)
    form.metric_id.choices = choices(metric_choices(series))
    context = {"one": one, "iteration": row, "advice": _advice(scene, one, row)}
    return _edited(form, row, "improvements/plan.html", context, _plan)


@bp.route("/iterations/<int:iteration_id>/shown", methods=["GET", "POST"])
@requires("improve")
def iteration_shown(iteration_id: int) -> AnyResponse:
    """Write down what a rung showed besides its metric: hours, pulse, incidents, support."""
    with parts().database.read() as session:
        row = get_iteration(session, iteration_id)
        one = get_improvement(session, row.improvement_id)
    context = {"one": one, "iteration": row}
    return _edited(ShownForm(obj=row), row, "improvements/shown.html", context, _shown)


@bp.route("/iterations/<int:iteration_id>/check-in", methods=["GET", "POST"])
@requires("improve")
def iteration_check_in(iteration_id: int) -> AnyResponse:
    """Answer the five questions of the kata."""
    with parts().database.read() as session:
        row = get_iteration(session, iteration_id)
        one = get_improvement(session, row.improvement_id)
    form = CheckInForm()
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                iterations.check_in(
                    act,
                    iteration_id,
                    form.values(),
                )
            return done(iteration_page_of(iteration_id, "check-ins"), _("Checked in."))
    title, hint = _("Check in"), _("Five questions, every few days. “Nothing” is an answer.")
    return answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        title=title,
        hint=hint,
        back=iteration_page_of(iteration_id),
    )


@bp.post("/iterations/<int:iteration_id>/start")
@requires("improve")
def iteration_start(iteration_id: int) -> AnyResponse:
    """Start a rung; its plan and its prediction are locked."""
    return _do(iteration_id, iterations.start, _("Started. The prediction is locked."))


@bp.post("/iterations/<int:iteration_id>/review")
@requires("improve")
def iteration_review(iteration_id: int) -> AnyResponse:
    """Look at a running rung; its gate says what may follow."""
    return _do(iteration_id, iterations.review, _("Under review: the gate says what may follow."))


@bp.post("/iterations/<int:iteration_id>/resume")
@requires("improve")
def iteration_resume(iteration_id: int) -> AnyResponse:
    """Let a rung run on."""
    return _do(iteration_id, iterations.resume, _("It runs on."), reason=_reason())


@bp.post("/iterations/<int:iteration_id>/abort")
@requires("improve")
def iteration_abort(iteration_id: int) -> AnyResponse:
    """End a rung without a decision."""
    return _do(
        iteration_id, deciding.abort, _("Aborted; what was learned stays."), reason=_reason()
    )


@bp.post("/iterations/<int:iteration_id>/rehearse")
@requires("improve")
def iteration_rehearse(iteration_id: int) -> AnyResponse:
    """Note that the undo was tried, and how long it took."""
    form = RehearsalForm()
    if form.validate_on_submit() and form.seconds.data is not None:
        return _do(
            iteration_id,
            iterations.rehearse_undo,
            _("The undo was rehearsed."),
            seconds=form.seconds.data,
        )
    return show_iteration(
        iteration_id, Refused(_("Say how many seconds the undo took.")), status=422
    )


@bp.post("/iterations/<int:iteration_id>/decide")
@requires("improve")
def iteration_decide(iteration_id: int) -> AnyResponse:
    """Decide what follows; a closed gate answers with everything that stands in the way."""
    kind = next((each for each in DecisionKind if each == request.form.get("kind")), None)
    if kind is None:
        raise NotFound(_("There is no such decision."))
    sentence = _("Decided: %(kind)s. The iteration is closed and frozen.", kind=kind)
    return _do(iteration_id, deciding.decide, sentence, kind=kind, reason=_reason())


@bp.post("/iterations/<int:iteration_id>/carry")
@requires("improve")
def iteration_carry(iteration_id: int) -> AnyResponse:
    """Plan the next rung from a decided one; the prediction has to be made anew."""
    try:
        with acting() as act:
            made = iterations.carry(act, iteration_id)
    except (Refused, Conflict) as error:
        return show_iteration(iteration_id, error)
    return done(
        iteration_page_of(made.id), _("Copied what carries over. Predict anew before you start.")
    )


def show_iteration(
    iteration_id: int,
    problem: Refused | Conflict | None = None,
    *,
    status: int = 0,
    invite: InviteForm | None = None,
) -> Response:
    """Show one iteration, with what just could not be done and why."""
    with parts().database.read() as session:
        page = iteration_page(session, iteration_id, parts().now().date())
    series = page.standing.series
    figure = figure_of(series, page.scene.first_start) if series else None
    status = status or (problem.status if problem else 200)
    typed = {name: request.form.get(name, "") for name in ("reason", "kind", "seconds")}
    return answer(
        "improvements/iteration.html",
        "body",
        status=status,
        page=page,
        figure_html=figure,
        problem=problem,
        typed=typed,
        form=invite or InviteForm(formdata=None),
    )


def _do(
    iteration_id: int, action: Callable[..., object], sentence: str, **arguments: Any
) -> AnyResponse:
    try:
        with acting() as act:
            action(act, iteration_id, **arguments)
    except (Refused, Conflict) as error:
        return show_iteration(iteration_id, error)
    return done(iteration_page_of(iteration_id), sentence)


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
                    iterations.change_iteration(
                        act,
                        row.id,
                        typed(form),
                        revision=form.began_at,
                    )
                return done(iteration_page_of(row.id), _("Saved."))
        except Overtaken as error:
            with parts().database.read() as session:
                base = base_of(session, row, list(form.values()), form.began_at or row.revision)
            theirs = join_texts(form, row, base, error)
            return answer(
                template, "form", status=409, form=form, **context, theirs=theirs, problem=error
            )
    return answer(template, "form", form=form, **context, theirs={})


def _plan(form: PlanForm) -> dict[str, Any]:
    values: dict[str, Any] = form.values()
    for name, usual in (("planned_size", 1), ("minimum_points", 8), ("observe_days", 0)):
        values[name] = usual if values[name] is None else values[name]
    return values


def _shown(form: ShownForm) -> dict[str, Any]:
    values: dict[str, Any] = form.values()
    if values["pulse_floor"] is None:
        del values["pulse_floor"]
    return values


def _advice(scene: Any, one: Improvement, row: Iteration | None = None) -> int:
    following = row or Iteration(id=0, number=len(scene.iterations) + 1, improvement_id=one.id)
    return size_advice(last_accepted(scene, following), one.undo_capacity, one.eligible)


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


def _reason() -> str:
    return request.form.get("reason", "").strip()[:2000]
