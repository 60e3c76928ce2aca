"""A known caller is written down with the keyboard alone: at most eight interactions and sixty
seconds.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Running, sign_in

pytestmark = pytest.mark.browser

MOST_INTERACTIONS, MOST_SECONDS = 8, 60


@dataclass
class Hands:
    """Two hands on a keyboard.

    Something typed, and a key that decides, are interactions; moving on with Tab is not.
    """

    page: Page
    done: list[str] = field(default_factory=list)

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.done.append(f"type {text}")

    def presses(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.done.append(f"press {key}")

    def moves_to(self, id_: str) -> None:
        for _ in range(40):
            if self.page.evaluate("document.activeElement.id") == id_:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{id_} cannot be reached with Tab")

    def moves_to_button(self, name: str, value: str) -> None:
        button = self.page.locator(f'button[name="{name}"][value="{value}"]')
        for _ in range(60):
            if button.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{value} cannot be reached with Tab")


@pytest.mark.parametrize(
    "scripts", [True, False], ids=["with JavaScript", "without JavaScript"]
)
def test_a_known_caller_is_saved_with_the_keyboard_alone(
    chromium: Browser, rung: Running, scripts: bool
):
    page = sign_in(chromium, rung, "admin", scripts=scripts).page
    page.goto("/desk/new")
    hands, began = Hands(page), time.monotonic()
    hands.types("0041 31 555 01 17")
    hands.presses("Enter")
    expect(page.get_by_role("link", name="Anna Berg")).to_be_focused()
    hands.presses("Enter")
    expect(page.get_by_label("What does not work?")).to_be_focused()
    hands.types("Invitations do not arrive")
    hands.moves_to("service")
    hands.types("Mail")
    hands.presses("Enter")
    answer = page.locator("button.script-answer").last
    expect(answer).to_be_visible()
    if scripts:
        hands.presses(answer.get_attribute("data-digit") or "")
    else:
        hands.moves_to_button("chosen", answer.get_attribute("value") or "")
        hands.presses("Enter")
    save = page.get_by_role("button", name="Report it")
    expect(save).to_be_focused()
    hands.presses("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        "Invitations do not arrive"
    )
    expect(page.get_by_role("status")).to_contain_text("is saved")
    took = time.monotonic() - began
    print(f"{len(hands.done)} interactions in {took:.1f} s: {hands.done}")
    assert len(hands.done) <= MOST_INTERACTIONS
    assert took <= MOST_SECONDS


def test_the_pages_of_intake_are_accessible(chromium: Browser, rung: Running):
    admin = sign_in(chromium, rung, "admin", width=390)
    for path in (
        "/desk/new?q=anna",
        "/desk/new?person=7",
        "/desk/new?unknown=1",
        "/desk/calls",
        "/people/7/numbers",
    ):
        admin.go(path)
        admin.demand_accessible()
