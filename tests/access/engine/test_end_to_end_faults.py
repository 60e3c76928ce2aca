"""Things go wrong in the middle: refusals, freezes, vanished servers, lost answers, two workers at
once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from app.access.undo.actions import undo
from app.access.waves.actions import apply
from app.access.waves.queries import get_wave
from app.access.waves.running import run_due_waves, run_wave
from app.core.settings import Settings
from app.directory.actions import freeze, unfreeze
from tests.access.engine.slapd_world import (
    COMPANY,
    PLACEHOLDER,
    SlapdWorld,
    State,
    company,
    company_ldif,
    never_less,
    on_server,
    one_packet_a_window,
    person_dn,
    right_dn,
    role_dn,
    seen,
)
from tests.acting import acting
from tests.conftest import Clock
from tests.ldap_sync.proxy import ADD, MODIFY, ChaosProxy
from tests.ldap_sync.servers import WRITER, Slapd

Company = Callable[..., SlapdWorld]

THROUGH_THE_ROLE = ("recursive",)
"""The lens under which a nested role gives access: what is seen directly comes and goes with the
direct rights.
"""

BEN_IS_LOCKED_IN = f"""access to attrs=userPassword by anonymous auth by * none
access to dn.exact="{right_dn("post")}" attrs=member val.regex="^uid=ben," by * read
access to * by dn.exact="{WRITER}" write by * read
"""
"""Nobody may take Ben out of post, nor put him in."""


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    one_packet_a_window(monkeypatch)


@pytest.fixture
def start(settings: Settings, clock: Clock) -> Iterator[Company]:
    with ExitStack() as stack:
        yield lambda *held, batch_size=25, **more: stack.enter_context(
            company(replace(settings, batch_size=batch_size), clock, *held, **more)
        )


@pytest.fixture
def world(start: Company) -> SlapdWorld:
    return start()


def watch(world: SlapdWorld) -> list[State]:
    """Return a list that grows by the state of the directory after every write."""
    moments: list[State] = []
    world.doors.meanwhile = lambda _number: moments.append(world.state())
    return moments


def frozen(world: SlapdWorld) -> None:
    with world.parts.database.write() as session:
        freeze(acting(session, "olga", world.parts.now()), reason="something is odd")


def thawed(world: SlapdWorld) -> None:
    with world.parts.database.write() as session:
        unfreeze(acting(session, "olga", world.parts.now()))


# Refused by the server.


def test_a_refusal_in_the_middle_puts_back_what_was_begun_and_stops_the_wave(
    start: Company,
):
    world = start(access=BEN_IS_LOCKED_IN, batch_size=1)
    world.role("mail", "post")
    before, moments = world.state(), watch(world)
    wave = world.approved("ada", "ben", "cyd")
    told = world.done("wave", "apply", wave, code=3)
    assert told["state"] == "stopped"
    assert [person["state"] for person in told["people"]] == [
        "soaking",
        "failed",
        "approved",
    ]
    assert "may not change cn=post" in told["people"][1]["reason"]
    assert "ben could not be moved" in told["message"]
    assert world.member_of("ben") == {"mail", "post"}
    assert world.member_of("cyd") == {"mail", "post", "wiki"}
    never_less(moments, COMPANY, before, world.state(), THROUGH_THE_ROLE)


def test_a_wave_stopped_by_a_refusal_goes_on_with_the_others(start: Company):
    world = start(access=BEN_IS_LOCKED_IN, batch_size=1)
    world.role("mail", "post")
    before = world.rights()
    wave = world.approved("ada", "ben", "cyd")
    world.done("wave", "apply", wave, code=3)
    world.done("wave", "apply", wave, code=3)
    assert world.states(wave) == {"ada": "soaking", "ben": "failed", "cyd": "soaking"}
    world.undone(wave)
    assert world.rights() == before


def test_a_role_that_may_not_be_put_into_a_right_is_refused_before_the_first_write(
    start: Company,
):
    world = start(
        access=f"""access to attrs=userPassword by anonymous auth by * none
access to dn.exact="{right_dn("post")}" by * read
access to * by dn.exact="{WRITER}" write by * read
"""
    )
    world.role("mail", "post")
    before = world.state()
    wave = world.approved("ada", "ben")
    told = world.done("wave", "apply", wave, code=1)
    assert f"may not write {right_dn('post')}" in told["error"]
    assert set(world.states(wave).values()) == {"approved"}
    assert world.state() == before


def test_a_refused_way_back_is_a_conflict_and_the_role_stays(start: Company):
    world = start(
        access=BEN_IS_LOCKED_IN.replace(
            "by * read\n", f'by dn.exact="{WRITER}" =rscdz by * read\n', 1
        )
    )
    world.role("mail", "post")
    wave = world.applied("ada", "ben")
    told = world.done("wave", "undo", wave, code=3)
    assert [person["state"] for person in told["people"]] == ["undone", "conflict"]
    assert "may not change cn=post" in told["people"][1]["conflicts"][0]["text"]
    assert world.member_of("ben") == {"mail", "clerk"}
    assert right_dn("post") in seen(world.state(), person_dn("ben"))["recursive"]


# Frozen.


@pytest.mark.parametrize("number", [1, 4, 5])
def test_a_freeze_stops_before_the_next_write_and_everybody_keeps_access(
    world: SlapdWorld, number: int
):
    world.role("mail", "post")
    before, wave = world.state(), world.approved("ada", "ben")
    moments: list[State] = []
    world.doors.then(number, lambda: frozen(world))
    done = world.rung("wave", "apply", wave)
    assert (done.code, world.doors.writes) == (1, number)
    assert "frozen since" in done.err and "by olga" in done.err
    moments.append(world.state())
    assert world.rung("wave", "apply", wave).code == 1
    assert world.doors.writes == number
    thawed(world)
    world.done("wave", "apply", wave)
    assert (world.member_of("ada"), world.member_of("ben")) == ({"clerk"}, {"clerk"})
    never_less(moments, COMPANY, before, world.state(), THROUGH_THE_ROLE)


@pytest.mark.parametrize("number", [2, 4])
def test_a_freeze_stops_an_undo_as_well(world: SlapdWorld, number: int):
    world.role("mail", "post")
    before, wave = world.rights(), world.applied("ada")
    after, written = world.state(), world.doors.writes
    world.doors.then(number, lambda: frozen(world))
    assert world.rung("wave", "undo", wave).code == 1
    assert world.doors.writes == written + number
    never_less([world.state()], COMPANY, after, before, THROUGH_THE_ROLE)
    thawed(world)
    world.done("wave", "undo", wave)
    assert world.rights() == before


def test_while_frozen_nothing_is_begun(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.approved("ada")
    frozen(world)
    assert "frozen" in world.rung("wave", "apply", wave).err
    assert world.done("wave", "show", wave)["state"] == "approved"


def left(world: SlapdWorld) -> None:
    world.mark("ada", employeeType="leaver")


def cut(world: SlapdWorld) -> None:
    world.server.take(right_dn("post"), role_dn("clerk"))


def put_out(world: SlapdWorld) -> None:
    world.server.take(role_dn("clerk"), person_dn("ada"))


@pytest.mark.parametrize(
    ("what", "end"),
    [(left, {"post"}), (cut, {"mail", "post"}), (put_out, {"mail", "post"})],
)
def test_what_others_changed_while_a_switch_stood_still_makes_it_step_back(
    world: SlapdWorld, what, end: set[str]
):
    world.role("mail", "post")
    wave = world.approved("ada")
    world.doors.then(
        5, lambda: frozen(world)
    )  # the role is on, mail is off, post is still on
    world.rung("wave", "apply", wave)
    assert world.member_of("ada") == {"clerk", "post"}
    what(world)
    thawed(world)
    told = world.done("wave", "apply", wave, code=3)
    assert told["people"][0]["state"] == "failed"
    assert world.member_of("ada") == end


def test_what_others_do_while_a_switch_stands_still_is_not_claimed(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.approved("ada")
    world.doors.then(
        5, lambda: frozen(world)
    )  # the role is on, mail is off, post was only intended
    world.rung("wave", "apply", wave)
    world.server.take(right_dn("post"), person_dn("ada"))
    thawed(world)
    world.done("wave", "apply", wave)
    told = world.done("wave", "undo", wave)
    assert world.member_of("ada") == {"mail"}
    assert told["people"][0]["others"] == ["no longer in post"]


# Away.


@pytest.mark.parametrize("number", [2, 5])
def test_a_directory_that_vanishes_in_the_middle_is_told_and_the_wave_goes_on_when_it_is_back(
    world: SlapdWorld, number: int
):
    world.role("mail", "post")
    before, wave = world.rights(), world.approved("ada", "ben")
    world.doors.then(number, world.server.kill)
    done = world.rung("wave", "apply", wave)
    assert done.code == 4
    assert "Nothing is lost" in done.err and done.err.count("\nrung: ") <= 1
    assert world.done("wave", "show", wave)["state"] == "applying"
    assert world.rung("wave", "apply", wave).code == 4
    world.server.resume()
    world.done("wave", "apply", wave)
    assert set(world.states(wave).values()) == {"soaking"}
    world.undone(wave)
    assert world.rights() == before


def test_a_directory_that_vanishes_during_an_undo_gets_everything_back_later(
    world: SlapdWorld,
):
    world.role("mail", "post")
    before, wave = world.rights(), world.applied("ada")
    world.doors.then(2, world.server.kill)
    assert world.rung("wave", "undo", wave).code == 4
    world.server.resume()
    world.done("wave", "undo", wave)
    assert world.rights() == before


def test_the_worker_takes_a_wave_up_again_by_itself(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.approved("ada")
    world.doors.then(4, world.server.kill)
    assert world.rung("wave", "apply", wave).code == 4
    assert not run_due_waves(world.parts)
    world.server.resume()
    assert run_due_waves(world.parts)
    assert world.states(wave) == {"ada": "soaking"}


# Lost requests and answers.


@pytest.mark.parametrize("operation", [ADD, MODIFY])
@pytest.mark.parametrize("what", ["lose_answer", "lose_request"])
def test_nothing_is_done_twice_when_the_connection_breaks(
    settings: Settings, clock: Clock, what: str, operation: int
):
    with Slapd() as server, ChaosProxy(server.port) as proxy:
        server.add(company_ldif(COMPANY))
        with on_server(
            server, settings, clock, connection=server.connection(url=proxy.url)
        ) as world:
            world.role("mail", "post")
            before, moments = world.rights(), []
            wave = world.approved("ada")
            due = {
                ADD: lambda number: number == 1,
                MODIFY: lambda number: number % 2 == 0,
            }[operation]
            world.doors.before = lambda number: (
                getattr(proxy, what)(operation) if due(number) else None
            )
            world.doors.meanwhile = lambda _number: moments.append(world.state())
            world.done("wave", "apply", wave)
            assert world.member_of("ada") == {"clerk"}
            world.undone(wave)
            assert world.rights() == before
            never_less(moments, COMPANY, before, before, THROUGH_THE_ROLE)
            proofs = {
                step["proof"] for step in world.done("wave", "steps", wave)["steps"]
            }
            assert ("reconciled" in proofs) == (what == "lose_answer")


def test_a_connection_that_breaks_at_every_request_is_given_up_and_taken_up_later(
    settings: Settings, clock: Clock
):
    with Slapd() as server, ChaosProxy(server.port) as proxy:
        server.add(company_ldif(COMPANY))
        with on_server(
            server, settings, clock, connection=server.connection(url=proxy.url)
        ) as world:
            world.role("mail", "post")
            wave = world.approved("ada")
            world.doors.before = lambda _number: proxy.lose_request(MODIFY)
            assert "keeps losing requests" in world.rung("wave", "apply", wave).err
            world.doors.before = lambda _number: None
            world.done("wave", "apply", wave)
            assert world.member_of("ada") == {"clerk"}


# Two workers, and orders given meanwhile.


def test_of_two_workers_at_once_one_writes(world: SlapdWorld):
    world.role("mail", "post")
    wave = int(world.approved("ada", "ben", "cyd"))
    with world.parts.database.write() as session:
        apply(acting(session, "olga", world.parts.now(), world.parts.settings), wave)
    together, wrote = threading.Barrier(2), []

    def work() -> None:
        together.wait()
        wrote.append(run_wave(world.parts, wave))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(wrote) == [False, True]
    steps = world.done("wave", "steps", str(wave))["steps"]
    assert len(steps) == 12
    assert world.doors.writes == 9  # ben and cyd travel together
    assert {step["proof"] for step in steps} == {"acked"}


def test_a_worker_that_was_thought_dead_finds_itself_fenced_off(
    world: SlapdWorld, clock: Clock
):
    world.role("mail", "post")
    before, wave = world.rights(), int(world.approved("ada", "ben"))
    with world.parts.database.write() as session:
        apply(acting(session, "olga", world.parts.now(), world.parts.settings), wave)

    def another_takes_over() -> None:
        clock.forward(seconds=world.parts.settings.lease_seconds + 1)
        assert run_wave(world.parts, wave)

    world.doors.then(5, another_takes_over)
    assert not run_wave(world.parts, wave)
    assert world.doors.writes == 9
    assert world.states(str(wave)) == {"ada": "soaking", "ben": "soaking"}
    world.undone(str(wave))
    assert world.rights() == before


@pytest.mark.parametrize("number", [1, 4, 5, 8])
def test_an_undo_asked_for_in_the_middle_is_heard_before_the_next_write(
    world: SlapdWorld, number: int
):
    world.role("mail", "post")
    before, wave = world.rights(), world.approved("ada", "ben")

    def ask() -> None:
        with world.parts.database.write() as session:
            undo(acting(session, "olga", world.parts.now()), int(wave))

    world.doors.then(number, ask)
    world.done("wave", "apply", wave)
    assert world.states(wave) == {"ada": "undone", "ben": "undone"}
    assert world.rights() == before


@pytest.mark.parametrize("number", [4, 6])
def test_one_person_can_be_taken_back_while_the_rest_go_on(
    world: SlapdWorld, number: int
):
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    with world.parts.database.read() as session:
        ada = next(
            s.person_id
            for s in get_wave(session, int(wave)).switches
            if s.person.uid == "ada"
        )

    def ask() -> None:
        with world.parts.database.write() as session:
            undo(acting(session, "olga", world.parts.now()), int(wave), ada)

    world.doors.then(number, ask)
    world.done("wave", "apply", wave)
    assert world.states(wave) == {"ada": "undone", "ben": "soaking"}
    assert world.member_of("ada") == {"mail", "post"}
    assert world.member_of("ben") == {"clerk"}
    assert world.state()[role_dn("clerk")] == (PLACEHOLDER, person_dn("ben"))
