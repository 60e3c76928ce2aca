"""Pause, resume and cancel a wave and a person in the browser."""

from __future__ import annotations

import pytest
from flask import Flask

from app.access.drift.actions import Verified
from app.core.parts import KEY
from app.core.settings import Settings
from app.models.access.words import SwitchState, WaveState
from tests.access.builders import World, a_world
from tests.pages import Pages

HELD = {"ada": "mail post", "cyd": "mail post", "dot": "mail post"}


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    world = a_world(app.extensions[KEY].database, HELD, plans=settings.plans)
    world.role()
    world.approve(world.wave(1, "ada", "cyd", "dot"), settings, by="bob")
    world.put(1, SwitchState.SOAKING, WaveState.APPLYING, "ada")
    return world


@pytest.fixture(autouse=True)
def nothing_else_in_the_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the look before a confirmation find what was promised: there is no server here."""
    monkeypatch.setattr("app.access.waves.views.verify_live", lambda *_: Verified())


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("ben")


def test_a_wave_is_paused_resumed_and_its_rest_cancelled(browser: Pages, world: World):
    page = browser.get("/waves/1")
    assert "Pause the wave" in page.content
    page = browser.post("/waves/1/pause", {"reason": "The printer is odd"})
    assert "Paused by ben: The printer is odd" in page.content
    assert "2 wait to be moved, 1 are moved." in page.content
    assert page.root.one("main").one(class_="primary").text == "Resume"
    browser.post("/waves/1/pause", status=409)
    page = browser.post("/waves/1/resume")
    assert "Being applied" in page.content
    browser.post("/waves/1/pause")
    page = browser.post("/waves/1/cancel", {"reason": "Enough"})
    assert "The rest is not moved." in page.told
    assert page.content.count("Not begun when the wave was cancelled.") == 2


def test_one_person_is_paused_and_shown_in_a_lane_of_their_own(
    browser: Pages, world: World
):
    who = world.people["ada"]
    page = browser.post("/waves/1/pause", {"person": who, "reason": "No mail"})
    assert page.told.startswith("Paused: Ada.")
    rows = browser.get("/waves/1?state=paused").rows("How far each person is")
    assert len(rows) == 1 and "Paused by ben. No mail" in rows[0][1]
    page = browser.post("/waves/1/confirm", {"person": who}, status=409)
    assert "Ada is paused by ben; resume first. No mail" in page.content
    page = browser.post("/waves/1/resume", {"person": who})
    assert page.told.startswith("Ada goes on.")
    browser.post("/waves/1/resume", {"person": who}, status=409)


def test_what_waits_to_be_resumed_waits_on_the_list(browser: Pages, world: World):
    browser.post("/waves/1/pause")
    assert len(browser.get("/waves?state=waiting").rows()) == 1
    assert len(browser.get("/waves?state=paused").rows()) == 1
