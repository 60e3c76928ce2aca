"""Roll-outs: the desk at the table, forecast against actual, closed when customers have it."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.errors import Invalid, Refused
from app.core.waiting import Waiter
from app.improvements.merging.actions import merge
from app.knowledge import actions as knowledge
from app.models.sponsors.rollout import Rollout
from app.models.sponsors.words import RolloutItemKind, RolloutState
from app.sponsors.rollouts import actions
from app.sponsors.rollouts.queries import rollout_page
from app.sponsors.rollouts.waiting import items_due, more_than_foreseen
from tests.acting import USUAL as USUAL_SETTINGS
from tests.catalog.builders import a_service
from tests.conftest import Rung
from tests.improvements.builders import Room
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def planned(room: Room, number: int, **more: object) -> int:
    day = room.now.date()
    usual = {"title": "Chat", "starts_on": day, "users": 100, "weeks": 4}
    return int(room.do(actions.plan_rollout, number, {**usual, **more}).id)


def prepared(room: Room, rollout: int, service: int | None = None) -> None:
    seat = {"desk_member": "olga", "trained_on": room.now.date()}
    room.do(actions.seat_desk, rollout, seat)
    calls = {"kind": "How to sign in", "service_id": service, "users": 100}
    more = {"rate": 0.02, "decay": 50.0, "minutes": 6}
    room.do(actions.expect_calls, rollout, {**calls, **more})
    volunteer = {"kind": RolloutItemKind.VOLUNTEER, "who": "Ben", "text": "Tries it"}
    room.do(actions.ask_for, rollout, volunteer)
    room.do(actions.plan_hours, rollout, {"hours_there": 5.0, "staffing": ""})


def test_a_roll_out_is_planned_prepared_run_and_closed_in_the_browser(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    a_service(room.database, "Chat")
    pages.get(f"/improvements/{number}/roll-outs/new")
    page = pages.submit(status=422, title="Chat for all", users="0")
    assert page.errors and "Chat for all" in page.html
    pages.get(f"/improvements/{number}/roll-outs/new")
    day = pages.parts.now().date().isoformat()
    page = pages.submit(title="Chat for all", users="100", starts_on=day)
    assert "Name who of the desk" in page.content
    refused = pages.post("/roll-outs/1/move/ready", {}, status=409)
    assert "Name a volunteer" in refused.content
    pages.get("/roll-outs/1/desk")
    pages.submit(desk_member="olga", trained_on=day)
    pages.get("/roll-outs/1/calls")
    typed = {"kind": "How to sign in", "service_id": "Chat", "rate": "0.2"}
    page = pages.submit(**typed)
    assert "100 users × 0.2" in page.content and "Calls week by week" in page.content
    pages.get("/roll-outs/1/items")
    pages.submit(kind="volunteer", text="Tries it first", who="Ben")
    pages.get("/roll-outs/1/items")
    page = pages.submit(kind="report", text="Calls a week", who="Dora")
    assert "Reports management needs Calls a week, Dora" in page.content
    pages.get("/roll-outs/1/hours")
    assert "short" in pages.submit(hours_there="1").content
    pages.get("/roll-outs/1/hours")
    pages.submit(hours_there="1", staffing="Borrow Carla for two weeks")
    for step in ("ready", "running", "closing"):
        page = pages.post(f"/roll-outs/1/move/{step}", {})
    pages.get("/roll-outs/1/close")
    assert pages.submit(has_it="90", status=422).errors
    pages.get("/roll-outs/1/close")
    page = pages.submit(has_it="90", reason="Ten are away until May")
    assert "90 of 100 have it" in page.content and "Ten are away" in page.content
    assert "Chat for all" in pages.get("/roll-outs.csv").html
    assert "users x rate x decay" in pages.get("/roll-outs/1.csv").html


def test_calls_over_the_usual_are_counted_against_what_was_foreseen_and_wait_on_today(
    room: Room,
) -> None:
    desk = Desk(room.database)
    number, service = room.raised(), a_service(room.database, "Chat")
    rollout = planned(room, number)
    prepared(room, rollout, service)
    room.do(actions.move_rollout, rollout, RolloutState.READY)
    foreseen = room.ask(rollout_page, rollout, room.now).bands
    room.do(actions.move_rollout, rollout, RolloutState.RUNNING)
    for at in range(9):
        desk.reported(f"Chat does not open {at}", service_id=service)
    page = room.ask(rollout_page, rollout, room.now)
    assert (page.came, page.bands) == ([9], foreseen)
    assert page.above == [1] and page.learned == (0.09, 4.5)
    who = Waiter(1, "anna", ("read", "improve"), room.now, USUAL_SETTINGS)
    with room.database.read() as session:
        (found,) = more_than_foreseen(session, who)
    assert found.lines[0].page == f"/roll-outs/{rollout}"


def test_a_closed_one_is_the_forecast_of_the_next_and_takes_no_more_changes(
    room: Room,
) -> None:
    desk = Desk(room.database)
    number, service = room.raised(), a_service(room.database, "Chat")
    first = planned(room, number)
    prepared(room, first, service)
    with pytest.raises(Refused):
        room.do(actions.close_rollout, first, 100)
    for state in (RolloutState.READY, RolloutState.RUNNING):
        room.do(actions.move_rollout, first, state)
    desk.reported(service_id=service)
    desk.reported(service_id=service)
    room.do(actions.move_rollout, first, RolloutState.CLOSING)
    with pytest.raises(Invalid):
        room.do(actions.close_rollout, first, 99, " ")
    room.do(actions.close_rollout, first, 100)
    second = planned(room, number, users=300, analogue_id=first)
    weeks = room.ask(rollout_page, second, room.now).weeks()
    assert [week.analogue for week in weeks] == [6, None, None, None]
    with pytest.raises(Refused):
        room.do(actions.seat_desk, first, {"desk_member": "ben"})


def test_an_article_of_the_hands_on_is_there_only_with_its_number(room: Room) -> None:
    rollout = planned(room, room.raised())
    draft = {"kind": RolloutItemKind.ARTICLE, "who": "olga", "text": "How to sign in"}
    due = {"due": room.now.date()}
    room.do(actions.ask_for, rollout, {**draft, **due})
    who = Waiter(1, "olga", ("read", "desk"), room.now, USUAL_SETTINGS)
    with room.database.read() as session:
        (found,) = items_due(session, who)
    assert found.lines[0].page == f"/roll-outs/{rollout}#items"
    with pytest.raises(Invalid):
        room.do(actions.finish_item, 1)
    article = room.do(knowledge.add, {"title": "How to sign in to the chat"}).id
    room.do(actions.finish_item, 1, article)
    ((item, title),) = room.ask(rollout_page, rollout, room.now).items
    assert (item.article_id, title) == (article, "How to sign in to the chat")


def test_the_article_is_looked_for_by_its_name(pages: Pages, room: Room) -> None:
    rollout = planned(room, room.raised())
    draft = {"kind": RolloutItemKind.ARTICLE, "who": "olga", "text": "Signing in"}
    room.do(actions.ask_for, rollout, draft)
    room.do(knowledge.add, {"title": "How to sign in"})
    pages.get("/roll-outs/items/1/article")
    assert pages.submit(status=422).errors
    pages.get("/roll-outs/items/1/article")
    assert "How to sign in" in pages.submit(article_id="How to sign in").content


def test_a_roll_out_goes_along_when_improvements_become_one(room: Room) -> None:
    one, into = room.raised("Chat"), room.raised("Chat for all")
    rollout = planned(room, one)
    room.do(merge, one, into)
    assert room.ask(lambda s: s.get(Rollout, rollout).improvement_id) == into


def test_roll_outs_on_the_command_line(rung: Rung, room: Room) -> None:
    rollout = planned(room, room.raised())
    prepared(room, rollout)
    (one,) = rung("rollout", "list", "--json").json["rollouts"]
    assert (one["title"], one["state"], one["users"]) == ("Chat", "planned", 100)
    shown = rung("rollout", "show", str(rollout), "--json").json
    assert [week["users x rate x decay"] for week in shown["sheet"]][:2] == [2, 1]
    assert shown["missing"] == [] and shown["items"][0]["who"] == "Ben"
    assert "0 to" in rung("rollout", "show", str(rollout)).out
    assert rung("rollout", "show", "99").code == 1
