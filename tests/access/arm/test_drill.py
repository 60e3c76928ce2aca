"""A test account is moved up and down through the same engine, and how long it took is told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import select

from app.access.arm.drill import DrillOrder, run_drill, undo_told
from app.core.audit import AuditEvent
from app.core.errors import Refused
from app.core.settings import Settings
from tests.access.builders import an_operator
from tests.access.engine.slapd_world import SlapdWorld, company
from tests.conftest import Clock
from tests.pages import Pages

RIGHTS = ("mail", "post")


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    held = {"p0": "mail post", "p1": "mail post", "test": "mail"}
    with company(settings, clock, held) as world:
        world.role(*RIGHTS)
        yield world


def test_the_way_back_is_proven_on_a_test_account(world: SlapdWorld, clock: Clock):
    home = world.done("directory", "list")["directories"][0]["name"]
    assert world.rung("drill", home, "--person", "test").code == 1
    world.done("wave", "apply", world.approved("p0"))
    rights = world.rights()
    assert world.rung("drill", home).code == 1
    told = world.done("drill", home, "--person", "test")
    assert told["trouble"] == "" and told["down_seconds"] > 0
    assert world.rights() == rights
    assert world.states(str(told["wave"])) == {"test": "undone"}
    shown = world.done("wave", "show", str(told["wave"]))
    assert shown["approved"]["by"] == "Rung" and shown["approved"]["self"]
    page = Pages(world.app).as_operator("anna").get(f"/waves/{told['wave']}")
    assert "itself: a drill of one named test account" in page.content
    with world.parts.database.read() as session:
        asked = AuditEvent.action == "wave.drill"
        event = session.scalars(select(AuditEvent).where(asked)).one()
        assert event.label.startswith("The drill approves its own wave: test alone")
        assert event.reason.endswith("asked for it")
    clock.forward(days=2)
    assert world.done("drill", home)["wave"] != told["wave"]


def test_somebody_taken_back_in_earnest_proves_the_way_back_as_a_drill_does(
    world: SlapdWorld, clock: Clock
):
    told = partial(undo_told, directory_id=world.home)
    with world.parts.database.read() as session:
        assert told(session, now=clock()).startswith("No undo was drilled")
    wave = world.applied("p0")
    world.undone(wave)
    clock.forward(days=2)
    with world.parts.database.read() as session:
        assert told(session, now=clock()).startswith("Last proven undo: 2 days ago, p0")


def test_who_drills_has_an_account_of_their_own(world: SlapdWorld):
    an_operator(world.parts.database, "shared", person_uid="")
    order = DrillOrder(world.home, 1, None, "shared")
    with pytest.raises(Refused, match="cannot drill"):
        run_drill(world.parts, order)
