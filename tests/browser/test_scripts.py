"""Influence scripts in a real browser: number keys answer; a card is saved in place."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Running, sign_in

pytestmark = pytest.mark.browser


def test_number_keys_answer_and_a_draft_is_written_in_place(
    chromium: Browser, rung: Running
):
    visitor = sign_in(chromium, rung, "admin")
    page = visitor.page
    visitor.go("/services/scripts")
    page.get_by_role("link", name="ERP").click()
    page.get_by_role("link", name="Go on writing").click()
    visitor.demand_accessible()

    card = page.locator("section", has=page.get_by_role("heading", name="Question 2"))
    card.get_by_label("Help for the one who asks").fill("Look at the gate.")
    card.get_by_role("button", name="Save question 2").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(page.get_by_label("Help for the one who asks").nth(1)).to_have_value(
        "Look at the gate."
    )
    page.get_by_label("Help for the one who asks").nth(1).press("Enter")
    expect(page.get_by_label("Answer 1 to question 2")).to_have_value("Yes")

    page.get_by_role("link", name="Try it").click()
    expect(page.get_by_role("heading", name="Try it")).to_be_visible()
    visitor.demand_accessible()
    page.keyboard.press("2")
    expect(page.get_by_text("Look at the gate.")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(".script-result")).to_contain_text("Impact 1")
    page.get_by_role("button", name="Back", exact=True).click()
    expect(
        page.get_by_role("group", name="Do trucks or customers wait for it?")
    ).to_be_visible()
