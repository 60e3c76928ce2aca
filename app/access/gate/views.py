"""Say what follows from a wave, with its gate beside the form."""

from __future__ import annotations

from flask import redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.gate.actions import decide_wave
from app.access.gate.forms import WaveDecisionForm
from app.access.gate.queries import wave_gate
from app.access.gate.rules import WaveOutcome
from app.auth import requires
from app.auth.acting import posted
from app.core.acting import Acting
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web.words import give_words
from app.models.access.wave import Wave
from app.models.improvements.words import DecisionKind

give_words(
    bp,
    wave_outcome_words={
        WaveOutcome.SUCCESSFUL: _l("It worked: every line is met."),
        WaveOutcome.FAILED: _l("Something speaks against it."),
        WaveOutcome.INCONCLUSIVE: _l(
            "Not known yet: what was not seen never counts as good."
        ),
    },
)


@bp.route("/waves/<int:wave_id>/decide", methods=["GET", "POST"])
@requires("apply")
def wave_decide(wave_id: int) -> AnyResponse:
    """Say once and for good what follows from a wave, with the gate of its rung beside it."""
    here = parts()
    home = url_for("access.wave", wave_id=wave_id)
    with here.database.read() as session:
        page = wave_gate(session, wave_id, here.settings, here.now())
    if page is None or not page.rung.is_asked:
        return redirect(home)
    form = WaveDecisionForm(kind=page.proposed.value)

    def deed(act: Acting) -> Wave:
        kind = DecisionKind(form.kind.data)
        return decide_wave(act, wave_id, kind, form.reason.data)

    def then(_wave: Wave) -> str:
        if form.kind.data == DecisionKind.ROLL_BACK:
            return url_for("access.wave_undo", wave_id=wave_id)
        return home

    told = _("Decided. The rung is closed and frozen.")
    return posted(form, deed, then, told) or answer(
        "access/gate/decide.html", "form", form=form, page=page, home=home
    )
