"""The page on which a wave is armed: what was checked, the terms, the notice to its people."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.parts import KEY
from app.core.settings import Settings
from app.messages.actions.channels import ChannelDraft, add_channel
from app.models.messages import ChannelKind, Message
from tests.access.builders import MONDAY, World, a_world
from tests.acting import acting
from tests.pages import Pages

HELD = {"ada": "mail post", "cyd": "mail post"}
MAIL = {"ada": {"mail": "ada@acme.test"}}


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    database = app.extensions[KEY].database
    world = a_world(database, HELD, plans=settings.plans, people=MAIL)
    world.role()
    world.approve(world.wave(1, "ada", "cyd"), settings, by="bob")
    return world


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("ben")


def test_a_wave_is_armed_with_its_terms_and_disarmed(browser: Pages, world: World):
    assert "Arm it for later" in browser.get("/waves/1").content
    page = browser.get("/waves/1/arm")
    assert "2 of at most" in page.content and "wave-1-reverse.ldif" in page.content
    assert "1 of 2 have a mail address" in page.content
    page = browser.submit("/waves/1/arm", opens="2030-01-01 09:00", failed="1")
    assert "Armed by ben; it begins by itself." in page.content
    assert "0 of 2 could not be moved; stops at 1." in page.content
    page = browser.post("/waves/1/disarm")
    assert "Disarmed. The plan stays approved." in page.told


def test_a_window_that_is_over_or_no_moment_is_named_at_its_field(
    browser: Pages, world: World
):
    browser.get("/waves/1/arm")
    page = browser.submit("/waves/1/arm", closes="2020-01-01 09:00", status=422)
    assert "This moment is over." in page.content
    assert page.root.one(id="closes").attrs["value"] == "2020-01-01 09:00"
    page = browser.submit("/waves/1/arm", opens="soon", status=422)
    assert "soon" in page.content


def test_its_people_are_told_by_mail(
    app: Flask, browser: Pages, world: World, settings: Settings
):
    browser.get("/waves/1/arm")
    page = browser.submit("/waves/1/arm", notify="y", status=422)
    assert "No channel for mail is in use." in page.content
    url = "mailto://mail.example?from=desk@demo.example&to={address}"
    draft = ChannelDraft("Mail", ChannelKind.MAIL, url)
    with world.database.write() as session:
        add_channel(
            acting(session, "ben", MONDAY, settings), draft, app.extensions[KEY].trust
        )
    browser.get("/waves/1/arm")
    browser.submit("/waves/1/arm", notify="y", subject="Tomorrow", text="It moves.")
    with world.database.read() as session:
        message = session.scalars(select(Message)).one()
        assert (message.subject, message.audience["count"]) == ("Tomorrow", 1)
