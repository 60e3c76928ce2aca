"""What ends on one day goes with one plan: each person in it is undone alone, and nobody waits for
somebody else who cannot go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from app.access.exceptions.ending import run_due_endings
from app.access.exceptions.rules import who_agreed
from app.access.plan.values import KeptOutside
from app.access.single.actions import plan_one_by_one
from app.access.single.rules import OneByOne
from app.access.undo.actions import undo
from app.core.settings import Settings
from app.models.access.kept import AccessException
from app.models.access.wave import Switch, Wave
from app.models.people import Person
from tests.access.builders import DemoWorld, crowd, demo_world
from tests.acting import acting
from tests.conftest import Clock

NINTH, TENTH = date(2026, 3, 9), date(2026, 3, 10)
FIVE = [f"p{number:03}" for number in range(5)]
OTHERS = {f"eve{number}" for number in range(9)}


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    """A company in which five of fifteen hold the wiki until the ninth of March."""
    held = {**crowd(6, "mail"), **dict.fromkeys(OTHERS, "wiki post")}
    with demo_world(settings, clock, held) as world:
        grant(world, settings, NINTH, *FIVE)
        yield world


def grant(world: DemoWorld, settings: Settings, until: date, *names: str) -> None:
    """Give people the wiki until a day, with one plan."""
    kept = KeptOutside("anna", "Covers for Eve", until.isoformat())
    wiki = world.rights["wiki"]
    orders = [OneByOne(world.people[name], give={wiki: kept}) for name in names]
    with world.database.write() as session:
        act = acting(session, "anna", world.now(), settings)
        wave = plan_one_by_one(act, world.directory_id, orders).id
    world.approve(wave, settings)
    world.apply(wave, settings)
    world.run()
    world.read()


def sweep(world: DemoWorld, between: Callable[[], None] = lambda: None) -> None:
    """Let the worker work; something happens between its plan and its first write."""
    run_due_endings(world.parts)
    between()
    for _ in range(4):
        world.run()
        run_due_endings(world.parts)


def endings(world: DemoWorld) -> list[tuple[str, set[str]]]:
    """Return the waves that took off what ended: who agreed, and the people in each."""
    people = select(Switch.wave_id, Person.uid).join(
        Person, Person.id == Switch.person_id
    )
    waves = select(Wave.id, Wave.approved_by).where(Wave.author == "Rung")
    with world.database.read() as session:
        rows = session.execute(people).all()
        made = session.execute(waves.order_by(Wave.id)).all()
    return [(by, {uid for wave, uid in rows if wave == number}) for number, by in made]


def holders(world: DemoWorld) -> set[str]:
    return {name for name in world.people if "wiki" in world.groups_of(name)}


def held_up(world: DemoWorld) -> dict[str, str]:
    """Return why the right of somebody could not be taken off."""
    asked = select(Person.uid, AccessException.held_up).join(Person)
    with world.database.read() as session:
        rows = session.execute(asked.where(AccessException.ended_at.is_(None))).all()
    return dict(rows)


def test_what_ends_on_one_day_is_one_plan_and_one_person_is_undone_alone(
    world: DemoWorld, settings: Settings, clock: Clock
) -> None:
    clock.forward(days=8)
    sweep(world)
    [(agreed, people)] = endings(world)
    assert people == {*FIVE}
    assert agreed == "ben (wave 1 of Rights one by one, until 2026-03-09)"
    assert holders(world) == OTHERS
    with world.database.write() as session:
        wave = session.scalars(select(Wave.id).where(Wave.author == "Rung")).one()
        act = acting(session, "anna", world.now(), settings)
        undo(act, wave, world.people["p002"])
    sweep(world)
    assert holders(world) == {*OTHERS, "p002"}


def test_another_day_is_another_plan(
    world: DemoWorld, settings: Settings, clock: Clock
) -> None:
    grant(world, settings, TENTH, "p005")
    clock.forward(days=8)
    sweep(world)
    clock.forward(days=1)
    sweep(world)
    assert [people for _, people in endings(world)] == [{*FIVE}, {"p005"}]
    assert holders(world) == OTHERS


def test_no_plan_is_larger_than_a_wave_may_be(world: DemoWorld, clock: Clock) -> None:
    few = replace(world.parts.settings, max_people_per_wave=2)
    clock.forward(days=8)
    run_due_endings(replace(world.parts, settings=few))
    sweep(world)
    assert [len(people) for _, people in endings(world)] == [2, 2, 1]
    assert holders(world) == OTHERS


def test_who_changed_meanwhile_keeps_nobody_waiting(
    world: DemoWorld, clock: Clock
) -> None:
    clock.forward(days=8)
    sweep(world, lambda: world.put_into("p003", "post"))
    assert holders(world) == {*OTHERS, "p003"}
    assert [*held_up(world)] == ["p003"]


def test_who_cannot_be_moved_keeps_nobody_waiting(
    world: DemoWorld, clock: Clock
) -> None:
    clock.forward(days=8)
    sweep(world, lambda: world.server.faults.answer(50, "no"))
    [still] = holders(world) - OTHERS
    assert [*held_up(world)] == [still]
    assert [len(people) for _, people in endings(world)] == [5, 4]
    clock.forward(hours=2)
    sweep(world)
    assert holders(world) == OTHERS


def test_who_agreed_is_named_with_a_few_of_the_waves() -> None:
    one = who_agreed([("ben", 1, "Clerk")], NINTH)
    assert one == "ben (wave 1 of Clerk, until 2026-03-09)"
    many = [("ben", number, "Clerk") for number in range(1, 6)]
    told = who_agreed([*many, *many, ("eve", 9, "Desk")], NINTH)
    assert told == (
        "ben (wave 1 of Clerk, wave 2 of Clerk, wave 3 of Clerk and 2 more, "
        "until 2026-03-09); eve (wave 9 of Desk, until 2026-03-09)"
    )
