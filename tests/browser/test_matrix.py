"""The matrix of a role with many rights: who it is and what is held besides stay in sight."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator

from app.core.parts import KEY
from app.core.settings import Settings
from tests.access.builders import a_world
from tests.pages import PASSWORD, Pages
from tests.serving import served

pytestmark = pytest.mark.browser

RIGHTS = " ".join(f"right-{number:02}-of-the-factory" for number in range(40))
COMPANY = {"ada": RIGHTS, "cyd": f"{RIGHTS} wiki", "eve": f"{RIGHTS} wiki mail"}
IN_SIGHT = """
(one) => {
  const box = one.getBoundingClientRect();
  const frame = one.closest(".table-box").getBoundingClientRect();
  const middle = [box.left + box.width / 2, box.top + box.height / 2];
  const top = document.elementFromPoint(...middle);
  return box.left >= frame.left - 1 && box.right <= frame.right + 1
    && (one === top || one.contains(top));
}
"""


@pytest.mark.parametrize(
    ("width", "besides"), [(1280, "td.extras"), (390, ".who > .only-narrow")]
)
def test_name_and_what_is_held_besides_stay_in_sight_beside_forty_rights(
    app: Flask, settings: Settings, chromium: Browser, width: int, besides: str
) -> None:
    world = a_world(app.extensions[KEY].database, COMPANY, plans=settings.plans)
    role = world.role("Factory", RIGHTS)
    Pages(app).as_operator("anna")
    with served(app) as address:
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.goto(address)
        page.get_by_label("Name").fill("anna")
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main").get_by_role("button").first.click()
        page.wait_for_selector("nav")
        page.goto(f"{address}/roles/{role}/fit")
        box = page.locator(".matrix .table-box")
        assert box.evaluate("one => one.scrollWidth > one.clientWidth + 300")
        box.evaluate("one => one.scrollTo(one.scrollWidth, 0)")
        last = page.locator("thead th.mark").last
        assert last.evaluate("one => one.getBoundingClientRect().left < innerWidth")
        row = page.locator("tbody tr", has_text="Eve")
        for what in (row.locator(".who a"), row.locator(besides)):
            assert in_sight(what), what
        page.close()


def in_sight(what: Locator) -> bool:
    """Tell whether it stands within the frame of the table and nothing covers it."""
    return bool(what.evaluate(IN_SIGHT))
