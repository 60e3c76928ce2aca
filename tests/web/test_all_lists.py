"""Every list of the product is the one list: no page has filters or pages of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.core.settings import PROJECT
from tests.html import Node
from tests.pages import HTMX, Pages

LISTS = (
    "/adoption",
    "/audit",
    "/comments",
    "/complaints",
    "/desk/mail",
    "/desk/search",
    "/drift",
    "/exceptions",
    "/improvements/list",
    "/improvements/metrics",
    "/knowledge",
    "/messages/log",
    "/meetings",
    "/objections",
    "/operators",
    "/people",
    "/pulses",
    "/roll-outs",
    "/rights",
    "/roles",
    "/reviews",
    "/services",
    "/services/scripts",
    "/stakeholders",
    "/status/links",
    "/status/said",
    "/turnover",
    "/undo-health",
    "/visits",
    "/waves",
)
QUEUE = "/desk"
"""Comes back as it was left too, but has views with their numbers where others have filters."""
PART_OF_A_PAGE = {
    "_macros/listing.html",
    "_macros/tables.html",
    "_macros/trail.html",
    "access/fit/role_fit.html",
    "access/waves/_wave_people.html",
    "access/waves/_wave_proof.html",
    "directory/past.html",
    "directory/right.html",
    "improvements/metrics/metric.html",
    "incidents/figures/figures.html",
    "incidents/queue/index.html",
    "insight/report/twins.html",
    "messages/message.html",
}
"""Pages about one thing, whose rows are a part, and those that wait for their turn."""
ANYTHING = dict.fromkeys(("q", "words", "text", "state"), "zz")


def own_lists() -> Iterator[str]:
    """Yield the templates that filter or page rows by themselves."""
    for file in (PROJECT / "templates").rglob("*.html"):
        text = file.read_text("utf-8")
        if "ui.filters(" in text or ("table(" in text and "paging=" in text):
            yield str(file.relative_to(PROJECT / "templates"))


def test_no_other_page_filters_or_pages_by_itself():
    assert set(own_lists()) <= PART_OF_A_PAGE


def test_every_list_without_a_number_in_its_address_is_tried_here(app: Flask):
    found = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "comes_back", False)
        and not rule.arguments
    }
    assert found == {*LISTS, QUEUE}


def questions(form: Node) -> Iterator[tuple[str, str]]:
    """Yield each filter of a form with something that can be asked."""
    for field in form.all("input"):
        if field.attrs.get("type") in ("search", "date"):
            day = field.attrs["type"] == "date"
            yield field.attrs["name"], "2026-03-02" if day else "zz"
    for field in form.all("select"):
        options = [option.attrs["value"] for option in field.all("option")]
        yield from ((field.attrs["name"], value) for value in options[1:2])


@pytest.mark.parametrize("address", LISTS)
def test_each_filter_survives_a_reload_and_shows_itself_until_it_is_cleared(
    app: Flask, address: str
):
    pages = Pages(app).as_operator()
    asked = "&".join(f"{name}={text}" for name, text in ANYTHING.items())
    form = pages.get(f"{address}?{asked}").root.one("form", class_="filters")
    tried = list(questions(form))
    assert tried
    for name, value in tried:
        live = pages.client.get(address, query_string={name: value}, headers=HTMX)
        kept = live.headers["HX-Replace-Url"]
        assert "<html" not in live.text
        assert f"{name}=" in kept
        assert pages.client.get(address).location == kept
        page = pages.get(kept)
        (chip,) = page.root.all("a", class_="chip")
        pages.get(chip.attrs["href"])
        assert pages.client.get(address).status_code == 200, f"{name} is still kept"
