"""The pages of the past, with everything axe can find."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Running, sign_in

pytestmark = pytest.mark.browser


def test_the_way_from_a_reading_to_the_past_of_a_right_and_of_a_person(
    chromium: Browser, rung: Running
):
    admin = sign_in(chromium, rung, "admin", width=390)
    admin.go("/directory/1/readings/2")
    assert "Frank Huber (frank.huber) no longer has share-sales." in admin.text()
    admin.demand_accessible()

    admin.page.get_by_role(
        "link", name="Frank Huber (frank.huber) no longer has share-sales."
    ).click()
    admin.press("Who held it before")
    assert "Frank Huber" in admin.page.locator("#spans").inner_text()
    admin.demand_accessible()

    held = (
        admin.page.get_by_role("row").filter(has_text="Frank Huber").get_by_role("link")
    )
    held.first.click()
    admin.press("What was held before")
    expect(admin.page.get_by_role("heading", level=1)).to_have_text(
        "Frank Huber in the past"
    )
    admin.page.get_by_label("As of (end of that day)").fill("2001-01-01")
    admin.press("Show")
    assert "There is no record before" in admin.text()
    admin.demand_accessible()
