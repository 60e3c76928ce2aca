"""Tasks in the browser: added where one stands, done with one press, undone with another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.tasks.actions import TaskDraft, add_task
from tests.improvements.builders import MONDAY, Room
from tests.pages import Pages

SOON = (MONDAY + timedelta(days=3)).date()


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def test_a_task_is_added_done_and_opened_again(pages: Pages, room: Room) -> None:
    number = room.raised()
    page = pages.get(f"/improvements/{number}")
    assert "no next step" in page.root.one(id="tasks").text
    pages.get(f"/improvements/{number}/tasks/new")
    page = pages.submit(what="Ask <Ada>", owner="olga", due=SOON.isoformat())
    listed = page.root.one(id="tasks").text
    assert "Next step" in listed and "Ask <Ada>" in listed and "olga" in listed
    page = pages.post("/tasks/1/move", {"to": "done"})
    assert page.undoable
    assert "1 task ended" in page.root.one(id="tasks").text
    page = pages.post("/tasks/1/move", {"to": "open"})
    assert "Next step" in page.root.one(id="tasks").text
    pages.get(f"/improvements/{number}/next")
    page = pages.submit("/tasks/1", what="Ask Ada twice")
    assert "Ask Ada twice" in page.root.one(id="tasks").text


def test_the_next_step_of_something_without_one_is_asked_for(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    assert pages.get(f"/improvements/{number}/next").h1 == "The next step"
    page = pages.submit(what="Ask Ada", owner="olga", due=SOON.isoformat())
    assert "Ask Ada" in page.root.one(id="tasks").text


def test_what_was_typed_wrong_stands_there_again(pages: Pages, room: Room) -> None:
    number = room.raised()
    pages.get(f"/improvements/{number}/tasks/new")
    page = pages.submit(status=422, what="Ask Ada", due="2020-01-01")
    assert page.errors == ["1 Jan 2020 is over; give a day that can be kept."]
    assert page.root.one(id="what").attrs["value"] == "Ask Ada"


def test_a_task_of_a_finding_stands_on_its_page_and_on_the_improvement(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    finding = room.do(raise_finding, number, FindingDraft("It is slow")).id
    pages.get(f"/improvements/{number}/tasks/new?finding={finding}")
    page = pages.submit(what="Buy memory")
    assert page.h1 == "It is slow"
    assert "Buy memory" in page.root.one(id="finding-tasks").text
    listed = pages.get(f"/improvements/{number}").root.one(id="tasks").text
    assert "of the finding “It is slow”" in listed


def test_my_tasks_everybodys_and_a_handing_over(pages: Pages, room: Room) -> None:
    number = room.raised()
    room.do(add_task, number, TaskDraft("Ask Ada", "olga", SOON))
    room.do(add_task, number, TaskDraft("Ask Ben", "Berta Tischler"))
    page = pages.get("/improvements/tasks")
    assert "Ask Ada" in page.text and "Ask Ben" not in page.text
    page = pages.get("/improvements/tasks?owner=")
    assert "Ask Ada" in page.text and "Ask Ben" in page.text
    page = pages.post(
        "/improvements/tasks/hand-over", {"owner": "Berta Tischler", "to": "olga"}
    )
    assert page.told == "1 task is handed over."
    page = pages.post(
        "/improvements/tasks/hand-over", {"owner": "Nobody", "to": "olga"}, status=422
    )
    assert page.errors == ["Nothing is open for Nobody."]


def test_the_order_is_changed_with_a_button(pages: Pages, room: Room) -> None:
    number = room.raised()
    for what in ("Ask Ada", "Ask Ben"):
        room.do(add_task, number, TaskDraft(what, "olga", SOON))
    page = pages.post("/tasks/2/earlier")
    rows = page.root.one(id="tasks").all("li")
    assert "Ask Ben" in rows[0].text and "Next step" in rows[0].text


def test_a_task_that_is_overdue_says_so_and_waits_on_today(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    room.now = MONDAY - timedelta(days=9)
    late = (MONDAY - timedelta(days=2)).date()
    room.do(add_task, number, TaskDraft("Ask Ada", "olga", late))
    assert "overdue" in pages.get(f"/improvements/{number}").text
    today = pages.get("/").root.one(id="waits")
    assert today.all("a", href="/tasks/1")
    assert "overdue" in pages.get("/tasks/1").text


def test_who_may_only_read_sees_tasks_and_changes_none(app: Flask) -> None:
    pages = Pages(app).as_operator("rita", permissions=("read",))
    room = Room(pages.parts.database)
    number = room.raised()
    room.do(add_task, number, TaskDraft("Ask Ada", "olga", SOON))
    page = pages.get(f"/improvements/{number}")
    assert "Ask Ada" in page.root.one(id="tasks").text
    assert not page.root.one(id="tasks").all("form")
    pages.get("/tasks/1", status=403)
