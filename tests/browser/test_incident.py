"""The page of an incident in a browser: how long it is, what stays in sight on a phone, how one
writes.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Running, Visitor, sign_in

pytestmark = pytest.mark.browser

QUIET = "/desk/9"
DISPUTED = "/desk/7"


def screens(visitor: Visitor) -> float:
    """How many windows high the page is."""
    return float(
        visitor.page.evaluate(
            "document.documentElement.scrollHeight / window.innerHeight"
        )
    )


@pytest.mark.parametrize(("width", "most"), [(1280, 1.6), (390, 3.0)])
def test_a_quiet_incident_is_short_accessible_and_fits_the_window(
    chromium: Browser, rung: Running, width: int, most: float
) -> None:
    agent = sign_in(chromium, rung, "admin", width=width)
    for path in (QUIET, DISPUTED):
        agent.go(path)
        sideways = agent.page.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth"
        )
        assert sideways <= 0, path
        agent.demand_accessible()
    agent.go(QUIET)
    assert screens(agent) <= most


def test_on_a_phone_the_deed_and_the_place_to_write_stay_in_sight(
    chromium: Browser, rung: Running
) -> None:
    agent = sign_in(chromium, rung, "admin", width=390)
    agent.go(DISPUTED)
    deed = agent.page.get_by_role("button", name="Take it").first
    text = agent.page.get_by_label("What there is to say")
    for _ in range(2):
        expect(deed).to_be_in_viewport(ratio=1)
        expect(text).to_be_in_viewport(ratio=1)
        agent.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    text.click()
    expect(agent.page.get_by_text("Answer the requester")).to_be_in_viewport()
    expect(deed).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_step_is_written_down_where_a_note_is_with_and_without_script(
    chromium: Browser, rung: Running, scripts: bool
) -> None:
    agent = sign_in(chromium, rung, "admin", scripts=scripts)
    agent.go(QUIET)
    agent.page.get_by_label("What there is to say").fill("Took the dust out of it")
    expect(agent.page.get_by_role("button", name="Write the step down")).to_be_hidden()
    agent.page.get_by_role("radio", name="Step tried").check()
    agent.page.get_by_label("By", exact=True).select_option("2nd level")
    agent.press("Write the step down")
    story = agent.page.locator("#conversation li").first
    expect(story).to_contain_text("Step tried level 2")
    expect(story).to_contain_text("Took the dust out of it")


def test_the_menu_opens_without_script_and_closes_on_escape_with_it(
    chromium: Browser, rung: Running
) -> None:
    plain = sign_in(chromium, rung, "admin", scripts=False)
    plain.go(QUIET)
    plain.page.get_by_text("More", exact=True).locator("visible=true").last.click()
    expect(plain.page.get_by_role("link", name="Hand over")).to_be_visible()
    agent = sign_in(chromium, rung, "admin")
    agent.go(QUIET)
    menu = agent.page.locator("details.menu > summary")
    menu.click()
    expect(agent.page.get_by_role("link", name="Hand over")).to_be_visible()
    agent.page.keyboard.press("Escape")
    expect(agent.page.get_by_role("link", name="Hand over")).to_be_hidden()
    expect(menu).to_be_focused()


def test_a_person_is_put_in_hand_where_he_stands_and_back(
    chromium: Browser, rung: Running
) -> None:
    visitor = sign_in(chromium, rung, "admin")
    page = visitor.page
    visitor.go("/desk/3")
    person = page.locator("#hands-agent")
    person.fill("")
    person.press_sequentially("adm")
    expect(page.get_by_role("option", name="admin")).to_be_visible()
    visitor.demand_accessible(reload=False)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("Assigned.")
    expect(person).to_have_value("admin")
    page.locator("#told").get_by_role("button", name="Undo").click()
    expect(person).to_have_value("")
