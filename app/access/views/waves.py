"""Waves: the list, one wave with its plan, and its LDIF."""

from __future__ import annotations

from flask import Response, make_response, request
from flask_babel import gettext as _

from app.access.queries.wave_page import WavePage, wave_page
from app.access.queries.waves import count_waves, wave_lines
from app.access.views.blueprint import bp
from app.auth import current_operator_name, requires
from app.core.errors import RungError
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web import asked_page
from app.models.access import WaveState


@bp.get("/waves")
@requires("read")
def waves() -> Response:
    """List the waves, the newest first."""
    state, page = request.args.get("state", ""), asked_page()
    with parts().database.read() as session:
        page, everything = page.of(count_waves(session, state)), count_waves(session)
        waiting = count_waves(session, "waiting")
        lines = wave_lines(session, state, page.offset, page.size)
    states = [
        ("", _("all")),
        ("waiting", _("waiting for somebody")),
        *((each.value, each.value) for each in WaveState),
    ]
    return answer(
        "access/waves.html",
        "list",
        lines=lines,
        page=page,
        state=state,
        states=states,
        everything=everything,
        waiting=waiting,
    )


@bp.get("/waves/<int:wave_id>")
@requires("read")
def wave(wave_id: int) -> Response:
    """Show one wave: its plan, how far it is, what was verified.

    Asked by htmx, how it stands now.
    """
    return show_wave(wave_id)


@bp.get("/waves/<int:wave_id>/forward.ldif")
@requires("read")
def wave_forward(wave_id: int) -> Response:
    """Return the plan as LDIF to run with ldapmodify."""
    found = _page(wave_id)
    return _ldif(found.forward, f"wave-{wave_id}.ldif")


@bp.get("/waves/<int:wave_id>/reverse.ldif")
@requires("read")
def wave_reverse(wave_id: int) -> Response:
    """Return what takes the plan back as LDIF to run with ldapmodify."""
    found = _page(wave_id)
    return _ldif(found.reverse, f"wave-{wave_id}-reverse.ldif")


def show_wave(wave_id: int, problem: RungError | None = None) -> Response:
    """Show one wave, with what just could not be done and why."""
    status = problem.status if problem else 200
    return answer("access/wave.html", "live", status=status, wave=_page(wave_id), problem=problem)


def _page(wave_id: int) -> WavePage:
    here = parts()
    with here.database.read() as session:
        return wave_page(
            session, wave_id, viewer=current_operator_name(), settings=here.settings, now=here.now()
        )


def _ldif(text: str, filename: str) -> Response:
    answer = make_response(text, 200, {"Content-Type": "text/plain; charset=utf-8"})
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer
