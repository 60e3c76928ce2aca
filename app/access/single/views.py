"""One right for one person, on a page of its own, and what is decided about differences."""

from __future__ import annotations

from datetime import date

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.drift.deciding import accept
from app.access.drift.rules import ACCEPT
from app.access.drift.views import show_drift, to_repairs
from app.access.plan.values import KeptOutside
from app.access.queries import load_role
from app.access.single.actions import plan_one_by_one
from app.access.single.forms import GiveForm
from app.access.single.repairing import repair_differences
from app.access.single.rules import OneByOne
from app.access.single.strangers import strangers_of, take_out
from app.auth import current_operator_name, requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid, RungError
from app.core.htmx import answer, done
from app.core.parts import parts
from app.directory.actions import bring_up_to_date
from app.models.people import Person


@bp.route("/people/<int:person_id>/give", methods=["GET", "POST"])
@requires("plan")
def person_give(person_id: int) -> AnyResponse:
    """Plan to give one person one right, for good or until a day."""
    with parts().database.read() as session:
        person = one(session, Person, person_id)
    by = current_operator_name()
    form = GiveForm(data={"owner": by})

    def give(act: Acting) -> int:
        end = form.until.data.isoformat() if form.until.data else ""
        kept = KeptOutside(form.owner.data or "", form.reason.data or "", end)
        order = OneByOne(person_id, give={form.right.data: kept})
        return plan_one_by_one(act, person.directory_id, [order]).id

    if form.is_submitted():
        bring_up_to_date(parts(), person.directory_id, by=by)
    return posted(
        form,
        give,
        lambda wave: url_for("access.wave", wave_id=wave),
        _("The plan is made. Nothing was changed yet."),
    ) or _give_page(form, person)


@bp.post("/drift/decide")
@requires("plan")
def drift_decide() -> AnyResponse:
    """Repair the chosen differences by a plan, or accept them with a reason."""
    chosen = request.form.getlist(
        "drift",
        type=int,
    )
    try:
        if request.form.get("deed") == ACCEPT:
            return _accepted(chosen)
        return _repaired(chosen)
    except RungError as error:
        return show_drift(error)


def _accepted(chosen: list[int]) -> AnyResponse:
    reason, until = (
        request.form.get(
            "reason",
            "",
        )[:400],
        request.form.get(
            "until",
            "",
        ),
    )
    with acting() as act:
        rows = accept(
            act,
            chosen,
            reason=reason,
            until=_day(until),
        )
        told = ngettext(
            "%(num)s difference is accepted.",
            "%(num)s differences are accepted.",
            len(rows),
        )
    return done(
        url_for("access.drift"),
        told,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        said = _("Give the day as it is shown, or leave it empty.")
        raise Invalid(
            said,
            field="until",
        ) from error


def _repaired(chosen: list[int]) -> AnyResponse:
    with acting() as act:
        waves = repair_differences(
            act,
            chosen,
        )
        there = [wave.id for wave in waves]
    return to_repairs(there)


@bp.post("/drift/take-out")
@requires("plan")
def drift_take_out() -> AnyResponse:
    """Plan to take the chosen strangers out of the groups of roles."""
    chosen = request.form.getlist("drift", type=int)
    reason = request.form.get("reason", "")[:400]
    try:
        with acting() as act:
            waves = [wave.id for wave in take_out(act, chosen, reason=reason)]
    except RungError as error:
        return show_drift(error)
    return to_repairs(waves)


@bp.get("/roles/<int:role_id>/strangers")
@requires("read")
def role_strangers(role_id: int) -> Response:
    """Show all strangers in a role's group, and what taking them out would do."""
    return _strangers_page(role_id)


@bp.post("/roles/<int:role_id>/strangers")
@requires("plan")
def role_strangers_out(role_id: int) -> AnyResponse:
    """Plan to take the chosen strangers of a role out of its group, all at once."""
    chosen = request.form.getlist("drift", type=int)
    reason = request.form.get("reason", "")[:400]
    try:
        with acting() as act:
            waves = [wave.id for wave in take_out(act, chosen, reason=reason)]
    except RungError as error:
        return _strangers_page(role_id, error)
    return to_repairs(waves)


def _strangers_page(role_id: int, problem: RungError | None = None) -> Response:
    with parts().database.read() as session:
        role = load_role(session, role_id)
        found = strangers_of(session, role_id)
    return answer(
        "access/single/strangers.html",
        "body",
        role=role,
        found=found,
        possible=[one for one in found if not one.why_not],
        problem=problem,
    )


def _give_page(form: GiveForm, person: Person) -> Response:
    return answer("access/single/give.html", "form", form=form, person=person)
