"""The page behind the link of somebody who was moved, and how people of a wave are asked.

No account, no internals.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.drift.live import verify_live
from app.access.waves.confirming import confirm
from app.access.waves.queries import get_wave
from app.access.works import actions, restoring
from app.access.works.actions import WorksLetter, WorksSent, said_by_link
from app.access.works.queries import (
    GivenBack,
    WorksPage,
    WorksStanding,
    ask_behind,
    given_back_in,
    given_back_of,
    standings_of,
    to_be_asked,
    works_page,
)
from app.auth import current_operator_name, public, requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.errors import Away, Conflict, Invalid, Refused, RungError
from app.core.htmx import answer, done
from app.core.parts import parts
from app.improvements.answers.forms import LetterForm
from app.incidents.inform.queries import signature_of


@bp.get("/w/<string:token>")
@public
def works(token: str) -> Response:
    """Ask somebody who was moved whether it still works; looking changes nothing."""
    return _show_works(token)


@bp.post("/w/<string:token>/works")
@public
def works_yes(token: str) -> AnyResponse:
    """An application works, says somebody who was moved."""
    try:
        with acting("") as act:
            ask = ask_behind(
                act.session,
                parts().settings.secret_key,
                token,
            )
            all_work = actions.says_it_works(
                act,
                ask.id,
                _service(),
            )
    except (Invalid, Refused) as error:
        return _show_works(
            token,
            error,
        )
    if all_work:
        _confirmed(token)
    return done(
        url_for(
            "access.works",
            token=token,
        ),
        _("Thank you: it works for you."),
    )


@bp.post("/w/<string:token>/not")
@public
def works_not(token: str) -> AnyResponse:
    """An application does not work, says somebody who was moved."""
    words = request.form.get(
        "words",
        "",
    )
    try:
        with acting("") as act:
            ask = ask_behind(
                act.session,
                parts().settings.secret_key,
                token,
            )
            number = actions.says_it_does_not(
                act,
                ask.id,
                _service(),
                words,
            )
    except (Invalid, Refused) as error:
        return _show_works(
            token,
            error,
        )
    told = _(
        "Thank you: somebody looks at it, as incident %(number)s.",
        number=number,
    )
    return done(
        url_for(
            "access.works",
            token=token,
        ),
        told,
    )


def _service() -> int | None:
    return request.form.get(
        "service",
        type=int,
    )


def _confirmed(token: str) -> None:
    """Confirm whoever says of everything that it works and was seen on as many days as the plan
    wants, after a look at the directory; where that finds something else, or cannot be done,
    somebody of the team confirms.
    """
    with parts().database.read() as session:
        page = works_page(
            session,
            parts().settings.secret_key,
            token,
            parts().now(),
        )
    try:
        verify_live(
            parts(),
            page.wave_id,
            page.person_id,
        )
        with parts().acting(said_by_link(page.name)) as act:
            confirm(
                act,
                page.wave_id,
                page.person_id,
            )
    except (Away, Conflict, Refused):
        return


def _show_works(token: str, problem: RungError | None = None) -> Response:
    secret = parts().settings.secret_key
    with parts().database.read() as session:
        page: WorksPage = works_page(
            session,
            secret,
            token,
            parts().now(),
        )
    shown = answer(
        "access/works/works.html",
        "body",
        status=problem.status if problem else 200,
        page=page,
        token=token,
        problem=problem,
    )
    # Whoever gets the address from a search engine could answer for the person.
    shown.headers["X-Robots-Tag"] = "noindex, nofollow"
    return shown


@bp.route(
    "/waves/<int:wave_id>/ask",
    methods=[
        "GET",
        "POST",
    ],
)
@requires("apply")
def wave_ask(wave_id: int) -> AnyResponse:
    """Ask everybody of a wave who waits to be seen working, by a link of their own."""
    with parts().database.read() as session:
        wave = get_wave(
            session,
            wave_id,
        )
        asked = to_be_asked(
            session,
            wave_id,
        )
        signed = signature_of(
            session,
            current_operator_name(),
        )
    form = LetterForm(
        data=_beginning(
            wave.role.name,
            signed,
        )
    )
    return posted(
        form,
        lambda act: actions.ask_people(
            act,
            wave_id,
            _letter(form),
        ),
        url_for(
            "access.wave",
            wave_id=wave_id,
        ),
        _told,
    ) or answer(
        "access/works/ask.html",
        "body",
        wave=wave,
        asked=asked,
        form=form,
        local=not parts().settings.public_url,
    )


def _told(sent: WorksSent) -> str:
    told = ngettext(
        "The link goes to %(num)s person.",
        "The link goes to %(num)s people.",
        sent.asked,
    )
    if not sent.without_mail:
        return str(told)
    more = _(
        "%(number)s without a mail address are tried otherwise.",
        number=sent.without_mail,
    )
    return f"{told} {more}"


def _beginning(role: str, signed: str) -> dict[str, str]:
    return {
        "subject": _("Does everything still work?"),
        "text": works_text(role),
        "signed_by": signed,
    }


def works_text(role: str) -> str:
    """Return what is written to people who are asked, unless somebody writes it otherwise."""
    text = _(
        "Hello,\n\nyour access was arranged anew as the role %(role)s. Nothing should have changed "
        "for you. Please say with one tap for each application whether it still works; no account "
        "is needed:\n{link}",
        role=role,
    )
    return str(text)


def _letter(form: LetterForm) -> WorksLetter:
    return WorksLetter(
        form.subject.data,
        form.text.data,
        form.signed_by.data,
    )


@bp.post("/waves/<int:wave_id>/ask/revoke")
@requires("apply")
def wave_ask_revoke(wave_id: int) -> AnyResponse:
    """Make every link given to people of a wave worthless."""
    with acting() as act:
        actions.revoke_links(
            act,
            wave_id,
        )
    told = _("Every link given so far leads nowhere any more.")
    return done(
        url_for(
            "access.wave",
            wave_id=wave_id,
        ),
        told,
    )


@bp.post("/waves/<int:wave_id>/give-back")
@requires("apply")
def wave_give_back(wave_id: int) -> AnyResponse:
    """Give one right back to a person of a wave at once."""
    person, right = (
        request.form.get(
            "person",
            0,
            int,
        ),
        request.form.get(
            "right",
            "",
        ),
    )
    reason = request.form.get(
        "reason",
        "",
    ).strip()[:400]

    def deed(act: Acting) -> Any:
        return restoring.give_back(
            act,
            wave_id,
            person,
            right,
            reason=reason,
        )

    return _deed(
        wave_id,
        deed,
        _("The right is given back; it stands in a moment."),
    )


@bp.post("/waves/<int:wave_id>/take-again")
@requires("apply")
def wave_take_again(wave_id: int) -> AnyResponse:
    """Take off again a right that was given back to a person of a wave."""
    person = request.form.get("person", 0, int)
    right = request.form.get("right", "")

    def deed(act: Acting) -> Any:
        return restoring.take_again(
            act,
            wave_id,
            person,
            right,
            reason="",
        )

    return _deed(
        wave_id,
        deed,
        _("The right is taken off again; it stands in a moment."),
    )


@bp.post("/waves/<int:wave_id>/settle")
@requires("apply")
def wave_settle(wave_id: int) -> AnyResponse:
    """Say that what did not work for a person is settled."""
    ask, reason = (
        request.form.get(
            "ask",
            0,
            int,
        ),
        request.form.get(
            "reason",
            "",
        )[:400],
    )

    def deed(act: Acting) -> Any:
        return restoring.settle(
            act,
            ask,
            reason=reason,
        )

    return _deed(
        wave_id,
        deed,
        _("Settled. The person can be confirmed again."),
    )


def _deed(wave_id: int, deed: Any, told: str) -> AnyResponse:
    there = url_for(
        "access.wave",
        wave_id=wave_id,
    )
    try:
        with acting() as act:
            deed(act)
    except RungError as error:
        return done(
            there,
            error.message,
        )
    parts().ring()
    return done(
        there,
        told,
    )


@bp.app_template_global()
def works_of(wave_id: int) -> list[WorksStanding]:
    """Return who of a wave was asked by link, and what they said."""
    with parts().database.read() as session:
        return standings_of(
            session,
            wave_id,
        )


@bp.app_template_global()
def rights_given_back(wave_id: int) -> list[GivenBack]:
    """Return the rights that were given back at once to people of a wave and stand."""
    with parts().database.read() as session:
        return given_back_in(session, wave_id)


@bp.app_template_global()
def rights_taken_off(wave_id: int, person_id: int) -> list[str]:
    """Return the rights that a move took off a person and that can be given back at once."""
    with parts().database.read() as session:
        return given_back_of(
            session,
            wave_id,
            person_id,
        )
