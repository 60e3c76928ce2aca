"""At the end of every complete reading everybody who was moved is verified anew, on a real slapd:
each difference is one row, found once, and ends when it is no longer there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.settings import Settings
from tests.access.engine.slapd_world import (
    SlapdWorld,
    company,
    person_dn,
    right_dn,
    role_dn,
)
from tests.conftest import Clock


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock) as world:
        world.lens("recursive")
        world.role("mail", "post")
        yield world


def drift(world: SlapdWorld, *more: str) -> list[dict[str, Any]]:
    """Read the directory and return what is other than promised."""
    world.sync()
    found: list[dict[str, Any]] = world.done("drift", "list", *more)["drift"]
    return found


def told(world: SlapdWorld, *more: str) -> set[tuple[str, str, str]]:
    return {(one["kind"], one["who"], one["right"]) for one in drift(world, *more)}


def test_whoever_has_what_was_promised_has_no_row(world: SlapdWorld):
    world.applied("ada", "ben")
    assert drift(world) == []
    assert world.done("drift", "list", "--check") == {"drift": []}


def test_each_thing_others_change_is_one_row_however_often_the_directory_is_read(
    world: SlapdWorld,
):
    world.applied("ada", "ben", "cyd")
    world.server.put(right_dn("mail"), person_dn("ada"))
    world.server.take(role_dn("clerk"), person_dn("ben"))
    world.server.take(right_dn("wiki"), person_dn("cyd"))
    world.server.put(role_dn("clerk"), person_dn("eve"))
    expected = {
        ("direct came back", "ada", "mail"),
        ("out of the role", "ben", "clerk"),
        ("right lost", "cyd", "wiki"),
        ("stranger in role", "eve", "clerk"),
    }
    first = drift(world)
    assert {(one["kind"], one["who"], one["right"]) for one in first} == expected
    again = drift(world)
    assert [one["drift"] for one in again] == [one["drift"] for one in first]
    world.done("drift", "list", "--check", code=3)


def test_a_link_of_the_role_cut_by_hand_is_one_row_and_not_one_a_person(
    world: SlapdWorld,
):
    world.applied("ada", "ben")
    world.server.take(right_dn("post"), role_dn("clerk"))
    assert told(world) == {("role link cut", "", "post")}


def test_a_group_that_is_gone_is_one_row(world: SlapdWorld):
    world.applied("ada", "ben", "cyd")
    world.server.delete(right_dn("post"))
    world.server.delete(right_dn("wiki"))
    assert told(world) == {("group gone", "", "post"), ("group gone", "", "wiki")}


def test_the_role_group_that_is_gone_is_one_row(world: SlapdWorld):
    world.applied("ada", "ben")
    world.server.delete(role_dn("clerk"))
    assert {(kind, right) for kind, _, right in told(world)} == {
        ("group gone", "clerk")
    }


def test_what_is_put_right_by_hand_ends_by_itself_and_comes_again_as_another_row(
    world: SlapdWorld,
):
    world.applied("ada")
    world.server.put(right_dn("mail"), person_dn("ada"))
    [first] = drift(world)
    world.server.take(right_dn("mail"), person_dn("ada"))
    assert drift(world) == []
    [over] = drift(world, "--state", "gone by itself")
    assert (over["drift"], over["ended_at"] is not None) == (first["drift"], True)
    world.server.put(right_dn("mail"), person_dn("ada"))
    [second] = drift(world)
    assert second["drift"] != first["drift"]


def test_who_was_taken_back_ends_the_difference_as_undone(world: SlapdWorld):
    wave = world.applied("ada", "ben")
    world.server.take(role_dn("clerk"), person_dn("ben"))
    drift(world)
    world.done("wave", "undo", wave, "--person", "ben")
    assert drift(world) == []
    assert told(world, "--state", "undone") == {("out of the role", "ben", "clerk")}


def test_somebody_on_the_way_is_not_looked_at_and_a_leaver_is_none(world: SlapdWorld):
    world.applied("ada")
    world.server.delete(person_dn("ada"))
    assert drift(world) == []


def test_a_reading_that_is_refused_changes_nothing(world: SlapdWorld):
    world.applied("ada", "ben")
    world.server.put(right_dn("mail"), person_dn("ada"))
    [before] = drift(world)
    for name in ("mail", "post", "wiki"):
        world.server.delete(right_dn(name))
    world.rung("sync", "--full")
    found = world.done("drift", "list", "--state", "all")["drift"]
    assert [one["drift"] for one in found] == [before["drift"]]
    assert found[0]["last_seen"] == before["last_seen"]


def test_each_new_difference_has_its_event_in_the_trail(world: SlapdWorld):
    world.applied("ada")
    world.server.put(right_dn("mail"), person_dn("ada"))
    drift(world)
    drift(world)
    found = select(AuditEvent.label).where(AuditEvent.action == "drift.find")
    with world.parts.database.read() as session:
        assert session.scalars(found).all() == ["ada is in mail directly again."]
