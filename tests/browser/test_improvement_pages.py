"""The pages of an improvement in a real browser: short enough to be read, and charts as wide as
their card.
"""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.conftest import Running, Visitor, sign_in


def screens(visitor: Visitor) -> float:
    """Return how many screens the page is tall."""
    height: float = visitor.page.evaluate(
        "document.documentElement.scrollHeight / window.innerHeight"
    )
    return height


def test_an_improvement_is_read_on_two_screens_and_three_of_a_phone(
    chromium: Browser, rung: Running
) -> None:
    for width, most in ((1280, 2.0), (390, 3.0)):
        visitor = sign_in(chromium, rung, "admin", width=width)
        for number in (1, 2, 3):
            visitor.go(f"/improvements/{number}")
            assert screens(visitor) <= most, (width, number)
        visitor.go("/improvements/1")
        visitor.demand_accessible()


def test_a_step_is_changed_in_place_without_script(
    chromium: Browser, rung: Running
) -> None:
    visitor = sign_in(chromium, rung, "admin", scripts=False)
    visitor.go("/improvements/1")
    outline = visitor.page.locator("#outline")
    outline.get_by_role("link", name="What is the vision?").click()
    outline.get_by_role("link", name="Change").click()
    outline.get_by_label("Vision", exact=True).fill("Nobody spells a name")
    outline.get_by_role("button", name="Save").click()
    assert "Nobody spells a name" in outline.inner_text()
