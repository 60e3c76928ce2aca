"""Single rights are given and taken through the same engine as roles: planned, proved, undone."""

from __future__ import annotations

from collections.abc import Iterator

import ldap3
import pytest

from app.access.plan.values import KeptOutside
from app.access.roles.queries import people_in_roles, role_lines
from app.access.single.actions import NAME, carry_out, plan_one_by_one
from app.access.single.rules import OneByOne
from app.access.undo.actions import undo
from app.core.errors import Invalid, Refused
from app.core.settings import Settings
from app.models.access.kept import AccessException
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState, WaveState
from app.models.people import Person
from ldap_sync.demo.accounts import PLACEHOLDER
from tests.access.builders import DemoWorld, demo_world, group_dn, person_dn
from tests.acting import acting
from tests.conftest import Clock

UNTIL = KeptOutside("anna", "Covers for Ben", "2026-04-01")
FOR_GOOD = KeptOutside("anna", "New duty", "")


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    with demo_world(settings, clock) as world:
        yield world


def planned(world: DemoWorld, settings: Settings, *orders: OneByOne) -> int:
    with world.database.write() as session:
        act = acting(session, "anna", world.now(), settings)
        return plan_one_by_one(act, world.directory_id, orders).id


def carried(world: DemoWorld, settings: Settings, *orders: OneByOne) -> int:
    wave = planned(world, settings, *orders)
    world.approve(wave, settings)
    world.apply(wave, settings)
    world.run()
    return wave


def stands(world: DemoWorld, wave_id: int) -> tuple[WaveState, set[SwitchState]]:
    with world.database.read() as session:
        people = session.query(Switch).filter_by(wave_id=wave_id)
        return session.get_one(Wave, wave_id).state, {one.state for one in people}


def test_a_right_is_given_until_a_day_and_undone(
    world: DemoWorld, settings: Settings
) -> None:
    before = world.everything()
    order = OneByOne(world.people["dot"], give={world.rights["wiki"]: UNTIL})
    wave = carried(world, settings, order)
    assert world.groups_of("dot") == {"mail", "wiki"}
    assert stands(world, wave) == (WaveState.CONFIRMED, {SwitchState.CLOSED})
    with world.database.read() as session:
        kept = session.query(AccessException).one()
        assert (kept.owner, kept.reason, str(kept.until)) == (
            "anna",
            "Covers for Ben",
            "2026-04-01",
        )
    with world.database.write() as session:
        undo(acting(session, "anna", world.now(), settings), wave)
    world.run()
    assert world.everything() == before
    with world.database.read() as session:
        assert session.query(AccessException).one().ended_at is not None


def test_a_right_is_taken_and_given_back(world: DemoWorld, settings: Settings) -> None:
    before = world.everything()
    order = OneByOne(world.people["cyd"], take={world.rights["wiki"]: "Not used"})
    wave = carried(world, settings, order)
    assert world.groups_of("cyd") == {"mail", "post"}
    assert (settings.plans / f"wave-{wave}-reverse.ldif").exists()
    with world.database.write() as session:
        undo(acting(session, "anna", world.now(), settings), wave)
    world.run()
    assert world.everything() == before


def test_nobody_counts_as_moved_into_a_role_and_the_person_is_free(
    world: DemoWorld, settings: Settings
) -> None:
    order = OneByOne(world.people["dot"], give={world.rights["wiki"]: FOR_GOOD})
    carried(world, settings, order)
    with world.database.read() as session:
        assert people_in_roles(session) == 0
        assert role_lines(session) == []
        assert session.query(Role).one().name == NAME
        assert session.query(AccessException).count() == 0
    assert world.wave(world.role(), "dot", accept_all_gains=True)


def test_who_has_left_is_given_nothing_but_may_lose_rights(
    world: DemoWorld, settings: Settings
) -> None:
    with world.database.write() as session:
        for name in ("cyd", "eve"):
            session.get_one(Person, world.people[name]).disabled = True
    order = OneByOne(world.people["eve"], give={world.rights["mail"]: FOR_GOOD})
    with pytest.raises(Refused) as refused:
        planned(world, settings, order)
    assert refused.value.details == ("Eve: Has left: the account is disabled.",)
    order = OneByOne(world.people["cyd"], take={world.rights["wiki"]: "Has left"})
    carried(world, settings, order)
    assert world.groups_of("cyd") == {"mail", "post"}


@pytest.mark.parametrize(
    ("kept", "field"),
    [
        (KeptOutside("anna", " ", ""), "reason"),
        (KeptOutside("", "Why", ""), "owner"),
        (KeptOutside("anna", "Why", "2026-03-02"), "until"),
    ],
)
def test_an_order_says_why_whose_and_until_a_day_to_come(
    world: DemoWorld, settings: Settings, kept: KeptOutside, field: str
) -> None:
    order = OneByOne(world.people["dot"], give={world.rights["wiki"]: kept})
    with pytest.raises(Invalid) as refused:
        planned(world, settings, order)
    assert refused.value.field == field


def test_what_was_agreed_before_is_carried_out_without_another_approval(
    world: DemoWorld, settings: Settings
) -> None:
    order = OneByOne(world.people["cyd"], take={world.rights["wiki"]: "It ended"})
    with world.database.write() as session:
        act = acting(session, "Rung", world.now(), settings)
        wave = carry_out(act, world.directory_id, [order], "ben in wave 1").id
    world.run()
    assert world.groups_of("cyd") == {"mail", "post"}
    assert stands(world, wave)[0] is WaveState.CONFIRMED


def test_who_is_last_beside_a_placeholder_is_taken_out(
    world: DemoWorld, settings: Settings
) -> None:
    """The value that keeps a group from being empty is there already: it is not added twice."""
    dot, mail = world.people["dot"], world.rights["mail"]
    with world.others() as ldap:
        keeps = {"member": [(ldap3.MODIFY_REPLACE, [PLACEHOLDER, person_dn("dot")])]}
        assert ldap.modify(group_dn("mail"), keeps), ldap.result
    world.read()
    wave = carried(world, settings, OneByOne(dot, take={mail: "Has left"}))
    assert world.groups_of("dot") == set()
    assert stands(world, wave) == (WaveState.CONFIRMED, {SwitchState.CLOSED})
