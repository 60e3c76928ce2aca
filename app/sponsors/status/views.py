"""The page of the status, for who signs in and behind a link, and what is answered on it."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator, public, requires
from app.auth.acting import acting
from app.core.errors import Conflict, Invalid, NotFound, Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.said import said
from app.core.trail import KNOWING
from app.models.sponsors.words import DECIDED, SponsorAnswerKind
from app.sponsors.blueprint import bp
from app.sponsors.links.actions import stop_status_mail
from app.sponsors.links.queries import StatusLinkLine, link_behind
from app.sponsors.said.actions import SponsorReader, SponsorSays, decide, say
from app.sponsors.said.queries import said_by
from app.sponsors.status.queries import StatusShown, portfolio, status_of

GONE = 410


@bp.get("/status")
@requires("read")
def status() -> Response:
    """Show how all of it stands, in one sentence and a few figures."""
    return _page(_operator(), None)


@bp.get("/status/<int:improvement_id>")
@requires("read")
def status_one(improvement_id: int) -> Response:
    """Show how one improvement stands, with what is under it."""
    return _page(_operator(), improvement_id)


@bp.get("/status/portfolio")
@requires("read")
def status_portfolio() -> Response:
    """Show all improvements on one page, to be printed."""
    now = parts().now()
    with parts().database.read() as session:
        lines = portfolio(session, now, knows=_knows(None))
    page = "sponsors/status/portfolio.html"
    return answer(page, "body", lines=lines, on=now.date())


@bp.post("/status/answer")
@requires("read")
def status_answer() -> AnyResponse:
    """Decide, ask or object as who is signed in."""
    about = request.form.get("shown", type=int)
    there = (
        url_for("sponsors.status_one", improvement_id=about)
        if about
        else url_for("sponsors.status")
    )
    return _answered(_operator(), None, there, about)


@bp.get("/s/<string:token>")
@public
def status_shared(token: str) -> Response:
    """Show somebody without an account how things stand; looking changes nothing."""
    line = _behind(token)
    return _private(_shared(line, token) if line.opens else _ended(line))


@bp.post("/s/<string:token>")
@public
def status_shared_answer(token: str) -> AnyResponse:
    """Decide, ask or object with a link; it counts once, under the name the link is for."""
    line = _behind(token)
    if not line.opens:
        return _private(_ended(line))
    there = url_for("sponsors.status_shared", token=token)
    reader = _reader(line)
    return _answered(reader, line, there, line.link.improvement_id, token)


@bp.post("/s/<string:token>/no-mail")
@public
def status_no_mail(token: str) -> AnyResponse:
    """Stop the weekly mail to whoever has the link."""
    line = _behind(token)
    with acting(line.link.for_whom) as act:
        stop_status_mail(act, line.link.id)
    there = url_for("sponsors.status_shared", token=token)
    return done(there, _("No more mails. This page stays."))


def _behind(token: str) -> StatusLinkLine:
    here = parts()
    with here.database.read() as session:
        return link_behind(session, here.settings.secret_key, token, here.now())


def _shared(line: StatusLinkLine, token: str) -> Response:
    about = line.link.improvement_id
    return _page(_reader(line), about, line=line, token=token)


def _ended(line: StatusLinkLine) -> Response:
    return answer("sponsors/status/ended.html", "body", status=GONE, line=line)


def _reader(line: StatusLinkLine) -> SponsorReader:
    link = line.link
    return SponsorReader(link.for_whom, link.decides, link.id)


def _operator() -> SponsorReader:
    operator = current_operator()
    assert operator is not None  # noqa: S101 (the guard let nobody else in)
    return SponsorReader(operator.name, operator.may("improve"))


def _page(
    reader: SponsorReader, about: int | None, status: int = 200, **more: Any
) -> Response:
    with parts().database.read() as session:
        found = status_of(session, parts().now(), about, knows=_knows(more.get("line")))
        mine = said_by(session, reader.link_id, reader.name)
    context: dict[str, Any] = {"line": None, "token": "", "problem": "", **more}
    return answer(
        "sponsors/status/status.html",
        "body",
        status=status,
        shown=found,
        about=about,
        mine=mine,
        decides=_decides(reader, found),
        **context,
    )


def _knows(line: StatusLinkLine | None) -> bool:
    operator = current_operator()
    return line.knows if line else operator is not None and operator.may(KNOWING)


def _decides(reader: SponsorReader, found: StatusShown) -> bool:
    asked = found.asked
    return reader.decides or (asked is not None and asked.sponsor == reader.name)


def _answered(
    reader: SponsorReader,
    line: StatusLinkLine | None,
    there: str,
    about: int | None,
    token: str = "",
) -> AnyResponse:
    try:
        with acting(reader.said_as) as act:
            found = status_of(act.session, act.now, about)
            says = _says(found, about)
            if says.kind in DECIDED:
                decide(act, _deciding(reader, found), says)
            else:
                say(act, reader, says)
    except (Conflict, Invalid, Refused) as error:
        shown = _page(
            reader, about, error.status, line=line, token=token, problem=error.message
        )
        return _private(shown)
    return done(there, _("Thank you. It is passed on under your name."))


def _deciding(reader: SponsorReader, found: StatusShown) -> SponsorReader:
    return SponsorReader(reader.name, _decides(reader, found), reader.link_id)


def _says(found: StatusShown, about: int | None) -> SponsorSays:
    """Return what was sent; about what this page shows and nothing else."""
    kind = request.form.get("kind", "")
    if kind not in list(SponsorAnswerKind):
        raise Invalid(said("Choose one of the answers."))
    number = request.form.get("about", type=int) or about
    if number is not None and number not in found.numbers:
        raise NotFound(said("There is no such improvement."))
    words, seal = request.form.get("words", ""), request.form.get("seal", "")
    return SponsorSays(SponsorAnswerKind(kind), number, words, seal)


def _private(shown: Response) -> Response:
    # Whoever gets the address from a search engine could answer for the person.
    shown.headers["X-Robots-Tag"] = "noindex, nofollow"
    return shown
