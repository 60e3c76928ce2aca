"""Ask for a wave, or one person of it, to be taken back; the worker does it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.queries import plan_of
from app.access.rungs import tell_rungs
from app.access.states import GOING_ON, WaveEvent, wave_may
from app.access.waves.actions import not_now, switches_chosen
from app.access.waves.queries import get_wave
from app.core import audit
from app.core.acting import Acting
from app.core.errors import Refused
from app.core.said import said
from app.models.access.wave import Switch, Wave
from app.models.access.words import UNDOABLE, SwitchState, WaveState


def undo(
    act: Acting,
    wave_id: int,
    person_id: int | None = None,
    *,
    decisions: dict[str, str] | None = None,
    reason: str = "",
    without: Collection[int] = (),
) -> list[Switch]:
    """Ask for everything the wave did to a person, or to all of its people, to be taken back;
    ``without`` are people who stay as they are.

    Needs no approval.

    ``decisions`` says what to do where others interfered: ``{"*": "skip" | "ours" | "theirs"}``, or
    per step id.
    """
    wave = get_wave(act.session, wave_id)
    chosen = [
        switch
        for switch in switches_chosen(wave, person_id)
        if switch.person_id not in without
    ]
    undoable = [switch for switch in chosen if switch.state in UNDOABLE]
    waiting = (
        [switch for switch in chosen if switch.state is SwitchState.APPROVED]
        if wave.started_at
        else []
    )
    if not (undoable or waiting) or not wave_may(wave.state, WaveEvent.UNDO):
        raise Refused(not_now(wave, chosen, "undo", "switched"))
    _demand_no_other_switch(act.session, undoable)
    _demand_whole_version(wave, person_id, without)
    for switch in undoable:
        switch.state, switch.undone_by, switch.reason = (
            SwitchState.UNDOING,
            act.by,
            reason,
        )
        switch.on_conflict, switch.open_person_id = (
            decisions or {"*": "skip"},
            switch.person_id,
        )
        switch.paused_at = None
    for switch in waiting:  # the wave never came to them; another wave may take them
        switch.state, switch.open_person_id, switch.undone_by, switch.undone_at = (
            SwitchState.UNDONE,
            None,
            act.by,
            act.now,
        )
        switch.reason = "Not begun when the wave was undone."
    tell_rungs(act, [*undoable, *waiting])
    here = f"wave {wave.number} of {wave.role.name}"
    told = [f"Undoes the switch of {one.person.name} in {here}" for one in undoable]
    told += [
        f"Takes {one.person.name}, not moved yet, out of {here}" for one in waiting
    ]
    _record(act, wave.id, told, reason)
    if person_id is None or wave.state not in GOING_ON:
        wave.state = WaveState.UNDOING
    wave.message = ""
    return [*undoable, *waiting]


def _demand_whole_version(
    wave: Wave, person_id: int | None, without: Collection[int]
) -> None:
    """Raise ``Refused`` where one person is to leave a new version that everybody has at once."""
    alone = person_id is not None and len(wave.switches) > 1
    if not (alone or without):
        return
    if wave.brings_version and plan_of(wave).prepare:
        raise Refused(
            said(
                "The links of the role's group are everybody's: take the whole wave "
                "back, or this person out of the role."
            )
        )


def _record(act: Acting, wave_id: int, told: list[str], reason: str) -> None:
    """Write an event for each sentence, all at once."""
    subject, why = f"wave:{wave_id}", reason.strip()
    events = [
        audit.Told("switch.undo", subject, sentence, after={}, reason=why)
        for sentence in told
    ]
    audit.record_all(act.session, act.by, events, act.now)


def _demand_no_other_switch(session: Session, switches: list[Switch]) -> None:
    """Raise ``Refused`` where somebody has an open switch in another wave."""
    people = {switch.person_id: switch.person.name for switch in switches}
    others = select(Switch.open_person_id).where(
        Switch.open_person_id.in_(people),
        Switch.id.not_in([switch.id for switch in switches]),
    )
    busy = session.scalars(others).first()
    if busy is not None:
        raise Refused(
            said(
                "%(name)s has another open switch; finish that one first.",
                name=people[busy],
            )
        )
