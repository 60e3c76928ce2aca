"""Mails left alone: read why, make an incident of one, try one again, or leave them."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting
from app.core.htmx import done
from app.core.parts import parts
from app.core.web import asked_page
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.words import give_words
from app.incidents.blueprint import asked_words, bp, page_of
from app.incidents.mailbox import actions
from app.incidents.mailbox.queries import (
    SET_ASIDE,
    LeftView,
    count_left,
    left_mails,
    newest_left,
)

give_words(
    bp,
    left_words={
        LeftView.WAITING: _l("Waiting"),
        LeftView.SET_ASIDE: _l("Could not be read"),
        LeftView.ALL: _l("All"),
    },
)


@bp.app_template_global()
def mails_left(view: str) -> int:
    """Return how many mails a view holds, for the pages that lead there."""
    with parts().database.read() as session:
        return count_left(session, LeftView(view))


@bp.get("/desk/mail")
@requires("desk")
@remembered
def mail_left() -> Response:
    """Show the mails that made no incident, and why."""
    asked = request.args.get("view", "")
    view = LeftView(asked) if asked in set(LeftView) else LeftView.WAITING
    words, page = asked_words(), asked_page()
    with parts().database.read() as session:
        counts = {one: count_left(session, one) for one in LeftView}
        page = page.of(count_left(session, view, words) if words else counts[view])
        lines = left_mails(session, view, words, page.offset, page.size)
        newest = newest_left(session)
    search = ListFilter("q", _("Sender or subject"), words)
    return listed(
        "incidents/mailbox/mail_left.html",
        Listing("left", [search], page, carried=("view",)),
        lines=lines,
        view=view,
        words=words,
        counts=counts,
        newest=newest,
        views=list(LeftView),
    )


@bp.post("/desk/mail/<int:mail_id>/incident")
@requires("desk")
def mail_incident(mail_id: int) -> AnyResponse:
    """Make an incident of a mail."""
    taken = actions.make_incident(parts(), mail_id, by=current_operator_name())
    return done(page_of(taken.incident_id or 0), _("An incident was made of the mail."))


@bp.post("/desk/mail/<int:mail_id>/again")
@requires("desk")
def mail_again(mail_id: int) -> AnyResponse:
    """Try to take a mail that was set aside."""
    taken = actions.try_again(parts(), mail_id)
    if taken.incident_id is not None:
        return done(page_of(taken.incident_id), _("The mail was taken."))
    if taken.outcome == SET_ASIDE:
        return done(
            url_for("incidents.mail_left"),
            _("It could not be taken this time either; the reason stands below."),
        )
    return done(
        url_for("incidents.mail_left"),
        _("It can be read now, and is left alone: %(why)s.", why=taken.outcome),
    )


@bp.post("/desk/mail/<int:mail_id>/leave")
@requires("desk")
def mail_leave(mail_id: int) -> AnyResponse:
    """Say that nothing is to be done about a mail."""
    with acting() as act:
        actions.leave(act, mail_id)
    return done(url_for("incidents.mail_left"), _("Left alone. It stays under “All”."))


@bp.post("/desk/mail/leave")
@requires("desk")
def mail_leave_all() -> AnyResponse:
    """Say so about every mail that waited when the page was opened, but for those set aside."""
    up_to = request.form.get("up_to", 0, type=int)
    with acting() as act:
        count = actions.leave_all(act, min(max(up_to, 0), 2**31 - 1))
    told = ngettext(
        "%(num)s mail is left alone.", "%(num)s mails are left alone.", count
    )
    return done(url_for("incidents.mail_left"), told)
