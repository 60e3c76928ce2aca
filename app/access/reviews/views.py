"""Reviews: the list, one review, and the page behind the owner's link."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.reviews import actions
from app.access.reviews.forms import ReviewForm
from app.access.reviews.mailing import last_mailed, mail_review
from app.access.reviews.queries import (
    owners,
    review_behind,
    review_lines,
    review_shown,
)
from app.auth import public, requires
from app.auth.acting import acting, posted
from app.core.errors import Conflict, Invalid, Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.paging import page_of_rows
from app.core.web.words import give_words
from app.messages.requester_links import review_link
from app.models.access.words import ReviewAnswer
from app.models.messages import DeliveryState

give_words(
    bp,
    review_words={
        ReviewAnswer.OPEN: _l("not answered"),
        ReviewAnswer.KEEP: _l("keep"),
        ReviewAnswer.REMOVE: _l("remove"),
        ReviewAnswer.NOT_MINE: _l("not mine to say"),
    },
    review_mail_words={
        DeliveryState.WAITING: _l("on its way"),
        DeliveryState.SENDING: _l("on its way"),
        DeliveryState.SENT: _l("sent"),
    },
    review_choices={
        ReviewAnswer.KEEP.value: _l("Yes, keep it"),
        ReviewAnswer.REMOVE.value: _l("No, remove it"),
        ReviewAnswer.NOT_MINE.value: _l("Not mine to say"),
    },
)


@bp.get("/reviews")
@requires("read")
@remembered
def reviews() -> Response:
    """List the reviews, the newest first."""
    of = request.args.get("q", "")
    with parts().database.read() as session:
        lines, asked = review_lines(session, of), owners(session)
    page, rows = page_of_rows(lines)
    return listed(
        "access/reviews/reviews.html",
        Listing("reviews", [ListFilter("q", _("Owner"), of)], page),
        rows=rows,
        owners=asked[:5],
    )


@bp.route("/reviews/new", methods=["GET", "POST"])
@requires("plan")
def review_new() -> AnyResponse:
    """Start a review: say who is asked."""
    form = ReviewForm()
    if not form.is_submitted():
        form.owner.data = request.args.get("owner", type=int)
    return posted(
        form,
        lambda act: actions.start_review(act, int(form.owner.data)).id,
        lambda number: url_for("access.review", review_id=number),
        _("The questions are ready. Give the owner the link."),
    ) or answer("access/reviews/review_new.html", "form", form=form)


@bp.get("/reviews/<int:review_id>")
@requires("read")
def review(review_id: int) -> Response:
    """Show one review: its link, what was said, and whether what was to go is gone."""
    return _show(review_id)


@bp.post("/reviews/<int:review_id>/link")
@requires("plan")
def review_relink(review_id: int) -> AnyResponse:
    """Give the owner a new link; older ones lead nowhere any more."""
    with acting() as act:
        actions.renew_link(act, review_id)
    here = url_for("access.review", review_id=review_id)
    return done(here, _("There is a new link; older ones lead nowhere any more."))


@bp.post("/reviews/<int:review_id>/mail")
@requires("plan")
def review_mail(review_id: int) -> AnyResponse:
    """Mail the owner the link."""
    try:
        with acting() as act:
            owner = mail_review(act, review_id).owner_name
    except (Refused, Conflict, Invalid) as error:
        return _show(review_id, error.message, error.status)
    parts().ring()
    here = url_for("access.review", review_id=review_id)
    return done(here, _("The link goes to %(name)s by mail.", name=owner))


@bp.post("/reviews/<int:review_id>/plan")
@requires("plan")
def review_plan(review_id: int) -> AnyResponse:
    """Plan to remove what the owner no longer finds needed."""
    try:
        with acting() as act:
            wave = actions.plan_removals(act, review_id).id
    except (Refused, Conflict) as error:
        return _show(review_id, error.message, error.status)
    there = url_for("access.wave", wave_id=wave)
    return done(there, _("The plan is made. Nothing was changed yet."))


@bp.get("/v/<string:token>")
@public
def review_answer(token: str) -> Response:
    """Ask the owner of rights; looking changes nothing."""
    return _asked(token)


@bp.post("/v/<string:token>")
@public
def review_answered(token: str) -> AnyResponse:
    """Take what the owner says."""
    secret, here = parts().settings.secret_key, parts()
    answers = {
        int(name[1:]): value
        for name, value in request.form.items()
        if name.startswith("q") and name[1:].isdecimal() and len(name) < 10
    }
    try:
        with acting("") as act:
            found = review_behind(
                act.session,
                secret,
                token,
                here.now(),
            )
            count = actions.answer_review(act, found.id, answers)
    except (Invalid, Conflict) as error:
        return _asked(token, error.message, error.status)
    told = ngettext(
        "Thank you: %(num)s answer is kept.",
        "Thank you: %(num)s answers are kept.",
        count,
    )
    return done(url_for("access.review_answer", token=token), told)


def _asked(token: str, problem: str = "", status: int = 200) -> Response:
    secret, now = parts().settings.secret_key, parts().now()
    with parts().database.read() as session:
        found = review_behind(
            session,
            secret,
            token,
            now,
        )
        page = review_shown(session, found.id)
    shown = answer(
        "access/reviews/review_answer.html",
        "body",
        status=status,
        page=page,
        token=token,
        problem=problem,
        typed=request.form,
    )
    shown.headers["X-Robots-Tag"] = "noindex, nofollow"
    return shown


def _show(review_id: int, problem: str = "", status: int = 200) -> Response:
    with parts().database.read() as session:
        page = review_shown(session, review_id)
        mailed = last_mailed(session, review_id)
    return answer(
        "access/reviews/review.html",
        "body",
        status=status,
        page=page,
        problem=problem,
        mailed=mailed,
        link=review_link(parts().settings, page.review),
    )
