"""Have memberOf repaired."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth import fresh, requires
from app.auth.acting import acting
from app.core.htmx import done
from app.core.parts import parts
from app.directory import actions
from app.directory.views.blueprint import bp


@bp.post("/directory/<int:directory_id>/repair-memberof")
@requires("apply")
@fresh
def repair_memberof(directory_id: int) -> Response:
    """Hand the repair of memberOf to the worker."""
    with acting() as act:
        actions.ask_repair(act, directory_id)
    parts().ring()
    sentence = _("memberOf is being repaired; groups stay as they are.")
    return done(url_for("directory.show", directory_id=directory_id), sentence)
