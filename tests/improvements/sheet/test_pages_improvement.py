"""One improvement in the browser: raise, complete, move, vote, two people at once; the board and
the list.
"""

from __future__ import annotations

import pytest
from flask import Flask

from app.improvements.register.actions import move
from app.models.improvements.words import ImprovementKind, ImprovementState
from tests.improvements.builders import Room
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def primary(page: Page) -> list[str]:
    """Return the labels of the primary buttons in the content."""
    return [node.text for node in page.root.one("main").all(class_="primary")]


def column(page: Page, state: str) -> list[str]:
    """Return the titles of the cards of a column."""
    (found,) = [
        node
        for node in page.root.all("section")
        if node.attrs.get("data-column") == state
    ]
    return [node.text for node in found.all(class_="bcard-title")]


def test_raising_needs_one_sentence_and_nothing_but_reading(app: Flask) -> None:
    reader = Pages(app).as_operator("rita", permissions=("read",))
    reader.get("/improvements/new")
    page = reader.submit(title="Nobody explains twice")
    assert page.h1 == "Nobody explains twice"
    assert page.told.startswith("Raised.")
    assert column(reader.get("/improvements"), "raised") == ["Nobody explains twice"]


def test_raising_without_a_sentence_is_refused_beside_the_field(pages: Pages) -> None:
    pages.get("/improvements/new")
    page = pages.submit(title="", status=422)
    assert page.errors == ["Say in one sentence what should be better."]


def test_a_long_title_with_marks_is_shown_as_typed(pages: Pages, room: Room) -> None:
    number = room.raised("<b>Umlauts äöü & quotes</b> " + "x" * 170)
    assert pages.get(f"/improvements/{number}").h1.startswith(
        "<b>Umlauts äöü & quotes</b>"
    )
    assert "<b>Umlauts" in " ".join(column(pages.get("/improvements"), "raised"))


@pytest.mark.parametrize(
    "state",
    [ImprovementState.RAISED, ImprovementState.ACCEPTED, ImprovementState.STOPPED],
)
def test_an_improvement_opens_in_every_state(
    pages: Pages, room: Room, state: ImprovementState
) -> None:
    number = room.raised("A new ticket tool")
    if state is not ImprovementState.RAISED:
        room.do(move, number, state, reason="The tool we have can do it.")
    page = pages.get(f"/improvements/{number}")
    wanted = {
        ImprovementState.RAISED: ["Try it with one person"],
        ImprovementState.ACCEPTED: ["Try it with one person"],
        ImprovementState.STOPPED: [],
    }
    assert primary(page) == wanted[state]


def test_the_step_is_derived_and_its_guidance_said(pages: Pages, room: Room) -> None:
    number = room.raised(vision="No one waits", objective="Loyal customers")
    page = pages.get(f"/improvements/{number}")
    assert "Step 2 of 7: Where are we now?" in page.content
    assert "Measure today, even once" in page.content


def test_one_part_is_changed_and_its_history_kept(pages: Pages, room: Room) -> None:
    number = room.raised()
    pages.get(f"/improvements/{number}/edit/vision")
    page = pages.submit(vision="Greeted by name", eligible="80")
    assert page.told == "Saved."
    assert "Greeted by name" in page.content
    rows = pages.get(f"/improvements/{number}/history").rows()
    assert rows[0][1] == "anna"
    assert "vision" in rows[0][3] and "Greeted by name" in rows[0][3]


def test_a_figure_that_is_none_keeps_what_was_typed(pages: Pages, room: Room) -> None:
    number = room.raised()
    pages.get(f"/improvements/{number}/edit/standing")
    page = pages.submit(value="many", urgency="11", status=422)
    assert page.errors == ["Type a whole number like 12."]
    assert page.root.one("input", id="value").attrs["value"] == "many"
    page = pages.submit(value="3", status=422)
    assert page.errors == ["Urgency goes from 1 to 10."]


def test_an_owner_nobody_knows_is_refused_beside_the_field(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    pages.get(f"/improvements/{number}/edit/standing")
    page = pages.submit(owner="Nobody Inparticular", status=422)
    assert page.root.one("input", id="owner").attrs["value"] == "Nobody Inparticular"
    assert len(page.errors) == 1


def test_two_people_writing_at_once_lose_nothing(
    app: Flask, pages: Pages, room: Room
) -> None:
    number = room.raised()
    ben = Pages(app).as_operator("ben")
    pages.get(f"/improvements/{number}/edit/vision")
    ben.get(f"/improvements/{number}/edit/vision")
    ben.submit(vision="Ben's text", audience="Ben's people")
    page = pages.submit(vision="Anna's text", objective="Anna's aim", status=409)
    assert page.root.one("textarea", id="vision").text == "Anna's text"
    assert page.root.one(class_="theirs").text == "Saved meanwhile: Ben's text"
    assert page.root.one("textarea", id="audience").text == "Ben's people"
    page = pages.submit(vision="Both texts")
    assert all(
        text in page.content for text in ("Both texts", "Anna's aim", "Ben's people")
    )


def test_two_people_writing_in_different_fields_are_joined(
    app: Flask, pages: Pages, room: Room
) -> None:
    number = room.raised()
    ben = Pages(app).as_operator("ben")
    pages.get(f"/improvements/{number}/edit/vision")
    ben.get(f"/improvements/{number}/edit/vision")
    ben.submit(audience="Ben's people")
    page = pages.submit(vision="Anna's text")
    assert "Ben's people" in page.content and "Anna's text" in page.content


def test_the_board_moves_a_card_and_answers_htmx_with_the_board(
    pages: Pages, room: Room
) -> None:
    number = room.raised("Inform button")
    pages.get("/improvements")
    page = pages.post(
        f"/improvements/{number}/move",
        {"to": "accepted", "from": "board"},
        fragment=True,
    )
    assert column(page, "accepted") == ["Inform button"]
    assert "<html" not in page.html
    assert "“Inform button” is accepted." in page.html


def test_a_move_that_is_not_ready_lists_everything_in_the_way(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    room.do(move, number, ImprovementState.ACCEPTED)
    page = pages.post(f"/improvements/{number}/move", {"to": "in progress"}, status=409)
    lines = [node.text for node in page.root.one(class_="blockers").all("li")]
    assert len(lines) == 2
    assert lines[0].startswith("Name the one person who owns it.")
    links = page.root.one(class_="blockers").all("a")
    assert [link.text for link in links] == lines


def test_a_card_dropped_where_a_question_is_due_leads_to_the_question(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    data = {"to": "stopped", "from": "board"}
    page = pages.post(f"/improvements/{number}/move", data, fragment=True)
    assert (
        page.response.headers["HX-Redirect"]
        == f"/improvements/{number}/move?to=stopped"
    )


def test_stopping_asks_what_was_learned_and_celebrates_it(
    pages: Pages, room: Room
) -> None:
    number = room.raised("A new ticket tool")
    pages.get(f"/improvements/{number}/move?to=stopped")
    page = pages.submit(reason="", status=409)
    assert "Say what was learned" in page.content
    page = pages.submit(
        reason="The tool we have can do it", not_spent="40000", not_spent_unit="EUR"
    )
    assert "That is a success." in page.content
    assert "Not spent: 40,000 EUR." in page.content
    assert "40,000 EUR not spent" in pages.get("/improvements/progress").content


def test_the_soft_limit_asks_for_a_reason(pages: Pages, room: Room) -> None:
    for title in ("One", "Two", "Three"):
        number = room.begun(title)[0]
    room.do(move, number, ImprovementState.ON_HOLD, reason="Later")
    page = pages.post(f"/improvements/{number}/move", {"to": "in progress"}, status=409)
    assert "2 improvements in progress, the limit is 2" in page.content
    page = pages.submit(reason="Ada is back")
    assert "is in progress" in page.told


def test_what_lapsed_floats_to_needs_attention(
    app: Flask, pages: Pages, room: Room, clock
) -> None:
    number, _metric = room.begun("Answer faster")
    assert "nothing needs attention" in pages.get("/improvements").content
    clock.forward(days=9)
    board = pages.as_operator().get("/improvements")
    assert "Answer faster" in board.root.one(class_="attention").text
    assert f"/improvements/{number}" in board.html


def test_parts_are_folded_under_what_they_belong_to(pages: Pages, room: Room) -> None:
    parent = room.raised("Role-based access")
    room.raised("Role: clerk", parent_id=parent, kind=ImprovementKind.ROLE)
    board = pages.get("/improvements")
    assert column(board, "raised") == ["Role-based access"]
    assert "1 of 1 parts open" in board.content


def test_a_vote_is_given_and_taken_back(app: Flask, room: Room) -> None:
    number = room.raised()
    reader = Pages(app).as_operator("rita", permissions=("read",))
    reader.get(f"/improvements/{number}")
    page = reader.submit(f"/improvements/{number}/vote")
    assert "1 vote" in page.content
    reader.get(f"/improvements/{number}")
    assert "Vote for it" in reader.submit(f"/improvements/{number}/vote").content


def test_who_may_only_read_changes_nothing(app: Flask, room: Room) -> None:
    number, metric = room.begun()
    rita = Pages(app).as_operator("rita", permissions=("read",))
    for path in (
        "edit/vision",
        "next",
        "iterations/new",
        "metrics/new",
        "notes/new",
        "costs/new",
        "findings/new",
    ):
        rita.get(f"/improvements/{number}/{path}", status=403)
    rita.post(f"/improvements/{number}/move", {"to": "stopped"}, status=403)
    rita.post(f"/metrics/{metric}/watch", status=403)
    assert rita.get("/improvements").root.all(class_="bmove") == []


def test_the_list_is_searched_narrowed_and_sorted(pages: Pages, room: Room) -> None:
    room.raised("Chat", value=9, urgency=9, risk=9, job_size=1)
    room.raised("Inform button", value=1, urgency=1, risk=1, job_size=9, kind="tool")
    rows = pages.get("/improvements/list").rows("Improvements")
    assert [row[0].split()[0] for row in rows] == ["Chat", "Inform"]
    assert len(pages.get("/improvements/list?kind=tool").rows("Improvements")) == 1
    assert "No improvement fits" in pages.get("/improvements/list?q=zebra").content


def test_the_register_goes_out_as_csv_and_comes_in_again(
    pages: Pages, room: Room
) -> None:
    room.raised("Chat, with “quotes”", value=3)
    out = pages.get("/improvements/list.csv")
    assert "Chat, with “quotes”" in out.response.text
    pages.get("/improvements/import")
    page = pages.post(
        "/improvements/import", {"text": "title,value\nInform button,3\n,2\nChat,99\n"}
    )
    assert page.root.all(class_="tile")[0].text.startswith("would be raised 1")
    assert len(page.rows("Rejected lines")) == 2
    text = page.root.one(id="keep").one("textarea", name="text").text
    assert "Inform button" in text
    rejected = pages.post(
        "/improvements/import", {"text": "title,value\n,2\n", "do": "rejects"}
    )
    assert rejected.response.mimetype == "text/csv"
    page = pages.post(
        "/improvements/import",
        {"text": "title,value\nInform button,3\n,2\n", "do": "keep"},
    )
    assert page.told == "1 improvement is brought in."


def test_a_file_that_is_no_register_is_refused(pages: Pages) -> None:
    pages.get("/improvements/import")
    page = pages.submit(status=422)
    assert page.errors == ["Choose a file, or paste its lines."]
