"""One person: where each right comes from, what happened, one undo."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.person.forms import RoleForm
from app.access.person.queries import person_page
from app.auth import current_permissions, requires
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web.words import Look, give_words

give_words(
    bp,
    before_words={
        "direct": _l("direct"),
        "nested": _l("nested"),
        "not held": _l("not held"),
    },
    right_sources={
        "role": Look("good", "layers", _l("role")),
        "direct": Look("neutral", "user-round", _l("direct")),
        "nested": Look("info", "network", _l("group in a group")),
        "exception": Look("warn", "flag", _l("exception")),
    },
)


@bp.get("/people/<int:person_id>")
@requires("read")
def person(person_id: int) -> Response:
    """Show one person with every right and where it comes from."""
    return _show(person_id, RoleForm(formdata=None))


@bp.get("/people/<int:person_id>/plan")
@requires("plan")
def person_plan(person_id: int) -> AnyResponse:
    """Go to the plan that moves this one person into the role that was chosen."""
    form = RoleForm(formdata=request.args)
    if not form.validate():
        return _show(person_id, form, 422)
    there = url_for(
        "access.role_plan", role_id=form.role.data, person=person_id, gain=1
    )
    return redirect(there)


def _show(person_id: int, form: RoleForm, status: int = 200) -> Response:
    with parts().database.read() as session:
        found = person_page(session, person_id, current_permissions())
    return answer(
        "access/person/person.html", "body", status=status, person=found, form=form
    )
