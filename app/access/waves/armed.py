"""Arm a wave, so that it begins by itself within its window, and look after it on the way: whether
the others may follow the first, and whether a rule stops it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.plan.written import write_ldif
from app.access.soak.queries import BY_SOMEBODY
from app.access.states import WaveEvent, demand_wave
from app.access.waves.actions import (
    begin,
    demand_intact,
    demand_limits,
    demand_writable,
)
from app.access.waves.course import THERE, course_of
from app.access.waves.named import demand_go
from app.access.waves.queries import (
    get_wave,
    unnamed_account,
    wave_alone,
)
from app.access.waves.terms import (
    Terms,
    canary_is_over,
    why_stopped,
)
from app.catalog.hours.queries import office_hours
from app.catalog.hours.rules import between
from app.core.acting import Acting
from app.core.aside import Lane, each_row
from app.core.changes import Change
from app.core.errors import Invalid, Refused
from app.core.parts import Parts
from app.core.said import said
from app.core.spoken_times import said_at
from app.models.access.wave import Switch, Wave
from app.models.access.words import WaveState
from app.models.access.works import SeenDay

BY = "Rung"
A_MOMENT = timedelta(seconds=1)
WATCHED = (WaveState.CANARY, WaveState.SOAKING)
"""Waves that wait for people, and are looked at by their rules meanwhile."""
NO_WINDOW: Mapping[str, object] = {"opens_at": None, "closes_at": None}
UNARMED: Mapping[str, object] = {
    **NO_WINDOW,
    "armed_by": "",
    "armed_at": None,
    "terms": {},
}
"""How a wave stands that begins by itself no more: nothing of its arming is left that could arm it
again.
"""


@dataclass(frozen=True, slots=True)
class Window:
    """When a wave may be moved (UTC); no beginning: at once, no end: whenever it takes."""

    opens: datetime | None = None
    closes: datetime | None = None


def arm(act: Acting, wave_id: int, terms: Terms, window: Window) -> Wave:
    """Let an approved wave begin by itself within a window, under terms that stop it.

    Raises ``Refused`` with the limit or the reason, ``Invalid`` for a window that is over.
    """
    wave = get_wave(act.session, wave_id)
    demand_wave(wave.state, WaveEvent.ARM)
    _demand_window(act, window)
    if why := unnamed_account(act.session, act.by, "arm"):
        raise Refused(why)
    plan = demand_intact(wave, wave.approved_hash)
    demand_go(act.session, wave)
    demand_writable(wave)
    demand_limits(act, wave, plan)
    write_ldif(act.settings.plans, wave.id, plan)
    _demand_ldif(act.settings.plans, wave.id)
    change = Change(about=Wave)
    now = {
        "state": WaveState.ARMED,
        "armed_by": act.by,
        "armed_at": act.now,
        "opens_at": window.opens,
        "closes_at": window.closes,
        "terms": terms.to_json(),
        "message": "",
    }
    change.put(wave, now)
    change.record(act, wave, "wave.arm", f"Armed {_named(wave)}")
    return wave


def disarm(act: Acting, wave_id: int) -> Wave:
    """Let an armed wave not begin by itself; its plan stays approved. Its window and its terms go:
    whoever starts it by hand later decides anew.
    """
    wave = get_wave(act.session, wave_id)
    demand_wave(wave.state, WaveEvent.DISARM)
    state = WaveState.STOPPED if wave.started_at else WaveState.APPROVED
    change = Change(about=Wave)
    change.put(wave, {"state": state, "message": "", **UNARMED})
    change.record(act, wave, "wave.disarm", f"Disarmed {_named(wave)}")
    return wave


def may_go_on(parts: Parts, wave_id: int) -> bool:
    """Tell whether the next people of a wave may begin: within its window, the first one looked
    at, and no rule against it. Else the wave rests, and says why.
    """
    with parts.database.read() as session:
        wave = wave_alone(session, wave_id)
        if not wave.terms:
            return True
        rest = _rest_of(session, wave, parts.now())
    if rest is None:
        return True
    with parts.database.write() as session:
        act = Acting(session, BY, parts.now(), parts.settings)
        wave = get_wave(session, wave_id)
        if wave.state is WaveState.APPLYING:
            _to_rest(act, wave, rest)
    return False


def look_after_waves(parts: Parts) -> bool:
    """Begin armed waves whose window is open, let the others follow the first one, and stop waves
    by their rules; tell whether any came further.
    """
    with parts.database.read() as session:
        states = Wave.state.in_((WaveState.ARMED, *WATCHED))
        due = select(Wave.id).where(states, Wave.armed_at.is_not(None))
        waves = list(session.scalars(due.order_by(Wave.id)))
    further: list[int] = []

    def look(wave_id: int) -> None:
        with parts.database.write() as session:
            act = Acting(session, BY, parts.now(), parts.settings)
            if _looked_after(act, wave_id):
                further.append(wave_id)

    each_row(parts, ARMED_WAVES, waves, look)
    return bool(further)


ARMED_WAVES: Lane[int] = Lane("armed waves", "wave")


@dataclass(frozen=True, slots=True)
class _Rest:
    """Where a wave rests, and why; ``forgets`` is what of its arming is over."""

    state: WaveState
    why: str
    forgets: Mapping[str, object] = field(default_factory=dict)


def _looked_after(act: Acting, wave_id: int) -> bool:
    wave = get_wave(act.session, wave_id)
    if wave.state is WaveState.ARMED:
        return _begun_if_due(act, wave)
    rest = _stopped(act.session, wave, act.now)
    if rest is not None:
        _to_rest(act, wave, rest)
    elif wave.state is WaveState.CANARY and _canary_over(act.session, wave, act.now):
        _go_on(act, wave)
    else:
        return False
    return True


def _begun_if_due(act: Acting, wave: Wave) -> bool:
    """Begin an armed wave whose window is open; where that cannot be now, it says why."""
    if wave.closes_at and act.now >= wave.closes_at:
        _to_rest(act, wave, _over(wave, act.settings.timezone))
        return True
    if not _is_open(act.session, wave, act.now):
        return False
    try:
        begin(act.by_another(wave.armed_by), wave)
    except Refused as error:
        if wave.message != error.message:
            _put(
                act,
                wave,
                wave.state,
                error.message,
                "wave.wait",
                "The wave waits",
            )
        return False
    return True


def _rest_of(session: Session, wave: Wave, now: datetime) -> _Rest | None:
    """Return where a wave rests before its next people begin, or nothing: they may."""
    if not _is_open(session, wave, now):
        if wave.closes_at and now >= wave.closes_at:
            return _over(wave, "UTC")
        return _Rest(WaveState.ARMED, said("Waits for office hours."))
    stopped = _stopped(session, wave, now)
    if stopped is not None or _canary_over(session, wave, now):
        return stopped
    return _Rest(WaveState.CANARY, _watched(wave))


def _stopped(session: Session, wave: Wave, now: datetime) -> _Rest | None:
    terms = Terms.from_json(wave.terms)
    why = why_stopped(terms, course_of(session, wave, now))
    return _Rest(WaveState.PAUSED, said("Stopped: %(why)s", why=why)) if why else None


def _canary_over(session: Session, wave: Wave, now: datetime) -> bool:
    """Tell whether nobody has to be waited for: nobody is moved yet, or the first was looked at."""
    here = Switch.wave_id == wave.id, Switch.state.in_(THERE)
    first = select(func.min(Switch.switched_at), func.max(Switch.confirmed_at))
    switched_at, confirmed_at = session.execute(first.where(*here)).one()
    if switched_at is None:
        return True
    terms = Terms.from_json(wave.terms)
    seen = confirmed_at is not None or _seen_by_somebody(session, wave)
    return canary_is_over(terms, switched_at, seen=seen, now=now)


def _seen_by_somebody(session: Session, wave: Wave) -> bool:
    """Tell whether somebody said of a moved person of a wave that it works."""
    days = select(SeenDay.id).join(Switch, Switch.id == SeenDay.switch_id)
    mine = Switch.wave_id == wave.id, Switch.state.in_(THERE)
    said_so = days.where(*mine, SeenDay.how.in_(BY_SOMEBODY))
    return session.scalars(said_so.limit(1)).first() is not None


def _watched(wave: Wave) -> str:
    terms = Terms.from_json(wave.terms)
    if terms.canary == "hours":
        return said(
            "The first person is moved and watched for %(hours)s hours; then the others follow.",
            hours=f"{terms.hours:g}",
        )
    return said(
        "The first person is moved; the others follow once somebody saw it working."
    )


def _over(wave: Wave, zone: str) -> _Rest:
    at = said_at(wave.closes_at, zone) if wave.closes_at else ""
    why = said(
        "The window closed on %(at)s; whoever is left is not moved.",
        at=at,
    )
    # A window that is over would hold back whoever is started or resumed by hand later.
    if wave.started_at:
        return _Rest(WaveState.PAUSED, why, NO_WINDOW)
    return _Rest(WaveState.APPROVED, why, UNARMED)


def _is_open(session: Session, wave: Wave, now: datetime) -> bool:
    if wave.opens_at and now < wave.opens_at:
        return False
    if wave.closes_at and now >= wave.closes_at:
        return False
    if not Terms.from_json(wave.terms).office:
        return True
    return between(office_hours(session), now, now + A_MOMENT) > timedelta()


def _to_rest(act: Acting, wave: Wave, rest: _Rest) -> None:
    action = "wave.pause" if rest.state is WaveState.PAUSED else "wave.rest"
    sentence = f"Lets {_named(wave)} rest"
    if rest.state is WaveState.PAUSED:
        wave.paused_by, wave.paused_at = act.by, act.now
    change = Change(about=Wave)
    change.put(wave, {"state": rest.state, "message": rest.why, **rest.forgets})
    change.record(act, wave, action, sentence, reason=rest.why)


def _go_on(act: Acting, wave: Wave) -> None:
    sentence = f"Lets the others of {_named(wave)} follow"
    _put(act, wave, WaveState.APPLYING, "", "wave.follow", sentence)


def _put(
    act: Acting,
    wave: Wave,
    state: WaveState,
    why: str,
    action: str,
    told: str,
) -> None:
    change = Change(about=Wave)
    change.put(wave, {"state": state, "message": why})
    change.record(act, wave, action, told, reason=why)


def _named(wave: Wave) -> str:
    return f"wave {wave.number} of {wave.role.name}"


def _demand_window(act: Acting, window: Window) -> None:
    if window.closes and window.closes <= act.now:
        raise Invalid(said("This moment is over."), field="closes")
    if window.opens and window.closes and window.closes <= window.opens:
        raise Invalid(
            said("The window closes before it opens."),
            field="closes",
        )


def _demand_ldif(plans: Path, wave_id: int) -> None:
    for file in ldif_of(plans, wave_id):
        if not file.is_file():
            raise Refused(
                said(
                    "%(file)s is missing; nothing is begun.",
                    file=file,
                )
            )


def ldif_of(plans: Path, wave_id: int) -> tuple[Path, Path]:
    """Return where the LDIF of a wave lies outside the database: forward and back."""
    return (
        plans / f"wave-{wave_id}.ldif",
        plans / f"wave-{wave_id}-reverse.ldif",
    )
