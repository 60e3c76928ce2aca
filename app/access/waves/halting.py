"""Pause, resume and cancel a wave, and pause one person: what people ask for while it runs.

Whoever stands between two places is brought to a resting place by the worker; nobody else begins.
"""

from __future__ import annotations

from app.access.rungs import tell_rungs
from app.access.states import (
    PersonEvent,
    WaveEvent,
    demand_person,
    demand_wave,
    wave_settled,
)
from app.access.waves.actions import (
    demand_intact,
    demand_writing,
    switches_chosen,
)
from app.access.waves.queries import get_wave
from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Refused
from app.core.said import said
from app.models.access.wave import Switch, Wave
from app.models.access.words import HELD, SwitchState, WaveState

NOT_BEGUN = "Not begun when the wave was cancelled."
THERE = (
    SwitchState.SOAKING,
    SwitchState.CONFIRMED,
    SwitchState.CLOSED,
)


def pause(act: Acting, wave_id: int, *, reason: str = "") -> Wave:
    """Let nobody else of a wave begin; whoever is between two places is brought to rest.

    Raises ``Refused`` where nothing is under way.
    """
    wave = get_wave(act.session, wave_id)
    demand_wave(wave.state, WaveEvent.PAUSE)
    change = Change(about=Wave)
    change.put(
        wave,
        {
            "state": WaveState.PAUSED,
            "message": _why_paused(act.by, reason),
            "paused_by": act.by,
            "paused_at": act.now,
        },
    )
    change.record(
        act,
        wave,
        "wave.pause",
        f"Paused {_named(wave)}",
        reason=reason,
    )
    return wave


def resume(act: Acting, wave_id: int) -> Wave:
    """Let a paused wave go on where it stood.

    Raises ``Refused`` while writing is frozen and somebody has to be moved.
    """
    wave = get_wave(act.session, wave_id)
    demand_wave(wave.state, WaveEvent.RESUME)
    state, message = _where_it_goes_on(wave)
    if state is WaveState.APPLYING:
        demand_writing(act, wave)
        demand_intact(wave, wave.approved_hash)
    change = Change(about=Wave)
    now = {
        "state": state,
        "message": message,
        "paused_by": "",
        "paused_at": None,
    }
    change.put(wave, now)
    change.record(act, wave, "wave.resume", f"Resumed {_named(wave)}")
    return wave


def cancel(act: Acting, wave_id: int, *, reason: str = "") -> Wave:
    """Move nobody else of a wave: who was moved stays there and can be undone, the rest stay where
    they are.

    Raises ``Refused`` where nobody waits.
    """
    wave = get_wave(act.session, wave_id)
    demand_wave(wave.state, WaveEvent.CANCEL)
    waiting = [one for one in wave.switches if one.state is SwitchState.APPROVED]
    if not waiting:
        raise Refused(
            said("Nobody in this wave waits to be moved; undo whom you want back.")
        )
    change = Change(about=Wave)
    for switch in waiting:
        _leave_there(change, switch, act)
    tell_rungs(act, waiting)
    state = _after_a_cancel(wave)
    message = wave_settled(WaveState.APPLYING, _states_of(wave))[1]
    now = {
        "state": state,
        "message": message,
        "paused_by": "",
        "paused_at": None,
    }
    change.put(wave, now)
    sentence = f"Cancelled the rest of {_named(wave)}: {len(waiting)} stay as they are"
    change.record(act, wave, "wave.cancel", sentence, reason=reason)
    return wave


def pause_person(
    act: Acting, wave_id: int, person_id: int, *, reason: str = ""
) -> Switch:
    """Let one person of a wave go no further: not begun, or not confirmed, until resumed.

    Raises ``Refused`` where they are through or not there.
    """
    [switch] = switches_chosen(get_wave(act.session, wave_id), person_id)
    demand_person(switch.state, PersonEvent.PAUSE)
    if switch.paused_at:
        raise Refused(_is_paused(switch))
    change = Change(about=Switch)
    now = {
        "paused_by": act.by,
        "paused_at": act.now,
        "paused_why": reason.strip(),
    }
    change.put(switch, now)
    _record(act, change, switch, "switch.pause", "Paused", reason)
    return switch


def resume_person(act: Acting, wave_id: int, person_id: int) -> Switch:
    """Let a paused person of a wave go on. Raises ``Refused`` where nobody paused them."""
    [switch] = switches_chosen(get_wave(act.session, wave_id), person_id)
    if not switch.paused_at:
        raise Refused(said("%(name)s is not paused.", name=switch.person.name))
    change = Change(about=Switch)
    change.put(
        switch,
        {"paused_by": "", "paused_at": None, "paused_why": ""},
    )
    _record(act, change, switch, "switch.resume", "Resumed", "")
    return switch


def _record(
    act: Acting,
    change: Change,
    switch: Switch,
    action: str,
    verb: str,
    reason: str,
) -> None:
    wave = get_wave(act.session, switch.wave_id)
    sentence = f"{verb} {switch.person.name} in {_named(wave)}"
    change.record(
        act,
        f"wave:{wave.id}",
        action,
        sentence,
        reason=reason.strip(),
    )


def _is_paused(switch: Switch) -> str:
    return said(
        "%(name)s is paused already, by %(by)s.",
        name=switch.person.name,
        by=switch.paused_by,
    )


def _named(wave: Wave) -> str:
    return f"wave {wave.number} of {wave.role.name}"


def _why_paused(by: str, reason: str) -> str:
    if reason.strip():
        return said(
            "Paused by %(by)s: %(reason)s",
            by=by,
            reason=reason.strip(),
        )
    return said("Paused by %(by)s.", by=by)


def _states_of(wave: Wave) -> set[SwitchState]:
    """Return where the people of a wave stand, but for who waits and is paused."""
    return {
        switch.state
        for switch in wave.switches
        if switch.state is not SwitchState.APPROVED or switch.paused_at is None
    }


def _where_it_goes_on(wave: Wave) -> tuple[WaveState, str]:
    states = _states_of(wave)
    if states.intersection((SwitchState.APPROVED, *HELD)):
        return WaveState.APPLYING, ""
    resting = len(states) == 0
    return wave_settled(WaveState.SOAKING, states, resting=resting)


def _after_a_cancel(wave: Wave) -> WaveState:
    """Return where a wave is whose rest is not moved: the worker ends what was begun, and lets go
    of the role's group where nobody was moved.
    """
    states = _states_of(wave)
    if wave.state is not WaveState.STOPPED and states.intersection(HELD):
        return WaveState.APPLYING
    if not states.intersection((*THERE, *HELD, SwitchState.CONFLICT)):
        return WaveState.UNDOING
    return wave_settled(WaveState.STOPPED, states)[0]


def _leave_there(change: Change, switch: Switch, act: Acting) -> None:
    now = {
        "state": SwitchState.UNDONE,
        "open_person_id": None,
        "undone_by": act.by,
        "undone_at": act.now,
        "reason": NOT_BEGUN,
        "paused_at": None,
    }
    change.put(switch, now)
