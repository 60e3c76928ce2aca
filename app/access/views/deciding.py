"""What people do with a wave: approve it, apply it, confirm who was seen working, withdraw it."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.access.actions import planning, waves
from app.access.views.blueprint import bp
from app.access.views.waves import show_wave
from app.auth import current_operator_name, fresh, requires
from app.auth.acting import acting
from app.core.errors import Conflict, Refused
from app.core.figures import people as people_of
from app.core.htmx import done
from app.core.parts import parts
from app.models.access import WaveState


@bp.post("/waves/<int:wave_id>/approve")
@requires("approve")
@fresh
def wave_approve(wave_id: int) -> AnyResponse:
    """Approve a plan that somebody else made."""
    here = parts()
    try:
        with here.acting("") as act:
            by = current_operator_name()
            wave = waves.approve(act.by_another(by), wave_id)
            waits = wave.state is WaveState.PLANNED
    except (Refused, Conflict) as error:
        return show_wave(wave_id, error)
    if waits:
        return done(
            _page(wave_id), _("Your approval is noted. Privileged rights need a second one.")
        )
    return done(_page(wave_id), _("The plan is approved. Nothing was changed yet."))


@bp.post("/waves/<int:wave_id>/apply")
@requires("apply")
@fresh
def wave_apply(wave_id: int) -> AnyResponse:
    """Hand an approved wave to the worker."""
    here = parts()
    try:
        with here.acting(current_operator_name()) as act:
            wave = waves.apply(act, wave_id)
            about = {"number": wave.number, "people": people_of(len(wave.switches))}
    except (Refused, Conflict) as error:
        return show_wave(wave_id, error)
    here.ring()
    undo = url_for("access.wave_undo", wave_id=wave_id)
    return done(_page(wave_id), _("Wave %(number)s started, %(people)s.", **about), undo_page=undo)


@bp.post("/waves/<int:wave_id>/confirm")
@requires("apply")
def wave_confirm(wave_id: int) -> AnyResponse:
    """Confirm that one person, or everybody who was switched, was seen working."""
    person, note = request.form.get("person", type=int), request.form.get("note", "").strip()[:400]
    try:
        with acting() as act:
            found = waves.confirm(act, wave_id, person, note=note)
            names = ", ".join(switch.person.name for switch in found)
    except Refused as error:
        return show_wave(wave_id, error)
    return done(_page(wave_id), _("Confirmed: %(names)s.", names=names))


@bp.post("/waves/<int:wave_id>/withdraw")
@requires("plan")
def wave_withdraw(wave_id: int) -> AnyResponse:
    """Take back a plan that was not applied."""
    reason = request.form.get("reason", "").strip()[:400]
    try:
        with acting() as act:
            planning.withdraw(act, wave_id, reason=reason)
    except Refused as error:
        return show_wave(wave_id, error)
    return done(_page(wave_id), _("The plan is withdrawn; nothing of it was applied."))


def _page(wave_id: int) -> str:
    return url_for("access.wave", wave_id=wave_id)
