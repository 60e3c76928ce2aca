"""Stop all writing to directories from any page, and allow it again."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth import fresh, requires
from app.auth.acting import acting
from app.core.htmx import Undo, answer, done
from app.core.web import safe_path
from app.directory import actions
from app.directory.views.blueprint import bp


@bp.get("/directory/freeze")
@requires("apply")
def freeze_ask() -> Response:
    """Ask whether all changes shall be frozen, and why."""
    return answer("directory/freeze.html", "body")


@bp.post("/directory/freeze")
@requires("apply")
def freeze() -> Response:
    """Stop all writing before the next change."""
    with acting() as act:
        reason = request.form.get("reason", "")[:300]
        actions.freeze(act, reason=reason)
    sentence = _("All changes are frozen. Everyone keeps the access they have now.")
    return done(_where_from(), sentence, undo=Undo(url_for("directory.unfreeze")))


@bp.post("/directory/unfreeze")
@requires("apply")
@fresh
def unfreeze() -> Response:
    """Allow writing again."""
    with acting() as act:
        actions.unfreeze(act)
    return done(
        _where_from(),
        _("Changes are allowed again."),
        undo=Undo(url_for("directory.freeze")),
    )


def _where_from() -> str:
    """Return the page the button was pressed on, as far as the browser tells; the start page
    otherwise.
    """
    came = urlsplit(request.referrer or "/")
    if came.netloc not in ("", request.host):
        return "/"
    return safe_path(f"{came.path}?{came.query}" if came.query else came.path)
