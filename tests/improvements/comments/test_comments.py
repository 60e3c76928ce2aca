"""Comments: who is named has it on Today; one's own words can be changed and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.errors import Refused
from app.improvements.comments import actions
from app.improvements.comments.rules import may_change, named, pieces, shortened
from app.improvements.findings.actions import FindingDraft, raise_finding
from app.models.improvements.talk import ImprovementComment, ImprovementMention
from app.models.improvements.words import FindingKind
from tests.conftest import Rung
from tests.improvements.builders import MONDAY, Room, an_operator, rows
from tests.pages import Page, Pages

NAMES = ("ada", "ada-lena", "Ben Berg")
TEXTS = st.text(alphabet="@ adlenBrg-.<\n", max_size=40)


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


@given(TEXTS)
def test_the_pieces_are_the_whole_text_and_names_are_known(text: str) -> None:
    found = pieces(text, NAMES)
    assert "".join(piece.text for piece in found) == text
    known = {f"@{name}".casefold() for name in NAMES}
    assert all(piece.text.casefold() in known for piece in found if piece.name)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@ada, look", ("ada",)),
        ("ask @Ada-Lena and @ada", ("ada-lena", "ada")),
        ("@ben berg!", ("Ben Berg",)),
        ("mail ada@ada.example or x@ada", ()),
        ("@adamant", ()),
    ],
)
def test_a_name_behind_an_at_is_found(text: str, who: tuple[str, ...]) -> None:
    assert named(text, NAMES) == who


def test_words_may_be_changed_by_who_said_them_for_a_quarter_of_an_hour() -> None:
    late = MONDAY + timedelta(minutes=15, seconds=1)
    assert may_change("a", "a", MONDAY, MONDAY + timedelta(minutes=15))
    assert not may_change("a", "a", MONDAY, late)
    assert not may_change("b", "a", MONDAY, MONDAY)


def test_what_is_said_is_escaped_and_waits_for_who_is_named(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    pages.get(f"/improvements/{number}/comments")
    page = pages.submit(text="<script>x</script> @olga @nobody")
    shown = page.root.one(id="comment-1").text
    assert "<script>x</script> @olga @nobody" in shown
    assert [mark.text for mark in page.root.all("b", class_="mention")] == ["@olga"]
    an_operator(room.database, "ada")
    room.do(actions.add_comment, number, "What do you think, @olga and @Ada?")
    page = pages.get(f"/improvements/{number}")
    marks = page.root.all("b", class_="mention")
    assert [mark.text for mark in marks] == ["@olga", "@Ada"], "the last one alone"
    today = pages.get("/").root.one(id="waits").text
    assert "anna mentions you on “Calls are answered faster”" in today
    page = pages.post("/comments/2/seen")
    assert page.told == "Noted."
    assert "mentions you" not in pages.get("/").text
    pages.post("/comments/1/seen", status=404)


def linked(page: Page, words: str) -> str:
    (link,) = [one for one in page.root.all("a") if one.text == words]
    return link.attrs["href"]


def test_a_finding_and_a_rung_show_what_was_said_about_them(
    pages: Pages, room: Room
) -> None:
    rung = room.running(*room.begun(), "Ada")
    draft = FindingDraft("The tone is too low", FindingKind.NOTE, "")
    finding = room.do(raise_finding, 1, draft, iteration_id=rung).id
    pages.get(linked(pages.get(f"/findings/{finding}"), "Comment"))
    page = pages.submit(text="Try the other headset, @olga")
    assert page.url == f"/findings/{finding}"
    assert "Try the other headset" in page.root.one(id="comment-1").text
    there = linked(pages.get(f"/iterations/{rung}"), "Comment")
    pages.get(there)
    page = pages.submit(text="Half-way")
    assert page.h1 == "Comments on rung 1"
    assert "Half-way" in page.text and "headset" not in page.text
    assert linked(pages.get(f"/iterations/{rung}"), "Comment (1 so far)") == there
    both = pages.get("/improvements/1/comments").text
    assert "The tone is too low" in both and "rung 1" in both


def test_comments_are_found_by_any_of_their_words_and_lead_to_their_place(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    long = "Nobody of the night shift knows that the éclair machine hums"
    room.do(actions.add_comment, number, long)
    gone = room.do(actions.add_comment, number, "The machine is off").id
    room.do(actions.delete_comment, gone)
    found = pages.get("/find?q=eclair mach").root
    (line,) = found.one("section", aria_labelledby="found-comments").all("a")
    assert "machine hums" in line.text.replace("mach ine", "machine")
    assert "anna · Calls are answered faster" in line.text
    page = pages.get(line.attrs["href"])
    assert page.url == f"/improvements/{number}/comments"
    rows = pages.get("/comments?q=machine").root.all("th", scope="row")
    assert [row.text for row in rows] == [long]
    assert "No comment fits" in pages.get("/comments?q=machine&by=ben").text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It works", "It works"),
        ("one two three four five six works", "… three four five six works"),
        ("works " * 30, "works " * 14 + "works …"),
    ],
)
def test_a_long_comment_is_shown_around_the_word_asked_for(
    text: str, shown: str
) -> None:
    assert shortened(text, lambda word: word == "works") == shown


def test_who_names_himself_is_not_waited_for(room: Room) -> None:
    an_operator(room.database, "anna")
    room.do(actions.add_comment, room.raised(), "I, @anna, said so")
    assert rows(room.database, select(ImprovementMention)) == []


def test_own_words_are_changed_and_taken_back_and_a_trace_stays(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    an_operator(room.database, "ada")
    pages.get(f"/improvements/{number}/comments")
    pages.submit(text="Ask @ada")
    pages.get("/comments/1")
    page = pages.submit(text="Ask Ben")
    assert "changed" in page.root.one(id="comment-1").text
    assert rows(room.database, select(ImprovementMention)) == []
    page = pages.post("/comments/1/delete")
    assert "Taken back on 2 Mar 2026" in page.root.one(id="comment-1").text
    assert "Ask Ben" not in page.root.one(id="comment-1").text
    pages.post("/comments/1/delete", status=409)


def test_words_of_others_and_old_words_stay(room: Room) -> None:
    comment = room.do(actions.add_comment, room.raised(), "It works").id
    for deed, values in (
        (actions.change_comment, ("No",)),
        (actions.delete_comment, ()),
    ):
        with pytest.raises(Refused):
            room.do(deed, comment, *values, by="ben")
    room.forward(minutes=16)
    with pytest.raises(Refused):
        room.do(actions.change_comment, comment, "No")
    assert [one.text for one in rows(room.database, select(ImprovementComment))] == [
        "It works"
    ]


def test_a_comment_on_the_command_line(rung: Rung, room: Room) -> None:
    number = str(room.raised())
    told = rung("improvement", "comment", number, "It works", "--json").json
    assert told == {"comment": 1, "improvement": 1}
    assert rung("improvement", "comment", number, " ").code == 1
    assert rung("improvement", "comment", "99", "x").code == 1
