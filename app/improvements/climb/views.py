"""The page on which a small rung begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import posted
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web import choices
from app.improvements.blueprint import bp, iteration_page_of, page_of
from app.improvements.climb.actions import USUAL_WINDOW, Begin, begin
from app.improvements.climb.forms import BeginForm
from app.improvements.climb.queries import open_rung, planned_rung
from app.improvements.gate.checks import LIGHT
from app.improvements.gate.queries import RungScene, scene_of
from app.improvements.queries import get_improvement
from app.improvements.register.queries import others_in_progress
from app.improvements.rungs.actions import PLAN
from app.improvements.rungs.forms import metric_choices
from app.improvements.rungs.queries import size_advised
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import ImprovementState


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known before a small rung begins; ``full`` tells that as many improvements are in
    progress as the limit allows.
    """

    scene: RungScene
    going: Iteration | None
    planned: Iteration | None
    full: bool

    @property
    def one(self) -> Improvement:
        """Return the improvement."""
        return self.scene.improvement

    @property
    def seats(self) -> list[Participation]:
        """Return who is invited already."""
        return self.scene.people(self.planned) if self.planned else []

    @property
    def advice(self) -> int:
        """Return how many people the rung should have."""
        if self.planned:
            return self.planned.planned_size
        return size_advised(self.scene)


@bp.route("/improvements/<int:improvement_id>/try", methods=["GET", "POST"])
@requires("improve")
def improvement_try(improvement_id: int) -> AnyResponse:
    """Begin a small rung with who, what and until when."""
    with parts().database.read() as session:
        found = _beginning(session, improvement_id)
    elsewhere = _elsewhere(found)
    if elsewhere:
        return redirect(elsewhere, 303)
    form = BeginForm(data=_suggested(found, parts().now().date()))
    form.metric_id.choices = choices(metric_choices(found.scene.series))
    return posted(
        form,
        lambda act: begin(act, improvement_id, _wanted(form)),
        lambda made: iteration_page_of(made.id),
        _("Started. Note what comes up; decide when the last day is over."),
    ) or answer(
        "improvements/climb/begin.html",
        "form",
        form=form,
        one=found.one,
        found=found,
        light=LIGHT,
    )


def _beginning(session: Session, improvement_id: int) -> Beginning:
    one = get_improvement(session, improvement_id)
    waits = one.state is not ImprovementState.IN_PROGRESS and not one.parent_id
    others = others_in_progress(session, one.id) if waits else 0
    return Beginning(
        scene_of(session, one),
        open_rung(session, one.id),
        planned_rung(session, one.id),
        others >= parts().settings.wip_limit,
    )


def _elsewhere(found: Beginning) -> str:
    """Return where to go instead: to the rung on its way, to the plan of one that is not small, or
    to an improvement that ended.
    """
    one = found.one
    if found.going:
        return iteration_page_of(found.going.id)
    if one.state in (ImprovementState.EMBEDDED, ImprovementState.STOPPED):
        return page_of(one.id)
    if found.advice <= LIGHT:
        return ""
    if found.planned:
        return iteration_page_of(found.planned.id)
    return url_for("improvements.iteration_new", improvement_id=one.id)


def _suggested(found: Beginning, today: date) -> dict[str, Any]:
    planned, one = found.planned, found.one
    told: dict[str, Any] = {}
    if planned:
        told = {
            name: getattr(planned, name)
            for name in PLAN
            if getattr(planned, name) is not None
        }
    ends = told.get("ends_on")
    if ends is None or ends <= today:
        told["ends_on"] = today + USUAL_WINDOW
    return {**told, "owner": one.owner or current_operator_name()}


def _wanted(form: BeginForm) -> Begin:
    return Begin(
        names=form.names.keys,
        plan=form.plan(),
        owner=form.owner.data or "",
        step=form.next_what.data or "",
        room=form.reason.data or "",
        wip_limit=parts().settings.wip_limit,
        desk=form.desk_involved.data,
    )
