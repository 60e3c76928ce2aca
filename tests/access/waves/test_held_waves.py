"""A wave in which something breaks that nobody foresaw: held, told, nothing sent again blindly,
nobody loses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, text

from app.access.undo.actions import undo
from app.access.waves.actions import apply
from app.access.waves.running import BROKEN, run_due_waves
from app.core import aside
from app.core.settings import Settings
from app.models.access.wave import Step, Wave
from app.models.access.words import StepState, WaveState
from tests.access.engine.slapd_world import (
    COMPANY,
    SlapdWorld,
    State,
    company,
    never_less,
    one_packet_a_window,
)
from tests.acting import acting
from tests.conftest import Clock

THROUGH_THE_ROLE = ("recursive",)


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock) as world:
        yield world


def breaks_once() -> Callable[[], None]:
    """Return what raises the first time, as a mistake of ours would, and lets everything pass from
    then on.
    """
    raised: list[int] = []

    def breaks() -> None:
        if not raised:
            raised.append(1)
            raise RecursionError("a mistake of ours")

    return breaks


def handed_over(
    world: SlapdWorld, *people: str, role: str = "clerk"
) -> tuple[str, int]:
    """Hand a wave to the worker; W and the number of its row."""
    named = world.approved(*people, role=role)
    with world.parts.database.write() as session:
        number = session.scalars(select(Wave.id).order_by(Wave.id.desc())).first() or 0
        settings = world.parts.settings
        apply(acting(session, "olga", world.parts.now(), settings), number)
    return named, number


def standing(world: SlapdWorld, number: int) -> tuple[WaveState, str]:
    with world.parts.database.read() as session:
        found = session.execute(
            select(Wave.state, Wave.message).where(Wave.id == number)
        ).one()
    return found.state, found.message


def listed(world: SlapdWorld) -> list[tuple[str, str, int]]:
    with world.parts.database.read() as session:
        return [
            (one.lane, one.key, one.attempts)
            for one in aside.entries(session)
            if one.aside_at
        ]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("when", ["then", "ahead_of"])
def test_a_wave_that_breaks_around_a_write_is_held_and_the_next_one_runs(
    world: SlapdWorld, when: str, number: int
) -> None:
    world.role("mail", "post")
    world.role("wiki", name="writer")
    before = world.state()
    named, held = handed_over(world, "ada", "ben")
    other, _ = handed_over(world, "eve", role="writer")
    getattr(world.doors, when)(number, breaks_once())
    run_due_waves(world.parts)
    state, message = standing(world, held)
    assert (state, message) == (
        WaveState.STOPPED,
        f"{BROKEN} RecursionError: a mistake of ours",
    )
    assert listed(world) == [("waves", str(held), 1)]
    assert world.states(other) == {"eve": "soaking"}
    middle, written = world.state(), world.doors.writes
    run_due_waves(world.parts)
    assert world.doors.writes == written, "nothing is sent again by itself"
    world.done("wave", "apply", named)
    assert set(world.states(named).values()) == {"soaking"}
    never_less([middle], COMPANY, before, world.state(), THROUGH_THE_ROLE)
    world.undone(named)
    world.undone(other)
    assert world.rights() == {
        dn: held for dn, held in before.items() if dn in world.rights()
    }


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_way_back_that_breaks_waits_for_a_person_and_then_gets_everything_back(
    world: SlapdWorld, number: int
) -> None:
    world.role("mail", "post")
    before, wave = world.rights(), world.applied("ada")
    after = world.state()
    with world.parts.database.write() as session:
        row = session.scalars(select(Wave)).one()
        undo(acting(session, "olga", world.parts.now()), row.id)
    world.doors.then(number, breaks_once())
    run_due_waves(world.parts)
    assert world.states(wave) == {"ada": "conflict"}
    never_less([world.state()], COMPANY, after, before, THROUGH_THE_ROLE)
    world.done("wave", "undo", wave)
    assert world.rights() == before


def test_a_plan_that_cannot_be_read_is_held_and_the_next_wave_runs(
    world: SlapdWorld,
) -> None:
    world.role("mail", "post")
    world.role("wiki", name="writer")
    _, bad = handed_over(world, "ada")
    other, _ = handed_over(world, "eve", role="writer")
    with world.parts.database.write() as session:
        session.connection().execute(
            text("UPDATE wave SET plan = '{' WHERE id = :id"), {"id": bad}
        )
    for _ in range(3):
        run_due_waves(world.parts)
    assert standing(world, bad)[0] is WaveState.STOPPED
    assert listed(world) == [("waves", str(bad), 1)]
    assert world.states(other) == {"eve": "soaking"}


def test_what_was_not_sent_when_a_wave_broke_is_planned_again_and_what_was_is_unknown(
    world: SlapdWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_packet_a_window(monkeypatch)
    world.role("mail", "post")
    _, held = handed_over(world, "ada", "ben")
    world.doors.then(5, breaks_once())
    moments: list[State] = []
    run_due_waves(world.parts)
    moments.append(world.state())
    with world.parts.database.read() as session:
        states = list(session.scalars(select(Step.state).where(Step.wave_id == held)))
    assert StepState.INTENT not in states
    assert states.count(StepState.UNKNOWN) == 1
