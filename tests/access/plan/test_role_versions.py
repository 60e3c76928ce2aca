"""A new version of a role reaches who is in it as a wave of its own: gains and losses named,
approved, applied, proven, and taken back exactly.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.settings import Settings
from tests.access.engine.slapd_world import (
    SlapdWorld,
    company,
    never_less,
    person_dn,
    role_dn,
)
from tests.conftest import Clock
from tests.pages import Pages

HELD = {"ada": "mail post", "ben": "mail post", "cyd": "wiki news"}


@pytest.fixture(params=["nested", "materialised"])
def world(
    request: pytest.FixtureRequest, settings: Settings, clock: Clock
) -> Iterator[SlapdWorld]:
    with company(settings, clock, HELD) as world:
        world.lens("recursive")
        world.role("mail", "post", realise=request.param)
        yield world


def decided(world: SlapdWorld, wave: str) -> None:
    """Let more follow a wave: a version is a rung, which waits for the decision on the last."""
    world.done("wave", "decide", wave, "scale", "--reason", "It works")


def changed(world: SlapdWorld) -> str:
    """Give the role a new version, and plan it; W."""
    change = ("--add-right", "wiki", "--remove-right", "post")
    world.done("role", "change", "clerk", *change, "--reason", "New work")
    told = world.done("role", "version", "clerk", "--reason", "Post is over")
    return str(told["wave"])


def reaches(world: SlapdWorld, person: str) -> set[str]:
    mine, inside = world.member_of(person), set[str]()
    if "clerk" in mine:
        dn = role_dn("clerk")
        inside = {
            group.partition(",")[0].removeprefix("cn=")
            for group, values in world.state().items()
            if dn in values
        }
    return (mine | inside) - {"clerk"}


def test_a_new_version_travels_as_its_own_wave_and_comes_back_exactly(
    world: SlapdWorld, clock: Clock
):
    first = world.applied("ada", "ben")
    before = world.state()
    wave = changed(world)
    refused = world.rung("wave", "approve", wave, "--as", "olga")
    assert refused.code == 1 and "waits for its decision" in refused.err
    decided(world, first)
    assert world.state() == before
    shown = world.done("wave", "show", wave)
    for told, right in (("losses", "post"), ("gains", "wiki")):
        who = sorted((one["person"], one["right"]) for one in shown[told])
        assert who == [("ada", right), ("ben", right)]
    assert world.done("drift", "list")["drift"] == []
    moments = [before]
    world.doors.meanwhile = lambda _number: moments.append(world.state())
    world.done("wave", "approve", wave, "--as", "olga")
    clock.forward(minutes=1)
    world.done("wave", "apply", wave)
    after = world.state()
    assert reaches(world, "ada") == reaches(world, "ben") == {"mail", "wiki"}
    never_less(moments, ("ada", "ben"), before, after, ("recursive",))
    world.sync()
    assert world.done("drift", "list")["drift"] == []
    refused = world.rung("role", "version", "clerk", "--reason", "Again")
    assert refused.code == 1 and "newest version" in refused.err
    clock.forward(minutes=1)
    world.undone(wave)
    assert world.state() == before
    world.sync()
    assert world.done("drift", "list")["drift"] == []
    assert set(world.states(first).values()) == {"soaking"}


def test_one_person_is_left_out_of_a_version_or_taken_back_from_it_alone(
    world: SlapdWorld, clock: Clock
):
    decided(world, world.applied("ada", "ben"))
    change = ("--add-right", "wiki", "--remove-right", "post")
    world.done("role", "change", "clerk", *change, "--reason", "New work")
    words = ("role", "version", "clerk", "--reason", "Post is over")
    if "nested" in world.done("role", "show", "clerk")["realisation"]:
        refused = world.rung(*words, "--without", "ben")
        assert refused.code == 1 and "everybody's" in refused.err
        return

    def brought(*without: str) -> str:
        wave = str(world.done(*words, *without)["wave"])
        world.done("wave", "approve", wave, "--as", "olga")
        clock.forward(minutes=1)
        world.done("wave", "apply", wave)
        return wave

    first = brought("--without", "ben")
    assert reaches(world, "ada") == {"mail", "wiki"}
    assert reaches(world, "ben") == {"mail", "post"}
    decided(world, first)
    second = brought()
    assert reaches(world, "ben") == {"mail", "wiki"}
    clock.forward(minutes=1)
    world.done("wave", "undo", second, "--person", "ben")
    assert reaches(world, "ben") == {"mail", "post"}
    assert reaches(world, "ada") == {"mail", "wiki"}
    world.sync()
    assert world.done("drift", "list")["drift"] == []
    pages = Pages(world.app).as_operator("anna")
    assert "brings version 2" in pages.get(f"/waves/{second}").content
    assert "brings version 2" in pages.get("/waves").content
    rungs = world.done("role", "ladder", "clerk")["rungs"]
    assert [one["version"] for one in rungs][:4] == [None, 2, 2, None]
    assert [one["size"] for one in rungs][:4] == [1, None, None, 1]


def test_who_is_in_the_group_by_another_hand_keeps_a_version_back(
    world: SlapdWorld,
):
    world.applied("ada", "ben")
    world.server.put(role_dn("clerk"), person_dn("cyd"))
    world.sync()
    change = ("--add-right", "wiki", "--remove-right", "post")
    world.done("role", "change", "clerk", *change, "--reason", "New work")
    told = world.rung("role", "version", "clerk", "--reason", "Post is over")
    if "nested" in world.done("role", "show", "clerk")["realisation"]:
        assert told.code == 1 and "cyd" in told.err
    else:
        assert told.code == 0
    assert world.rung("role", "version", "clerk").code == 1


def test_the_page_names_who_is_behind_and_a_role_with_versions_goes_back_as_a_whole(
    world: SlapdWorld, clock: Clock
):
    rights = world.rights()
    decided(world, world.applied("ada", "ben"))
    change = ("--add-right", "wiki", "--remove-right", "post")
    world.done("role", "change", "clerk", *change, "--reason", "New work")
    pages = Pages(world.app).as_operator("anna")
    page = pages.get("/roles/1")
    assert "2 people in it have an older version." in page.content
    assert "They would gain wiki." in page.content
    assert "They would lose post." in page.content
    page = pages.submit("/roles/1/version", reason="Post is over")
    assert page.url == "/waves/2"
    world.done("wave", "approve", "2", "--as", "olga")
    clock.forward(minutes=1)
    world.done("wave", "apply", "2")
    assert "older version" not in pages.get("/roles/1").content
    clock.forward(minutes=1)
    assert world.done("role", "undo", "clerk")["back"] == 2
    assert world.rights() == rights
