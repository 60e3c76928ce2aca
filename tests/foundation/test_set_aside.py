"""What is set aside is told where people look, and is tried again by one click or one command."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import aside
from app.core.audit import AuditEvent
from tests.conftest import Rung
from tests.incidents.builders import rows
from tests.pages import Pages

LANE: aside.Lane[int] = aside.Lane("reminders", "incident")


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


def failed(pages: Pages, key: int, times: int = 3) -> None:
    for _ in range(times):
        aside.note_failure(
            pages.parts, LANE, key, ValueError("Invalid isoformat string: 'x'")
        )


def test_an_empty_list_says_what_it_is_for(pages: Pages) -> None:
    assert "Nothing is set aside" in pages.get("/set-aside").text


def test_the_list_names_the_row_the_reason_and_the_tries(pages: Pages) -> None:
    failed(pages, 7)
    failed(pages, 8, times=1)
    page = pages.get("/set-aside")
    [first, second] = page.rows("Rows that failed")
    assert (
        "reminders 7" in first[0] and "set aside" in first[1] and "3 tries" in first[1]
    )
    assert first[2] == "ValueError: Invalid isoformat string: 'x'"
    assert "reminders 8" in second[0] and "tried again" in second[1]
    assert page.root.all("a", href="/desk/7")


def test_a_wave_that_is_held_leads_to_its_page(pages: Pages) -> None:
    held: aside.Lane[int] = aside.Lane("waves", "wave", pauses=())
    aside.note_failure(pages.parts, held, 3, RecursionError())
    assert pages.get("/set-aside").root.all("a", href="/waves/3")


def test_it_is_said_on_the_start_page_and_to_management(pages: Pages) -> None:
    for address in ("/", "/desk/management"):
        assert "set something aside" not in pages.get(address).text
    failed(pages, 7)
    for address in ("/", "/desk/management"):
        assert "1 row could not be done" in pages.get(address).text
    pages.as_operator("reader", permissions=("read",))
    page = pages.get("/")
    assert "Somebody with the permission “operators” sees which and why." in page.text
    pages.get("/set-aside", status=403)


def test_one_row_or_all_are_tried_again_and_that_is_written_down(pages: Pages) -> None:
    for key in (7, 8, 9):
        failed(pages, key)
    first = rows(
        pages.parts.database, select(aside.SetAside.id).order_by(aside.SetAside.id)
    )[0]
    assert pages.post("/set-aside", {"id": first}).told == "1 row is tried again."
    assert pages.post("/set-aside").told == "2 rows are tried again."
    assert pages.post("/set-aside").told == "It was done meanwhile."
    told = rows(
        pages.parts.database,
        select(AuditEvent.actor).where(AuditEvent.action == "worker.retry"),
    )
    assert told == ["anna"] * 3


def test_the_trail_holds_the_kind_of_the_fault_and_not_its_words(pages: Pages) -> None:
    aside.note_failure(
        pages.parts, aside.Lane("x", "row", pauses=()), 1, ValueError("salary of Carla")
    )
    [event] = rows(
        pages.parts.database,
        select(AuditEvent).where(AuditEvent.action == "worker.set-aside"),
    )
    assert event.reason == "ValueError"
    assert "Carla" not in f"{event.label}{event.before}{event.after}"


def test_the_command_line_lists_and_tries_again(pages: Pages, rung: Rung) -> None:
    assert rung("worker", "set-aside").out == "Nothing is set aside.\n"
    failed(pages, 7)
    [shown] = rung("worker", "set-aside", "--json").json["set_aside"]
    assert (shown["lane"], shown["key"], shown["attempts"], shown["aside"]) == (
        "reminders",
        "7",
        3,
        True,
    )
    assert "set aside" in rung("worker", "set-aside").out
    assert "1 row set aside" in rung("doctor").out
    assert rung("worker", "retry").code == 2
    assert rung("worker", "retry", "99").code == 1
    assert rung("worker", "retry", str(shown["id"]), "--json").json == {
        "tried_again": 1,
        "left": [],
    }
    assert rung("worker", "retry", "--all", "--json").json == {
        "tried_again": 0,
        "left": [],
    }


def test_pauses_grow_and_end(pages: Pages) -> None:
    now, pauses = pages.parts.now(), []
    for _ in range(3):
        aside.note_failure(pages.parts, LANE, 7, ValueError())
        [entry] = rows(pages.parts.database, select(aside.SetAside))
        pauses.append(entry.next_at and entry.next_at - now)
    assert pauses == [timedelta(minutes=1), timedelta(minutes=10), None]
