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
from app.directory.queries import current_freeze
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
    """Lift one's own freeze, or with a reason that of somebody else."""
    of, reason = request.form.get("of", ""), request.form.get("reason", "")[:300]
    with acting() as act:
        actions.unfreeze(act, of=of, reason=reason)
        left = current_freeze(act.session)
    sentence = _("Changes are allowed again.")
    if left:
        sentence = _(
            "Your freeze is lifted; it stays frozen by %(names)s.", names=left.names
        )
    return done(_where_from(), sentence, undo=Undo(url_for("directory.freeze")))


def _where_from() -> str:
    """Return the page the button was pressed on, as far as the browser tells; the start page
    otherwise.
    """
    came = urlsplit(request.referrer or "/")
    if came.netloc not in ("", request.host):
        return "/"
    return safe_path(f"{came.path}?{came.query}" if came.query else came.path)
