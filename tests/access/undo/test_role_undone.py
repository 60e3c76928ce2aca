"""A role is taken back from everybody in one deed: wave after wave, the newest first, through the
same journal, and on after a crash.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.access.undo.whole import run_role_undos
from app.access.waves.running import run_due_waves
from app.core.settings import Settings
from app.models.access.wave import Step
from tests.access.engine.slapd_world import SlapdWorld, company, person_dn, right_dn
from tests.conftest import Clock
from tests.pages import Pages

RIGHTS = ("mail", "post", "wiki")
PEOPLE = ("p0", "p1", "p2", "p3")


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    held = dict.fromkeys(PEOPLE, " ".join(RIGHTS))
    with company(settings, clock, held) as world:
        world.role(*RIGHTS)
        yield world


def moved(world: SlapdWorld) -> tuple[str, str]:
    first = world.applied("p0")
    world.done("wave", "confirm", first, "--note", "Seen")
    return first, world.applied("p1", "p2")


def sweep(world: SlapdWorld) -> None:
    """Let the worker do what is due, as often as it comes further."""
    while run_role_undos(world.parts) | run_due_waves(world.parts):
        pass


def taken_back_in_order(world: SlapdWorld) -> list[int]:
    back = select(Step.wave_id).where(
        Step.reverses_id.is_not(None), Step.switch_id.is_not(None)
    )
    with world.parts.database.read() as session:
        waves = session.scalars(back.order_by(Step.intent_at, Step.id))
        return list(dict.fromkeys(waves))


def test_everybody_is_taken_back_the_newest_wave_first(world: SlapdWorld, clock: Clock):
    rights = world.rights()
    first, second = moved(world)
    armed = world.approved("p3")
    world.done("wave", "arm", armed, "--opens", "2027-01-01 09:00")
    told = world.done("role", "undo", "clerk", "--preview")
    assert (told["people"], told["armed"]) == (3, 1)
    assert [str(one["wave"]) for one in told["waves"]] == [second, first]
    assert [one["clean"] for one in told["waves"]] == [2, 1]
    told = world.done("role", "undo", "clerk", "--reason", "The role is wrong")
    assert (told["back"], told["under_way"], told["conflicts"]) == (3, 0, [])
    assert world.rights() == rights
    assert taken_back_in_order(world) == [int(second), int(first)]
    assert world.done("wave", "status", armed)["state"] == "approved"
    assert "Nobody was moved" in world.rung("role", "undo", "clerk").err
    assert world.done("audit", "verify")["whole"]


def test_the_worker_goes_on_where_another_one_died_between_two_waves(
    world: SlapdWorld,
):
    rights = world.rights()
    moved(world)
    world.done("role", "undo", "clerk", "--detach")
    run_due_waves(world.parts)  # the next one never came to the second wave
    assert world.rights() != rights
    told = world.rung("role", "undo", "clerk", "--preview", "--json").json
    assert told["people"] == 1
    sweep(world)
    assert world.rights() == rights


def test_all_values_of_a_kind_are_decided_at_once_over_all_waves(world: SlapdWorld):
    moved(world)
    for name in ("p0", "p1", "p2"):
        world.server.put(right_dn("mail"), person_dn(name))
    world.server.delete(right_dn("wiki"))
    pages = Pages(world.app).as_operator("anna")
    page = pages.get("/roles/1/undo")
    assert "3 people are taken back" in page.content
    assert "3 impossible" in page.content
    page = pages.submit(button="Undo clerk", **{"all-gone": "theirs"}, reason="Gone")
    assert page.url == "/roles/1" and "wave after wave" in page.told
    sweep(world)
    for name in ("p0", "p1", "p2"):
        assert world.member_of(name) == {"mail", "post"}
    assert "Nothing to undo" in pages.get("/roles/1/undo").content


def test_who_is_on_the_way_in_another_role_is_passed_by_and_named(
    world: SlapdWorld, clock: Clock
):
    world.role("mail", name="reader")
    moved(world)
    both = ("--reason", "Both roles at once")
    other = world.approved("p0", role="reader", more=both)
    told = world.done("role", "undo", "clerk", code=3)
    assert told["back"] == 2
    assert told["passed"] == ["p0 is in wave 1 of reader; finish that one first."]
    world.done("wave", "withdraw", other)
    clock.forward(minutes=1)
    assert world.done("role", "undo", "clerk")["back"] == 1
