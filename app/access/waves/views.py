"""Waves: the list, one wave, and what people decide about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from flask import (
    Response,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.drift.live import verify_live
from app.access.waves import actions, halting
from app.access.waves.confirming import (
    SeenWorking,
    confirm,
    confirm_seen_enough,
)
from app.access.waves.ladder import RungStands, WaveRungName
from app.access.waves.list import count_waves, wave_lines
from app.access.waves.page import WaveAsked, WavePage, wave_ldif, wave_page
from app.access.waves.writable import look_at_rights
from app.auth import current_operator_name, fresh, requires
from app.auth.acting import acting
from app.core.acting import Acting
from app.core.errors import Away, Conflict, Refused, RungError
from app.core.figures import people as people_of
from app.core.htmx import Undo, answer, done, wants_fragment
from app.core.parts import parts
from app.core.said import said, spoken
from app.core.web import Paging, asked_page
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.news import Shown, asks_for_news, live, news_answer
from app.core.web.words import give_words
from app.models.access.wave import Switch, Wave
from app.models.access.words import WaveState
from app.models.directory import Lens

give_words(
    bp,
    wave_lens_words={
        Lens.DIRECT: _l("direct members only"),
        Lens.MEMBEROF: "memberOf",
        Lens.RECURSIVE: _l("also groups inside groups"),
        Lens.UNKNOWN: _l("not known"),
    },
    quiet_tones={True: "good", False: "bad", None: "info"},
    wave_rung_words={
        WaveRungName.PLANNED: _l("Planned"),
        WaveRungName.APPROVED: _l("Approved"),
        WaveRungName.APPLYING: _l("Applying"),
        WaveRungName.TO_BE_SEEN: _l("To be seen"),
        WaveRungName.CONFIRMED: _l("Confirmed"),
    },
    rung_stands_words={
        RungStands.DONE: _l("done"),
        RungStands.RUNNING: _l("now"),
        RungStands.COMING: _l("to come"),
        RungStands.HALTED: _l("ended here"),
        RungStands.BACK: _l("taken back"),
    },
)

Decided = TypeVar("Decided")
PEOPLE_SHOWN = 15
"""So many people stand on one page of a wave: each is told three times, with every change."""

WAVE_STATES = {WaveState.SOAKING: _l("waiting to be seen working")}
"""What a state is called that is called otherwise than it is kept."""
EFFECTS_SHOWN = 12
"""So many losses, gains and exceptions, the first by name, stand there until all are asked for."""


@bp.get("/waves")
@requires("read")
@live
@remembered
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
        *((each.value, WAVE_STATES.get(each) or said(each)) for each in WaveState),
    ]
    listing = Listing(
        "waves",
        [ListFilter("state", _("State"), state, states)],
        page,
        marks={line.id: (line.state, line.confirmed, line.moving) for line in lines},
        changing=waiting > 0 or any(line.moving for line in lines),
    )
    return listed(
        "access/waves/waves.html",
        listing,
        lines=lines,
        everything=everything,
        waiting=waiting,
    )


@bp.get("/waves/<int:wave_id>")
@requires("read")
@live
def wave(wave_id: int) -> Response:
    """Show one wave: its plan, how far it is, what was verified.

    Asked by htmx, how it stands now, or only whether it stands as it stood.
    """
    return show_wave(wave_id)


@bp.get("/waves/<int:wave_id>/forward.ldif")
@requires("read")
def wave_forward(wave_id: int) -> Response:
    """Return the plan as LDIF to run with ldapmodify."""
    with parts().database.read() as session:
        return _ldif(wave_ldif(session, wave_id)[0], f"wave-{wave_id}.ldif")


@bp.get("/waves/<int:wave_id>/reverse.ldif")
@requires("read")
def wave_reverse(wave_id: int) -> Response:
    """Return what takes the plan back as LDIF to run with ldapmodify."""
    with parts().database.read() as session:
        return _ldif(wave_ldif(session, wave_id)[1], f"wave-{wave_id}-reverse.ldif")


@bp.get("/waves/<int:wave_id>/rights")
@requires("plan", "approve", "apply")
def wave_rights(wave_id: int) -> str:
    """Ask the directory whether the write account may write all of a plan."""
    look = look_at_rights(parts(), wave_id)
    return render_template("access/waves/wave_rights.html", look=look)


def show_wave(wave_id: int, problem: RungError | None = None) -> Response:
    """Show one wave, with what just could not be done and why."""
    status = problem.status if problem else 200
    paging = asked_page(PEOPLE_SHOWN)
    page = _page(wave_id, paging)
    shown = _shown(page)
    if asks_for_news():
        return news_answer(shown)
    return answer(
        "access/waves/wave.html",
        "live",
        status=status,
        wave=page,
        shown=shown,
        sentence=_sentence(page),
        problem=problem,
        paging=paging.of(page.listed),
        asked_state=request.args.get("state", ""),
        most=None if request.args.get("effects") else EFFECTS_SHOWN,
    )


def _shown(wave: WavePage) -> Shown:
    """Return the wave as it is watched for what others do to it."""
    hands = (wave.first_approved_by, wave.approved_by, wave.objection)
    people = sorted((state.value, how) for state, how in wave.marks.counts.items())
    return Shown(
        "wave",
        {wave.id: (wave.state, hands, people)},
        address=url_for("access.wave", wave_id=wave.id),
        alone=True,
    )


def _sentence(wave: WavePage) -> str:
    waiting = wave.to_be_seen
    soaking = ngettext("%(num)s person", "%(num)s people", waiting)
    found = {
        WaveState.PLANNED: _(
            "Planned by %(author)s and waiting for approval. Nothing is changed yet.",
            author=wave.author,
        ),
        WaveState.APPROVED: _(
            "Approved by %(name)s. Nothing is changed yet.", name=wave.approved_by
        ),
        WaveState.ARMED: _(
            "Armed by %(name)s; it begins by itself.", name=wave.armed_by
        ),
        WaveState.CANARY: _("The first person is moved; the others wait for that one."),
        WaveState.APPLYING: _("Being applied by %(name)s.", name=wave.applied_by),
        WaveState.SOAKING: _(
            "%(count)s switched and verified; somebody has to see them working.",
            count=soaking,
        ),
        WaveState.CONFIRMED: _("Everybody who was moved was seen working."),
        WaveState.PAUSED: _("Paused: nobody else is moved until somebody resumes it."),
        WaveState.STOPPED: _("Stopped: a person has to decide how it goes on."),
        WaveState.UNDOING: _("Being taken back."),
        WaveState.UNDONE: _("Taken back: everybody has what they had before."),
        WaveState.WITHDRAWN: _("Withdrawn; nothing of it was applied."),
    }
    return str(found[WaveState(wave.state)])


def _page(wave_id: int, paging: Paging) -> WavePage:
    here = parts()
    asked = WaveAsked(
        current_operator_name(),
        here.now(),
        here.settings,
        state=request.args.get("state", ""),
        offset=paging.offset,
        size=paging.size,
        with_plan=not wants_fragment(),
    )
    with here.database.read() as session:
        return wave_page(session, wave_id, asked)


def _ldif(text: str, filename: str) -> Response:
    answer = make_response(text, 200, {"Content-Type": "text/plain; charset=utf-8"})
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer


@bp.post("/waves/<int:wave_id>/approve")
@requires("approve")
@fresh
def wave_approve(wave_id: int) -> AnyResponse:
    """Approve a plan that somebody else made."""

    def told(wave: Wave) -> str:
        if wave.state is WaveState.PLANNED:
            return str(
                _("Your approval is noted. Privileged rights need a second one.")
            )
        return str(_("The plan is approved. Nothing was changed yet."))

    return _decided(wave_id, lambda act: actions.approve(act, wave_id), told)


@bp.post("/waves/<int:wave_id>/apply")
@requires("apply")
@fresh
def wave_apply(wave_id: int) -> AnyResponse:
    """Hand an approved wave to the worker."""

    def told(wave: Wave) -> str:
        people = spoken(people_of(len(wave.switches)))
        return str(
            _("Wave %(number)s started, %(people)s.", number=wave.number, people=people)
        )

    undo = url_for("access.wave_undo", wave_id=wave_id)
    apply = partial(actions.apply, wave_id=wave_id)
    return _decided(wave_id, apply, told, undo=Undo(undo, asks=True), ring=True)


@bp.post("/waves/<int:wave_id>/confirm")
@requires("apply")
def wave_confirm(wave_id: int) -> AnyResponse:
    """Confirm that one person, or everybody who was switched, was seen working."""
    person, note = (
        request.form.get("person", type=int),
        request.form.get("note", "").strip()[:400],
    )

    try:
        verify_live(parts(), wave_id, person)
    except Away as error:
        return show_wave(wave_id, error)
    if request.form.get("by") == "days":
        return _decided(wave_id, lambda act: confirm_seen_enough(act, wave_id), _seen)
    return _decided(
        wave_id, lambda act: confirm(act, wave_id, person, note=note), _seen
    )


def _seen(seen: SeenWorking) -> str:
    """Say who was confirmed, and who has to be seen again."""
    names = ", ".join(one.person.name for one in seen.confirmed)
    told = [_("Confirmed: %(names)s.", names=names)] if names else []
    if seen.why_nobody:
        told = [spoken(seen.why_nobody)]
    return " ".join([*told, *map(spoken, seen.noted)])


@bp.post("/waves/<int:wave_id>/send-back")
@requires("approve")
def wave_send_back(wave_id: int) -> AnyResponse:
    """Give a plan back to its author instead of approving it."""
    reason = request.form.get("reason", "").strip()[:400]

    def told(wave: Wave) -> str:
        return str(_("Sent back to %(name)s. Nothing was applied.", name=wave.author))

    return _decided(
        wave_id, lambda act: actions.send_back(act, wave_id, reason=reason), told
    )


@bp.post("/waves/<int:wave_id>/withdraw")
@requires("plan")
def wave_withdraw(wave_id: int) -> AnyResponse:
    """Take back a plan that was not applied."""
    reason = request.form.get("reason", "").strip()[:400]

    def told(_wave: Wave) -> str:
        return str(_("The plan is withdrawn; nothing of it was applied."))

    return _decided(
        wave_id, lambda act: actions.withdraw(act, wave_id, reason=reason), told
    )


@bp.post("/waves/<int:wave_id>/pause")
@requires("apply")
def wave_pause(wave_id: int) -> AnyResponse:
    """Let nobody else of a wave, or one person of it, go further."""
    person = request.form.get("person", type=int)
    pause = partial(halting.pause, wave_id=wave_id, reason=_reason())
    if person:
        pause_one = partial(halting.pause_person, wave_id=wave_id, person_id=person)
        deed = partial(pause_one, reason=_reason())
        return _decided(wave_id, deed, _paused_one)
    sentence = _("Paused. Nobody else is moved until somebody resumes it.")
    undo = Undo(url_for("access.wave_resume", wave_id=wave_id))
    return _decided(wave_id, pause, lambda _wave: sentence, undo=undo, ring=True)


@bp.post("/waves/<int:wave_id>/resume")
@requires("apply")
def wave_resume(wave_id: int) -> AnyResponse:
    """Let a paused wave, or a paused person of it, go on."""
    person = request.form.get("person", type=int)
    if person:
        deed = partial(halting.resume_person, wave_id=wave_id, person_id=person)
        return _decided(wave_id, deed, _resumed_one)
    resume = partial(halting.resume, wave_id=wave_id)
    sentence = _("The wave goes on where it stood.")
    return _decided(wave_id, resume, lambda _wave: sentence, ring=True)


@bp.post("/waves/<int:wave_id>/cancel")
@requires("apply")
def wave_cancel(wave_id: int) -> AnyResponse:
    """Move nobody else of a wave; who was moved stays there."""
    cancel = partial(halting.cancel, wave_id=wave_id, reason=_reason())
    sentence = _("The rest is not moved. Who was moved stays there and can be undone.")
    return _decided(wave_id, cancel, lambda _wave: sentence, ring=True)


def _reason() -> str:
    return request.form.get("reason", "").strip()[:400]


def _paused_one(switch: Switch) -> str:
    return str(_("Paused: %(name)s.", name=switch.person.name))


def _resumed_one(switch: Switch) -> str:
    return str(_("%(name)s goes on.", name=switch.person.name))


def _decided(
    wave_id: int,
    deed: Callable[[Acting], Decided],
    told: Callable[[Decided], str],
    *,
    undo: Undo | None = None,
    ring: bool = False,
) -> AnyResponse:
    """Do what was decided about a wave and say so, or show the wave with why it cannot be."""
    try:
        with acting() as act:
            sentence = told(deed(act))
    except (Refused, Conflict) as error:
        return show_wave(wave_id, error)
    if ring:
        parts().ring()
    return done(url_for("access.wave", wave_id=wave_id), sentence, undo=undo)
