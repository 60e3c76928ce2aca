"""The pages that take tables, before and after a look, with everything axe can find."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Running, Visitor, sign_in

pytestmark = pytest.mark.browser

SENT = {
    "/services/import": (
        "name;kind;price;colour\nVideo calls;service;12,50;red\nNew phones;machine;;\n"
    ),
    "/improvements/import": (
        "title,required by\nNames are known,03/04/2026\nFewer lost parcels,\nOld,soon\n"
    ),
    "/desk/import": (
        "ID;Title;Status;Opening date;Requester\n1;Till;New;03/04/2026;Ann\n"
        "2;Door;Lost;2026-03-02;Bo\n"
    ),
    "/metrics/1/values": "3/4/2026 12\n2026-02-03 9\nnonsense\n",
    "/sites/weights": "Bern; 8\nParis; 3\n",
}
"""What is pasted on each page: lines that can be used, lines that cannot, and lines that are
open.
"""


def look(visitor: Visitor, path: str, text: str) -> None:
    """Paste a table and have it looked at."""
    visitor.go(path)
    field = visitor.page.locator("textarea[name=text]:visible").first
    field.fill(text)
    field.locator("xpath=ancestor::form").locator("button[type=submit]").first.click()
    visitor.wait_until_sent()
    visitor.page.wait_for_load_state()


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_that_takes_a_table_is_accessible_and_fits(
    chromium: Browser, rung: Running, width: int
):
    admin = sign_in(chromium, rung, "admin", width=width)
    for path in SENT:
        admin.go(path)
        admin.demand_accessible()
    for path, text in SENT.items():
        look(admin, path, text)
        admin.demand_accessible(reload=False)
        too_wide = admin.page.evaluate(
            "document.documentElement.scrollWidth > innerWidth"
        )
        assert not too_wide, path
