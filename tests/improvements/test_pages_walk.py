"""Every page of the room opens: empty, with one climb behind it, with long texts; to readers
without buttons.
"""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.models.improvements.words import DecisionKind
from tests.improvements.builders import Room
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def links(page) -> set[str]:
    """Return the addresses of this room a page leads to."""
    ours = re.compile(
        r"/(improvements|iterations|metrics|findings|participants|costs|notes|complaints|cases|sites"
        r"|teams|places)"
    )
    return {
        node.attrs["href"].split("#")[0]
        for node in page.root.all("a")
        if ours.match(node.attrs.get("href", ""))
        and not node.attrs["href"].endswith((".csv", ".json", ".md"))
    } - {""}


def walk(browser: Pages, start: str) -> set[str]:
    """Open every page that can be reached by links; each is linted on the way."""
    seen: set[str] = set()
    waiting = {start}
    while waiting := {url for url in waiting if not of_another_template(url)}:
        url = waiting.pop()
        seen.add(url)
        page = browser.get(url)
        if page.is_html:
            waiting |= links(page) - seen
        assert len(seen) < 400
    return seen


def of_another_template(url: str) -> bool:
    """Tell whether an address belongs to a template other than the one that stands for all."""
    return "/templates/" in url and "/templates/inform-button" not in url


def test_an_empty_room_can_be_walked_through(pages: Pages) -> None:
    seen = walk(pages, "/improvements")
    assert "/improvements/new" in seen


def test_a_room_with_a_climb_can_be_walked_through(pages: Pages, room: Room) -> None:
    improvement_id, metric_id = room.begun()
    climbed = room.climbed(improvement_id, metric_id)
    seen = walk(pages, "/improvements")
    assert {
        f"/improvements/{improvement_id}",
        f"/iterations/{climbed}",
        f"/metrics/{metric_id}",
    } <= seen


def test_who_may_only_read_meets_no_page_he_may_not_open(
    app: Flask, pages: Pages, room: Room
) -> None:
    improvement_id, metric_id = room.begun()
    room.climbed(improvement_id, metric_id)
    reader = Pages(app).as_operator("rita", permissions=("read",))
    assert f"/improvements/{improvement_id}" in walk(reader, "/improvements")


def test_an_iteration_shows_one_primary_button_in_every_state(
    pages: Pages, room: Room
) -> None:
    improvement_id, metric_id = room.begun()
    planned = room.planned(improvement_id, metric_id)
    assert DecisionKind.SCALE
    assert [
        node.text
        for node in pages.get(f"/iterations/{planned}")
        .root.one("main")
        .all(class_="primary")
    ] == ["Start with 1 person"]
