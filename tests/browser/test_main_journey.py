"""The main job as a person does it: one person moves to a role and back, with and without
JavaScript.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Running, Visitor, sign_in

pytestmark = pytest.mark.browser


def wait_for(visitor: Visitor, state: str, *, scripts: bool) -> None:
    """Wait until the wave's page says ``state``: it refreshes itself, without scripts a person
    reloads it.
    """
    pill = visitor.page.locator("header").get_by_text(state, exact=True).first
    if scripts:
        expect(pill).to_be_visible(timeout=30_000)
        return
    for _ in range(60):
        if pill.count():
            return
        visitor.page.wait_for_timeout(500)
        visitor.page.reload()
    raise AssertionError(f"never {state}: {visitor.text()[:500]}")


@pytest.mark.parametrize(
    "scripts", [True, False], ids=["with JavaScript", "without JavaScript"]
)
def test_one_person_moves_to_a_role_and_safely_back(
    chromium: Browser, rung: Running, scripts: bool
):
    admin = sign_in(chromium, rung, "admin", scripts=scripts)
    expect(admin.page.locator("h1")).to_have_text("Today")
    admin.go("/access")
    admin.press("Make this role")
    admin.page.get_by_label("Name", exact=True).fill("Production Lyon")
    admin.page.get_by_text("Choose it yourself").click()
    admin.page.get_by_label(re.compile("^nested", re.IGNORECASE)).check()
    admin.press("Save the role")
    expect(admin.page.get_by_role("heading", level=1)).to_contain_text(
        "Production Lyon"
    )

    admin.page.get_by_role("checkbox", name="Choose Adèle Petit").check()
    admin.press("Plan a wave for the chosen")
    admin.page.get_by_label("Why this role begins too").fill("Lyon asks for it")
    admin.press("Make the plan")
    assert "Nobody loses a right, nobody gains one" in admin.text()
    wave = re.sub(r"\?.*", "", admin.page.url)

    approver = sign_in(chromium, rung, "approver", scripts=scripts)
    approver.go(wave)
    approver.press("Approve")
    expect(
        approver.page.locator("header").get_by_text("approved", exact=True).first
    ).to_be_visible()

    admin.go(wave)
    admin.press("Apply to 1 person")
    wait_for(admin, "waiting to be seen working", scripts=scripts)
    assert "6 of 6" in admin.text()

    admin.page.get_by_role("link", name="Adèle Petit").first.click()
    assert "Through role Production Lyon v1" in admin.text()

    admin.go(f"{wave}/undo")
    assert "Adèle Petit" in admin.text()
    admin.page.locator("main").get_by_role(
        "button", name=re.compile("^Undo")
    ).first.click()
    wait_for(admin, "undone", scripts=scripts)

    admin.page.get_by_role("link", name="Adèle Petit").first.click()
    assert "0 through roles" in admin.text()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_the_main_job_are_accessible(
    chromium: Browser, rung: Running, width: int
):
    admin = sign_in(chromium, rung, "admin", width=width)
    for path in (
        "/",
        "/roles",
        "/roles/new",
        "/waves",
        "/people",
        "/people/1",
        "/rights",
        "/rights/1",
        "/directory",
        "/audit",
    ):
        admin.go(path)
        admin.demand_accessible()
        sideways = admin.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sideways <= 0, f"{path} scrolls sideways at {width} px"
