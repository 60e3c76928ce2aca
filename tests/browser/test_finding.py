"""Find anything, what can be made, and the field in which somebody is chosen: by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Running, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_anything_is_found_and_opened_by_keyboard_alone(
    chromium: Browser, rung: Running, width: int
) -> None:
    visitor = sign_in(chromium, rung, "admin", width=width)
    visitor.go("/roles")
    page = visitor.page
    field = page.get_by_role("combobox", name="Find anything")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    field.press_sequentially("adele")
    first = page.get_by_role("option", name="Adèle Petit")
    expect(first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == first.get_attribute("id")
    visitor.demand_accessible(reload=False)
    box = page.locator("#palette").bounding_box()
    assert box is not None and box["x"] >= 0 and box["width"] <= width
    inside = "element => element.scrollWidth <= element.clientWidth"
    assert page.locator("#palette-found").evaluate(inside)
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    assert page.url.endswith("/roles")
    page.keyboard.press("Control+k")
    field.press_sequentially("adele")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/people/\d+$"))


def test_enter_before_the_answer_opens_the_page_of_what_was_found(
    chromium: Browser, rung: Running
) -> None:
    visitor = sign_in(chromium, rung, "admin")
    visitor.go("/")  # signing in may still be on its way
    visitor.page.keyboard.press("Control+k")
    visitor.page.keyboard.type("printer")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page).to_have_url(re.compile(r"/find\?q=printer$"))


def test_n_opens_what_can_be_made_on_every_page(
    chromium: Browser, rung: Running
) -> None:
    visitor = sign_in(chromium, rung, "admin")
    page = visitor.page
    visitor.go("/audit")
    page.keyboard.press("n")
    menu = page.get_by_role("link", name="New incident")
    expect(menu).to_be_focused()
    visitor.demand_accessible(reload=False)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Raise an improvement")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/improvements/new$"))


def test_an_owner_is_chosen_by_name_and_the_last_one_is_offered_first(
    chromium: Browser, rung: Running
) -> None:
    visitor = sign_in(chromium, rung, "admin")
    page = visitor.page
    visitor.go("/roles/new?way=hand")
    owner = page.get_by_role("textbox", name="Owner").or_(
        page.get_by_role("combobox", name="Owner")
    )
    owner.press_sequentially("adele")
    expect(page.get_by_role("option", name="Adèle Petit")).to_be_visible()
    page.keyboard.press("ArrowDown")
    visitor.demand_accessible(reload=False)
    page.keyboard.press("Enter")
    expect(owner).to_have_value("Adèle Petit (adele.petit)")
    page.reload()
    owner.click()
    offered = page.get_by_role("listbox", name="Owner").get_by_role("option")
    expect(offered).to_have_text("Adèle Petit (adele.petit)")


def test_several_people_are_chosen_one_a_line(chromium: Browser, rung: Running) -> None:
    visitor = sign_in(chromium, rung, "admin")
    page = visitor.page
    visitor.go("/iterations/4")
    names = page.locator("textarea[name=names]")
    names.press_sequentially("A courier\nadele")
    expect(page.get_by_role("option", name="Adèle Petit")).to_be_visible()
    page.keyboard.press("ArrowDown")
    visitor.demand_accessible(reload=False)
    page.keyboard.press("Enter")
    expect(names).to_have_value("A courier\nAdèle Petit (adele.petit)")


def test_without_script_search_and_menu_are_pages(
    chromium: Browser, rung: Running
) -> None:
    visitor = sign_in(chromium, rung, "admin", scripts=False)
    page = visitor.page
    page.get_by_role("searchbox", name="Find anything").fill("printer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Find anything")
    assert "printer-bern" in visitor.text()
    page.get_by_role("link", name="New …").click()
    expect(page.get_by_role("link", name="New incident")).to_be_visible()
