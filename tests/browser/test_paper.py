"""What is printed: so many sheets of A4 as it needs, no table cut, nothing to press or fill."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Running, sign_in

pytestmark = pytest.mark.browser

CUT = """
() => [...document.querySelectorAll("main table")]
  .filter((table) => table.getBoundingClientRect().right > innerWidth + 1)
  .map((table) => table.caption?.textContent || "a table")
"""
PRESSED = """
() => [...document.querySelectorAll("main :is(input, select, textarea, button, .button), nav")]
  .filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 80))
"""
WIDTH_OF_A_SHEET = 718  # 190 mm between the margins


def sheets(page: Page, path: str) -> int:
    """Print a page; its tables are whole, and nothing on it wants to be pressed."""
    page.goto(path)
    found = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    page.set_viewport_size({"width": WIDTH_OF_A_SHEET, "height": 1000})
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == [], path
    assert page.evaluate(PRESSED) == [], path
    end = page.locator(".paper-foot")
    assert end.is_visible() and path in end.inner_text()
    page.emulate_media(media="null")
    return len(found)


def test_pages_print_on_as_few_sheets_as_they_need_and_whole(
    chromium: Browser, rung: Running
) -> None:
    page = sign_in(chromium, rung, "admin").page
    page.wait_for_selector("nav")
    assert sheets(page, "/desk") == 1
    assert sheets(page, "/waves/1") <= 2
    assert sheets(page, "/waves/2") <= 3  # every change of three people stands there
    for incident in (1, 7, 8):
        assert sheets(page, f"/desk/{incident}") <= 2, incident
    assert sheets(page, "/improvements/4/case") <= 3
    assert sheets(page, "/status") == 1
    assert sheets(page, "/status/2") == 1
    assert sheets(page, "/status/portfolio") <= 2
    for path in ("/improvements/4", "/people", "/rights", "/services", "/audit"):
        sheets(page, path)
