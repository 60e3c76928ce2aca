"""The pages of an improvement in a real browser: short enough to be read, charts as wide as their
card, the sheet on one A3.
"""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page

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
        for number in (1, 2):
            visitor.go(f"/iterations/{number}")
            assert screens(visitor) <= (3.0 if width == 390 else 2.5), (width, number)
            visitor.demand_accessible()
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


def test_charts_fill_their_card_with_letters_one_can_read(
    chromium: Browser, rung: Running
) -> None:
    look = """[...document.querySelectorAll('.card .chart-picture')].flatMap(one => {
        const box = one.getBoundingClientRect(), room = one.closest('.chart').clientWidth;
        if (!box.width) return [];
        const letter = parseFloat(getComputedStyle(one.querySelector('text')).fontSize);
        return [[box.width / room, letter * box.width / one.viewBox.baseVal.width]];
    })"""
    for width in (1280, 390, 320):
        visitor = sign_in(chromium, rung, "admin", width=width)
        for path in ("/improvements/1", "/improvements/1/measures", "/metrics/1"):
            visitor.go(path)
            found = visitor.page.evaluate(look)
            assert found, path
            for filled, letter in found:
                assert filled >= 0.95, (width, path, filled)
                assert letter >= 12, (width, path, letter)


def test_the_sheet_prints_on_one_a3_however_much_is_written(
    chromium: Browser, rung: Running
) -> None:
    visitor = sign_in(chromium, rung, "admin")
    much = "What is written here goes on and on and on. " * 30
    for number in (1, 2):
        for part in ("vision", "now", "goal", "way", "momentum") if number == 2 else ():
            visitor.go(f"/improvements/{number}/edit/{part}")
            for area in visitor.page.locator("main textarea").all():
                area.fill(much)
            visitor.press("Save")
            visitor.page.wait_for_url("**/improvements/2?step=*")
        visitor.go(f"/improvements/{number}/sheet")
        paper = visitor.page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1, number
        [box] = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", paper)
        assert [round(float(side) / 72 * 25.4) for side in box] == [420, 297]


def fits_one_sheet(
    page: Page, paper: str, sides: list[int], width: int, height: int
) -> None:
    """Print a page on a paper: one sheet of it, across, and nothing of it cut off."""
    printed = page.pdf(format=paper, prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, paper
    [box] = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert [round(float(side) / 72 * 25.4) for side in box] == sides
    dots = [round(side / 25.4 * 96) for side in (width, height)]
    page.set_viewport_size({"width": dots[0], "height": dots[1]})
    page.emulate_media(media="print")
    cut = "document.querySelector('.one-page')"
    assert page.evaluate(f"{cut}.scrollHeight <= {cut}.clientHeight"), paper
    page.emulate_media(media="null")


PAPERS = {"A4": ([297, 210], 277, 194), "Letter": ([279, 216], 259, 200)}
"""Sheets across: their sides in millimetres, and what is left within the margins."""


def test_an_improvement_prints_on_one_sheet_of_each_paper_however_much_is_written(
    chromium: Browser, rung: Running
) -> None:
    visitor = sign_in(chromium, rung, "admin")
    much = "What is written here goes on and on and on. " * 30
    for number in (1, 2):
        for part in ("vision", "now", "goal", "way") if number == 2 else ():
            visitor.go(f"/improvements/{number}/edit/{part}")
            for area in visitor.page.locator("main textarea").all():
                area.fill(much)
            visitor.press("Save")
            visitor.page.wait_for_url("**/improvements/2?step=*")
        visitor.go(f"/improvements/{number}/page")
        for paper, sheet in PAPERS.items():
            fits_one_sheet(visitor.page, paper, *sheet)
