"""Arm a wave in the browser: everything that was checked, and the terms, on one page."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.access.arm.actions import ArmNotice, arm_and_tell
from app.access.arm.forms import ArmForm, usual_answers
from app.access.arm.queries import arm_page
from app.access.blueprint import bp
from app.access.waves.armed import disarm
from app.access.waves.writable import WritableLook, look_at_rights
from app.auth import fresh, requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.errors import RungError
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.core.web.words import zone
from app.models.access.wave import Wave


@bp.route("/waves/<int:wave_id>/arm", methods=["GET", "POST"])
@requires("apply")
@fresh
def wave_arm(wave_id: int) -> AnyResponse:
    """Show what was checked, and arm a wave under the terms that are typed."""
    here = parts()
    with here.database.read() as session:
        page = arm_page(session, wave_id, here.settings, here.now())
    form = ArmForm(data=usual_answers(page.subject, page.text))

    def armed(act: Acting) -> Wave:
        told = bool(form.notify.data)
        notice = ArmNotice(form.subject.data or "", form.text.data or "")
        window = form.window(zone())
        return arm_and_tell(
            act,
            wave_id,
            form.terms(),
            window,
            notice if told else None,
        )

    to = url_for("access.wave", wave_id=wave_id)
    undo = Undo(url_for("access.wave_disarm", wave_id=wave_id))
    sentence = _("Armed. The worker begins it by itself within its window.")
    sent = posted(form, armed, to, sentence, lambda _wave: undo)
    if sent is not None:
        here.ring()
        return sent
    look, away = _looked(wave_id)
    template = "access/arm/arm.html"
    return answer(template, "form", form=form, page=page, look=look, away=away)


@bp.post("/waves/<int:wave_id>/disarm")
@requires("apply")
def wave_disarm(wave_id: int) -> AnyResponse:
    """Let an armed wave not begin by itself."""
    with acting() as act:
        disarm(act, wave_id)
    told = _("Disarmed. The plan stays approved.")
    return done(url_for("access.wave", wave_id=wave_id), told)


def _looked(wave_id: int) -> tuple[WritableLook | None, str]:
    """Ask the directory whether all of it may be written; else why nobody could ask."""
    try:
        return look_at_rights(parts(), wave_id), ""
    except RungError as error:
        return None, error.message
