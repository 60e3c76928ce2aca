"""Every page of the demo company as it looks: sizes, reflow, headings, errors, axe."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import AXE, Running, sign_in

pytestmark = pytest.mark.browser

EXAMPLES = 2
"""How many pages of one kind are looked at: people, incidents, waves are many alike. axe, which is
slow, looks at the first; of the questions that one page can be asked there is one example.
"""

LEAST_PAGES = 90

# Everything folded is opened first: what it holds is a part of the page.
LOOK = """
() => {
  for (const fold of document.querySelectorAll("main details")) fold.open = true;
  const told = [];
  const seen = (one) => {
    if (!one.checkVisibility({visibilityProperty: true, opacityProperty: true})) return false;
    if (one.closest(".hidden, .skip, [aria-hidden='true']")) return false;
    if (getComputedStyle(one).clipPath !== "none") return false;
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const name = (one) => `<${one.localName} class="${one.getAttribute("class") || ""}"> `
    + (one.textContent || one.name || one.type || "").trim().replace(/\\s+/g, " ").slice(0, 40);

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());) {
    const one = text.parentElement;
    if (!text.data.trim() || !seen(one)) continue;
    const scale = one.ownerSVGElement ? one.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(one).fontSize) * scale;
    if (size > 0 && size < 11.99) told.push(`text of ${size.toFixed(1)} px: ${name(one)}`);
  }

  const targets = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const one of document.querySelectorAll(targets)) {
    if (!seen(one) || getComputedStyle(one).display === "inline" || one.ownerSVGElement) continue;
    const boxes = [one, ...(one.labels || [])].map((each) => each.getBoundingClientRect());
    const wide = Math.max(...boxes.map((box) => box.width));
    const high = Math.max(...boxes.map((box) => box.height));
    if (Math.min(wide, high) < 23.9)
      told.push(`target of ${wide.toFixed(0)} by ${high.toFixed(0)} px: ${name(one)}`);
  }

  for (const one of document.querySelectorAll(".button")) {
    const next = one.closest("form.inline, .confirm, .button").nextElementSibling;
    const other = next?.matches(".button") ? next : next?.querySelector(":scope > .button");
    if (!other || !seen(one) || !seen(other)) continue;
    const [here, there] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    const gap = there.left - here.right;
    if (Math.abs(there.top - here.top) < 8 && gap >= 0 && gap < 3.9)
      told.push(`buttons ${gap.toFixed(1)} px apart: ${name(one)}, ${name(other)}`);
  }

  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) told.push(`${headings} headings of the first level`);
  return told;
}
"""
SIDEWAYS = """
() => {
  const page = document.documentElement;
  return page.scrollWidth > page.clientWidth
    ? [`scrolls sideways: ${page.scrollWidth} px in ${page.clientWidth}`] : [];
}
"""
AXE_RUN = """
(of) => axe.run({resultTypes: ["violations"], preload: false, ...of}).then((found) =>
  found.violations.flatMap((one) =>
    one.nodes.map((node) => `axe ${one.impact} ${one.id}: ${node.html.slice(0, 120)}`)))
"""
EVERYTHING: dict[str, object] = {}
WHAT_LOOKS_CHANGE = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]}
}
"""The rules of axe that a narrow window or other colours can break; names and roles stay."""


def test_every_page_can_be_read_and_touched_at_every_width(
    rung: Running, chromium: Browser
) -> None:
    page = sign_in(chromium, rung, "admin").page
    page.wait_for_selector("nav")
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else 0)

    told: dict[str, list[str]] = {}
    count = 0
    for address, first in _pages(page, rung.address):
        count += 1
        found = [*_looked_at(page, axe=first), *(f"console: {one}" for one in said)]
        said.clear()
        if found:
            told[address] = found

    assert told == {}
    assert count > LEAST_PAGES


def _pages(page: Page, base: str) -> Iterator[tuple[str, bool]]:
    """Go through the pages that links lead to, a few of each kind; tell the first of a kind."""
    waiting, known, kinds = deque(["/"]), {"/"}, Counter[str]()
    while waiting:
        address = waiting.popleft()
        kind = _kind(address)
        if kinds[kind] >= (1 if "?" in address else EXAMPLES):
            continue
        kinds[kind] += 1
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        answer = page.goto(base + address)
        assert answer is not None
        assert answer.status == 200, f"{address} answers {answer.status}"
        for link in page.locator("a[href]:not([download])").evaluate_all(
            "links => links.map((link) => link.href.split('#')[0])"
        ):
            there = _address(link, base)
            if there and there not in known:
                known.add(there)
                waiting.append(there)
        yield address, kinds[kind] == 1


def _kind(address: str) -> str:
    """Return what pages of one kind have in common: the path and the names that are asked for."""
    path, _, question = address.partition("?")
    names = sorted({pair.partition("=")[0] for pair in question.split("&")})
    chapters_are_alike = re.sub(r"^/help/.+", "/help/*", path)
    return re.sub(r"\d+", "*", chapters_are_alike) + " ".join(names)


def _address(link: str, base: str) -> str:
    """Return the address below this Rung, none where a link leads to a file or elsewhere."""
    parts = urlsplit(link)
    if not link.startswith(base + "/") or re.search(
        r"/(static|assets)/|\.(csv|ldif|json|txt|html|pdf)$|csv", link
    ):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _looked_at(page: Page, *, axe: bool) -> list[str]:
    """Return what is wrong with the open page: wide and light, on a phone and dark, narrowest."""
    if axe:
        page.evaluate(AXE)
    told = [f"1280 {one}" for one in _faults(page, EVERYTHING if axe else None)]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 844})
    told += [f"390 {one}" for one in _faults(page, WHAT_LOOKS_CHANGE if axe else None)]
    page.set_viewport_size({"width": 320, "height": 640})
    return told + [f"320 {one}" for one in page.evaluate(SIDEWAYS)]


def _faults(page: Page, axe: object) -> list[str]:
    told = [*page.evaluate(SIDEWAYS), *page.evaluate(LOOK)]
    return told if axe is None else [*told, *page.evaluate(AXE_RUN, axe)]
