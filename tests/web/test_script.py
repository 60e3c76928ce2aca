"""What htmx and our own script add, in a real Chromium; without them every page works too (the
other tests).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from flask import Blueprint, Flask, request
from flask_wtf import FlaskForm
from playwright.sync_api import Browser, Page, expect
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired

from app.auth import fresh, requires
from app.core.errors import Refused
from app.core.htmx import answer, changed, done
from tests.conftest import Clock
from tests.pages import PASSWORD
from tests.serving import served
from tests.tabs import signed_in_tab
from tests.web.demo import add_demo

pytestmark = pytest.mark.browser


class NameForm(FlaskForm):
    name = StringField("Name", [DataRequired("Give a name.")])


def live_pages() -> Blueprint:
    bp = Blueprint("live", __name__, url_prefix="/live")
    ticks = count(1)

    @bp.route("", methods=["GET", "POST"])
    @requires("read")
    def page() -> Response:
        form = NameForm()
        if form.validate_on_submit():
            sentence = f"Saved {form.name.data}."
            return changed(
                "/live", sentence, "live.html", "form", form=NameForm(formdata=None)
            )
        return answer("live.html", "form", form=form, done=3)

    @bp.get("/working")
    @requires("read")
    def working() -> Response:
        return answer("live.html", "work", form=NameForm(formdata=None), done=0)

    @bp.get("/work")
    @requires("read")
    def work() -> Response:
        return answer(
            "live.html", "work", form=NameForm(formdata=None), done=min(3, next(ticks))
        )

    @bp.post("/grave")
    @requires("apply")
    @fresh
    def grave() -> Response:
        return done("/live", f"Applied wave {request.form['wave']}.")

    @bp.post("/refused")
    @requires("apply")
    def refused() -> Response:
        raise Refused("The directory is frozen.")

    return bp


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    add_demo(app).register_blueprint(live_pages())
    with served(app) as found:
        yield found


@pytest.fixture
def tab(app: Flask, address: str, chromium: Browser) -> Iterator[Page]:
    with signed_in_tab(app, chromium, address, timezone_id="Asia/Tokyo") as page:
        yield page


def test_htmx_swaps_the_form_with_its_errors_and_says_afterwards_what_was_saved(
    tab: Page,
) -> None:
    tab.goto("/live")
    tab.evaluate("document.body.dataset.same = 'yes'")
    tab.click("button >> text=Save")
    expect(tab.locator(".field-error")).to_have_text("Give a name.")
    expect(tab.locator("[role=alert]")).to_be_focused()
    tab.fill("#name", "Clerk")
    tab.click("button >> text=Save")
    expect(tab.locator("#told")).to_have_text("Saved Clerk.")
    expect(tab.locator("#name")).to_have_value("")
    assert tab.evaluate("document.body.dataset.same") == "yes"


def test_a_refusal_is_said_in_the_status_line_and_the_form_keeps_what_was_typed(
    tab: Page,
) -> None:
    tab.goto("/live")
    tab.fill("#name", "half a name")
    tab.click("text=Refuse")
    expect(tab.locator("#told [role=alert]")).to_have_text(
        "This was not done. The directory is frozen."
    )
    expect(tab.locator("#name")).to_have_value("half a name")


def test_polling_shows_the_progress_and_ends_by_itself(tab: Page) -> None:
    tab.goto("/live/working")
    expect(tab.locator("#count")).to_have_text("3 of 3")
    asked: list[str] = []
    tab.on("request", lambda sent: asked.append(sent.url))
    tab.wait_for_timeout(400)
    assert asked == []
    assert tab.locator("#work[hx-get]").count() == 0


def test_the_password_is_asked_in_place_and_then_it_goes_on(
    tab: Page, clock: Clock
) -> None:
    clock.forward(minutes=16)
    tab.goto("/live")
    tab.click("text=Apply")
    expect(tab.locator("h1")).to_have_text("Your password, please")
    expect(tab.locator("#proof")).to_be_focused()
    tab.fill("#proof", PASSWORD)
    tab.click("text=Go on")
    expect(tab.locator("#told")).to_have_text("Applied wave 3.")


def test_an_ended_session_asks_for_the_sign_in_over_the_page_and_not_in_the_form(
    tab: Page, clock: Clock
) -> None:
    tab.goto("/live")
    clock.forward(hours=13)
    tab.click("button >> text=Save")
    expect(tab.get_by_role("dialog", name="Sign in again")).to_be_visible()
    expect(tab.locator("h1")).to_have_text("Live")


def test_the_look_changes_without_a_new_page_and_stays(tab: Page) -> None:
    tab.goto("/live")
    tab.click("[aria-label=Dark] >> xpath=..")
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    assert (
        tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        == "rgb(20, 24, 28)"
    )
    tab.reload()
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    expect(tab.locator(".theme button[value=dark]")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_the_browser_tells_its_time_zone(tab: Page) -> None:
    tab.goto("/live")
    tab.goto("/account")
    expect(tab.locator("#sign-ins tbody td").first).to_have_text("2 Mar 2026, 18:00")


def test_keys_lead_to_pages_and_help_shows_them_but_not_while_typing(tab: Page) -> None:
    tab.goto("/live")
    tab.keyboard.press("?")
    expect(tab.locator("#keys")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("#keys")).to_be_hidden()
    tab.focus("#name")
    tab.keyboard.type("g?a")
    expect(tab.locator("#name")).to_have_value("g?a")
    tab.locator("h1").click()
    tab.keyboard.press("g")
    tab.keyboard.press("a")
    tab.wait_for_url("**/audit")


def test_text_is_copied_and_a_list_ticked_at_once(tab: Page) -> None:
    tab.goto("/live")
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.click("[data-copy=forward]")
    expect(tab.locator("[data-copy=forward]")).to_have_text("Copied")
    assert tab.evaluate("navigator.clipboard.readText()") == "dn: cn=x\n"
    tab.check("[data-select-all=person]")
    expect(tab.locator("[name=person]:checked")).to_have_count(2)
    tab.uncheck("[data-select-all=person]")
    expect(tab.locator("[name=person]:checked")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/parts", "/account", "/operators", "/audit", "/people"]
)
def test_a_phone_never_scrolls_the_page_sideways(tab: Page, path: str) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(path)
    assert tab.evaluate("document.documentElement.scrollWidth") == 390


def test_the_rest_of_the_rail_opens_on_a_phone_without_script(
    app: Flask, address: str, tab: Page, chromium: Browser
) -> None:
    cookies = tab.context.cookies()
    with chromium.new_context(
        base_url=address,
        java_script_enabled=False,
        viewport={"width": 390, "height": 844},
    ) as plain:
        plain.add_cookies(cookies)
        page = plain.new_page()
        page.goto("/account")
        expect(page.locator("#more")).to_be_hidden()
        page.locator("[popovertarget=more]").click()
        expect(page.locator("#more")).to_be_visible()
        page.locator("#more").get_by_text("Services").click()
        expect(page.locator("h1")).to_have_text("Services")
