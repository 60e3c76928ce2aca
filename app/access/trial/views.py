"""Rights beyond the roles of one person: tried without, back with one click, off for good."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.trial.actions import USUAL_DAYS, bring_back, off_for_good, try_without
from app.access.trial.forms import TrialForm
from app.access.trial.queries import extras_page
from app.auth import current_operator_name, requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import RungError
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.words import Look, give_words
from app.directory.actions import bring_up_to_date
from app.models.access.trial import RightTrial, TrialState
from app.models.people import Person

give_words(
    bp,
    trial_looks={
        TrialState.PLANNED: Look(
            "info",
            "waves",
            _l("planned off"),
        ),
        TrialState.OFF: Look(
            "warn",
            "hourglass",
            _l("off"),
        ),
        TrialState.RETURNING: Look(
            "info",
            "undo-2",
            _l("coming back"),
        ),
        TrialState.BACK: Look(
            "neutral",
            "undo-2",
            _l("back"),
        ),
        TrialState.FOR_GOOD: Look(
            "good",
            "check",
            _l("off for good"),
        ),
        TrialState.DROPPED: Look(
            "neutral",
            "ban",
            _l("not tried"),
        ),
    },
)


@bp.get("/people/<int:person_id>/extras")
@requires("read")
def person_extras(person_id: int) -> Response:
    """Show the rights of a person beyond the roles, and what is tried without."""
    chosen = request.args.get("right", type=int)
    given = {"days": USUAL_DAYS, "right": chosen}
    return _show(person_id, TrialForm(formdata=None, data=given))


@bp.post("/people/<int:person_id>/extras")
@requires("plan")
def person_extras_try(person_id: int) -> AnyResponse:
    """Plan to switch one right off for some days."""
    with parts().database.read() as session:
        home = one(
            session,
            Person,
            person_id,
        ).directory_id
    bring_up_to_date(
        parts(),
        home,
        by=current_operator_name(),
    )
    form = TrialForm()

    def plan(act: Acting) -> int:
        days, reason = form.days.data, form.reason.data or ""
        return try_without(
            act,
            person_id,
            form.right.data,
            days,
            reason,
        ).id

    return posted(
        form,
        plan,
        lambda wave: url_for("access.wave", wave_id=wave),
        _("The plan is made. Nothing was changed yet."),
    ) or _show(person_id, form)


@bp.post("/trials/<int:trial_id>/back")
@requires("apply")
def trial_back(trial_id: int) -> AnyResponse:
    """Give a right back that is tried without."""
    told = _("The right comes back.")
    return _decided(
        trial_id,
        lambda act: bring_back(
            act,
            trial_id,
            act.by,
        ),
        told,
    )


@bp.post("/trials/<int:trial_id>/off")
@requires("plan")
def trial_off(trial_id: int) -> AnyResponse:
    """Decide that a right nobody missed stays off."""
    told = _("It stays off; the wave that took it can still be undone.")
    return _decided(
        trial_id,
        lambda act: off_for_good(act, trial_id),
        told,
    )


def _decided(
    trial_id: int, deed: Callable[[Acting], RightTrial], told: str
) -> AnyResponse:
    with parts().database.read() as session:
        person = one(
            session,
            RightTrial,
            trial_id,
        ).person_id
    try:
        with acting() as act:
            deed(act)
    except RungError as error:
        form = TrialForm(formdata=None, data={"days": USUAL_DAYS})
        return _show(
            person,
            form,
            error,
        )
    parts().ring()
    return done(url_for("access.person_extras", person_id=person), told)


def _show(
    person_id: int, form: TrialForm, problem: RungError | None = None
) -> Response:
    with parts().database.read() as session:
        page = extras_page(session, person_id)
    return answer(
        "access/trial/extras.html",
        "body",
        status=409 if problem else 200,
        page=page,
        form=form,
        problem=problem,
        today=parts().now().date(),
    )
