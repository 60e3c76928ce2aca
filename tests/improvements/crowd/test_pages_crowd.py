"""Many people in the browser: how many clicks three hundred take, how large the pages are."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from app.improvements.crowd.actions import ask_many
from app.models.improvements.words import ParticipationState
from tests.improvements.builders import Room, counted
from tests.improvements.crowd.builders import (
    LYON,
    a_crowd,
    leave,
    mailing,
    people_at,
    rows_of,
)
from tests.pages import Page, Pages

LARGEST = 60_000
PS = ParticipationState


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


class Clicks:
    """Somebody who clicks: each link and each button counts; a link must stand on the page."""

    def __init__(self, pages: Pages, start: str) -> None:
        self.pages, self.count = pages, 0
        self.page = pages.get(start)

    def link(self, words: str) -> Page:
        """Follow the only link with these words."""
        hrefs = {
            node.attrs["href"]
            for node in self.page.root.one("main").all("a")
            if words in node.text
        }
        assert len(hrefs) == 1, (words, hrefs)
        self.count += 1
        self.page = self.pages.get(hrefs.pop())
        return self.page

    def press(self, action: str = "", **fields: Any) -> Page:
        """Press the button of a form."""
        self.count += 1
        self.page = self.pages.submit(action, **fields)
        return self.page


def test_three_hundred_are_asked_switched_and_accepted_within_ten_clicks(
    pages: Pages, room: Room
) -> None:
    people_at(room, 300)
    rung = room.running(*room.begun(eligible=400), "Ada")
    hand = Clicks(pages, f"/iterations/{rung}")
    hand.link("Ask many: by site, team or group")
    page = hand.press(site="Lyon", do="count")
    assert "300 people meant. 300 people will be asked." in page.content
    page = hand.press(do="ask")
    assert page.told == "300 people are asked."
    hand.link("All: using it")
    assert "301 people will be moved." in hand.page.content
    page = hand.press()
    assert page.told == "301 people: using it." and page.undoable
    hand.link("All: says it works")
    page = hand.press(confirmed_by="Their team leads, asked on Monday")
    assert page.told == "301 people: says it works."
    assert {row.state for row in rows_of(room, rung)} == {PS.ACCEPTED}
    assert hand.count <= 10, hand.count
    assert "It works for 301 of 301 people." in page.content


@pytest.mark.parametrize("count", [25, 300, 3000])
def test_no_page_of_a_rung_is_larger_than_sixty_kilobytes(
    pages: Pages, room: Room, count: int
) -> None:
    rung = a_crowd(room, count - 1)
    sizes = {
        url: len(pages.get(url).html.encode())
        for url in (
            f"/iterations/{rung}",
            f"/iterations/{rung}/people",
            f"/iterations/{rung}/people?page=2",
            f"/iterations/{rung}/people/move?to=switched",
        )
    }
    assert max(sizes.values()) <= LARGEST, sizes


def test_from_twenty_six_on_people_are_counted_and_not_listed(
    pages: Pages, room: Room
) -> None:
    rung = a_crowd(room, 24)
    page = pages.get(f"/iterations/{rung}")
    assert len(page.root.all(class_="seat")) == 25
    people_at(room, 1, "Bern")
    room.do(ask_many, rung, LYON.__class__(names=["bern0000"]))
    page = pages.get(f"/iterations/{rung}")
    assert not page.root.all(class_="seat")
    assert "asked 26" in page.root.one(id="people").text


def test_from_six_on_several_are_moved_and_written_to_in_a_few_clicks_and_five_need_neither(
    pages: Pages, room: Room
) -> None:
    mailing(room, pages)
    rung = a_crowd(room, 4)
    people = pages.get(f"/iterations/{rung}").root.one(id="people").text
    assert "Move several of them" not in people and "Send them a link" not in people
    people_at(room, 1, "Bern")
    room.do(ask_many, rung, LYON.__class__(names=["bern0000"]))
    hand = Clicks(pages, f"/iterations/{rung}")
    page = hand.link("Move several of them")
    boxes = page.root.one("table").all("input", name="person")
    ticked = [box.attrs["value"] for box in boxes][:4]
    [form] = [
        one
        for one in page.root.all("form")
        if one.attrs.get("id") == boxes[0].attrs["form"]
    ]
    asked = {"which": "ticked", "to": "switched", "person": ticked}
    pages.get(f"{form.attrs['action']}?{urlencode(asked, doseq=True)}")
    assert hand.press().told == "4 people: using it."
    assert [row.state for row in rows_of(room, rung)].count(PS.SWITCHED) == 4
    hand = Clicks(pages, f"/iterations/{rung}")
    hand.link("Send them a link")
    assert hand.press().told.startswith("The link goes to 6 people.")
    assert hand.count == 2


def test_a_list_is_searched_and_all_but_the_ticked_are_moved_and_taken_back(
    pages: Pages, room: Room
) -> None:
    rung = a_crowd(room, 30)
    page = pages.get(f"/iterations/{rung}/people?q=Person+000")
    assert len(page.rows("People")) == 10
    but = [row.id for row in rows_of(room, rung) if row.name.startswith("Person 0003")]
    url = f"/iterations/{rung}/people/move?q=Person+000&which=but&person={but[0]}&to=switched"
    assert "9 people will be moved." in pages.get(url).content
    page = pages.submit()
    assert page.told == "9 people: using it."
    there = f"/iterations/{rung}/people/back"
    [form] = [
        each for each in page.root.all("form") if each.attrs.get("action") == there
    ]
    event = form.one("input", name="event").attrs["value"]
    page = pages.post(there, {"event": event})
    assert page.told == "9 people are where they were."
    assert {row.state for row in rows_of(room, rung)} == {PS.INVITED}


def test_a_move_without_the_word_it_needs_keeps_what_was_chosen(
    pages: Pages, room: Room
) -> None:
    rung = a_crowd(room, 3)
    room.everybody(rung, PS.SWITCHED)
    pages.get(f"/iterations/{rung}/people/move?state=using&to=accepted")
    page = pages.submit(confirmed_by="", status=409)
    assert "silence is not a yes" in page.root.one(role="alert").text
    assert pages.submit(confirmed_by="Ada").told == "4 people: says it works."


def test_looking_at_a_move_changes_nothing(pages: Pages, room: Room) -> None:
    rung = a_crowd(room, 3)
    pages.get(f"/iterations/{rung}/people/move?to=switched")
    pages.get(f"/iterations/{rung}/people/move?to=nonsense", status=404)
    assert {row.state for row in rows_of(room, rung)} == {PS.INVITED}


def test_somebody_gone_is_named_and_may_be_taken_out(pages: Pages, room: Room) -> None:
    rung = a_crowd(room, 2)
    room.everybody(rung, PS.SWITCHED)
    leave(room, "lyon0001")
    page = pages.get(f"/iterations/{rung}")
    [seat] = [one for one in page.root.all(class_="seat") if "gone from" in one.text]
    assert "Person 0001 of Lyon" in seat.text
    [gone] = [row.id for row in rows_of(room, rung) if "0001" in row.name]
    page = pages.post(f"/participants/{gone}/leave-out")
    assert page.told == "Person 0001 of Lyon is left out."


def test_the_pages_ask_the_database_as_often_for_many_as_for_few(
    pages: Pages, room: Room
) -> None:
    rung = a_crowd(room, 30)
    urls = (f"/iterations/{rung}", f"/iterations/{rung}/people")
    few = [_asks(pages, room, url) for url in urls]
    people_at(room, 400, "Bern")
    room.do(ask_many, rung, LYON.__class__(names=[f"bern{n:04}" for n in range(400)]))
    assert [_asks(pages, room, url) for url in urls] == few


def _asks(pages: Pages, room: Room, url: str) -> int:
    pages.get(url)
    with counted(room.database) as statements:
        pages.get(url)
    return len(statements)
