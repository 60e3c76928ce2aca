"""The page of a rehearsal: a log, what the plan does to real questions, lenses to take over."""

from __future__ import annotations

from pathlib import PurePath

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.rehearsal.again import AskedAgain, ask_again
from app.access.rehearsal.forms import LogForm
from app.access.rehearsal.queries import rehearsed
from app.access.waves.queries import wave_alone
from app.auth import current_operator_name, requires
from app.auth.acting import acting
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming
from app.core.web.words import give_words
from app.directory.actions import accept_lenses, forget_log, read_log
from ldap_sync.logs import Way

give_words(
    bp,
    asked_way_words={
        Way.MEMBER: _l("looks for a member in the group"),
        Way.COMPARE: _l("compares one member of the group"),
        Way.LIST: _l("reads the member list"),
        Way.MEMBEROF: _l("searches people by memberOf"),
        Way.MEMBEROF_LIST: _l("reads memberOf of people"),
        Way.CHAIN: _l("follows groups inside groups"),
    },
)


@bp.get("/waves/<int:wave_id>/rehearsal")
@requires("read")
def wave_rehearsal(wave_id: int) -> Response:
    """Show what the plan of a wave does to the questions that applications really ask."""
    return _show(wave_id, LogForm(formdata=None))


@bp.post("/waves/<int:wave_id>/rehearsal")
@requires("plan")
def wave_rehearse(wave_id: int) -> AnyResponse:
    """Read a log that the browser sends and rehearse the wave by it."""
    form, here = (
        LogForm(),
        url_for(
            "access.wave_rehearsal",
            wave_id=wave_id,
        ),
    )
    if form.validate_on_submit():
        with blaming(form):
            sent = form.file.data
            with parts().database.read() as session:
                directory_id = wave_alone(session, wave_id).role.directory_id
            read_log(
                parts(),
                directory_id,
                PurePath(sent.filename or "log").name,
                sent.stream,
                by=current_operator_name(),
            )
            return done(
                here, _("The log is read. Nothing of it but these counts is kept.")
            )
    return _show(wave_id, form)


@bp.post("/waves/<int:wave_id>/rehearsal/lenses")
@requires("directory")
def wave_lenses(wave_id: int) -> AnyResponse:
    """Note of the ticked rights how the log shows that they are looked at."""
    with acting() as act:
        directory_id = wave_alone(act.session, wave_id).role.directory_id
        wanted = request.form.getlist("right", type=int)
        names = accept_lenses(act, directory_id, wanted)
    told = ngettext(
        "%(num)s right is noted.",
        "%(num)s rights are noted.",
        len(names),
    )
    return done(
        url_for(
            "access.wave_rehearsal",
            wave_id=wave_id,
        ),
        told,
    )


@bp.post("/waves/<int:wave_id>/rehearsal/again")
@requires("plan", "approve", "apply")
def wave_asked_again(wave_id: int) -> Response:
    """Ask the directory now what applications ask, and show what is otherwise than planned."""
    return _show(
        wave_id,
        LogForm(formdata=None),
        ask_again(parts(), wave_id),
    )


@bp.post("/waves/<int:wave_id>/rehearsal/<int:log_id>/forget")
@requires("plan")
def wave_log_forget(wave_id: int, log_id: int) -> AnyResponse:
    """Delete what was read of a log."""
    with acting() as act:
        forget_log(act, log_id)
    here = url_for(
        "access.wave_rehearsal",
        wave_id=wave_id,
    )
    return done(
        here,
        _("What was read of the log is deleted."),
    )


def _show(wave_id: int, form: LogForm, again: AskedAgain | None = None) -> Response:
    with parts().database.read() as session:
        found = rehearsed(session, wave_id)
    return answer(
        "access/rehearsal/rehearsal.html",
        "body",
        found=found,
        form=form,
        again=again,
        status=422 if form.errors else 200,
    )
