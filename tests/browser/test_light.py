"""How many clicks and fields it takes from an idea to the first rung, and to its decision."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Running
from tests.browser.test_clicks import Open, Walk, opened

pytestmark = pytest.mark.browser
__all__ = ["opened"]

MOST_CLICKS, MOST_FIELDS, MOST_CLICKS_DECIDED = 15, 10, 25


class Climb:
    """Somebody who climbs a rung, and counts clicks and the fields that are filled in."""

    def __init__(self, walk: Walk) -> None:
        self.walk, self.page = walk, walk.page
        self.fields = 0

    def fill(self, label: str, text: str) -> None:
        """Fill in one field."""
        self.page.locator("main").get_by_label(label, exact=True).first.fill(text)
        self.fields += 1

    def raise_it(self) -> None:
        """Raise the idea."""
        self.walk.press("Raise an improvement")
        self.fill("What should be better?", "Calls go to one number")
        self.walk.press("Raise it")
        self.walk.press("Try it with one person")
        self.fill("What changes", "Ada calls one number")

    def take_a_template(self) -> None:
        """Start from a template; it says what changes."""
        self.walk.press("Raise an improvement")
        self.walk.press("Or start from a template")
        self.walk.press("Support by chat with the tool we already have")
        self.walk.press("Start from it")
        self.walk.press("Begin this rung")

    def start(self) -> None:
        """Say who tries it, and why there is room, as the demo has two in progress; begin."""
        self.fill("Who tries it", "Ada Visitor")
        room = self.page.get_by_label("Why there is room for one more")
        if room.count():
            self.fill("Why there is room for one more", "The others only wait.")
        self.walk.press("Start the rung")
        expect(self.page.get_by_role("status")).to_contain_text("Started.")

    def decide(self) -> None:
        """Let the one person use it and say that it works, try the undo, look and decide."""
        self.walk.press("Uses it Ada Visitor")
        self.walk.click(self.page.locator("summary", has_text="It works…"))
        self.fill("Who confirmed that it works for Ada Visitor", "Ada Visitor")
        self.walk.press("It works Ada Visitor")
        self.walk.click(self.page.locator("#undo > summary"))
        self.walk.click(self.page.locator("#undo .confirm > summary"))
        self.fill("How long it took, in seconds", "60")
        self.walk.press("Note it")
        self.walk.press("Review it")
        self.walk.press("Scale to 5 people")
        self.walk.sees("Decision: scale")


BEGINNINGS: dict[str, Callable[[Climb], None]] = {
    "from scratch": Climb.raise_it,
    "from a template": Climb.take_a_template,
}


@pytest.mark.parametrize("way", BEGINNINGS)
def test_an_idea_runs_and_is_decided_with_few_clicks_and_fields(
    opened: Open, rung: Running, way: str
) -> None:
    me = opened("admin")
    me.begin()
    climb = Climb(me)
    me.click(me.page.get_by_role("navigation").get_by_role("link", name="Improvements"))
    BEGINNINGS[way](climb)
    climb.start()
    print(f"{way}: running after {me.clicks} clicks, {climb.fields} fields")
    assert me.clicks <= MOST_CLICKS
    assert climb.fields <= MOST_FIELDS
    climb.decide()
    print(f"{way}: decided after {me.clicks} clicks, {climb.fields} fields")
    assert me.clicks <= MOST_CLICKS_DECIDED
    assert climb.fields <= MOST_FIELDS
    me.press("Go on with the next rung")
    expect(me.page.get_by_label("Who tries it")).to_have_count(1)
