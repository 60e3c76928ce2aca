"""The page behind a requester's link: how it stands, and a few buttons.

No account, no internals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.auth import public, requires
from app.auth.acting import acting
from app.core.errors import Invalid, Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.words import give_words
from app.incidents.blueprint import bp, page_of
from app.incidents.files.actions import incoming
from app.incidents.requester import actions
from app.incidents.requester.queries import incident_behind, requester_page
from app.incidents.requester.rules import STEPS
from app.messages.requester_links import link_of
from app.models.incidents.words import EventKind, FileKind

give_words(
    bp,
    told_words={
        EventKind.REPORTED: _l("You reported it"),
        EventKind.STARTED: _l("Somebody began to work on it"),
        EventKind.RESUMED: _l("Work goes on"),
        EventKind.RESTORED: _l("It should work again"),
        EventKind.CLOSED: _l("Closed"),
        EventKind.REOPENED: _l("Opened again"),
        EventKind.CANCELLED: _l("Closed without a repair"),
        EventKind.WAITING: _l("We need something from you"),
        EventKind.INFORMED: _l("A message"),
        EventKind.NOTE: _l("A message"),
        EventKind.CONTACT: _l("You wrote"),
        EventKind.STUCK: _l("You said that nothing happens"),
        EventKind.FILE: _l("You sent a file"),
    },
)


@bp.get("/r/<string:token>")
@public
def requester(token: str) -> Response:
    """Show a requester how it stands."""
    return _show(token)


@bp.post("/r/<string:token>/works")
@public
def requester_works(token: str) -> AnyResponse:
    """It works again, says the requester."""
    return _done(token, _("Thank you: it is closed."), actions.it_works)


@bp.post("/r/<string:token>/broken")
@public
def requester_broken(token: str) -> AnyResponse:
    """It does not work, says the requester."""
    text = request.form.get("text", "")
    return _done(
        token, _("Thank you: somebody looks at it again."), actions.still_broken, text
    )


@bp.post("/r/<string:token>/add")
@public
def requester_add(token: str) -> AnyResponse:
    """Take what the requester adds: words, a file, or both."""
    file, text = request.files.get("file"), request.form.get("text", "")
    if file is None or not file.filename:
        return _done(token, _("It is written down."), actions.add_words, text)
    _show(token)  # a link that leads nowhere takes no bytes
    try:
        with incoming(
            parts().settings.files, cast(BinaryIO, file.stream), FileKind.FILE
        ) as found:
            return _done(
                token,
                _("Your file is here."),
                actions.add_file,
                found,
                file.filename,
                text,
            )
    except Invalid as error:
        return _show(token, problem=error.message, typed=text, status=error.status)


@bp.post("/r/<string:token>/stuck")
@public
def requester_stuck(token: str) -> AnyResponse:
    """Nothing happens, says the requester."""
    text = request.form.get("text", "")
    return _done(
        token,
        _("It goes up in priority, and management hears of it."),
        actions.nothing_happens,
        text,
    )


@bp.post("/r/<string:token>/rate")
@public
def requester_rate(token: str) -> AnyResponse:
    """Take how the requester rates it; only a click on a button counts, never the opening of a
    page.
    """
    score, text = request.form.get("score", 0, type=int), request.form.get("text", "")
    return _done(token, _("Thank you for telling us."), actions.rate, score, text)


@bp.post("/desk/<int:incident_id>/requester-link")
@requires("desk")
def requester_link(incident_id: int) -> AnyResponse:
    """Make a new link for the requester; every older one leads nowhere."""
    with acting() as act:
        actions.renew_link(act, incident_id)
    return done(
        page_of(incident_id),
        _("There is a new link; the older ones lead nowhere any more."),
    )


@bp.app_template_global()
def requester_address(incident: Any) -> str:
    """Return the address a requester is given."""
    return link_of(parts().settings, incident)


def _done(
    token: str, sentence: str, action: Callable[..., Any], *values: Any
) -> AnyResponse:
    try:
        with acting("") as act:
            action(act, _id(act.session, token), *values)
    except (Invalid, Refused) as error:
        return _show(
            token,
            problem=error.message,
            typed=request.form.get("text", ""),
            status=error.status,
        )
    return done(url_for("incidents.requester", token=token), sentence)


def _id(session: Session, token: str) -> int:
    return incident_behind(session, parts().settings.secret_key, token).id


def _show(
    token: str, *, problem: str = "", typed: str = "", status: int = 200
) -> Response:
    with parts().database.read() as session:
        page = requester_page(
            session, parts().settings.secret_key, token, parts().now()
        )
    shown = answer(
        "incidents/requester/page.html",
        "body",
        status=status,
        page=page,
        steps=STEPS,
        token=token,
        problem=problem,
        typed=typed,
    )
    # Whoever gets the address from a search engine could read the page. The referrer goes to nobody
    # else anyway (same-origin), and over HTTPS the buttons of this page need it.
    shown.headers["X-Robots-Tag"] = "noindex, nofollow"
    return shown
