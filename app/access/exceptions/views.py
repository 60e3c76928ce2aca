"""Exceptions: the list, one of them, longer with one click, and its end."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.exceptions.actions import end_early, extend, extend_back
from app.access.exceptions.forms import EndForm, ExtendForm
from app.access.exceptions.queries import (
    ExceptionsWanted,
    count_exceptions,
    exception_lines,
    exception_owners,
    exception_page,
)
from app.access.exceptions.rules import ExceptionStands
from app.auth import current_permissions, requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.errors import Invalid
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.core.said import day_said
from app.core.web import asked_page
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.words import Look, give_words
from app.models.access.kept import AccessException

give_words(
    bp,
    exception_looks={
        ExceptionStands.OPEN: Look("neutral", "flag", _l("open")),
        ExceptionStands.ENDING: Look("warn", "hourglass", _l("ends soon")),
        ExceptionStands.EXPIRED: Look("bad", "circle-alert", _l("expired")),
        ExceptionStands.ENDED: Look("good", "check", _l("ended")),
    },
)


@bp.get("/exceptions")
@requires("read")
@remembered
def exceptions() -> Response:
    """List the rights that have an end, those that end first at the top."""
    page, wanted = asked_page(), _wanted()
    with parts().database.read() as session:
        page = page.of(count_exceptions(session, wanted))
        lines = exception_lines(session, wanted, page.offset, page.size)
        owners = exception_owners(session)
        counts = {
            state: count_exceptions(
                session, ExceptionsWanted(wanted.today, state=state)
            )
            for state in ExceptionStands
        }
    states = [
        (ExceptionStands.OPEN.value, _("in force")),
        (ExceptionStands.ENDING.value, _("end within 7 days")),
        (ExceptionStands.EXPIRED.value, _("expired")),
        (ExceptionStands.ENDED.value, _("ended")),
    ]
    filters = [
        ListFilter("q", _("Person or right"), wanted.q),
        ListFilter("state", _("State"), wanted.state, with_any(states, _("all"))),
        ListFilter("owner", _("Owner"), wanted.owner, with_any(owners, _("all"))),
    ]
    return listed(
        "access/exceptions/exceptions.html",
        Listing("exceptions", filters, page),
        lines=lines,
        counts=counts,
    )


@bp.get("/exceptions/<int:kept_id>")
@requires("read")
def exception(kept_id: int) -> Response:
    """Show one exception: who holds what, why, until when, and what happened to it."""
    return _show(kept_id, _longer_form(), _end_form(sent=False))


@bp.post("/exceptions/<int:kept_id>/extend")
@requires("plan")
def exception_extend(kept_id: int) -> AnyResponse:
    """Let an exception hold longer: until the day that was sent, else for the usual time."""
    with parts().database.read() as session:
        before = exception_page(session, kept_id, _today(), ()).line.until
    form = ExtendForm()

    def longer(act: Acting) -> AccessException:
        until = form.until.data or _usual()
        return extend(act, kept_id, until, form.reason.data or "")

    def told(kept: AccessException) -> str:
        return str(_("It holds until %(day)s now.", day=day_said(kept.until)))

    def back(_kept: AccessException) -> Undo:
        to = url_for("access.exception_extend_back", kept_id=kept_id)
        return Undo(to, {"until": before.isoformat()})

    return posted(
        form,
        longer,
        _page(kept_id),
        told,
        back,
    ) or _show(kept_id, form, _end_form(sent=False))


@bp.post("/exceptions/<int:kept_id>/extend/back")
@requires("plan")
def exception_extend_back(kept_id: int) -> AnyResponse:
    """Give an exception back the day it had before it was made longer."""
    try:
        until = date.fromisoformat(request.form.get("until", ""))
    except ValueError as error:
        raise Invalid(_("Write the date like 2026-06-30."), field="until") from error
    with acting() as act:
        extend_back(act, kept_id, until)
    told = _("It holds until %(day)s again.", day=day_said(until))
    return done(_page(kept_id), told)


@bp.post("/exceptions/<int:kept_id>/end")
@requires("plan")
def exception_end(kept_id: int) -> AnyResponse:
    """Plan to take an exception's right off before its day."""
    form = _end_form()
    told = _("The plan is made. Nothing was changed yet.")
    return posted(
        form,
        lambda act: end_early(act, kept_id, form.reason.data).id,
        lambda wave: url_for("access.wave", wave_id=wave),
        told,
    ) or _show(kept_id, _longer_form(), form)


def _show(kept_id: int, longer: ExtendForm, ending: EndForm) -> Response:
    with parts().database.read() as session:
        page = exception_page(session, kept_id, _today(), current_permissions())
    status = 422 if longer.errors or ending.errors else 200
    return answer(
        "access/exceptions/exception.html",
        "body",
        status=status,
        page=page,
        kept=page.line,
        longer=longer,
        ending=ending,
    )


def _longer_form() -> ExtendForm:
    return ExtendForm(formdata=None, data={"until": _usual()})


def _end_form(*, sent: bool = True) -> EndForm:
    # Two forms of one page: each field has a name of its own.
    given = {} if sent else {"formdata": None}
    return EndForm(prefix="end-", **given)


def _wanted() -> ExceptionsWanted:
    def asked(name: str) -> str:
        return request.args.get(name, "").strip()[:200]

    return ExceptionsWanted(_today(), asked("q"), asked("state"), asked("owner"))


def _usual() -> date:
    return _today() + timedelta(days=parts().settings.exception_days)


def _today() -> date:
    return parts().now().date()


def _page(kept_id: int) -> str:
    return url_for("access.exception", kept_id=kept_id)
