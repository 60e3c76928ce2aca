"""Pages of the links to the status: the list, and giving one."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.paging import page_of_rows
from app.core.web.words import Look, give_words, languages, locale
from app.messages.requester_links import status_address
from app.models.sponsors.link import StatusLink
from app.sponsors.blueprint import bp
from app.sponsors.links.actions import (
    StatusLinkDraft,
    give_status_link,
    revoke_status_link,
)
from app.sponsors.links.forms import StatusLinkForm
from app.sponsors.links.queries import status_links
from app.sponsors.links.rules import LinkState

give_words(
    bp,
    status_link_looks={
        LinkState.OPEN: Look("good", "circle-check", _l("opens")),
        LinkState.ENDED: Look("neutral", "clock", _l("ended")),
        LinkState.REVOKED: Look("neutral", "x", _l("taken back")),
        LinkState.LEFT: Look("warn", "triangle-alert", _l("closed: its giver left")),
    },
)


@bp.get("/status/links")
@requires("improve")
@remembered
def status_links_page() -> Response:
    """List who got a link to the status, what it shows, and until when."""
    of = request.args.get("q", "")
    with parts().database.read() as session:
        lines = status_links(session, parts().now())
    fitting = [line for line in lines if of.casefold() in line.link.for_whom.casefold()]
    page, rows = page_of_rows(fitting)
    return listed(
        "sponsors/links/links.html",
        Listing("status-links", [ListFilter("q", _("For whom"), of)], page),
        rows=rows,
        local=not parts().settings.public_url,
    )


@bp.route("/status/links/new", methods=["GET", "POST"])
@requires("improve")
def status_link_new() -> AnyResponse:
    """Give somebody a link to the status."""
    form = StatusLinkForm()
    form.language.choices = languages()
    if not form.is_submitted():
        form.language.data = locale()
        form.improvement_id.data = request.args.get("improvement", type=int)
    return posted(
        form,
        lambda act: give_status_link(act, StatusLinkDraft(**form.values())),
        url_for("sponsors.status_links_page"),
        _("There is a link to give; copy it here."),
    ) or answer("sponsors/links/link_new.html", "form", form=form)


@bp.post("/status/links/<int:link_id>/revoke")
@requires("improve")
def status_link_revoke(link_id: int) -> AnyResponse:
    """Take a link to the status back."""
    with acting() as act:
        revoke_status_link(act, link_id)
    there = url_for("sponsors.status_links_page")
    return done(there, _("Taken back. Whoever opens it reads that it has ended."))


@bp.app_template_global("status_address")
def shown_address(link: StatusLink) -> str:
    """Return the address that somebody is given."""
    return status_address(parts().settings, link)
