"""An idea is rejected, called a duplicate, or made one with another; nothing is lost by it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.errors import Refused
from app.improvements.comments.actions import add_comment
from app.improvements.complaints import actions as complaints
from app.improvements.complaints.actions import ComplaintSaid
from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.merging import actions
from app.improvements.merging.queries import MOVING, also_asked, would_move
from app.improvements.merging.rules import OneOfTwo, free_name, merge_objections
from app.improvements.notes.actions import NoteDraft, add_note
from app.improvements.register.actions import move, vote
from app.improvements.spread.queries import spared
from app.improvements.tasks.actions import TaskDraft, add_task
from app.models.improvements.improvement import Improvement, Vote
from app.models.improvements.metric import Metric
from app.models.improvements.words import ImprovementNoteKind, ImprovementState
from app.sponsors.merging import GOING_ALONG
from tests.conftest import Rung
from tests.improvements.builders import Room, rows
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def state(room: Room, number: int) -> Any:
    found = rows(room.database, select(Improvement).where(Improvement.id == number))
    return found[0]


def full(room: Room, title: str) -> int:
    """An improvement with something of nearly everything."""
    number = room.raised(title)
    room.metric(number)
    room.do(add_task, number, TaskDraft("Ask Ada", "anna"))
    room.do(add_comment, number, "It would help")
    room.do(raise_finding, number, FindingDraft("It is slow"))
    room.do(add_note, number, NoteDraft(ImprovementNoteKind.LEARN, "Weeks are long"))
    for voter in ("anna", title):
        room.do(vote, number, by=voter)
    said = ComplaintSaid("Ada", room.now.date(), "I wait")
    complaint = room.do(complaints.register, f"I wait for {title}", said)
    room.do(complaints.join, complaint.id, number)
    return number


def test_a_rejected_idea_is_no_stop_with_learning(room: Room) -> None:
    number = room.raised()
    with pytest.raises(Refused, match="Say why it is rejected"):
        room.do(actions.reject, number, " ")
    room.do(actions.reject, number, "We have it already.")
    found = state(room, number)
    assert (found.state, found.closed_why) == ("rejected", "We have it already.")
    assert room.ask(spared) == ([], {})
    room.do(move, number, ImprovementState.RAISED)
    assert state(room, number).closed_why == ""


def test_a_duplicate_leads_to_the_other_and_comes_back(room: Room) -> None:
    one, other = full(room, "Chat"), room.raised("A chat for all")
    room.do(actions.mark_duplicate, one, other, why="Same wish")
    assert state(room, one).duplicate_of_id == other
    (line,) = room.ask(also_asked, other)
    assert (line.title, line.votes, line.complaints) == ("Chat", 2, 1)
    with pytest.raises(Refused, match="is duplicate"):
        room.do(actions.mark_duplicate, other, one)
    room.do(move, one, ImprovementState.RAISED)
    assert state(room, one).duplicate_of_id is None
    assert room.ask(also_asked, other) == []


def test_nothing_is_its_own_duplicate(room: Room) -> None:
    one = room.raised()
    for deed in (actions.mark_duplicate, actions.merge):
        with pytest.raises(Refused, match="the same one"):
            room.do(deed, one, one)


def test_two_become_one_and_every_record_goes_along(room: Room) -> None:
    one, into = full(room, "Chat"), full(room, "A chat for all")
    before = room.ask(would_move, one), room.ask(would_move, into)
    assert set(before[0]) >= {"tasks", "comments", "findings", "notes", "complaints"}
    room.do(actions.merge, one, into)
    assert room.ask(would_move, one) == {}
    after = room.ask(would_move, into)
    sums = {name: count + before[1].get(name, 0) for name, count in before[0].items()}
    assert after == {**sums, "votes": 3}, "one voter counts once"
    metrics = rows(room.database, select(Metric).order_by(Metric.id))
    assert [bool(metric.primary_of) for metric in metrics] == [False, True]
    assert len({metric.name for metric in metrics}) == 2
    voters = [each.voter for each in rows(room.database, select(Vote))]
    assert len(voters) == len(set(voters))
    assert state(room, one).duplicate_of_id == into


def test_what_ran_in_both_is_not_made_one(room: Room) -> None:
    numbers = []
    for title in ("Chat", "A chat for all"):
        number, metric = room.begun(title)
        room.running(number, metric, "Ada")
        numbers.append(number)
    with pytest.raises(Refused) as caught:
        room.do(actions.merge, *numbers)
    assert "A rung ran in both" in caught.value.message
    assert all(state(room, number).state == "in progress" for number in numbers)


def test_rungs_stand_behind_those_of_the_other(room: Room) -> None:
    into, _other = room.begun("Chat")
    one, metric = room.begun("A chat for all")
    room.planned(one, metric, "Ada")
    room.do(actions.merge, one, into)
    assert room.ask(would_move, into)["rungs"] == 1


@given(st.lists(st.sampled_from(["A", "a", "A (2)", "B"])), st.sampled_from("Ab"))
def test_a_free_name_is_free(taken: list[str], name: str) -> None:
    found = free_name(name, taken)
    assert found.casefold() not in {each.casefold() for each in taken}
    assert found.startswith(name)


def test_a_part_does_not_go_into_what_it_stands_under() -> None:
    part = OneOfTwo(1, "A", ImprovementState.RAISED, above=frozenset({2}))
    whole = OneOfTwo(2, "B", ImprovementState.RAISED)
    for pair in ((part, whole), (whole, part)):
        assert merge_objections(*pair) == ("One of them stands under the other.",)


def test_what_a_role_stands_under_is_not_merged() -> None:
    one = OneOfTwo(1, "A", ImprovementState.RAISED, has_role=True)
    into = OneOfTwo(2, "B", ImprovementState.RAISED)
    assert merge_objections(one, into) == ("A role stands under it, and stays there.",)
    assert merge_objections(into, one) == ()


def test_every_table_of_an_improvement_is_thought_of() -> None:
    tables = {
        mapper.class_.__tablename__
        for mapper in Improvement.registry.mappers
        if "improvement_id" in mapper.local_table.c
    }
    moving = (*MOVING.values(), *GOING_ALONG)
    assert tables == {kind.__tablename__ for kind in moving} | {
        "business_case",  # frozen words of that one
        "role",  # refused: it stays where it is
    }


def test_a_duplicate_in_the_browser(pages: Pages, room: Room) -> None:
    one, other = room.raised("Chat"), room.raised("A chat for all")
    pages.get(f"/improvements/{one}/duplicate")
    page = pages.submit(other=f"row:{other}", why="Same wish")
    assert page.undoable
    assert page.root.all("a", href=f"/improvements/{other}")
    assert "Chat" in pages.get(f"/improvements/{other}").root.one(id="also").text
    page = pages.post(f"/improvements/{one}/move", {"to": "raised"})
    assert "Raised" in page.text or "raised" in page.text


def test_a_rejection_in_the_browser_says_why(pages: Pages, room: Room) -> None:
    one = room.raised("Chat")
    pages.get(f"/improvements/{one}/move?to=rejected")
    page = pages.submit(reason="We have it already.")
    assert "Rejected on 2 Mar 2026: We have it already." in page.text


def test_a_merge_shows_what_moves_before_it_happens(pages: Pages, room: Room) -> None:
    one, into = full(room, "Chat"), room.raised("A chat for all")
    pages.get(f"/improvements/{one}/merge")
    page = pages.submit(into=f"row:{into}")
    assert "1 tasks" in page.text and "This cannot be taken back" in page.text
    assert state(room, one).state == "raised"
    page = pages.submit(button="Merge them")
    assert page.h1 == "A chat for all"
    assert state(room, one).state == "duplicate"
    pages.get(f"/improvements/{into}/merge")
    page = pages.submit(into=f"row:{into}")
    assert "this is the same one" in page.text


def test_reject_duplicate_and_merge_on_the_command_line(rung: Rung, room: Room) -> None:
    for title in ("Chat", "Chats", "A chat for all", "Fax"):
        room.raised(title)
    base = "improvement"
    rejected = rung(base, "reject", "4", "--reason", "Nobody has one", "--json").json
    assert rejected == {"improvement": 4, "title": "Fax", "state": "rejected"}
    assert rung(base, "duplicate", "2", "3", "--json").json["duplicate_of"] == 3
    room.do(add_task, 1, TaskDraft("Ask Ada"))
    seen = rung(base, "merge", "1", "3", "--dry-run", "--json").json
    assert (seen["moved"], seen["done"]) == ({"tasks": 1}, False)
    assert rung(base, "merge", "1", "3").out == "Moved into 3: 1 tasks.\n"
    assert rung(base, "merge", "1", "3").code == 1
    counted = select(func.count()).where(Improvement.state == "duplicate")
    assert room.ask(lambda session: session.scalar(counted)) == 2
