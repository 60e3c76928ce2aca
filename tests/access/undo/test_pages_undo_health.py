"""The page that tells how every open undo would go, and decisions for all of a kind."""

from __future__ import annotations

import pytest
from flask import Flask

from app.access.undo.forms import UndoForm
from app.core.parts import KEY
from app.core.settings import Settings
from app.models.access.looked import UndoLook, UndoOutcome
from app.models.access.words import SwitchState, WaveState
from tests.access.builders import MONDAY, World, a_world
from tests.pages import Pages

HELD = {"ada": "mail post", "cyd": "mail post", "dot": "mail post"}


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    world = a_world(app.extensions[KEY].database, HELD, plans=settings.plans)
    world.role()
    world.approve(world.wave(1, "ada", "cyd", "dot"), settings, by="bob")
    return world


def test_the_worst_stands_first_and_is_narrowed_down(app: Flask, world: World):
    browser = Pages(app).as_operator("ben")
    assert "Nobody is moved" in browser.get("/undo-health").content
    world.put(1, SwitchState.SOAKING, WaveState.SOAKING)
    with world.database.write() as session:
        clean = UndoLook(switch_id=1, looked_at=MONDAY, outcome=UndoOutcome.CLEAN)
        gone = UndoLook(switch_id=2, looked_at=MONDAY, outcome=UndoOutcome.IMPOSSIBLE)
        gone.why = "Could not come back into mail: gone."
        session.add_all([clean, gone])
    page = browser.get("/undo-health")
    told = "Of 3 open undos 1 are clean, 0 meet conflicts, 1 are impossible, 1 were"
    assert told in page.content
    assert [row[0] for row in page.rows()] == ["Cyd", "Ada", "Dot"]
    assert "Could not come back into mail: gone." in page.rows()[0][2]
    assert len(browser.get("/undo-health?state=impossible").rows()) == 1
    assert len(browser.get("/undo-health?state=unknown").rows()) == 1
    assert "No undo fits" in browser.get("/undo-health?state=conflicts").content


def test_what_is_said_for_all_of_a_kind_holds_unless_it_was_said_for_one(app: Flask):
    typed = {"of-gone": "1,2,3", "all-gone": "theirs", "decide-2": "ours"}
    with app.test_request_context(method="POST", data=typed):
        said = UndoForm(meta={"csrf": False}).decisions()
    assert said == {"*": "skip", "1": "theirs", "2": "ours", "3": "theirs"}
    typed = {"of-gone": "1,2", "all-gone": "", "decide-1": "theirs"}
    with app.test_request_context(method="POST", data=typed):
        said = UndoForm(meta={"csrf": False}).decisions()
    assert said == {"*": "skip", "1": "theirs"}
