"""The ladder of a role: its rungs, who comes next, and how many people each rung takes."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.climb.actions import set_gate, set_sizes
from app.access.climb.forms import RoleLadderForm
from app.access.climb.queries import role_ladder
from app.access.climb.rules import GateMode, RungNow, sizes_in
from app.auth import requires
from app.auth.acting import posted
from app.core.acting import Acting
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web.words import give_words
from app.models.access.role import Role

give_words(
    bp,
    role_rung_words={
        RungNow.DONE: _l("done"),
        RungNow.RUNNING: _l("now"),
        RungNow.COMING: _l("to come"),
    },
)


@bp.get("/roles/<int:role_id>/ladder")
@requires("read")
def role_ladder_page(role_id: int) -> AnyResponse:
    """Show the rungs of a role and who comes next."""
    return _ladder(role_id)


@bp.post("/roles/<int:role_id>/ladder")
@requires("plan")
def role_ladder_change(role_id: int) -> AnyResponse:
    """Say how many people each rung of a role takes."""
    form = RoleLadderForm()

    def change(act: Acting) -> Role:
        set_gate(act, role_id, GateMode(form.gate.data))
        return set_sizes(act, role_id, sizes_in(form.sizes.data))

    home = url_for("access.role_ladder_page", role_id=role_id)
    return posted(form, change, home, _("The ladder is changed.")) or _ladder(
        role_id, form
    )


def _ladder(role_id: int, form: RoleLadderForm | None = None) -> AnyResponse:
    here = parts()
    with here.database.read() as session:
        found = role_ladder(
            session, role_id, here.now(), here.settings.max_people_per_wave
        )
    if form is None:
        form = RoleLadderForm(formdata=None, sizes=found.text, gate=found.gate)
    return answer("access/climb/role_ladder.html", "form", form=form, ladder=found)
