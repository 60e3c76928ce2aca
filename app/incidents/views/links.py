"""Links between an incident and improvements or role waves."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.changes import word
from app.core.errors import Invalid
from app.core.htmx import done
from app.incidents.actions import linking
from app.incidents.blueprint import bp, page_of
from app.incidents.queries.linking import Target
from app.incidents.views.page import show
from app.models.incidents.words import LinkKind, LinkTo


@bp.post("/desk/<int:incident_id>/links")
@requires("desk")
def links(incident_id: int) -> AnyResponse:
    """Link an incident to an improvement or a wave."""
    target = request.form.get("target", "")
    try:
        kind = word(LinkKind, request.form.get("kind", ""), "kind")
        with acting() as act:
            linking.link(act, incident_id, target, kind)
    except Invalid as error:
        return show(incident_id, status=422, links={"target": target, "problem": error.message})
    return done(page_of(incident_id), _("They are linked."))


@bp.post("/desk/links/<int:link_id>/remove")
@requires("desk")
def link_remove(link_id: int) -> AnyResponse:
    """Take a link away."""
    with acting() as act:
        incident_id = linking.unlink(act, link_id)
    return done(page_of(incident_id), _("The link is gone."))


@bp.app_template_global()
def link_to(target: Target) -> Markup:
    """Return a link to an improvement or a wave."""
    if target.of is LinkTo.IMPROVEMENT:
        url = url_for("improvements.improvement", improvement_id=target.id)
    else:
        url = url_for("access.wave", wave_id=target.id)
    return Markup('<a href="{}">{}</a>').format(url, escape(target.title))


@bp.app_template_global()
def pairs_of(targets: tuple[Target, ...]) -> list[tuple[str, str]]:
    """Return targets as choices of a field."""
    return [(target.name, target.title) for target in targets]
