"""Say what follows from a wave, with its gate beside the form."""

from __future__ import annotations

from flask import redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.gate.actions import decide_wave, roll_back
from app.access.gate.forms import WaveDecisionForm
from app.access.gate.queries import WaveGate, wave_gate
from app.access.gate.rules import WaveOutcome
from app.access.undo.looking import looked_at
from app.access.undo.queries import undo_page, with_a_look
from app.auth import fresh, requires
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
@fresh
def wave_decide(wave_id: int) -> AnyResponse:
    """Say once and for good what follows from a wave, with the gate of its rung beside it."""
    here = parts()
    home = url_for("access.wave", wave_id=wave_id)
    with here.database.read() as session:
        page = wave_gate(session, wave_id, here.settings, here.now())
    if page is None or not page.rung.is_asked:
        return redirect(home)
    form = WaveDecisionForm(kind=page.proposed.value)
    back = form.is_submitted() and form.kind.data == DecisionKind.ROLL_BACK
    if back and not form.sure.data and form.validate():
        return _rolling_back(form, page)

    def deed(act: Acting) -> Wave:
        if back:
            return roll_back(act, wave_id, form.reason.data)
        kind = DecisionKind(form.kind.data)
        return decide_wave(act, wave_id, kind, form.reason.data)

    told = _("Decided. The rung is closed and frozen.")
    if back:
        told = _("Decided: everybody is taken back now.")
    sent = posted(form, deed, home, told)
    if sent is not None:
        here.ring()
        return sent
    return answer("access/gate/decide.html", "form", form=form, page=page, home=home)


def _rolling_back(form: WaveDecisionForm, page: WaveGate) -> AnyResponse:
    """Show what rolling back would do, once, before it is decided and done."""
    with parts().database.read() as session:
        undoing = undo_page(session, page.wave_id)
    undoing, away = looked_at(undoing, with_a_look) if undoing.people else (undoing, "")
    form.sure.data = "1"
    home = url_for("access.wave", wave_id=page.wave_id)
    return answer(
        "access/gate/decide.html",
        "form",
        form=form,
        page=page,
        home=home,
        undoing=undoing,
        away=away,
    )
