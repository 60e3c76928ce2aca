"""The two tables of states: every state against every event, allowed with its result or refused
with a sentence; and the orders of people do what the tables say.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.states import (
    PERSON_TURNS,
    WAVE_TURNS,
    PersonEvent,
    WaveEvent,
    demand_person,
    demand_wave,
    wave_settled,
    why_person_not,
    why_wave_not,
)
from app.access.undo.actions import undo
from app.access.waves import actions, halting
from app.access.waves.armed import Window, arm, disarm
from app.access.waves.confirming import confirm
from app.access.waves.terms import Terms
from app.core import audit
from app.core.acting import Acting
from app.core.errors import Refused
from app.core.parts import KEY
from app.core.settings import Settings
from app.models.access.wave import Switch, Wave
from app.models.access.words import HELD, SwitchState, WaveState
from tests.access.builders import MONDAY, World, a_world, an_operator
from tests.acting import acting

ORDERS: dict[WaveEvent, Callable[[Acting], object]] = {
    WaveEvent.APPROVE: lambda act: actions.approve(act, 1),
    WaveEvent.WITHDRAW: lambda act: actions.withdraw(act, 1),
    WaveEvent.SEND_BACK: lambda act: actions.send_back(act, 1, reason="Not now"),
    WaveEvent.ARM: lambda act: arm(act, 1, Terms(), Window()),
    WaveEvent.DISARM: lambda act: disarm(act, 1),
    WaveEvent.RUN: lambda act: actions.apply(act, 1),
    WaveEvent.PAUSE: lambda act: halting.pause(act, 1, reason="Lunch"),
    WaveEvent.RESUME: lambda act: halting.resume(act, 1),
    WaveEvent.CANCEL: lambda act: halting.cancel(act, 1),
    WaveEvent.UNDO: lambda act: undo(act, 1),
}
"""What people ask of a wave; the other events are the worker's."""

TO_PERSON: dict[PersonEvent, Callable[[Acting, int], object]] = {
    PersonEvent.CONFIRM: lambda act, who: confirm(act, 1, who),
    PersonEvent.PAUSE: lambda act, who: halting.pause_person(act, 1, who),
}


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    held = {"ada": "mail post", "cyd": "mail post"}
    world = a_world(app.extensions[KEY].database, held, plans=settings.plans)
    world.role()
    world.approve(world.wave(1, "ada", "cyd"), settings)
    an_operator(world.database, "olga")
    return world


def test_a_wave_is_allowed_or_refused_in_every_state():
    for state, event in product(WaveState, WaveEvent):
        after = WAVE_TURNS[event].get(state)
        why = why_wave_not(state, event)
        if after is None:
            assert why == f"A wave that is {state.value} cannot be {event.value}."
            with pytest.raises(Refused, match=why):
                demand_wave(state, event)
        else:
            assert (why, len(set(after))) == ("", len(after)) and after
            demand_wave(state, event)


def test_a_person_is_allowed_or_refused_in_every_state():
    for state, event in product(SwitchState, PersonEvent):
        after = PERSON_TURNS[event].get(state)
        why = why_person_not(state, event)
        if after is None:
            assert why == f"Somebody who is {state.value} cannot be {event.value}."
            with pytest.raises(Refused, match=why):
                demand_person(state, event)
        else:
            assert (why, len(set(after))) == ("", len(after)) and after
            demand_person(state, event)


def test_what_people_ask_of_a_wave_follows_the_table(world: World, settings: Settings):
    """One person waits and one is moved, so that nothing is refused for want of people."""
    for state, event in product(WaveState, ORDERS):
        people = {"ada": SwitchState.SOAKING, "cyd": SwitchState.APPROVED}
        _put(world, state, people)
        found = _after(world, settings, ORDERS[event], _state_of_wave)
        assert _fits(found, WAVE_TURNS[event].get(state)), (state, event, found)


def test_what_people_ask_for_a_person_follows_the_table(
    world: World, settings: Settings
):
    who = world.people["ada"]
    for state, event in product(SwitchState, TO_PERSON):
        if state is SwitchState.PAUSED:
            continue  # it is only shown
        _put(world, WaveState.STOPPED, {"ada": state})
        found = _after(
            world, settings, partial(TO_PERSON[event], who=who), _state_of(who)
        )
        assert _fits(found, PERSON_TURNS[event].get(state)), (state, event, found)


def test_where_its_people_bring_a_wave_is_in_the_table():
    for state, one, other in product(WaveState, SwitchState, SwitchState):
        allowed = WAVE_TURNS[WaveEvent.SETTLE].get(state)
        if allowed is None:
            continue  # the worker is not sent to such a wave
        settled, told = wave_settled(state, {one, other})
        if SwitchState.UNDOING in (one, other):
            assert settled is state
            continue
        assert settled in allowed
        if {one, other}.intersection((*HELD, SwitchState.CONFLICT)):
            assert settled is WaveState.STOPPED and told


def _put(world: World, wave: WaveState, people: dict[str, SwitchState]) -> None:
    with world.database.write() as session:
        row = session.get_one(Wave, 1)
        row.state = wave
        for name, state in people.items():
            mine = select(Switch).where(Switch.person_id == world.people[name])
            switch = session.scalars(mine).one()
            switch.state, switch.switched_at = state, MONDAY
        before = (WaveState.PLANNED, WaveState.APPROVED, WaveState.ARMED)
        row.started_at = None if wave in before else MONDAY
        audit.record(session, "test", "test.put", "wave:1", "Put there", at=MONDAY)


class _Enough(Exception):
    """Nothing of a try is kept."""


def _after(
    world: World,
    settings: Settings,
    order: Callable[[Acting], object],
    look: Callable[[Session], object],
) -> object:
    """Return what is there after an order, or nothing where it was refused; none of it stays."""
    found: list[object] = []
    with suppress(Refused, _Enough), world.database.write() as session:
        order(acting(session, "olga", MONDAY, settings))
        found.append(look(session))
        raise _Enough
    return found[0] if found else None


def _fits(found: object, allowed: tuple[object, ...] | None) -> bool:
    return found in allowed if allowed else found is None


def _state_of_wave(session: Session) -> WaveState:
    return session.get_one(Wave, 1).state


def _state_of(person_id: int) -> Callable[[Session], SwitchState]:
    found = select(Switch.state).where(Switch.person_id == person_id)
    return lambda session: session.scalars(found).one()
