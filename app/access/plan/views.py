"""Plan a wave: decide on what is outside the role and on what would be gained, look at the result,
keep it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.document import PlanDocument
from app.access.fit.queries import FitWanted, fit_page
from app.access.plan.actions import NobodyToMove, default_choices, draft, plan
from app.access.plan.forms import LEAVE_OUT, WavePlanForm
from app.access.plan.queries import PlanPage, plan_page, totals_of
from app.access.queries import load_role
from app.auth import current_operator_name, requires
from app.auth.acting import acting
from app.core.errors import Invalid, Refused
from app.core.htmx import answer, done
from app.core.parts import parts

AHEAD = 50
"""For so many people the plan is worked out as soon as its page is opened."""


@bp.route("/roles/<int:role_id>/plan", methods=["GET", "POST"])
@requires("plan")
def role_plan(role_id: int) -> AnyResponse:
    """Plan a wave for the chosen people."""
    return _planning(role_id, unasked=bool(request.form.get("nothing")))


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
        except (Invalid, Refused) as error:
            form.blame(error)
            return _form(
                form, page, error.plan if isinstance(error, NobodyToMove) else None
            )
    if request.method == "GET" and page.is_clean:
        return _looked_ahead(form, page)
    return _form(form, page)


def _looked_ahead(form: WavePlanForm, page: PlanPage) -> Response:
    """Show what the plan will say where nothing has to be decided, or why there can be none."""
    people = [chosen.person.id for chosen in page.people]
    if len(people) > AHEAD:
        return _form(form, page)
    choices = default_choices(
        parts().settings, page.role, current_operator_name(), parts().now().date()
    )
    try:
        with parts().database.read() as session:
            role = load_role(session, page.role_id)
            plan = draft(session, role, people, choices, by=current_operator_name())[1]
    except Refused as error:
        return _form(form, page, problem=error)
    return _form(form, page, plan)


@bp.post("/roles/<int:role_id>/plan/preview")
@requires("plan")
def role_plan_preview(role_id: int) -> AnyResponse:
    """Work out what the plan would be with the choices made so far; nothing is kept."""
    with parts().database.read() as session:
        page = plan_page(session, role_id, _chosen(role_id))
    form = WavePlanForm(page)
    if not page.people or not form.validate():
        return _form(form, page, block="form")
    people = [chosen.person.id for chosen in page.people]
    try:
        with parts().database.read() as session:
            role = load_role(session, role_id)
            plan = draft(
                session, role, people, form.choices(), by=current_operator_name()
            )[1]
    except Refused as error:
        form.blame(error)
        return _form(form, page, block="form")
    return _form(form, page, plan, block="form")


def _chosen(role_id: int) -> list[int]:
    """Return the people who were ticked, or, asked for all who fit, as many as one wave may
    have.
    """
    if request.method == "POST":
        return request.form.getlist("person", type=int)
    everyone = request.args.get("everyone", "")
    if everyone not in ("zero", "fitting"):
        return request.args.getlist("person", type=int)
    with parts().database.read() as session:
        rows = fit_page(session, role_id, FitWanted(zero=everyone == "zero")).rows
    return [row.person.id for row in rows if row.free and not row.missing][
        : parts().settings.max_people_per_wave
    ]


def _typed(page: PlanPage, *, unasked: bool) -> dict[str, Any]:
    """Return what fills the form; where nothing was asked, the usual stands for what was sent."""
    usual = _usual(page)
    if not unasked:
        return {"data": usual}
    told = MultiDict({name: str(value) for name, value in usual.items()})
    return {"formdata": CombinedMultiDict([request.form, told])}


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
        "gains": LEAVE_OUT,
    }


def _planned(form: WavePlanForm, page: PlanPage) -> AnyResponse:
    people = [chosen.person.id for chosen in page.people]
    with acting() as act:
        wave = plan(act, page.role_id, people, form.choices())
        number = wave.number
    sentence = _(
        "Wave %(number)s of %(role)s is planned. Nothing was changed yet.",
        number=number,
        role=page.role,
    )
    return done(url_for("access.wave", wave_id=wave.id), sentence)


def _form(
    form: WavePlanForm,
    page: PlanPage,
    plan: PlanDocument | None = None,
    block: str = "form",
    problem: Refused | None = None,
) -> Response:
    totals = totals_of(plan) if plan else None
    left_out = plan.left_out if plan else ()
    return answer(
        "access/plan/role_plan.html",
        block,
        form=form,
        page=page,
        totals=totals,
        left_out=left_out,
        problem=problem,
    )
