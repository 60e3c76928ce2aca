"""The page behind the link of somebody in a rung, and how the links are given and sent.

No account, no internals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, public, requires
from app.auth.acting import acting, posted
from app.core.changes import one
from app.core.errors import Invalid, Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.said import spoken
from app.improvements.answers import actions
from app.improvements.answers.actions import LinkLetter
from app.improvements.answers.forms import LetterForm
from app.improvements.answers.queries import (
    AnswerPage,
    answer_page,
    asked_by_link,
    person_behind,
)
from app.improvements.answers.telling import proposed_letter
from app.improvements.blueprint import bp
from app.improvements.crowd.queries import crowd_page
from app.messages.requester_links import answer_link
from app.models.improvements.iteration import Participation


@bp.get("/p/<string:token>")
@public
def person_answer(token: str) -> Response:
    """Ask somebody in a rung whether it works for them; looking changes nothing."""
    return _show(token)


@bp.post("/p/<string:token>/works")
@public
def person_works(token: str) -> AnyResponse:
    """It works for me, says somebody in a rung."""
    return _answered(token, _("Thank you: it works for you."), actions.says_works)


@bp.post("/p/<string:token>/not")
@public
def person_not(token: str) -> AnyResponse:
    """It does not work for me, says somebody in a rung."""
    words = request.form.get("words", "")
    return _answered(
        token, _("Thank you: somebody looks at it."), actions.says_not, words
    )


@bp.route("/iterations/<int:iteration_id>/people/letter", methods=["GET", "POST"])
@requires("improve")
def people_letter(iteration_id: int) -> AnyResponse:
    """Send everybody who has not said yet whether it works a link of their own."""
    with parts().database.read() as session:
        page = crowd_page(session, iteration_id)
        asked = asked_by_link(session, iteration_id)
        offered = proposed_letter(session, iteration_id, current_operator_name())
    form = LetterForm(data=_as_read(offered))
    there = url_for("improvements.people", iteration_id=iteration_id)
    return posted(
        form,
        lambda act: actions.send_links(act, iteration_id, _letter(form)),
        there,
        lambda sent: sent.sentence,
    ) or answer(
        "improvements/answers/letter.html",
        "body",
        page=page,
        asked=asked,
        form=form,
        local=not parts().settings.public_url,
    )


@bp.post("/participants/<int:participation_id>/link")
@requires("improve")
def person_link(participation_id: int) -> AnyResponse:
    """Give one participant a link, to be copied."""
    with acting() as act:
        person = one(act.session, Participation, participation_id)
        actions.give_links(act, person.iteration_id, [participation_id])
    return done(_person(participation_id), _("There is a link to give."))


@bp.post("/participants/<int:participation_id>/link/revoke")
@requires("improve")
def person_link_revoke(participation_id: int) -> AnyResponse:
    """Make every link of a participant worthless."""
    with acting() as act:
        actions.revoke_link(act, participation_id)
    return done(
        _person(participation_id), _("Every link given so far leads nowhere any more.")
    )


@bp.app_template_global()
def participant_address(person: Any) -> str:
    """Return the address somebody in a rung is given."""
    return answer_link(parts().settings, person)


def _answered(
    token: str, sentence: str, action: Callable[..., Any], *values: Any
) -> AnyResponse:
    secret = parts().settings.secret_key
    try:
        with acting("") as act:
            action(act, person_behind(act.session, secret, token).id, *values)
    except (Invalid, Refused) as error:
        return _show(token, problem=error.message, status=error.status)
    return done(url_for("improvements.person_answer", token=token), sentence)


def _show(token: str, *, problem: str = "", status: int = 200) -> Response:
    secret = parts().settings.secret_key
    with parts().database.read() as session:
        page: AnswerPage = answer_page(session, secret, token, parts().now())
    shown = answer(
        "improvements/answers/answer.html",
        "body",
        status=status,
        page=page,
        token=token,
        problem=problem,
        typed=request.form.get("words", ""),
    )
    # Whoever gets the address from a search engine could answer for the person.
    shown.headers["X-Robots-Tag"] = "noindex, nofollow"
    return shown


def _as_read(offered: LinkLetter) -> dict[str, str]:
    """Return a letter in the language of whoever is about to send it."""
    return {
        "subject": spoken(offered.subject),
        "text": spoken(offered.text),
        "signed_by": offered.signed_by,
    }


def _letter(form: LetterForm) -> LinkLetter:
    return LinkLetter(form.subject.data, form.text.data, form.signed_by.data)


def _person(participation_id: int) -> str:
    return url_for("improvements.participant_edit", participation_id=participation_id)
