"""Exceptions end by themselves: through the journal, never what others gave, never silently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from app.access.exceptions.actions import end_early, extend, extend_back
from app.access.exceptions.ending import run_due_endings
from app.access.exceptions.rules import (
    EndOfException,
    ExceptionStands,
    RightKept,
    stands,
    what_ends,
)
from app.access.plan.values import KeptOutside
from app.access.single.actions import plan_one_by_one
from app.access.single.rules import OneByOne
from app.access.undo.actions import undo
from app.core.audit import AuditEvent
from app.core.errors import Invalid, Refused
from app.core.settings import Settings
from app.directory.actions import freeze, unfreeze
from app.models.access.kept import AccessException
from app.models.access.wave import Switch, Wave
from app.models.access.words import Realisation
from tests.access.builders import MONDAY, DemoWorld, demo_world
from tests.acting import acting
from tests.conftest import Clock

UNTIL = date(2026, 3, 9)


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    """A company in which Dot got the wiki until the ninth of March."""
    with given_until(settings, clock) as world:
        yield world


@contextmanager
def given_until(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    with demo_world(settings, clock) as world:
        kept = KeptOutside("anna", "Covers for Eve", UNTIL.isoformat())
        order = OneByOne(world.people["dot"], give={world.rights["wiki"]: kept})
        with world.database.write() as session:
            act = acting(session, "anna", world.now(), settings)
            wave = plan_one_by_one(act, world.directory_id, [order]).id
        world.approve(wave, settings)
        world.apply(wave, settings)
        world.run()
        yield world


def days(clock: Clock, world: DemoWorld, count: int) -> None:
    """Let days pass, with a reading at the end and what the worker does then."""
    clock.forward(days=count)
    world.read()
    sweep(world)


def sweep(world: DemoWorld) -> None:
    for _ in range(3):
        run_due_endings(world.parts)
        world.run()
    run_due_endings(world.parts)


def kept(world: DemoWorld) -> AccessException:
    with world.database.read() as session:
        return session.query(AccessException).one()


def told(world: DemoWorld) -> list[str]:
    with world.database.read() as session:
        about = session.query(AuditEvent).filter(
            AuditEvent.subject.startswith("exception:")
        )
        return [event.action for event in about.order_by(AuditEvent.id)]


def do(world: DemoWorld, settings: Settings, deed: Callable[..., object]) -> None:
    with world.database.write() as session:
        deed(acting(session, "anna", world.now(), settings))


def test_on_its_last_day_it_holds_and_on_the_next_it_is_taken_off(
    world: DemoWorld, clock: Clock
) -> None:
    days(clock, world, 7)
    assert world.groups_of("dot") == {"mail", "wiki"}
    days(clock, world, 1)
    assert world.groups_of("dot") == {"mail"}
    assert kept(world).ended_at is not None
    assert told(world) == ["exception.expire", "exception.ended"]
    with world.database.read() as session:
        wave = session.query(Wave).order_by(Wave.id.desc()).first()
        assert wave is not None
        assert wave.approved_by.startswith("ben (wave 1")
        assert wave.author == "Rung"


def test_its_end_is_undone_and_acts_again_a_week_later(
    world: DemoWorld, settings: Settings, clock: Clock
) -> None:
    days(clock, world, 8)
    with world.database.read() as session:
        ending = session.query(Switch).order_by(Switch.id.desc()).first()
        assert ending is not None
    do(world, settings, lambda act: undo(act, ending.wave_id))
    clock.forward(minutes=1)
    sweep(world)
    assert world.groups_of("dot") == {"mail", "wiki"}
    again = kept(world)
    assert (again.ended_at, again.until) == (None, date(2026, 3, 17))
    days(clock, world, 8)
    assert world.groups_of("dot") == {"mail"}


def test_while_writing_is_frozen_nothing_ends_and_that_is_said(
    world: DemoWorld, settings: Settings, clock: Clock
) -> None:
    do(world, settings, lambda act: freeze(act, reason="audit"))
    days(clock, world, 9)
    assert world.groups_of("dot") == {"mail", "wiki"}
    assert "frozen" in kept(world).held_up
    do(world, settings, unfreeze)
    clock.forward(minutes=1)
    sweep(world)
    assert world.groups_of("dot") == {"mail"}


def test_where_the_directory_is_away_the_end_waits_and_says_so(
    world: DemoWorld, clock: Clock
) -> None:
    clock.forward(days=8)
    run_due_endings(world.parts)
    world.server.stop()
    world.run()
    run_due_endings(world.parts)
    assert kept(world).held_up
    assert kept(world).ended_at is None
    assert told(world)[-1] == "exception.held-up"
    world.server.start()


def test_what_others_gave_anew_is_not_taken_but_told(
    world: DemoWorld, clock: Clock
) -> None:
    world.take_out("dot", "wiki")
    days(clock, world, 2)
    world.put_into("dot", "wiki")
    days(clock, world, 2)
    days(clock, world, 5)
    assert world.groups_of("dot") == {"mail", "wiki"}
    assert "gave it again" in kept(world).held_up


def test_what_others_took_is_over_without_a_change(
    world: DemoWorld, clock: Clock
) -> None:
    world.take_out("dot", "wiki")
    days(clock, world, 8)
    assert kept(world).ended_at is not None
    with world.database.read() as session:
        assert session.query(Wave).count() == 1


def test_what_a_role_gives_by_then_stays(
    world: DemoWorld, settings: Settings, clock: Clock
) -> None:
    wave = world.wave(
        world.role("Writer", "mail wiki", realisation=Realisation.MATERIALISED), "dot"
    )
    world.approve(wave, settings)
    world.apply(wave, settings)
    world.run()
    days(clock, world, 8)
    assert "wiki" in world.groups_of("dot")
    assert kept(world).held_up


def test_longer_and_back_again(
    world: DemoWorld, settings: Settings, clock: Clock
) -> None:
    do(world, settings, lambda act: extend(act, 1, date(2026, 5, 1), "Eve is ill"))
    days(clock, world, 20)
    assert world.groups_of("dot") == {"mail", "wiki"}
    do(world, settings, lambda act: extend_back(act, 1, UNTIL))
    sweep(world)
    assert world.groups_of("dot") == {"mail"}
    with pytest.raises(Refused):
        do(world, settings, lambda act: extend(act, 1, date(2026, 5, 1)))


def test_an_end_before_its_day_is_a_plan_that_waits_for_approval(
    world: DemoWorld, settings: Settings
) -> None:
    do(world, settings, lambda act: end_early(act, 1, "Eve is back"))
    sweep(world)
    assert world.groups_of("dot") == {"mail", "wiki"}
    world.approve(2, settings)
    world.apply(2, settings)
    sweep(world)
    assert world.groups_of("dot") == {"mail"}
    assert kept(world).ended_at is not None


@pytest.mark.parametrize("until", [None, date(2026, 3, 2), date(2020, 1, 1)])
def test_longer_means_a_day_to_come(
    world: DemoWorld, settings: Settings, until: date | None
) -> None:
    with pytest.raises(Invalid) as refused:
        do(world, settings, lambda act: extend(act, 1, until))
    assert refused.value.field == "until"


def test_how_an_exception_stands() -> None:
    today = date(2026, 3, 2)
    assert stands(date(2026, 3, 10), None, today) is ExceptionStands.OPEN
    assert stands(date(2026, 3, 9), None, today) is ExceptionStands.ENDING
    assert stands(today, None, today) is ExceptionStands.ENDING
    assert stands(date(2026, 3, 1), None, today) is ExceptionStands.EXPIRED
    assert stands(date(2026, 3, 1), MONDAY, today) is ExceptionStands.ENDED


MOMENTS = some.none() | some.datetimes()


@given(MOMENTS, MOMENTS, some.booleans(), some.booleans())
def test_only_what_rung_knows_as_its_own_is_taken(since, known_at, others, longer):
    ends, why = what_ends(RightKept(since, known_at, others, longer))
    anew = bool(since and known_at and since > known_at)
    mine = since is not None and not (others or longer or anew)
    assert (ends is EndOfException.TAKE) is mine
    assert bool(why) is not mine


DEEDS = some.lists(
    some.sampled_from(["extend", "back", "others take", "others give", "day", "week"]),
    min_size=2,
    max_size=6,
)


@given(DEEDS)
@hypothesis_settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_happens_others_grants_stay_and_no_loss_is_silent(
    world: DemoWorld, settings: Settings, clock: Clock, deeds: list[str]
) -> None:
    """One company lives through all examples: each begins where the last one ended."""
    foreign = False
    for deed in deeds:
        holds = "wiki" in world.groups_of("dot")
        if deed == "others take" and holds:
            world.take_out("dot", "wiki")
            foreign = False
        elif deed == "others give" and not holds:
            world.put_into("dot", "wiki")
            foreign = True
        elif deed == "extend" and kept(world).ended_at is None:
            later = world.now().date().replace(year=world.now().year + 1)
            do(world, settings, lambda act, day=later: extend(act, 1, day))
        elif deed == "back" and kept(world).ended_at is None:
            do(world, settings, lambda act: extend_back(act, 1, UNTIL))
        held = "wiki" in world.groups_of("dot")
        events = len(told(world))
        clock.forward(hours=2)
        days(clock, world, {"day": 1, "week": 7}.get(deed, 0))
        still = "wiki" in world.groups_of("dot")
        if foreign:
            assert still, "what others gave was taken"
        if held and not still:
            assert len(told(world)) > events
            assert kept(world).ended_at is not None
