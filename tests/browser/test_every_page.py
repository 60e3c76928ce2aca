"""Every page of the demo company as it looks: sizes, reflow, headings, errors, axe."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import AXE, Running, sign_in
from tests.html import parse

pytestmark = pytest.mark.browser

EXAMPLES = 2
"""How many pages of one kind are looked at: people, incidents, waves are many alike. axe, which is
slow, looks at the first; of the questions that one page can be asked there is one example.
"""

LISTED, WORK = 6.0, 3.0
"""So many windows of a phone a list takes at most, and a page on which somebody works."""
WORKED_ON = r"/(desk|people|improvements|services|roles|waves)/\d+"
TO_READ = "/help/"
HALVES, LEAST_PAGES = 2, 90

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
MENUS_SHUT = """
() => document.querySelectorAll("details.menu").forEach((one) => { one.open = false; })
"""
"""What an open menu lies over would seem crowded."""
AXE_RUN = """
(of) => axe.run({resultTypes: ["violations"], preload: false, ...of}).then((found) =>
  found.violations.flatMap((one) =>
    one.nodes.map((node) => `axe ${one.impact} ${one.id}: ${node.html.slice(0, 120)}`)))
"""
EVERYTHING = {"rules": {"target-size": {"enabled": True}}}
WHAT_COLOURS_CHANGE = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]}
}
"""The rules of axe that other colours can break; names, roles and places stay (``SHAPE``)."""
SHAPE = """
() => [...document.querySelectorAll("body, body *")].flatMap((one) =>
  [null, "::before", "::after"].map((part) => {
    const is = getComputedStyle(one, part);
    const box = part ? "" : Object.values(one.getBoundingClientRect().toJSON()).join(" ");
    return [one.localName, one.getAttributeNames().join(" "), one.textContent.length, box,
      is.display, is.visibility, is.opacity, is.content, is.fontSize, is.clipPath,
      is.pointerEvents].join("|");
  }))
"""
"""All of a page that any other rule of axe could look at: elements, texts, boxes, what is seen."""
DEAD = """
() => {
  const seen = (one) => one.checkVisibility({visibilityProperty: true})
    && !one.closest(".hidden, .skip") && one.getBoundingClientRect().width > 1;
  const name = (one) => one.outerHTML.replace(/\\s+/g, " ").slice(0, 120);
  const told = [];
  for (const one of document.querySelectorAll("main button, .rail button")) {
    const works = one.form && one.type === "submit" || one.popoverTargetElement
      || one.matches(".why");  // tells by being touched
    if (seen(one) && !works) told.push(`does nothing: ${name(one)}`);
  }
  for (const one of document.querySelectorAll("main a")) {
    const href = one.getAttribute("href");
    if (seen(one) && (href === null || href === "#")) told.push(`leads nowhere: ${name(one)}`);
  }
  for (const form of document.querySelectorAll("main form")) {
    const fields = [...form.elements].filter((one) => !["hidden", "submit"].includes(one.type));
    const sends = [...form.elements].some((one) => one.type === "submit");
    if (fields.some(seen) && !sends) told.push(`cannot be sent: ${name(form)}`);
  }
  return told;
}
"""
"""What a page offers that does nothing as long as no script runs."""


@pytest.mark.parametrize("half", range(HALVES))
def test_every_page_can_be_read_and_touched_at_every_width_in_both_colours(
    rung: Running, chromium: Browser, half: int
) -> None:
    page = sign_in(chromium, rung, "admin").page
    page.wait_for_selector("nav")
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else 0)

    told: dict[str, list[str]] = {}
    pages = _pages(page, rung.address)
    for address, first in pages[half::HALVES]:
        page.set_viewport_size({"width": 390, "height": 844})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(rung.address + address)
        found = [
            *_too_long(page, address),
            *_looked_at(page, axe=first),
            *(f"console: {one}" for one in said),
        ]
        said.clear()
        if found:
            told[address] = found

    assert told == {}, "\n".join(map(str, told.items()))
    assert len(pages) > LEAST_PAGES


def test_what_every_kind_of_page_offers_works_without_script(
    rung: Running, chromium: Browser
) -> None:
    page = sign_in(chromium, rung, "admin", scripts=False).page
    page.wait_for_selector("nav")
    told: dict[str, list[str]] = {}
    for address, first in _pages(page, rung.address):
        if first and "?" not in address:
            page.goto(rung.address + address)
            assert page.locator("h1").count() == 1, address
            told[address] = page.evaluate(DEAD)
    assert {address: found for address, found in told.items() if found} == {}


def _pages(page: Page, base: str) -> list[tuple[str, bool]]:
    """Return the pages that links lead to, a few of each kind, and which is the first of its
    kind. They are asked for without being shown, which is quick.
    """
    waiting, known, kinds = deque(["/"]), {"/"}, Counter[str]()
    found: list[tuple[str, bool]] = []
    while waiting:
        address = waiting.popleft()
        kind = _kind(address)
        if kinds[kind] >= (1 if "?" in address else EXAMPLES):
            continue
        kinds[kind] += 1
        answer = page.request.get(base + address)
        assert answer.status == 200, f"{address} answers {answer.status}"
        for there in _led_to(answer.text(), answer.url, base):
            if there not in known:
                known.add(there)
                waiting.append(there)
        found.append((address, kinds[kind] == 1))
    return found


def _led_to(html: str, page: str, base: str) -> Iterator[str]:
    """Return the pages of this Rung to which links of a page lead."""
    for link in parse(html)[0].all("a"):
        if "href" in link.attrs and "download" not in link.attrs:
            there = _address(urljoin(page, link.attrs["href"].split("#")[0]), base)
            if there:
                yield there


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
        r"/(static|assets)/|\.(csv|ldif|json|txt|html|pdf|zip)$|csv", link
    ):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _too_long(page: Page, address: str) -> list[str]:
    """Return that a page, as it stands when it is opened, takes more windows of a phone than it
    may.
    """
    if address.startswith(TO_READ):
        return []
    most = WORK if re.fullmatch(WORKED_ON, address) else LISTED
    took = page.evaluate("document.documentElement.scrollHeight / innerHeight")
    return [f"takes {took:.1f} windows of a phone"] if took > most else []


def _looked_at(page: Page, *, axe: bool) -> list[str]:
    """Return what is wrong with the open page: wide and on a phone, light and dark, narrowest."""
    if axe:
        page.evaluate(AXE)
    told: list[str] = []
    for width, height in ((1280, 900), (390, 844)):
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": height})
        told += [f"{width} {one}" for one in _faults(page, axe=axe)]
        if axe:
            told += [f"{width} dark {one}" for one in _faults_in_dark(page)]
    page.set_viewport_size({"width": 320, "height": 640})
    return told + [f"320 {one}" for one in page.evaluate(SIDEWAYS)]


def _faults_in_dark(page: Page) -> list[str]:
    """Return what colours break; whatever else differed would have to be looked at as well."""
    light = page.evaluate(SHAPE)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dark = page.evaluate(SHAPE)
    told = [f"is not as in light: {one}" for one in sorted({*dark} ^ {*light})[:3]]
    return told + page.evaluate(AXE_RUN, WHAT_COLOURS_CHANGE)


def _faults(page: Page, *, axe: bool) -> list[str]:
    told = [*page.evaluate(LOOK), *page.evaluate(SIDEWAYS)]
    if not axe:
        return told
    page.evaluate(MENUS_SHUT)
    return [*told, *page.evaluate(AXE_RUN, EVERYTHING)]
