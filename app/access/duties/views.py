"""Named duties of a wave, and the page behind the link of one of them.

No account, no internals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.duties import actions
from app.access.duties.forms import DutyForm
from app.access.duties.mailing import DutiesMailed, mail_duties
from app.access.duties.queries import (
    DutiesPage,
    DutyAsked,
    duties_page,
    duty_asked,
    duty_behind,
)
from app.auth import public, requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid, Refused, RungError
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.words import give_words
from app.models.access.duties import WaveDuty
from app.models.access.words import DutyAnswer

give_words(
    bp,
    duty_words={
        DutyAnswer.OPEN: _l("not said yet"),
        DutyAnswer.GO: _l("go"),
        DutyAnswer.NO_GO: _l("no-go"),
    },
)


@bp.route("/waves/<int:wave_id>/duties", methods=["GET", "POST"])
@requires("apply")
def wave_duties(wave_id: int) -> AnyResponse:
    """Show who says go or no-go to a wave, and name another duty."""
    form = DutyForm()
    return posted(
        form,
        lambda act: actions.name_duty(
            act, wave_id, form.duty.data, int(form.person.data)
        ),
        _there(wave_id),
        _("Named. Give or mail them the link."),
    ) or _duties(wave_id, form)


@bp.post("/waves/<int:wave_id>/duties/mail")
@requires("apply")
def wave_duties_mail(wave_id: int) -> AnyResponse:
    """Mail everybody who said nothing yet the link."""
    with acting() as act:
        sent = mail_duties(act, wave_id)
    parts().ring()
    return done(_there(wave_id), _mailed(sent))


@bp.post("/waves/duties/<int:duty_id>/link")
@requires("apply")
def duty_renew(duty_id: int) -> AnyResponse:
    """Give a named duty a new link; older ones lead nowhere any more."""
    told = _("There is a new link; older ones lead nowhere any more.")
    return _deed(duty_id, actions.renew_link, told)


@bp.post("/waves/duties/<int:duty_id>/revoke")
@requires("apply")
def duty_revoke(duty_id: int) -> AnyResponse:
    """Make every link of a named duty worthless."""
    told = _("Every link given so far leads nowhere any more.")
    return _deed(duty_id, actions.revoke_link, told)


@bp.post("/waves/duties/<int:duty_id>/out")
@requires("apply")
def duty_out(duty_id: int) -> AnyResponse:
    """Ask a named duty no longer."""
    return _deed(duty_id, actions.let_out, _("They are asked no longer."))


@bp.post("/waves/duties/<int:duty_id>/without")
@requires("apply")
def duty_without(duty_id: int) -> AnyResponse:
    """Go on without the go of a named duty, with a reason."""
    reason = request.form.get("reason", "")[:400]

    def deed(act: Acting, number: int) -> WaveDuty:
        return actions.go_without(act, number, reason=reason)

    return _deed(duty_id, deed, _("It goes on without them; your reason stays."))


def _deed(
    duty_id: int, deed: Callable[[Acting, int], WaveDuty], told: str
) -> AnyResponse:
    with parts().database.read() as session:
        wave_id = one(session, WaveDuty, duty_id).wave_id
    try:
        with acting() as act:
            deed(act, duty_id)
    except (Invalid, Refused) as error:
        return _duties(wave_id, DutyForm(formdata=None), error)
    return done(_there(wave_id), told)


def _duties(
    wave_id: int, form: DutyForm, problem: RungError | None = None
) -> AnyResponse:
    here = parts()
    with here.database.read() as session:
        page = duties_page(session, wave_id, here.settings)
    return answer(
        "access/duties/duties.html",
        "body",
        status=problem.status if problem else 200,
        page=page,
        form=form,
        problem=problem,
        local=not here.settings.public_url,
    )


def _there(wave_id: int) -> str:
    return url_for("access.wave_duties", wave_id=wave_id)


def _mailed(sent: DutiesMailed) -> str:
    told = ngettext(
        "The link goes to %(num)s person.",
        "The link goes to %(num)s people.",
        len(sent.asked),
    )
    if not sent.without_mail:
        return str(told)
    names = ", ".join(sent.without_mail)
    more = _("No mail address: %(names)s. Give them the link yourself.", names=names)
    return f"{told} {more}"


@bp.get("/g/<string:token>")
@public
def duty_say(token: str) -> Response:
    """Ask a named duty for go or no-go; looking changes nothing."""
    return _asked(token)


@bp.post("/g/<string:token>/go")
@public
def duty_go(token: str) -> AnyResponse:
    """Go, says a named duty."""
    return _said(token, _("Thank you: you said go."), actions.says_go)


@bp.post("/g/<string:token>/no")
@public
def duty_no_go(token: str) -> AnyResponse:
    """No-go, says a named duty."""
    words = request.form.get("words", "")
    told = _("Thank you: you said no-go. They are told.")
    return _said(token, told, actions.says_no_go, words)


def _said(
    token: str, told: str, deed: Callable[..., WaveDuty], *values: Any
) -> AnyResponse:
    secret, now = parts().settings.secret_key, parts().now()
    try:
        with acting("") as act:
            deed(act, duty_behind(act.session, secret, token, now).id, *values)
    except (Invalid, Refused) as error:
        return _asked(token, error)
    return done(url_for("access.duty_say", token=token), told)


def _asked(token: str, problem: RungError | None = None) -> Response:
    secret = parts().settings.secret_key
    with parts().database.read() as session:
        page: DutyAsked = duty_asked(session, secret, token, parts().now())
    shown = answer(
        "access/duties/say.html",
        "body",
        status=problem.status if problem else 200,
        page=page,
        token=token,
        problem=problem,
        typed=request.form.get("words", page.words),
    )
    # Whoever gets the address from a search engine could answer for the person.
    shown.headers["X-Robots-Tag"] = "noindex, nofollow"
    return shown


@bp.app_template_global()
def duties_of(wave_id: int) -> DutiesPage:
    """Return the named duties of a wave, and what they said."""
    with parts().database.read() as session:
        return duties_page(session, wave_id, parts().settings)
