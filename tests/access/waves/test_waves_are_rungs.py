"""A wave is a rung of its role's improvement: who is moved takes part in it, and stands there where
the switch stands; the next wave waits for the decision.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.access.gate.actions import decide_wave
from app.access.roles.actions import RoleDraft, change_role
from app.access.undo.actions import undo
from app.access.waves import actions
from app.access.waves.confirming import confirm
from app.core.errors import Conflict, Refused
from app.core.settings import Settings
from app.improvements.people.actions import move
from app.improvements.register.actions import raise_improvement
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Decision, Iteration, Participation
from app.models.improvements.words import (
    DecisionKind,
    ImprovementKind,
    ImprovementState,
    IterationState,
    ParticipationState,
)
from tests.access.builders import DemoWorld, demo_world
from tests.conftest import Clock, Rung, runner_for
from tests.pages import Pages

STATES = ParticipationState


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    with demo_world(settings, clock) as world:
        yield world


@pytest.fixture
def rung(world: DemoWorld) -> Rung:
    return runner_for(world.app)


def people_of(world: DemoWorld, wave_id: int) -> dict[str, Participation]:
    """Return the participants of the rung of a wave, by name of their switch's person."""
    with world.database.read() as session:
        rows = session.execute(
            select(Switch.person_id, Participation)
            .join(Participation, Participation.id == Switch.participation_id)
            .where(Switch.wave_id == wave_id)
        )
        names = {number: name for name, number in world.people.items()}
        return {names[row[0]]: row[1] for row in rows}


def states_of(world: DemoWorld, wave_id: int) -> set[ParticipationState]:
    return {one.state for one in people_of(world, wave_id).values()}


def rung_of(world: DemoWorld, wave_id: int) -> Iteration:
    with world.database.read() as session:
        wave = session.get_one(Wave, wave_id)
        return session.get_one(Iteration, wave.iteration_id)


def improvement_of(world: DemoWorld, role_id: int) -> Improvement:
    with world.database.read() as session:
        role = session.get_one(Role, role_id)
        return session.get_one(Improvement, role.improvement_id)


def test_who_is_moved_stands_in_the_rung_where_the_switch_stands(
    world: DemoWorld, settings: Settings
) -> None:
    role = world.role()
    own = improvement_of(world, role)
    assert (own.title, own.kind) == ("Role Clerk", ImprovementKind.ROLE)
    assert own.state is ImprovementState.ACCEPTED
    wave = world.wave(role, "ada", "ben")
    assert states_of(world, wave) == {STATES.INVITED}
    assert rung_of(world, wave).state is IterationState.PLANNED
    world.approve(wave, settings)
    assert states_of(world, wave) == {STATES.PREPARED}
    assert rung_of(world, wave).state is IterationState.RUNNING
    assert improvement_of(world, role).state is ImprovementState.IN_PROGRESS
    world.apply(wave, settings)
    world.run()
    assert states_of(world, wave) == {STATES.OBSERVING}
    with world.parts.acting("carl") as act:
        confirm(act, wave, world.people["ada"], note="signed in")
    seen = people_of(world, wave)
    assert (seen["ada"].state, seen["ada"].accepted_by) == (STATES.ACCEPTED, "carl")
    assert seen["ben"].state is STATES.OBSERVING
    with world.parts.acting("carl") as act:
        undo(act, wave, world.people["ben"], reason="his mail is gone")
    assert people_of(world, wave)["ben"].undo_asked_at is not None
    world.run()
    back = people_of(world, wave)["ben"]
    assert (back.state, back.undo_seconds) == (STATES.UNDONE, 0)
    assert rung_of(world, wave).state is IterationState.RUNNING


def test_the_next_wave_waits_for_the_decision_on_the_last(
    world: DemoWorld, settings: Settings, rung: Rung
) -> None:
    role = world.role()
    first, second = world.wave(role, "ada"), world.wave(role, "ben")
    world.approve(first, settings)
    with pytest.raises(Refused, match=r"Wave 1 of Clerk waits for its decision"):
        world.approve(second, settings)
    world.apply(first, settings)
    world.run()
    with pytest.raises(Refused, match="Wave 1 of Clerk"):
        world.approve(second, settings)
    told = rung("wave", "decide", str(first), "scale", "--reason", "She works.")
    assert told.code == 0, told.output
    with world.database.read() as session:
        [decision] = session.scalars(select(Decision)).all()
    assert (decision.kind, decision.reason) == (DecisionKind.SCALE, "She works.")
    assert f"wave:{first}" in decision.evidence
    world.approve(second, settings)
    assert rung_of(world, second).state is IterationState.RUNNING
    again = rung("wave", "decide", str(first), "stop", "--reason", "Late.")
    assert again.code in (1, 3)


def test_nothing_is_decided_of_a_plan_and_nothing_twice(
    world: DemoWorld, settings: Settings
) -> None:
    wave = world.wave(world.role(), "ada")
    with (
        pytest.raises(Refused, match="nothing of it can be decided"),
        world.parts.acting("anna") as act,
    ):
        decide_wave(act, wave, DecisionKind.SCALE, "Now.")
    world.approve(wave, settings)
    with world.parts.acting("anna") as act:
        decide_wave(act, wave, DecisionKind.STOP, "Not wanted.")
    with pytest.raises((Refused, Conflict)), world.parts.acting("anna") as act:
        decide_wave(act, wave, DecisionKind.SCALE, "Wanted.")


def test_a_plan_that_is_withdrawn_ends_its_rung_and_frees_the_next(
    world: DemoWorld, settings: Settings
) -> None:
    role = world.role()
    first, second = world.wave(role, "ada"), world.wave(role, "ada", "ben")
    world.approve(first, settings)
    with world.parts.acting("anna") as act:
        actions.withdraw(act, first, reason="Too early.")
    gone = rung_of(world, first)
    assert (gone.state, gone.ended_reason) == (IterationState.ABORTED, "Too early.")
    assert people_of(world, first)["ada"].left_at is not None
    world.approve(second, settings)


def test_a_wave_taken_back_whole_is_decided_by_that(
    world: DemoWorld, settings: Settings
) -> None:
    role = world.role()
    wave = world.wave(role, "ada", "ben")
    world.approve(wave, settings)
    world.apply(wave, settings)
    world.run()
    with world.parts.acting("anna") as act:
        undo(act, wave, reason="mail does not work")
    world.run()
    assert rung_of(world, wave).state is IterationState.DECIDED
    with world.database.read() as session:
        [decision] = session.scalars(select(Decision)).all()
    assert decision.kind is DecisionKind.ROLL_BACK
    assert states_of(world, wave) == {STATES.UNDONE}


def test_who_fell_out_of_the_plan_is_left_out_of_the_rung(
    world: DemoWorld, settings: Settings
) -> None:
    wave = world.wave(world.role(), "ada", "ben")
    world.approve(wave, settings)
    world.take_out("ben", "post")
    world.apply(wave, settings)
    world.run()
    with world.database.read() as session:
        stale = session.scalars(
            select(Switch).where(Switch.state == SwitchState.STALE)
        ).one()
        assert stale.person_id == world.people["ben"]
    there = people_of(world, wave)
    assert there["ben"].left_at is not None
    assert there["ada"].state is STATES.OBSERVING


def test_a_role_stands_below_the_programme_and_takes_its_name_along(
    world: DemoWorld,
) -> None:
    with world.parts.acting("anna") as act:
        kind = {"kind": ImprovementKind.ACCESS}
        programme = raise_improvement(act, "Move to roles", kind).id
    role = world.role()
    assert improvement_of(world, role).parent_id == programme
    with world.parts.acting("anna") as act:
        rights = dict.fromkeys((world.rights[name] for name in ("mail", "post")), "")
        change_role(act, role, RoleDraft("Post clerk", rights))
    assert improvement_of(world, role).title == "Role Post clerk"


def test_what_follows_is_decided_on_the_page_of_the_wave(
    world: DemoWorld, settings: Settings
) -> None:
    role = world.role()
    wave = world.wave(role, "ada")
    world.approve(wave, settings)
    world.apply(wave, settings)
    world.run()
    pages = Pages(world.app).as_operator("chief")
    assert "waits for this decision" in pages.get(f"/waves/{wave}").content
    page = pages.get(f"/iterations/{rung_of(world, wave).id}")
    assert "Open its wave" in page.content
    assert "It works…" not in page.content
    page = pages.get(f"/waves/{wave}/decide")
    assert "Nobody says yet that it works." in page.content
    refused = pages.submit(kind="scale", reason=" ", status=422)
    assert "Say why this follows" in refused.content
    pages.submit(kind="scale", reason="She works.")
    told = pages.get(f"/waves/{wave}").root.one(id="gate").text
    assert "Decision: scale" in told
    assert "She works." in told
    assert rung_of(world, wave).state is IterationState.DECIDED


def test_nobody_is_moved_in_the_rung_by_hand(world: DemoWorld) -> None:
    wave = world.wave(world.role(), "ada")
    [one] = people_of(world, wave).values()
    with (
        pytest.raises(Refused, match="moved by wave"),
        world.parts.acting("anna") as act,
    ):
        move(act, one.id, STATES.PREPARED)
