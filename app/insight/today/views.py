"""The first page: what waits for whoever is signed in, and how things stand."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    redirect,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.access.roles.queries import role_lines
from app.auth import (
    SignedIn,
    current_operator,
    requires,
    signed_in_only,
    unattended,
)
from app.auth.acting import posted
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.waiting import Wait, WaitingFound, WaitingLine, waiting_for
from app.core.web.news import Shown, asks_for_news, news_answer, short_key
from app.core.web.words import Look, give_words
from app.insight.today.badge import note_number, waiter_of
from app.insight.today.forms import NoticeForm
from app.insight.today.notices import choose, mail_channel
from app.insight.today.queries import Today, choice_of, today_of

bp = Blueprint("today", __name__)
WELCOMED, NOTICES, A_YEAR = "welcomed", "notices", 365 * 24 * 3600
SHOWN = 12
"""So many lines stand open; three more are no reason to fold."""
A_FEW_MORE = 3
"""So many lines are shown at once; the others are folded."""

WAIT_LOOKS = {
    Wait.READY: Look("info", "inbox", _l("Look at it")),
    Wait.APPROVE: Look("info", "shield-check", _l("Approve")),
    Wait.APPLY: Look("info", "play", _l("Apply")),
    Wait.CONFIRM: Look("info", "circle-check", _l("Works")),
    Wait.GO_ON: Look("bad", "circle-pause", _l("Decide")),
    Wait.CONFLICT: Look("bad", "triangle-alert", _l("Decide")),
    Wait.EXCEPTION: Look("warn", "hourglass", _l("Extend")),
    Wait.TURNOVER: Look("info", "user-round", _l("Look at it")),
    Wait.PROMISE: Look("bad", "megaphone", _l("Inform")),
    Wait.ANSWER: Look("info", "message-square", _l("Answer")),
    Wait.LOOK: Look("warn", "clock", _l("Look at it")),
    Wait.ORDER: Look("info", "list-checks", _l("Answer")),
    Wait.HAND_OVER: Look("info", "arrow-right", _l("Decide")),
    Wait.MANAGEMENT: Look("warn", "flag", _l("Take note")),
    Wait.STEP: Look("warn", "calendar", _l("Next step")),
    Wait.VALUES: Look("info", "list-checks", _l("Fill in")),
    Wait.REVIEW: Look("info", "eye", _l("Review")),
    Wait.DECIDE: Look("info", "signpost", _l("Decide")),
    Wait.DRIFT: Look("bad", "triangle-alert", _l("Look at it")),
    Wait.UNDO: Look("bad", "undo-2", _l("Take back")),
    Wait.MENTION: Look("info", "message-square", _l("Take note")),
    Wait.SPONSOR: Look("info", "message-square", _l("Reply")),
    Wait.PULSE: Look("info", "eye", _l("Sum it up")),
    Wait.MISSED: Look("warn", "triangle-alert", _l("Look at it")),
    Wait.FOLLOW_UP: Look("info", "users", _l("Follow it up")),
}
give_words(bp, wait_looks=WAIT_LOOKS)


@bp.get("/")
@signed_in_only
def index() -> AnyResponse:
    """Show what waits for whoever is signed in."""
    if "directory" in request.args:  # the report stood here before
        return redirect(url_for("insight.report", directory=request.args["directory"]))
    operator = _me()
    if asks_for_news():
        return news_answer(_shown(_waiting(operator)), by_clock=True)
    with parts().database.read() as session:
        found = today_of(session, waiter_of(operator))
    note_number(operator, found.waiting.total)
    return answer(
        "insight/today/today.html",
        "body",
        today=found,
        sentence=_sentence(operator, found),
        shown=_shown(found.waiting),
        most=_open_lines(found.waiting.total),
        welcome=not request.cookies.get(WELCOMED),
        desk_first=operator.may("desk") and not operator.may("plan"),
    )


def _open_lines(waiting: int) -> int:
    """Return how many lines stand open: to fold one away would take its place again."""
    return waiting if waiting <= SHOWN + A_FEW_MORE else SHOWN


@bp.get("/today/ready")
@requires("plan")
def ready() -> Response:
    """Say how many people can move into a role today with nothing lost; asked after the page, as
    it compares everybody with every role.
    """
    with parts().database.read() as session:
        used = [line for line in role_lines(session) if line.retired_at is None]
    count = sum(line.standing.ready for line in used)
    return answer("insight/today/ready.html", "ready", count=count)


@bp.post("/today/welcomed")
@signed_in_only
def welcomed() -> AnyResponse:
    """Put the card for the first visit away, in this browser."""
    response = make_response(done(url_for("today.index")))
    response.set_cookie(WELCOMED, "yes", max_age=A_YEAR, samesite="Lax", httponly=True)
    return response


@bp.get("/today/lines")
@signed_in_only
@unattended
def lines() -> AnyResponse:
    """Return what waits, for a notice of the browser."""
    return jsonify(lines=[_as_notice(line) for line in _waiting(_me()).lines])


def _waiting(operator: SignedIn) -> WaitingFound:
    with parts().database.read() as session:
        found = waiting_for(session, waiter_of(operator))
    note_number(operator, found.total)
    return found


def _shown(found: WaitingFound) -> Shown:
    """Return the lines as they are watched: they come and go, and never change."""
    marks = {short_key(line.key): "" for line in found.lines}
    address, whole = url_for("today.index"), len(found.lines) == found.total
    return Shown("today", marks, address, whole=whole)


def _as_notice(line: WaitingLine) -> dict[str, str]:
    look = WAIT_LOOKS[line.wait]
    text = " – ".join(str(part) for part in (line.what, line.why) if str(part))
    return {
        "key": line.key,
        "verb": str(look.word),
        "text": text,
        "page": line.page,
    }


@bp.route("/account/notices", methods=["GET", "POST"])
@signed_in_only
def notices() -> AnyResponse:
    """Choose how one is told of what begins to wait."""
    form, me = notice_form(), _me().operator_id
    there = posted(
        form,
        lambda act: choose(act, me, form.how.data, form.mail.data, here=form.here.data),
        url_for("auth.account"),
        _("You are told as you chose."),
    )
    if there is None:
        return answer("insight/today/notices.html", "form", form=form)
    wanted = A_YEAR if form.here.data else 0
    there.set_cookie(NOTICES, "yes", max_age=wanted, samesite="Lax", httponly=True)
    return there


def notice_form() -> NoticeForm:
    """Return the form with what the signed-in operator chose, or an address that fits."""
    with parts().database.read() as session:
        known = choice_of(session, _me().operator_id)
    return NoticeForm(data={"how": known.how, "mail": known.mail, "here": known.here})


def mail_is_there() -> bool:
    """Tell whether any channel sends mail to one person."""
    with parts().database.read() as session:
        return mail_channel(session) is not None


def wants_notices() -> bool:
    """Tell whether this browser is to show notices."""
    return NOTICES in request.cookies and current_operator() is not None


bp.record_once(
    lambda state: state.app.jinja_env.globals.update(
        notice_form=notice_form,
        mail_is_there=mail_is_there,
        wants_notices=wants_notices,
    )
)


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
    late = found.desk.late if operator.may("desk") else 0
    if not late:
        return f"{mine}."
    desk = ngettext(
        "the desk is %(num)s promise late", "the desk is %(num)s promises late", late
    )
    return str(_("%(mine)s; %(desk)s.", mine=mine, desk=desk))
