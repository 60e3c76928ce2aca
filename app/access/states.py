"""Where a wave and a person can stand, and what brings them from where to where: two tables.

What is not in them cannot happen: whoever asks for it reads a sentence that says why not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from app.core.errors import Refused
from app.core.said import said
from app.models.access.words import HELD, SwitchState, WaveState


class WaveEvent(StrEnum):
    """What can be asked of a wave, or happens to it."""

    APPROVE = "approved"
    WITHDRAW = "withdrawn"
    SEND_BACK = "sent back"
    ARM = "armed"
    DISARM = "disarmed"
    RUN = "run"
    WAIT = "kept waiting"
    PAUSE = "paused"
    RESUME = "resumed"
    CANCEL = "cancelled"
    UNDO = "undone"
    STOP = "stopped"
    SETTLE = "settled"
    PUT_BACK = "put back"


class PersonEvent(StrEnum):
    """What can be asked for a person in a wave, or happens to them."""

    APPROVE = "approved"
    LEAVE_OUT = "left out"
    BEGIN = "begun"
    REST = "put back to where they were"
    SEE_ROLE = "seen through the role"
    GO_ON = "brought on"
    ARRIVE = "switched"
    CONFIRM = "confirmed"
    PAUSE = "paused"
    RESUME = "resumed"
    CANCEL = "left where they are"
    UNDO = "undone"
    COLLIDE = "found changed by others"
    COME_BACK = "back"
    FAIL = "put back, as they could not be moved"


W, P = WaveState, SwitchState
WaveTurns = Mapping[WaveState, tuple[WaveState, ...]]
PersonTurns = Mapping[SwitchState, tuple[SwitchState, ...]]

_OVER = (W.SOAKING, W.CONFIRMED, W.UNDONE, W.STOPPED)
"""Where a wave is when the worker has nothing more to do; its people decide which."""

WAITING_WAVES = (W.ARMED, W.CANARY, W.PAUSED)
"""Waves that wait for a time, a look or somebody: their people wait with them."""

GOING_ON = (W.APPLYING, W.CANARY, W.PAUSED)
"""Waves that go on with the others when one person is taken back."""

_BEGUN = (
    W.APPLYING,
    W.CANARY,
    W.PAUSED,
    W.SOAKING,
    W.CONFIRMED,
    W.STOPPED,
    W.UNDOING,
    W.UNDONE,
)

WAVE_TURNS: Mapping[WaveEvent, WaveTurns] = {
    WaveEvent.APPROVE: {W.PLANNED: (W.APPROVED, W.PLANNED)},
    WaveEvent.WITHDRAW: dict.fromkeys((W.PLANNED, W.APPROVED, W.ARMED), (W.WITHDRAWN,)),
    WaveEvent.SEND_BACK: {W.PLANNED: (W.WITHDRAWN,)},
    WaveEvent.ARM: {W.APPROVED: (W.ARMED,)},
    WaveEvent.DISARM: {W.ARMED: (W.APPROVED, W.STOPPED)},
    WaveEvent.RUN: dict.fromkeys((W.APPROVED, W.CANARY, W.STOPPED), (W.APPLYING,)),
    WaveEvent.WAIT: {W.APPLYING: (W.CANARY, W.ARMED)},
    WaveEvent.PAUSE: dict.fromkeys((W.APPLYING, W.CANARY, W.SOAKING), (W.PAUSED,)),
    WaveEvent.RESUME: {W.PAUSED: (W.APPLYING, *_OVER)},
    WaveEvent.CANCEL: dict.fromkeys(
        (W.APPLYING, W.CANARY, W.PAUSED, W.STOPPED),
        (W.APPLYING, W.UNDOING, *_OVER),
    ),
    WaveEvent.UNDO: {
        **dict.fromkeys(_BEGUN, (W.UNDOING,)),
        **{state: (W.UNDOING, state) for state in GOING_ON},
    },
    WaveEvent.STOP: dict.fromkeys((W.APPLYING, W.PAUSED, W.UNDOING), (W.STOPPED,)),
    WaveEvent.SETTLE: {
        **dict.fromkeys((W.APPLYING, W.UNDOING, *_OVER), _OVER),
        **{state: (state, *_OVER) for state in WAITING_WAVES},
    },
    WaveEvent.PUT_BACK: {W.APPLYING: (W.APPROVED, W.STOPPED)},
}
"""Event, the states in which it may come, and where the wave may be afterwards."""

_GOING_BACK = (P.UNDOING,)

PERSON_TURNS: Mapping[PersonEvent, PersonTurns] = {
    PersonEvent.APPROVE: {P.PLANNED: (P.APPROVED,)},
    PersonEvent.LEAVE_OUT: {P.APPROVED: (P.STALE,)},
    PersonEvent.BEGIN: {P.APPROVED: (P.ROLE_ON,)},
    PersonEvent.REST: {P.ROLE_ON: (P.APPROVED,)},
    PersonEvent.SEE_ROLE: {P.ROLE_ON: (P.OVERLAP,)},
    PersonEvent.GO_ON: {P.OVERLAP: (P.DIRECT_OFF,)},
    PersonEvent.ARRIVE: {P.DIRECT_OFF: (P.SOAKING,)},
    PersonEvent.CONFIRM: {P.SOAKING: (P.CONFIRMED,)},
    PersonEvent.PAUSE: {
        state: (state,) for state in (P.APPROVED, *HELD, P.SOAKING, P.CONFLICT)
    },
    PersonEvent.RESUME: {state: (state,) for state in SwitchState},
    PersonEvent.CANCEL: {P.APPROVED: (P.UNDONE,)},
    PersonEvent.UNDO: {
        P.APPROVED: (P.UNDONE,),
        **dict.fromkeys(
            (*HELD, P.SOAKING, P.CONFIRMED, P.CLOSED, P.CONFLICT),
            _GOING_BACK,
        ),
    },
    PersonEvent.COLLIDE: {P.UNDOING: (P.CONFLICT,)},
    PersonEvent.COME_BACK: {P.UNDOING: (P.UNDONE,)},
    PersonEvent.FAIL: {P.UNDOING: (P.FAILED,)},
}
"""Event, the states in which it may come, and where the person may be afterwards."""


def wave_may(state: WaveState, event: WaveEvent) -> bool:
    """Tell whether something may be asked of a wave, or happen to it, where it stands."""
    return state in WAVE_TURNS[event]


def person_may(state: SwitchState, event: PersonEvent) -> bool:
    """Tell whether something may be asked for a person, or happen to them, where they stand."""
    return state in PERSON_TURNS[event]


def why_wave_not(state: WaveState, event: WaveEvent) -> str:
    """Say why something cannot be asked of a wave where it stands, or nothing."""
    if wave_may(state, event):
        return ""
    return said(
        "A wave that is %(state)s cannot be %(event)s.",
        state=state.value,
        event=event.value,
    )


def why_person_not(state: SwitchState, event: PersonEvent) -> str:
    """Say why something cannot be asked for a person where they stand, or nothing."""
    if person_may(state, event):
        return ""
    return said(
        "Somebody who is %(state)s cannot be %(event)s.",
        state=state.value,
        event=event.value,
    )


def demand_wave(state: WaveState, event: WaveEvent) -> None:
    """Raise ``Refused`` with the reason where a wave does not allow what is asked of it."""
    if why := why_wave_not(state, event):
        raise Refused(why)


def demand_person(state: SwitchState, event: PersonEvent) -> None:
    """Raise ``Refused`` with the reason where a person's state does not allow what is asked."""
    if why := why_person_not(state, event):
        raise Refused(why)


def left_behind() -> str:
    """Say that somebody could not be moved."""
    return said(
        "Whoever could not be moved is named below; everything begun there was put back."
    )


def wave_settled(
    state: WaveState,
    people: Collection[SwitchState],
    *,
    resting: bool = False,
) -> tuple[WaveState, str]:
    """Return where a wave stands, given where its people stand, and what to say about it.

    ``people`` has no one who waits for a turn and is paused; ``resting`` says that there are some.
    """
    if P.UNDOING in people:
        return state, ""
    if P.CONFLICT in people:
        return W.STOPPED, said("Others interfered; a person has to decide.")
    if set(people).intersection(HELD):
        return W.STOPPED, said(
            "Whoever is held is named below: remove the cause and apply again, or undo."
        )
    if state in WAITING_WAVES and {
        P.APPROVED,
        P.SOAKING,
    }.intersection(people):
        return state, ""
    told = left_behind() if {P.FAILED, P.STALE}.intersection(people) else ""
    if P.APPROVED in people:
        return W.STOPPED, told or said(
            "Some people are not moved yet; apply again to go on."
        )
    for reached, wave in _REACHED:
        if reached in people:
            return wave, told
    if resting:
        return W.STOPPED, said("Nobody is moved: whoever is left is paused.")
    return W.STOPPED, told


_REACHED = (
    (P.SOAKING, W.SOAKING),
    (P.CONFIRMED, W.CONFIRMED),
    (P.CLOSED, W.CONFIRMED),
    (P.UNDONE, W.UNDONE),
)
