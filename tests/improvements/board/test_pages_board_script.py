"""The board in a real Chromium: a card is dragged, moved by keys, and asks its question when it
must.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, TimeoutError, expect

from tests.improvements.builders import Room
from tests.pages import Pages
from tests.serving import served

pytestmark = pytest.mark.browser

MOVE = re.compile(r"/improvements/\d+/(move|stop)")


@pytest.fixture
def board(app: Flask, chromium: Browser) -> Iterator[Page]:
    """The board with one raised improvement, open in a signed-in browser; faults of the page fail
    the test.
    """
    pages = Pages(app).as_operator("anna", token="secret of the board")
    Room(pages.parts.database).raised("Inform button")
    cookie = app.session_interface.get_signing_serializer(app).dumps(
        {"_user_id": "secret of the board"}
    )
    faults: list[str] = []
    with served(app) as address:
        context = chromium.new_context(
            base_url=address, viewport={"width": 1280, "height": 900}
        )
        context.add_cookies([{"name": "rung", "value": str(cookie), "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto("/improvements")
        yield page
        context.close()
    assert faults == []


def column(page: Page, state: str):
    return page.locator(f'[data-column="{state}"] .bcard-title')


def drag(page: Page, state: str) -> None:
    """Drag the raised card to another column, again where a busy browser let go of it."""
    for _ in range(3):
        with suppress(TimeoutError), page.expect_response(MOVE, timeout=5_000):
            page.drag_and_drop(
                '[data-column="raised"] .bcard', f'[data-column="{state}"] h2'
            )
            return


def test_a_card_is_dragged_to_another_column_without_loading_the_page_again(
    board: Page,
) -> None:
    board.evaluate("document.body.dataset.same = 'yes'")
    drag(board, "accepted")
    expect(column(board, "accepted")).to_have_text("Inform button")
    expect(board.locator("#told")).to_contain_text("“Inform button” is accepted.")
    assert board.evaluate("document.body.dataset.same") == "yes"


def test_keys_move_a_card_and_open_its_menu(board: Page) -> None:
    board.focus('[data-column="raised"] .bcard a')
    board.keyboard.press("Shift+ArrowRight")
    expect(column(board, "accepted")).to_have_text("Inform button")
    board.focus('[data-column="accepted"] .bcard a')
    board.keyboard.press("m")
    expect(board.locator(".bmove button").first).to_be_focused()


def test_a_drop_that_needs_a_reason_asks_for_it(board: Page) -> None:
    drag(board, "stopped")
    expect(board.locator("h1")).to_have_text("Stop with learning")


def test_a_drop_that_is_not_possible_is_answered_with_one_line_under_the_card(
    board: Page,
) -> None:
    board.evaluate("document.body.dataset.same = 'yes'")
    drag(board, "on hold")
    expect(board.locator(".bcard-stays")).to_contain_text("Stays in Raised:")
    expect(column(board, "raised")).to_have_text("Inform button")
    assert board.evaluate("document.body.dataset.same") == "yes"
