"""Nothing typed is lost and nothing is done twice, in a real Chromium: no connection, a page of a
proxy, an ended session, a double click, Back, a page left before it was saved.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import func, select

from app.core.parts import KEY, Parts
from app.models.knowledge import Article
from tests.conftest import Clock
from tests.pages import PASSWORD, Pages
from tests.serving import served
from tests.tabs import signed_in_tab

pytestmark = pytest.mark.browser

NEW = "/knowledge/new"
TEXT = "The screen stays black after the cable was wet."


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as found:
        yield found


@pytest.fixture
def tab(app: Flask, address: str, chromium: Browser) -> Iterator[Page]:
    with signed_in_tab(app, chromium, address) as page:
        yield page


@pytest.fixture
def plain_tab(app: Flask, address: str, chromium: Browser) -> Iterator[Page]:
    with signed_in_tab(app, chromium, address, java_script_enabled=False) as page:
        yield page


def write(tab: Page) -> None:
    tab.goto(NEW)
    tab.fill("#title", "Wet cable")
    tab.fill("#issue", TEXT)


def save(tab: Page) -> None:
    tab.click("main form button[type=submit]")


def saved(tab: Page) -> None:
    tab.wait_for_url("**/knowledge/1")
    expect(tab.locator("#told")).to_contain_text("work in progress")
    expect(tab.locator("main")).to_contain_text(TEXT)


def articles(app: Flask) -> int:
    parts: Parts = app.extensions[KEY]
    with parts.database.read() as session:
        return session.scalar(select(func.count(Article.id))) or 0


def test_without_a_connection_the_text_stays_and_trying_again_saves_it(
    app: Flask, tab: Page
) -> None:
    write(tab)
    tab.context.set_offline(True)
    save(tab)
    expect(tab.locator("#sending")).to_contain_text(
        "Not saved: no connection. Your text is still here."
    )
    expect(tab.locator("#issue")).to_have_value(TEXT)
    tab.context.set_offline(False)
    tab.click("text=Try again")
    saved(tab)
    assert articles(app) == 1


def test_a_page_of_a_proxy_is_never_shown_in_place_of_the_form(
    app: Flask, tab: Page
) -> None:
    def bad_gateway(route: Route) -> None:
        route.fulfill(status=502, body="<h1>Bad gateway</h1>", content_type="text/html")

    write(tab)
    tab.route(f"**{NEW}", bad_gateway)
    save(tab)
    expect(tab.locator("#sending")).to_contain_text("Not saved: Rung did not answer.")
    expect(tab.locator("#issue")).to_have_value(TEXT)
    expect(tab.locator("h1")).not_to_have_text("Bad gateway")
    tab.unroute(f"**{NEW}")
    tab.click("text=Try again")
    saved(tab)
    assert articles(app) == 1


def test_an_answer_lost_on_its_way_back_is_told_by_trying_again(
    app: Flask, tab: Page
) -> None:
    def answer_lost(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    write(tab)
    tab.route(f"**{NEW}", answer_lost)
    save(tab)
    expect(tab.locator("#sending")).to_be_visible()
    tab.unroute(f"**{NEW}")
    tab.click("text=Try again")
    saved(tab)
    assert articles(app) == 1


def test_after_an_ended_session_the_sign_in_lies_over_the_page_and_the_text_is_saved(
    app: Flask, tab: Page, clock: Clock
) -> None:
    write(tab)
    clock.forward(hours=13)
    save(tab)
    dialog = tab.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_contain_text("What you typed is still here")
    expect(tab.locator("#issue")).to_have_value(TEXT)
    sign_in_over(tab, "anna", "a wrong password")
    expect(dialog).to_contain_text("Name or password is wrong.")
    sign_in_over(tab, "anna", PASSWORD)
    saved(tab)
    assert articles(app) == 1


def test_another_person_who_signs_in_over_the_page_does_not_send_it(
    app: Flask, tab: Page, clock: Clock
) -> None:
    write(tab)
    clock.forward(hours=13)
    Pages(app).as_operator("ben")
    save(tab)
    sign_in_over(tab, "ben", PASSWORD)
    expect(tab.locator("#told")).to_contain_text("was not sent")
    assert articles(app) == 0


def sign_in_over(tab: Page, name: str, password: str) -> None:
    dialog = tab.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Password").fill(password)
    dialog.get_by_role("button", name="Sign in and go on").click()


def test_without_script_what_was_sent_after_the_session_ended_goes_on_after_signing_in(
    app: Flask, plain_tab: Page, clock: Clock
) -> None:
    tab = plain_tab
    write(tab)
    clock.forward(hours=13)
    save(tab)
    expect(tab.locator("main")).to_contain_text("What you sent is not lost")
    sign_in_plainly(tab, "anna", "a wrong password")
    expect(tab.locator("#proof-error")).to_have_text("Name or password is wrong.")
    sign_in_plainly(tab, "anna", PASSWORD)
    saved(tab)
    assert articles(app) == 1


def test_without_script_another_person_does_not_send_it(
    app: Flask, plain_tab: Page, clock: Clock
) -> None:
    write(plain_tab)
    clock.forward(hours=13)
    Pages(app).as_operator("ben")
    save(plain_tab)
    sign_in_plainly(plain_tab, "ben", PASSWORD)
    expect(plain_tab.locator("#told")).to_contain_text("was not sent")
    assert articles(app) == 0


def sign_in_plainly(tab: Page, name: str, password: str) -> None:
    tab.fill("#again-name", name)
    tab.fill("#proof", password)
    tab.click("main form button[type=submit]")


def test_a_double_click_on_a_slow_line_saves_once_and_says_that_it_is_saving(
    app: Flask, tab: Page
) -> None:
    arrived: list[float] = []

    def slowly(route: Route) -> None:
        arrived.append(time.monotonic())
        tab.wait_for_timeout(1500)
        route.continue_()

    write(tab)
    tab.route(f"**{NEW}", slowly)
    button = tab.locator("main form button[type=submit]")
    button.dblclick(no_wait_after=True)
    saved(tab)
    assert (len(arrived), articles(app)) == (1, 1)


def test_a_slow_form_is_locked_and_says_so(tab: Page) -> None:
    held: list[Route] = []
    write(tab)
    tab.route(f"**{NEW}", lambda route: held.append(route))
    save(tab)
    button = tab.locator("main form button[type=submit]")
    expect(button).to_be_disabled()
    expect(button).to_have_text("Saving…")
    expect(tab.locator("html")).to_have_attribute("data-sending", "long")
    held[0].continue_()
    saved(tab)


def test_back_shows_a_fresh_page_and_sending_it_again_changes_nothing(
    app: Flask, tab: Page
) -> None:
    write(tab)
    save(tab)
    saved(tab)
    tab.go_back()
    expect(tab.locator("main form button[type=submit]")).to_be_enabled()
    tab.fill("#title", "Wet cable")
    tab.fill("#issue", TEXT)
    save(tab)
    saved(tab)
    assert articles(app) == 1


def test_a_text_begun_is_offered_on_return_until_it_is_saved(tab: Page) -> None:
    write(tab)
    tab.goto("/knowledge")
    tab.goto(NEW)
    expect(tab.locator(".draft")).to_contain_text(
        "A text you began here was not saved."
    )
    tab.click("text=Take it back")
    expect(tab.locator("#issue")).to_have_value(TEXT)
    tab.fill("#title", "Wet cable")
    save(tab)
    saved(tab)
    tab.goto(NEW)
    expect(tab.locator("#issue")).to_have_value("")
    expect(tab.locator(".draft")).to_have_count(0)


def test_a_text_begun_is_forgotten_when_dropped_and_at_sign_out(tab: Page) -> None:
    write(tab)
    tab.goto(NEW)
    tab.click("text=Drop it")
    tab.goto(NEW)
    expect(tab.locator(".draft")).to_have_count(0)
    tab.fill("#issue", TEXT)
    tab.goto("/account")
    assert drafts(tab) == 1
    tab.evaluate("document.querySelector(\"form[action='/sign-out']\").requestSubmit()")
    tab.wait_for_url("**/sign-in")
    assert drafts(tab) == 0


def drafts(tab: Page) -> int:
    found: int = tab.evaluate(
        "Object.keys(sessionStorage).filter(n => n.startsWith('rung.draft')).length"
    )
    return found


def test_a_page_that_shows_what_was_done_stands_where_it_stood(tab: Page) -> None:
    write(tab)
    save(tab)
    saved(tab)
    tab.set_viewport_size({"width": 900, "height": 320})
    form = tab.locator("form[action='/knowledge/1/state']")
    form.locator("button").scroll_into_view_if_needed()
    before = tab.evaluate("window.scrollY")
    assert before > 0
    form.locator("button").click()
    expect(tab.locator("#told")).to_be_in_viewport()
    assert abs(tab.evaluate("window.scrollY") - before) < 80


def test_signing_in_twice_by_a_double_click_is_sent_once(
    app: Flask, address: str, chromium: Browser
) -> None:
    Pages(app).as_operator("anna")
    page = chromium.new_context(base_url=address).new_page()
    sent: list[str] = []

    def slowly(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
            page.wait_for_timeout(500)
        route.continue_()

    page.goto("/sign-in")
    page.fill("#name", "anna")
    page.fill("#password", PASSWORD)
    page.route("**/sign-in", slowly)
    page.locator("#sign-in button").dblclick(no_wait_after=True)
    expect(page.locator(".me")).to_be_visible()
    assert len(sent) == 1
    page.context.close()
