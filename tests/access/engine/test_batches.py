"""People travel together and are judged one by one: fewest Modifies, and one person's trouble is
nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

import pytest

from app.access.engine.journal import Journal
from app.access.waves.actions import apply
from app.access.waves.running import run_wave
from app.core.settings import Settings
from app.directory.actions import freeze, unfreeze
from app.models.access.wave import Step
from ldap_sync.values import Outcome
from tests.access.engine.slapd_world import (
    SlapdWorld,
    company,
    company_ldif,
    never_less,
    on_server,
    one_packet_a_window,
    person_dn,
    right_dn,
    role_dn,
)
from tests.acting import acting
from tests.conftest import Clock
from tests.ldap_sync.proxy import MODIFY, ChaosProxy
from tests.ldap_sync.servers import WRITER, Slapd

Company = Callable[..., SlapdWorld]

PEOPLE = [f"p{number:02}" for number in range(12)]
RIGHTS = ("mail", "post", "wiki", "cash")
MANY = {name: " ".join(RIGHTS) for name in PEOPLE}
"""A dozen people who hold the same four rights."""

P05_IS_LOCKED_IN = f"""access to attrs=userPassword by anonymous auth by * none
access to dn.exact="{right_dn("post")}" attrs=member val.regex="^uid=p05," by * read
access to * by dn.exact="{WRITER}" write by * read
"""


@pytest.fixture
def start(settings: Settings, clock: Clock) -> Iterator[Company]:
    with ExitStack() as stack:
        yield lambda batch_size=25, **more: stack.enter_context(
            company(replace(settings, batch_size=batch_size), clock, MANY, **more)
        )


def a_wave(world: SlapdWorld) -> str:
    world.role(*RIGHTS)
    return world.approved(*PEOPLE)


@pytest.mark.parametrize(
    ("size", "batches"), [(25, 2), (4, 4), (1, 12)], ids=["25", "4", "1"]
)
def test_as_many_modifies_are_sent_as_batches_touch_groups(
    start: Company, size: int, batches: int
):
    world = start(size)
    before, wave = world.rights(), a_wave(world)
    world.done("wave", "apply", wave)
    prepared, touched = 1 + len(RIGHTS), 1 + len(RIGHTS)
    assert world.doors.writes == prepared + batches * touched
    assert set(world.states(wave).values()) == {"soaking"}
    assert {name: world.member_of(name) for name in PEOPLE} == {
        name: {"clerk"} for name in PEOPLE
    }
    world.undone(wave)
    assert world.rights() == before


def test_one_person_goes_ahead_of_all_others(start: Company):
    world = start()
    wave = a_wave(world)
    world.doors.then(1 + len(RIGHTS) + 1, lambda: frozen(world))
    world.rung("wave", "apply", wave)
    moving = [name for name, state in world.states(wave).items() if state != "approved"]
    assert moving == [PEOPLE[0]]


def test_exactly_the_person_whose_change_is_refused_is_put_back(start: Company):
    world = start(access=P05_IS_LOCKED_IN)
    before, wave = world.rights(), a_wave(world)
    told = world.done("wave", "apply", wave, code=3)
    states = world.states(wave)
    assert states.pop("p05") == "failed"
    assert set(states.values()) == {"soaking"}
    reasons = {one["person"]: one["reason"] for one in told["people"]}
    assert "may not change cn=post" in reasons.pop("p05")
    assert not any(reasons.values())
    assert world.member_of("p05") == set(RIGHTS)
    world.undone(wave)
    assert world.rights() == before


def test_what_others_took_meanwhile_is_not_ours_and_is_not_given_back(start: Company):
    world = start()
    before, wave = world.rights(), a_wave(world)
    taken = [("p03", "wiki"), ("p07", "cash"), ("p07", "wiki")]

    def interfere() -> None:
        for name, right in taken:
            world.server.take(right_dn(right), person_dn(name))

    alone = 1 + len(RIGHTS) + 1 + len(RIGHTS)
    world.doors.then(alone + 1, interfere)
    world.done("wave", "apply", wave)
    assert set(world.states(wave).values()) == {"soaking"}
    steps = world.done("wave", "steps", wave)["steps"]
    assert len([one for one in steps if one["state"] == "already"]) == len(taken)
    world.undone(wave)
    after = world.rights()
    for name, right in taken:
        gone = person_dn(name)
        assert gone not in after[right_dn(right)]
        world.server.put(right_dn(right), gone)
    assert world.rights() == before


def frozen(world: SlapdWorld) -> None:
    with world.parts.database.write() as session:
        freeze(acting(session, "olga", world.parts.now()), reason="something is odd")


def thawed(world: SlapdWorld) -> None:
    with world.parts.database.write() as session:
        unfreeze(acting(session, "olga", world.parts.now()))


@pytest.mark.parametrize("number", [11, 12, 13])
def test_a_freeze_in_the_middle_of_a_batch_costs_nobody_anything(
    start: Company, number: int, monkeypatch: pytest.MonkeyPatch
):
    one_packet_a_window(monkeypatch)
    world = start()
    before, rights, wave = world.state(), world.rights(), a_wave(world)
    world.doors.then(number, lambda: frozen(world))
    assert world.rung("wave", "apply", wave).code == 1
    moment = world.state()
    assert world.rung("wave", "apply", wave).code == 1
    assert world.state() == moment
    thawed(world)
    world.done("wave", "apply", wave)
    assert set(world.states(wave).values()) == {"soaking"}
    never_less([moment], MANY, before, world.state(), ("recursive",))
    world.undone(wave)
    assert world.rights() == rights


def test_what_was_sent_and_could_not_be_recorded_is_still_ours(
    start: Company, monkeypatch: pytest.MonkeyPatch
):
    world = start()
    rights, wave = world.rights(), a_wave(world)
    recording, left = Journal._record, [6]

    def failing(journal: Journal, outcomes: Sequence[tuple[Step, Outcome]]) -> None:
        left[0] -= 1
        if not left[0]:
            raise OSError("the disk is full")
        recording(journal, outcomes)

    monkeypatch.setattr(Journal, "_record", failing)
    with pytest.raises(OSError, match="disk is full"):
        run_wave(world.parts, handed_over(world, wave))
    world.done("wave", "apply", wave)
    assert set(world.states(wave).values()) == {"soaking"}
    steps = world.done("wave", "steps", wave)["steps"]
    assert {one["proof"] for one in steps} == {"acked", "reconciled"}
    world.undone(wave)
    assert world.rights() == rights


def handed_over(world: SlapdWorld, wave: str) -> int:
    with world.parts.database.write() as session:
        act = acting(session, "olga", world.parts.now(), world.parts.settings)
        return apply(act, int(wave)).id


@pytest.mark.parametrize("what", ["lose_answer", "lose_request"])
def test_lost_answers_in_a_batch_are_decided_value_by_value(
    settings: Settings, clock: Clock, what: str
):
    with Slapd() as server, ChaosProxy(server.port) as proxy:
        server.add(company_ldif(MANY))
        connection = server.connection(url=proxy.url)
        with on_server(server, settings, clock, connection=connection) as world:
            before, wave = world.rights(), a_wave(world)
            world.doors.before = lambda number: (
                getattr(proxy, what)(MODIFY) if number in (12, 14, 17) else None
            )
            world.done("wave", "apply", wave)
            assert set(world.states(wave).values()) == {"soaking"}
            proofs = {
                one["proof"] for one in world.done("wave", "steps", wave)["steps"]
            }
            assert ("reconciled" in proofs) == (what == "lose_answer")
            world.undone(wave)
            assert world.rights() == before


def test_who_was_renamed_since_the_plan_is_left_out_and_the_others_go_on(
    start: Company,
):
    world = start(kind="refint")
    wave = a_wave(world)
    world.server.rename(person_dn("p04"), "uid=p04new")
    world.done("wave", "apply", wave, code=3)
    states = world.states(wave)
    assert states.pop("p04") == "stale"
    assert set(states.values()) == {"soaking"}
    assert person_dn("p03") in world.state()[role_dn("clerk")]
