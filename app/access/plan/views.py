"""Plan a wave: decide on what is outside the role and on what would be gained, look at the result,
keep it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.climb.queries import RoleLadder, role_ladder
from app.access.document import PlanDocument
from app.access.fit.queries import FitWanted, fit_page
from app.access.plan.actions import NobodyToMove, default_choices, draft, plan
from app.access.plan.asking import ask_plan, cancel_plan
from app.access.plan.forms import GAIN, LEAVE_OUT, WavePlanForm
from app.access.plan.queries import (
    AskedLine,
    PlanPage,
    asked_plan,
    plan_page,
    totals_of,
)
from app.access.plan.values import USUAL_SOAK, PlanChoices, PlanOrder
from app.access.plan.versions import plan_version
from app.access.queries import load_role
from app.auth import current_operator_name, requires
from app.auth.acting import acting
from app.auth.once import FIELD
from app.core.asked import AskedState
from app.core.asked_work import note_told
from app.core.condition import worker_away
from app.core.errors import Away, Invalid, Refused
from app.core.htmx import answer, done, htmx
from app.core.parts import parts
from app.directory.actions import bring_up_to_date
from app.models.access.asked import AskedPlan

UNTYPED = ("csrf_token", FIELD)
"""What a form carries that nobody typed."""
NEXT = "next"
"""Asked for in place of people: those of the next rung."""
MOST_WHY = 20
"""So many reasons are told of those for whom people are left out."""


@bp.route("/roles/<int:role_id>/plan", methods=["GET", "POST"])
@requires("plan")
def role_plan(role_id: int) -> AnyResponse:
    """Plan a wave for the chosen people."""
    return _planning(role_id, unasked=bool(request.form.get("nothing")))


@bp.post("/roles/<int:role_id>/version")
@requires("plan")
def role_version(role_id: int) -> AnyResponse:
    """Plan the newest version of a role for everybody in it."""
    reason = request.form.get("reason", "")
    without = request.form.get("without", "")[:2000].split(",")
    with parts().database.read() as session:
        home = load_role(session, role_id).directory_id
    bring_up_to_date(parts(), home, by=current_operator_name())
    with acting() as act:
        wave_id = plan_version(act, role_id, reason=reason, without=without).id
    told = _("The version is planned. Another operator approves it.")
    return done(url_for("access.wave", wave_id=wave_id), told)


@bp.post("/roles/<int:role_id>/move")
@requires("plan")
def role_move(role_id: int) -> AnyResponse:
    """Plan a wave for somebody for whom nothing has to be decided; else ask what has to be."""
    return _planning(role_id, unasked=True)


def _planning(role_id: int, *, unasked: bool) -> AnyResponse:
    with parts().database.read() as session:
        page = plan_page(session, role_id, _chosen(role_id))
    form = WavePlanForm(page, **_typed(page, unasked=unasked))
    if unasked and page.to_decide:
        # Decided for nobody, on a page that had nothing to decide: it is asked now.
        form = WavePlanForm(page, formdata=None, data=_usual(page))
        form.form_errors = [
            _("Rights were changed meanwhile: look again, and decide what is marked.")
        ]
        return _form(form, page)
    if page.people and form.validate_on_submit():
        try:
            return _planned(form, page)
        except (Away, Invalid, Refused) as error:
            form.blame(error)
            return _form(
                form, page, error.plan if isinstance(error, NobodyToMove) else None
            )
    if request.method == "GET" and page.is_clean:
        return _looked_ahead(form, page)
    return _form(form, page)


def _looked_ahead(form: WavePlanForm, page: PlanPage) -> Response:
    """Show what the plan will say where nothing has to be decided, or why there can be none."""
    if page.is_large:
        return _form(form, page)
    choices = default_choices(
        parts().settings, page.role, current_operator_name(), parts().now().date()
    )
    try:
        return _form(form, page, _drafted(page, choices))
    except Refused as error:
        return _form(form, page, problem=error)


def _drafted(page: PlanPage, choices: PlanChoices) -> PlanDocument:
    with parts().database.read() as session:
        role = load_role(session, page.role_id)
        return draft(session, role, _order(page, choices)).plan


def _order(page: PlanPage, choices: PlanChoices) -> PlanOrder:
    people = tuple(chosen.person.id for chosen in page.people)
    return PlanOrder(people, choices, current_operator_name())


@bp.post("/roles/<int:role_id>/plan/preview")
@requires("plan")
def role_plan_preview(role_id: int) -> AnyResponse:
    """Work out what the plan would be with the choices made so far; nothing is kept."""
    with parts().database.read() as session:
        page = plan_page(session, role_id, _chosen(role_id))
    form = WavePlanForm(page)
    if not page.people or page.is_large or not form.validate():
        return _form(form, page, block="form")
    try:
        plan = _drafted(page, form.choices())
    except Refused as error:
        form.blame(error)
        return _form(form, page, block="form")
    return _form(form, page, plan, block="form")


def _chosen(role_id: int) -> list[int]:
    """Return the people who were ticked; asked for all who fit, as many as one wave may have;
    asked for nobody, those of the next rung.
    """
    if request.method == "POST":
        return request.form.getlist("person", type=int)
    if _offers_next():
        return [row.person.id for row in _next(role_id).offered]
    everyone = request.args.get("everyone", "")
    if everyone not in ("zero", "fitting"):
        return request.args.getlist("person", type=int)
    with parts().database.read() as session:
        rows = fit_page(session, role_id, FitWanted(zero=everyone == "zero")).rows
    return [row.person.id for row in rows if row.free and not row.missing][
        : parts().settings.max_people_per_wave
    ]


def _offers_next() -> bool:
    """Tell whether the people of the next rung are offered, since nobody was named."""
    if request.method == "POST":
        return bool(request.form.get("next"))
    named = request.args.getlist("person")
    return not named and request.args.get("everyone", NEXT) == NEXT


def _next(role_id: int) -> RoleLadder:
    here = parts()
    most = here.settings.max_people_per_wave
    with here.database.read() as session:
        return role_ladder(session, role_id, here.now(), most)


def _typed(page: PlanPage, *, unasked: bool) -> dict[str, Any]:
    """Return what fills the form; where nothing was asked, the usual stands for what was sent."""
    if not unasked:
        return {"data": _usual(page)}
    return {"formdata": _besides_usual(request.form, page)}


def _besides_usual(sent: MultiDict[str, str], page: PlanPage) -> MultiDict[str, str]:
    """Return what was sent, and the usual where nothing was."""
    usual = {name: str(value) for name, value in _usual(page).items()}
    missing = {name: value for name, value in usual.items() if name not in sent}
    return MultiDict([*sent.items(multi=True), *missing.items()])


def _usual(page: PlanPage) -> Mapping[str, object]:
    until = parts().now().date() + timedelta(days=parts().settings.exception_days)
    reason = _(
        "Not part of the role %(role)s; kept until somebody has looked at it.",
        role=page.role,
    )
    return {
        "until": until,
        "owner": current_operator_name(),
        "reason": reason,
        "soak_days": USUAL_SOAK.days,
        "soak_deadline": USUAL_SOAK.deadline_days,
        "soak_then": USUAL_SOAK.then,
        # Whoever came from one person's page saw there what that person gains.
        "gains": GAIN if request.args.get(GAIN) else LEAVE_OUT,
    }


def _planned(form: WavePlanForm, page: PlanPage) -> AnyResponse:
    if page.is_large:
        return _asked(form, page)
    people = [chosen.person.id for chosen in page.people]
    with parts().database.read() as session:
        directory_id = load_role(session, page.role_id).directory_id
    bring_up_to_date(parts(), directory_id, by=current_operator_name())
    with acting() as act:
        wave = plan(act, page.role_id, people, form.choices())
        number = wave.number
    sentence = _(
        "Wave %(number)s of %(role)s is planned. Nothing was changed yet.",
        number=number,
        role=page.role,
    )
    return done(url_for("access.wave", wave_id=wave.id), sentence)


def _asked(form: WavePlanForm, page: PlanPage) -> AnyResponse:
    """Have the worker make a plan of many, and show how far it is."""
    typed = [
        [name, value]
        for name, value in request.form.items(multi=True)
        if name not in UNTYPED
    ]
    with acting() as act:
        asked = ask_plan(act, page.role_id, _order(page, form.choices()), typed)
        number = asked.id
    parts().ring()
    return done(url_for("access.wave_asked", asked_id=number))


@bp.get("/waves/asked/<int:asked_id>")
@requires("plan")
def wave_asked(asked_id: int) -> AnyResponse:
    """Show how far a plan is that the worker makes; then the wave, or the form as it was typed."""
    with parts().database.read() as session:
        asked = asked_plan(session, asked_id)
    if asked.is_open:
        away = worker_away(parts())
        return answer("access/plan/asked.html", "live", asked=asked, away=away)
    with acting() as act:
        note_told(act, AskedPlan, asked_id)
    if asked.state is AskedState.REFUSED:
        return _refused(asked)
    if asked.wave_id is None:
        told = _("The plan was cancelled; nothing of it is kept.")
        return done(url_for("access.role_fit", role_id=asked.role_id), told)
    told = _("The plan of %(role)s is made. Nothing was changed yet.", role=asked.role)
    return done(url_for("access.wave", wave_id=asked.wave_id), told)


@bp.post("/waves/asked/<int:asked_id>/cancel")
@requires("plan")
def wave_asked_cancel(asked_id: int) -> AnyResponse:
    """Stop a plan that the worker makes; nothing of it is kept."""
    with acting() as act:
        cancel_plan(act, asked_id)
    return done(url_for("access.wave_asked", asked_id=asked_id))


def _refused(asked: AskedLine) -> AnyResponse:
    """Show the form of a plan that was refused as it was typed, with what is wrong."""
    if htmx:  # the page that watched becomes the form as a whole
        return done(url_for("access.wave_asked", asked_id=asked.id))
    with parts().database.read() as session:
        page = plan_page(session, asked.role_id, asked.people)
    typed = MultiDict([(name, value) for name, value in asked.typed])
    form = WavePlanForm(page, formdata=_besides_usual(typed, page))
    form.form_errors = list(dict.fromkeys([asked.reason, *asked.details[:MOST_WHY]]))
    return _form(form, page)


def _form(
    form: WavePlanForm,
    page: PlanPage,
    plan: PlanDocument | None = None,
    block: str = "form",
    problem: Refused | None = None,
) -> Response:
    totals = totals_of(plan) if plan else None
    left_out = plan.left_out if plan else ()
    ladder = None if page.is_large or not _offers_next() else _next(page.role_id)
    return answer(
        "access/plan/role_plan.html",
        block,
        form=form,
        page=page,
        ladder=ladder,
        totals=totals,
        left_out=left_out,
        problem=problem,
    )
