"""Every stop rule ends a wave after a person and while it waits, with its arithmetic; a refusal by
the server is one who could not be moved, and the rule decides about the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.access.undo.actions import undo
from app.access.waves.running import run_due_waves
from app.core.settings import Settings
from app.models.incidents.incident import Incident
from app.models.people import Person
from tests.access.engine.slapd_world import (
    SlapdWorld,
    company,
    one_packet_a_window,
    person_dn,
    right_dn,
    role_dn,
)
from tests.acting import acting
from tests.conftest import Clock
from tests.ldap_sync.servers import WRITER

RIGHTS = ("mail", "post")
FIRST, SECOND = ("a0", "a1", "a2", "a3"), ("b0", "b1", "b2", "b3")
HELD = dict.fromkeys((*FIRST, *SECOND), " ".join(RIGHTS))
LOCKED_IN = f"""access to attrs=userPassword by anonymous auth by * none
access to dn.exact="{right_dn("post")}" attrs=member val.regex="^uid=a[01]," by * read
access to * by dn.exact="{WRITER}" write by * read
"""
"""Nobody may take two of them out of a right: the server refuses it for them alone."""


@pytest.fixture
def world(
    request: pytest.FixtureRequest, settings: Settings, clock: Clock
) -> Iterator[SlapdWorld]:
    access = getattr(request, "param", "")
    with company(replace(settings, batch_size=1), clock, HELD, access=access) as world:
        world.role(*RIGHTS)
        yield world


locked = pytest.mark.parametrize("world", [LOCKED_IN], indirect=True)


def armed(world: SlapdWorld, *people: str, words: str = "--canary nothing") -> str:
    wave = world.approved(*people)
    world.done("wave", "arm", wave, *words.split())
    return wave


def paused_by(world: SlapdWorld, wave: str) -> str:
    told = world.done("wave", "status", wave)
    assert told["state"] == "paused", told["message"]
    return str(told["message"])


def robbed(world: SlapdWorld, wave: str, person: str) -> None:
    world.server.take(role_dn("clerk"), person_dn(person))
    world.sync()


def taken_back(world: SlapdWorld, wave: str, person: str) -> None:
    with world.parts.database.write() as session:
        act = acting(session, "olga", world.parts.now(), world.parts.settings)
        undo(act, int(wave), _number(world, person))


def calls(world: SlapdWorld, wave: str, person: str) -> None:
    number = _number(world, person)
    later = world.parts.now() + timedelta(minutes=1)
    with world.parts.database.write() as session:
        session.info["audit_events"] = 1
        for call in range(2):
            session.add(
                Incident(
                    title="It is gone",
                    person_id=number,
                    reported_at=later,
                    target_at=later,
                    mail_token=f"{wave}{call}",
                    created_by="anna",
                    touched_at=later,
                )
            )


def _number(world: SlapdWorld, person: str) -> int:
    with world.parts.database.read() as session:
        return session.scalars(select(Person.id).where(Person.uid == person)).one()


ROBBED = "1 differences by another hand; stops at 1."
CALLED = "2 incidents of people moved in "
RULES = {
    "drift": (robbed, ROBBED, ROBBED),
    "undone": (
        taken_back,
        "1 of 2 moved were taken back, 50%; stops above 20%.",
        "1 of 1 moved were taken back, 100%; stops above 20%.",
    ),
    "incidents": (calls, CALLED, CALLED),
}
"""What befalls a person that was moved, and what is said after the second one and while only the
first one is there.
"""


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_stops_a_wave_after_a_person_and_while_it_waits(
    world: SlapdWorld, monkeypatch: pytest.MonkeyPatch, rule: str
):
    one_packet_a_window(monkeypatch)
    befall, after, meanwhile = RULES[rule]
    moving = armed(world, *FIRST)
    _then(world, lambda: befall(world, moving, "a0"))
    run_due_waves(world.parts)
    assert after in paused_by(world, moving)
    states = world.states(moving)
    assert states["a2"] == states["a3"] == "approved"

    waiting = armed(world, *SECOND, words="--canary seen")
    run_due_waves(world.parts)
    assert world.done("wave", "status", waiting)["state"] == "canary"
    befall(world, waiting, "b0")
    run_due_waves(world.parts)
    assert meanwhile in paused_by(world, waiting)
    assert {*world.states(waiting).values()} >= {"approved"}


def _then(world: SlapdWorld, deed: Callable[[], object]) -> None:
    """Let something happen while the second person is moved: the role's two links, the first
    person's three changes, and the first one of the second are through by then.
    """
    world.doors.then(7, deed)


@locked
def test_whoever_the_server_refuses_is_one_and_the_others_go_on(world: SlapdWorld):
    rights = world.rights()
    wave = armed(world, "b0", "a0", "b1", "b2")
    run_due_waves(world.parts)
    told = world.done("wave", "status", wave)
    assert (told["state"], told["lanes"]) == ("soaking", {"soaking": 3, "failed": 1})
    people = {one["person"]: one for one in world.done("wave", "show", wave)["people"]}
    assert "may not change cn=post" in people["a0"]["reason"]
    assert world.member_of("a0") >= {*RIGHTS}
    world.undone(wave)
    assert world.rights() == rights


@locked
def test_so_many_refusals_as_the_rule_says_stop_the_wave(world: SlapdWorld):
    wave = armed(world, "a0", "b0", "a1", "b1")
    run_due_waves(world.parts)
    assert "2 of 4 could not be moved; stops at 2." in paused_by(world, wave)
    assert [*world.states(wave).values()] == ["failed", "soaking", "failed", "approved"]


@locked
def test_a_refusal_of_the_last_one_is_weighed_while_the_wave_waits(world: SlapdWorld):
    words = "--canary nothing --stop-failed 1"
    wave = armed(world, "b0", "a0", words=words)
    run_due_waves(world.parts)
    run_due_waves(world.parts)
    assert "1 of 2 could not be moved; stops at 1." in paused_by(world, wave)
    assert [*world.states(wave).values()] == ["soaking", "failed"]
