"""A notice of the browser for what begins to wait, in a real Chromium that allows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.core.waiting import Wait
from tests.insight.today.scenes import ME, SCENES
from tests.pages import Pages
from tests.serving import served
from tests.tabs import signed_in_tab

pytestmark = pytest.mark.browser

KEEPS_WHAT_WAS_SHOWN = """
window.shown = [];
window.Notification = class extends window.Notification {
  constructor(title, options) {
    super(title, options);
    window.shown.push([title, options.body]);
  }
};
"""


@pytest.fixture
def tab(app: Flask, chromium: Browser) -> Iterator[Page]:
    Pages(app).as_operator(ME)
    with (
        served(app) as address,
        signed_in_tab(
            app, chromium, address, name=ME, permissions=["notifications"]
        ) as page,
    ):
        page.add_init_script(KEEPS_WHAT_WAS_SHOWN)
        yield page


def choose(tab: Page, wanted: bool) -> None:
    tab.goto("/account")
    tab.locator("#here").set_checked(wanted)
    tab.locator("#notices-form button[type=submit]").click()
    expect(tab.locator("#told")).to_contain_text("You are told as you chose.")


def looked(tab: Page) -> list[list[str]]:
    """Open a page, wait until it has asked what waits, and return the notices it made."""
    with tab.expect_response("**/today/lines"):
        tab.goto("/account")
    tab.wait_for_function("localStorage.getItem('rung-waits') !== null")
    tab.wait_for_timeout(300)
    shown: list[list[str]] = tab.evaluate("window.shown")
    return shown


def test_what_begins_to_wait_makes_one_notice_and_no_second(
    app: Flask, tab: Page, settings: Settings
) -> None:
    parts: Parts = app.extensions[KEY]
    SCENES[Wait.PROMISE](parts.database, settings)
    choose(tab, True)
    assert tab.evaluate("Notification.permission") == "granted"
    assert looked(tab) == []
    SCENES[Wait.STEP](parts.database, settings)
    ((verb, _text),) = looked(tab)
    assert verb == "Next step"
    assert looked(tab) == []


def test_who_did_not_ask_for_notices_gets_none(
    app: Flask, tab: Page, settings: Settings
) -> None:
    parts: Parts = app.extensions[KEY]
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    for wanted in (True, False):
        choose(tab, wanted)
    asked.clear()
    SCENES[Wait.STEP](parts.database, settings)
    tab.goto("/")
    tab.wait_for_timeout(500)
    assert tab.evaluate("window.shown") == []
    assert not [url for url in asked if "/today/lines" in url]
