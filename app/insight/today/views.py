"""The first page: what waits for whoever is signed in, and how things stand."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import SignedIn, current_operator, signed_in_only, unattended
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.waiting import Wait, waiting_for
from app.core.web.words import Look, give_words
from app.insight.today.badge import note_number, waiter_of
from app.insight.today.queries import Today, today_of
from app.insight.today.rules import marks, news, next_look

bp = Blueprint("today", __name__)
WELCOMED, A_YEAR = "welcomed", 365 * 24 * 3600
SHOWN = 12
"""So many lines are shown at once; the others are folded."""

give_words(
    bp,
    wait_looks={
        Wait.APPROVE: Look("info", "shield-check", _l("Approve")),
        Wait.APPLY: Look("info", "play", _l("Apply")),
        Wait.CONFIRM: Look("info", "circle-check", _l("Confirm")),
        Wait.GO_ON: Look("bad", "circle-pause", _l("Decide")),
        Wait.CONFLICT: Look("bad", "triangle-alert", _l("Decide")),
        Wait.EXCEPTION: Look("warn", "hourglass", _l("Look at it")),
        Wait.PROMISE: Look("bad", "megaphone", _l("Inform")),
        Wait.ANSWER: Look("info", "message-square", _l("Answer")),
        Wait.LOOK: Look("warn", "clock", _l("Look at it")),
        Wait.ORDER: Look("info", "list-checks", _l("Answer")),
        Wait.HAND_OVER: Look("info", "arrow-right", _l("Decide")),
        Wait.MANAGEMENT: Look("warn", "flag", _l("Take note")),
        Wait.STEP: Look("warn", "calendar", _l("Next step")),
        Wait.REVIEW: Look("info", "eye", _l("Review")),
        Wait.DECIDE: Look("info", "signpost", _l("Decide")),
        Wait.DRIFT: Look("bad", "triangle-alert", _l("Look at it")),
        Wait.UNDO: Look("bad", "undo-2", _l("Take back")),
    },
)


@bp.get("/")
@signed_in_only
def index() -> AnyResponse:
    """Show what waits for whoever is signed in."""
    if "directory" in request.args:  # the report stood here before
        return redirect(url_for("insight.report", directory=request.args["directory"]))
    operator = _me()
    with parts().database.read() as session:
        found = today_of(session, waiter_of(operator))
    note_number(operator, found.waiting.total)
    return answer(
        "insight/today/today.html",
        "body",
        today=found,
        sentence=_sentence(operator, found),
        marks=marks(line.key for line in found.waiting.lines),
        shown=SHOWN,
        welcome=not request.cookies.get(WELCOMED),
        desk_first=operator.may("desk") and not operator.may("plan"),
    )


@bp.get("/today/news")
@signed_in_only
@unattended
def fresh() -> Response:
    """Say how many lines came and went since the page was made; in the end stop asking."""
    shown, quiet = (
        request.args.get("shown", ""),
        request.args.get("quiet", 0, type=int),
    )
    operator = _me()
    with parts().database.read() as session:
        found = waiting_for(session, waiter_of(operator))
    changed = news(shown, [line.key for line in found.lines])
    note_number(operator, found.total)
    quiet = 0 if changed.any else max(quiet, 0) + 1
    return answer(
        "insight/today/news.html",
        "news",
        news=changed,
        marks=shown,
        quiet=quiet,
        pause=next_look(quiet),
    )


@bp.post("/today/welcomed")
@signed_in_only
def welcomed() -> AnyResponse:
    """Put the card for the first visit away, in this browser."""
    response = make_response(done(url_for("today.index")))
    response.set_cookie(WELCOMED, "yes", max_age=A_YEAR, samesite="Lax", httponly=True)
    return response


def _me() -> SignedIn:
    operator = current_operator()
    assert operator is not None  # noqa: S101 (the guard let nobody else in)
    return operator


def _sentence(operator: SignedIn, found: Today) -> str:
    waits = found.waiting.total
    mine = (
        ngettext("%(num)s thing waits for you", "%(num)s things wait for you", waits)
        if waits
        else _("Nothing waits for you")
    )
    if not (operator.may("desk") and found.desk.open):
        return f"{mine}."
    late = found.desk.late
    desk = (
        ngettext(
            "the desk is %(num)s promise late",
            "the desk is %(num)s promises late",
            late,
        )
        if late
        else _("the desk has kept its promises")
    )
    return str(_("%(mine)s; %(desk)s.", mine=mine, desk=desk))
