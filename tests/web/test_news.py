"""A page says by itself what others changed, moves nothing, and asks ever so cheaply."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.core.web.news import PATIENCE, News, Shown
from app.improvements.register.actions import raise_improvement
from tests.access.builders import counted
from tests.incidents.builders import Desk
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database, now=pages.parts.now())


def asks(page: Page, name: str) -> str:
    return page.root.one(id=f"{name}-news").attrs["hx-get"]


def polled(pages: Pages, address: str, status: int = 200) -> Page:
    return pages.get(address, fragment=True, status=status)


LIVE = {"/": "today", "/desk": "queue", "/improvements": "board"}


@pytest.mark.parametrize(("address", "name"), LIVE.items())
def test_while_nothing_is_done_the_answer_is_empty(
    pages: Pages, desk: Desk, address: str, name: str
) -> None:
    desk.reported()
    desk.do(raise_improvement, "Shorter forms")
    asked = asks(pages.get(address), name)
    answer = polled(pages, asked, status=204)
    assert answer.response.data == b""
    if address != "/":
        with counted(pages.parts.database) as questions:
            polled(pages, asked, status=204)
        assert len(questions) <= 3


def test_the_board_says_what_others_did(pages: Pages, desk: Desk) -> None:
    desk.do(raise_improvement, "Shorter forms")
    asked = asks(pages.get("/improvements"), "board")
    desk.do(raise_improvement, "Fewer passwords")
    found = polled(pages, asked)
    assert "1 new – show" in found.text and "Fewer passwords" not in found.text
    polled(pages, asks(found, "board"), status=204)
    pages.get("/improvements/1")
    pages.post("/improvements/1/vote")
    assert "1 new, 1 changed – show" in polled(pages, asked).text


def test_what_happens_elsewhere_is_no_news_and_is_looked_at_once(
    pages: Pages, desk: Desk
) -> None:
    desk.do(raise_improvement, "Shorter forms")
    asked = asks(pages.get("/improvements"), "board")
    desk.reported()
    again = polled(pages, asked)
    assert "show" not in again.text
    polled(pages, asks(again, "board"), status=204)


def test_the_number_in_the_rail_comes_along(pages: Pages, desk: Desk) -> None:
    asked = asks(pages.get("/improvements"), "board")
    desk.do(raise_improvement, "Shorter forms")
    number = polled(pages, asked).root.one(id="rail-number")
    assert number.attrs["hx-swap-oob"] == "true"


def test_after_half_an_hour_without_news_the_page_stops_asking(
    pages: Pages, desk: Desk
) -> None:
    desk.reported()
    for address, name in LIVE.items():
        asked = asks(pages.get(address), name)
        since = str(int(pages.parts.now().timestamp()) - PATIENCE - 1)
        last = polled(pages, re.sub("-[0-9]+-", f"-{since}-", asked))
        assert "stopped looking for news" in last.text
        assert "hx-get" not in last.root.one(id=f"{name}-news").attrs


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({1: "a"}, {1: "a"}, News()),
        ({1: "a", 2: "b"}, {1: "c", 2: "b", 3: "d"}, News(1, 1, 0)),
        ({1: "a", 2: "b"}, {2: "b"}, News(0, 0, 1)),
    ],
)
def test_news_are_counted(app: Flask, before, after, found) -> None:
    with app.test_request_context("/desk"):
        seen = Shown("queue", before).seen
    with app.test_request_context("/desk", query_string={"seen": seen}):
        assert Shown("queue", after).news == found
        assert Shown("queue", after, whole=False).news.gone == 0
