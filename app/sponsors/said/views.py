"""What sponsors said, and the replies to it."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import posted
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.paging import page_of_rows
from app.core.web.words import Look, give_words
from app.models.sponsors.words import SponsorAnswerKind
from app.sponsors.blueprint import bp
from app.sponsors.said.actions import reply
from app.sponsors.said.forms import SponsorReplyForm
from app.sponsors.said.queries import all_said, one_said

give_words(
    bp,
    sponsor_answer_looks={
        SponsorAnswerKind.YES: Look("good", "check", _l("said yes")),
        SponsorAnswerKind.NO: Look("bad", "x", _l("said no")),
        SponsorAnswerKind.ASKS: Look("info", "circle-help", _l("asks")),
        SponsorAnswerKind.OBJECTS: Look("warn", "flag", _l("objects")),
    },
    status_said={
        SponsorAnswerKind.YES: _l("said yes"),
        SponsorAnswerKind.NO: _l("said no"),
        SponsorAnswerKind.ASKS: _l("asked"),
        SponsorAnswerKind.OBJECTS: _l("objected"),
    },
)


@bp.get("/status/said")
@requires("improve")
@remembered
def sponsors_said() -> Response:
    """List what was said on the status page, the newest first."""
    of = request.args.get("q", "")
    with parts().database.read() as session:
        lines = all_said(session)
    fitting = [line for line in lines if of.casefold() in line.answer.whose.casefold()]
    page, rows = page_of_rows(fitting)
    return listed(
        "sponsors/said/said.html",
        Listing("sponsors-said", [ListFilter("q", _("Who"), of)], page),
        rows=rows,
    )


@bp.route("/status/said/<int:answer_id>", methods=["GET", "POST"])
@requires("improve")
def sponsor_reply(answer_id: int) -> AnyResponse:
    """Reply to what somebody said on the status page."""
    with parts().database.read() as session:
        line = one_said(session, answer_id)
    form = SponsorReplyForm(obj=line.answer)
    return posted(
        form,
        lambda act: reply(act, answer_id, form.reply.data),
        url_for("sponsors.sponsors_said"),
        _("Replied. They read it on their page."),
    ) or answer("sponsors/said/reply.html", "form", form=form, line=line)
