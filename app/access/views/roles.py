"""Roles: the list, one role, retiring it."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.access.actions.roles import retire_role
from app.access.queries.role_page import role_page
from app.access.queries.roles import people_in_roles, role_lines
from app.access.views.blueprint import bp
from app.auth import requires
from app.auth.acting import acting
from app.core.errors import Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.directory.queries import LENS_NAMES, is_read


@bp.get("/roles")
@requires("read")
def roles() -> Response:
    """List the roles, each with how far it has climbed."""
    text = request.args.get("q", "").strip()[:200]
    with parts().database.read() as session:
        lines, inside, read = role_lines(session, text), people_in_roles(session), is_read(session)
    return answer("access/roles.html", "list", lines=lines, inside=inside, text=text, read=read)


@bp.get("/roles/<int:role_id>")
@requires("read")
def role(role_id: int) -> Response:
    """Show one role: rights, versions, people, waves, exceptions."""
    return _show(role_id)


@bp.post("/roles/<int:role_id>/retire")
@requires("plan")
def role_retire(role_id: int) -> AnyResponse:
    """Take a role out of use."""
    reason = request.form.get("reason", "").strip()
    try:
        with acting() as act:
            name = retire_role(act, role_id, reason=reason).name
    except Refused as error:
        return _show(role_id, error.message)
    return done(url_for("access.roles"), _("The role %(name)s is retired.", name=name))


def _show(role_id: int, problem: str = "") -> Response:
    with parts().database.read() as session:
        found = role_page(session, role_id)
    status = 409 if problem else 200
    return answer(
        "access/role.html", "body", status=status, role=found, problem=problem, lenses=LENS_NAMES
    )
