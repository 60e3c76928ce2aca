"""One iteration on one page, and the answers to the forms that stand on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.errors import Conflict, Invalid, NotFound, Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.said import said, spoken
from app.core.web import blaming
from app.core.web.words import give_words
from app.improvements.blueprint import back_to, bp, iteration_page_of
from app.improvements.climb.actions import next_rung
from app.improvements.gate.checks import is_light
from app.improvements.iteration.forms import RehearsalForm
from app.improvements.iteration.queries import IterationPage, iteration_page
from app.improvements.metrics.charts import figure_of
from app.improvements.people import actions as people_actions
from app.improvements.people.forms import InviteForm
from app.improvements.people.rules import seconds_text
from app.improvements.register.rules import drifted_back
from app.improvements.rules import WORDS
from app.improvements.rungs import closing
from app.improvements.rungs.actions import rehearse_undo, resume, review
from app.improvements.rungs.forms import ChangeDayForm
from app.improvements.rungs.starting import ChangeDay, start
from app.improvements.tasks.queries import task_lines
from app.models.improvements.iteration import Participation
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import (
    DecisionKind,
    IterationState,
    ParticipationState,
)

give_words(
    bp,
    participation_moves={
        ParticipationState.PREPARED: _l("Ready"),
        ParticipationState.SWITCHED: _l("Uses it"),
    },
    decision_icons={
        DecisionKind.SCALE: "trending-up",
        DecisionKind.ADOPT: "shield-check",
        DecisionKind.HOLD: "hourglass",
        DecisionKind.ADAPT: "refresh-cw",
        DecisionKind.ROLL_BACK: "undo-2",
        DecisionKind.STOP: "check",
    },
)

TYPED = ("reason", "kind", "seconds", "day", "why")
"""Fields that show again what was typed when something could not be done."""

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
        "Content-Disposition", "attachment", filename=f"rung-{iteration_id}.json"
    )
    return found


@bp.post("/iterations/<int:iteration_id>/start")
@requires("improve")
def iteration_start(iteration_id: int) -> AnyResponse:
    """Start a rung from a day on; its plan and its prediction are locked."""
    form = ChangeDayForm()
    if not form.validate_on_submit():
        problem = next(iter(form.errors.values()))[0]
        return show_iteration(iteration_id, Refused(problem), status=422)
    since = ChangeDay(form.day.data, form.why.data or "")
    return _do(
        iteration_id, start, _("Started. The prediction is locked."), since=since
    )


@bp.post("/iterations/<int:iteration_id>/review")
@requires("improve")
def iteration_review(iteration_id: int) -> AnyResponse:
    """Look at a running rung; its gate says what may follow."""
    return _do(iteration_id, review, _("Under review: the gate says what may follow."))


@bp.post("/iterations/<int:iteration_id>/resume")
@requires("improve")
def iteration_resume(iteration_id: int) -> AnyResponse:
    """Let a rung run on."""
    return _do(iteration_id, resume, _("It runs on."), reason=_reason())


@bp.post("/iterations/<int:iteration_id>/abort")
@requires("improve")
def iteration_abort(iteration_id: int) -> AnyResponse:
    """End a rung without a decision."""
    return _do(
        iteration_id,
        closing.abort,
        _("Aborted; what was learned stays."),
        reason=_reason(),
    )


@bp.post("/iterations/<int:iteration_id>/rehearse")
@requires("improve")
def iteration_rehearse(iteration_id: int) -> AnyResponse:
    """Note that the undo was tried, and how long it took."""
    form = RehearsalForm()
    if form.validate_on_submit() and form.seconds.data is not None:
        return _do(
            iteration_id,
            rehearse_undo,
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
    kind = next(
        (each for each in DecisionKind if each == request.form.get("kind")), None
    )
    if kind is None:
        raise NotFound(_("There is no such decision."))
    sentence = _("Decided: %(kind)s. The rung is closed and frozen.", kind=kind)
    return _do(iteration_id, closing.decide, sentence, kind=kind, reason=_reason())


@bp.post("/iterations/<int:iteration_id>/carry")
@requires("improve")
def iteration_carry(iteration_id: int) -> AnyResponse:
    """Plan the next rung from a decided one; a small one begins with who, what and until when."""
    try:
        with acting() as act:
            made = next_rung(act, iteration_id)
            small = is_light(made.planned_size)
    except (Refused, Conflict) as error:
        return show_iteration(iteration_id, error)
    if small:
        to = url_for("improvements.improvement_try", improvement_id=made.improvement_id)
        return done(to, _("The next rung is planned. Say who tries it."))
    return done(
        iteration_page_of(made.id),
        _("Copied what carries over. Predict anew before you start."),
    )


def show_iteration(
    iteration_id: int,
    problem: Refused | Invalid | Conflict | None = None,
    *,
    status: int = 0,
    invite: InviteForm | None = None,
) -> Response:
    """Show one iteration, with what just could not be done and why."""
    today = parts().now().date()
    with parts().database.read() as session:
        page = iteration_page(session, iteration_id, today)
        tasks = task_lines(session, ImprovementTask.iteration_id == iteration_id)
    series = page.standing.series
    figure = (
        figure_of(series, page.scene.first_start, page.happened) if series else None
    )
    status = status or (problem.status if problem else 200)
    typed = {name: request.form.get(name, "") for name in TYPED}
    return answer(
        "improvements/iteration/iteration.html",
        "body",
        status=status,
        page=page,
        tasks=tasks,
        today=today,
        sentence=_sentence(page),
        figure_html=figure,
        problem=problem,
        typed=typed,
        form=invite or InviteForm(formdata=None),
        relapsed=drifted_back(page.one.next_what),
    )


def _sentence(page: IterationPage) -> str:
    people = ngettext("%(num)s person", "%(num)s people", len(page.seats))
    planned = (
        _("Planned for %(people)s; nothing has changed yet. ", people=people)
        if page.seats
        else _("Planned; nobody takes part yet. ")
    )
    decision = page.decision.kind if page.decision else ""
    found = {
        IterationState.PLANNED: planned + spoken(page.question),
        IterationState.RUNNING: _("Running with %(people)s. ", people=people)
        + spoken(page.question),
        IterationState.REVIEWING: _("Under review with %(people)s. ", people=people)
        + spoken(page.question),
        IterationState.DECIDED: _("Decided: %(decision)s.", decision=decision),
        IterationState.ABORTED: _(
            "Aborted: %(reason)s", reason=page.iteration.ended_reason
        ),
    }
    return str(found[page.iteration.state])


def _do(
    iteration_id: int, action: Callable[..., object], sentence: str, **arguments: Any
) -> AnyResponse:
    try:
        with acting() as act:
            action(act, iteration_id, **arguments)
    except (Refused, Invalid, Conflict) as error:
        return show_iteration(iteration_id, error)
    return done(back_to(iteration_page_of(iteration_id)), sentence)


def _reason() -> str:
    return request.form.get("reason", "").strip()[:2000]


@bp.post("/iterations/<int:iteration_id>/invite")
@requires("improve")
def iteration_invite(iteration_id: int) -> AnyResponse:
    """Invite people by name."""
    form = InviteForm()
    if form.validate_on_submit():
        names = form.names.keys
        with blaming(form):
            with acting() as act:
                made = people_actions.invite(
                    act,
                    iteration_id,
                    names,
                    technique=form.technique.data or "",
                )
            sentence = ngettext(
                "%(num)s person is invited.", "%(num)s people are invited.", len(made)
            )
            return done(iteration_page_of(iteration_id, "people"), sentence)
    return show_iteration(iteration_id, status=422, invite=form)


@bp.post("/participants/<int:participation_id>/move")
@requires("improve")
def participant_move(participation_id: int) -> AnyResponse:
    """Move one person on: ready, using it, says it works, undone."""
    to = next(
        (each for each in ParticipationState if each == request.form.get("to")), None
    )
    if to is None:
        raise NotFound(_("There is no such step."))
    reason, seen_by = (
        request.form.get(name, "").strip()[:2000] for name in ("reason", "confirmed_by")
    )
    try:
        with acting() as act:
            person = people_actions.move(
                act, participation_id, to, reason=reason, confirmed_by=seen_by
            )
    except (Refused, Conflict) as error:
        return show_iteration(_iteration_of(participation_id), error)
    return done(
        iteration_page_of(person.iteration_id, "people"),
        said("%(name)s: %(state)s.", name=person.name, state=WORDS[to]),
    )


@bp.post("/participants/<int:participation_id>/leave-out")
@requires("improve")
def participant_leave_out(participation_id: int) -> AnyResponse:
    """Take a person off the list before anything happened to them."""
    reason = request.form.get("reason", "").strip()[:400]
    try:
        with acting() as act:
            person = people_actions.leave_out(act, participation_id, reason)
    except Refused as error:
        return show_iteration(_iteration_of(participation_id), error)
    return done(
        iteration_page_of(person.iteration_id, "people"),
        _("%(name)s is left out.", name=person.name),
    )


def _iteration_of(participation_id: int) -> int:
    with parts().database.read() as session:
        return session.get_one(Participation, participation_id).iteration_id
