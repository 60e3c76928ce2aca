"""Lists in a browser: they narrow while one types, and the address says what is shown."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Running, sign_in


def test_a_list_narrows_while_one_types_and_reload_and_back_show_what_the_box_says(
    chromium: Browser, rung: Running
) -> None:
    anna = sign_in(chromium, rung, "admin")
    page = anna.page
    anna.go("/people")
    rows = page.locator("#people tbody tr")
    expect(rows).to_have_count(50)
    box = page.get_by_label("Name, account or mail")
    box.press_sequentially("meier")
    expect(rows).to_have_count(1)
    expect(box).to_be_focused()
    expect(page).to_have_url(f"{rung.address}/people?q=meier")
    expect(
        page.get_by_role("link", name="Name, account or mail: meier")
    ).to_be_visible()
    page.reload()
    expect(rows).to_have_count(1)
    expect(box).to_have_value("meier")
    rows.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Meier")
    page.go_back()
    expect(box).to_have_value("meier")
    expect(rows).to_have_count(1)
    anna.demand_accessible()
    page.get_by_role("link", name="clear", exact=True).click()
    expect(rows).to_have_count(50)
    expect(page).to_have_url(f"{rung.address}/people")


def test_on_a_phone_the_filters_are_behind_a_button_that_counts_them(
    chromium: Browser, rung: Running
) -> None:
    anna = sign_in(chromium, rung, "admin", width=390)
    page = anna.page
    anna.go("/people")
    department = page.get_by_label("Department")
    expect(department).to_be_hidden()
    page.get_by_role("checkbox", name="Filter").check()
    department.select_option("Finance")
    expect(page.get_by_text("(1)")).to_be_visible()
    expect(page.locator("#people tbody tr").first).to_be_visible()
    anna.demand_accessible()
