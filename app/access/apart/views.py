"""The page of rights that should not meet: who holds both, and what is noted."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.access.apart.actions import keep_apart, let_meet
from app.access.apart.forms import ApartForm
from app.access.apart.queries import pairs_apart
from app.access.blueprint import bp
from app.auth import requires
from app.auth.acting import acting, posted
from app.core.htmx import answer, done
from app.core.parts import parts


@bp.get("/apart")
@requires("read")
def apart() -> AnyResponse:
    """Show which rights should not meet, and who holds both."""
    return _show(ApartForm(formdata=None))


@bp.post("/apart")
@requires("plan")
def apart_new() -> AnyResponse:
    """Note two rights that should not meet."""
    form = ApartForm()
    return posted(
        form,
        lambda act: keep_apart(
            act,
            int(form.one.data),
            int(form.other.data),
            form.reason.data or "",
        ),
        url_for("access.apart"),
        _("Noted. It is reported, and hinders nothing."),
    ) or _show(form)


@bp.post("/apart/<int:pair_id>/together")
@requires("plan")
def apart_end(pair_id: int) -> AnyResponse:
    """Take back that two rights should not meet."""
    with acting() as act:
        let_meet(act, pair_id)
    return done(url_for("access.apart"), _("They may be held together again."))


def _show(form: ApartForm) -> AnyResponse:
    with parts().database.read() as session:
        pairs = pairs_apart(session)
    return answer(
        "access/apart/apart.html",
        "body",
        form=form,
        pairs=pairs,
        status=422 if form.errors else 200,
    )
