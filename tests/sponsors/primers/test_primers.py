"""Short texts for who does not know the work, and where to learn more."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid, NotFound
from app.models.sponsors.words import WhomFor
from app.sponsors.primers import actions
from app.sponsors.primers.actions import LinkDraft, PrimerDraft
from app.sponsors.primers.queries import primer, primers, shipped, shipped_primer
from app.sponsors.primers.rules import is_address
from tests.improvements.builders import Room
from tests.pages import Pages

MOST_WORDS = 130


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_primer_is_short_in_both_languages(language: str) -> None:
    told = [shipped_primer(key, language) for key in shipped()]
    assert len({one.title for one in told}) == len(told) >= 8
    assert all(len(one.text.split()) <= MOST_WORDS for one in told)
    assert all(language in shipped()[one.key] for one in told)


def test_a_primer_is_said_in_other_words_and_goes_back_to_the_shipped_text(
    pages: Pages,
) -> None:
    page = pages.get("/primers")
    assert "Your part as a sponsor" in page.text
    came = pages.get("/primers/your-part").text
    assert "Say in your own round why it is done." in came
    pages.get("/primers/your-part/edit")
    page = pages.submit(title="Your part", text="Say it yourself.\r\n\r\nEvery week.")
    assert "Say it yourself." in page.text and "Back to the shipped text" in page.text
    assert "in your words" in pages.get("/primers").text
    pages.get("/primers/your-part")
    page = pages.submit("/primers/your-part/take-back")
    assert "Say in your own round why it is done." in page.text
    assert "in your words" not in pages.get("/primers").text


def test_what_is_typed_wrong_stays_with_its_reason(pages: Pages) -> None:
    pages.get("/primers/priority/edit")
    page = pages.submit(title="", text="Mine", status=422)
    assert "Give it a title." in page.text and "Mine" in page.text
    assert pages.get("/primers/none", status=404)


def test_other_languages_keep_their_text(room: Room) -> None:
    draft = PrimerDraft("en", "First things first", "One after another.")
    room.do(actions.say_primer, "priority", draft)
    assert room.ask(primer, "priority", "en").is_own
    assert not room.ask(primer, "priority", "de").is_own
    came = shipped_primer("priority", "en")
    same = PrimerDraft("en", came.title, came.text)
    room.do(actions.say_primer, "priority", same)
    assert not any(one.is_own for one in room.ask(primers, "en"))
    with pytest.raises(NotFound):
        room.do(actions.say_primer, "none", draft)


def test_where_to_learn_more_is_an_address_of_the_web(pages: Pages, room: Room) -> None:
    pages.get("/primers/priority")
    at = "/primers/priority/links"
    page = pages.submit(at, title="A film", address="ftp://example.com/f", status=422)
    assert "begins with https:// or http://" in page.text
    assert "ftp://example.com/f" in page.html
    pages.get("/primers/priority")
    page = pages.submit(
        at, title="A film", address="https://example.com/f", whom="managers"
    )
    assert 'href="https://example.com/f"' in page.html
    page = pages.submit("/learning/1/drop")
    assert "A film" not in page.root.one(id="learn").text
    number = room.raised()
    with pytest.raises(Invalid) as refused:
        room.do(actions.add_link, number, LinkDraft("x", "ftp://example.com"))
    assert refused.value.field == "address"
    made = room.do(
        actions.add_link, number, LinkDraft("x", "http://example.com", WhomFor.IT)
    )
    assert made.whom is WhomFor.IT


def test_who_may_only_read_changes_nothing(app: Flask, pages: Pages) -> None:
    reader = Pages(app).as_operator("rita", permissions=("read",))
    assert "Say it in other words" not in reader.get("/primers/priority").text
    reader.get("/primers/priority/edit", status=403)


@given(st.text(max_size=60))
def test_no_text_makes_an_address_of_anything_but_the_web(text: str) -> None:
    assert not is_address(text) or text.lower().startswith(("https://", "http://"))


@pytest.mark.parametrize(
    "address",
    [
        "https://",
        "http:///x",
        "https://a@b.example",
        "https://a b",
        "https://[",
        "javascript:alert(1)",
    ],
)
def test_what_leads_nowhere_is_no_address(address: str) -> None:
    assert not is_address(address)
