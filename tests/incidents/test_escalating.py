"""Too slow is raised and told; nothing waits for ever, whatever its priority and its site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from app.catalog.rules.hours import ALWAYS
from app.errors import Refused
from app.incidents.actions import ending, escalating, working
from app.incidents.models import Escalation, Incident, State, WaitingOn
from app.incidents.queries.queue import ORDER
from app.incidents.rules.policy import DEFAULT
from app.incidents.rules.waiting import MOST_STUCK_RAISES, lapses, levels, longest_lead
from app.parts import Parts
from tests.incidents.builders import MONDAY, Desk, rows
from tests.pages import Pages


@pytest.fixture
def work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, Callable[[], bool]]:
    parts: Parts = app.extensions["rung"]
    desk = Desk(parts.database)
    return desk, lambda: escalating.run_due_escalations(replace(parts, now=lambda: desk.now))


def top(desk: Desk) -> int:
    """The incident to take up next."""
    return int(rows(desk.database, select(Incident.id).where(Incident.is_open).order_by(*ORDER))[0])


def rank_of(priority: int, raises: int, age: timedelta, *, hurried: bool) -> int:
    """The rank of an incident nobody touched, by the rules of the worker; hurried: all else that raises did."""
    more = raises
    if hurried:
        more += sum(due <= MONDAY + age for _, due in levels(ALWAYS, DEFAULT, priority, MONDAY))
    return priority - more - lapses(ALWAYS, DEFAULT, priority - more, MONDAY, MONDAY + age)[0]


@settings(max_examples=200)
@given(
    mine=st.integers(1, 5), other=st.integers(1, 5), age=st.floats(0, 3000), gap=st.floats(0.01, 500),
    stuck=st.integers(0, MOST_STUCK_RAISES),
)  # fmt: skip
def test_what_arrives_later_than_the_lead_never_stands_before_one_that_waits(
    mine: int, other: int, age: float, gap: float, stuck: int
) -> None:
    young = timedelta(hours=age)
    old = young + longest_lead(DEFAULT) + timedelta(hours=gap)
    assert rank_of(mine, 0, old, hurried=False) < rank_of(other, stuck, young, hurried=True)


@settings(max_examples=25, deadline=None)
@given(
    mine=st.integers(1, 5), pace=st.integers(4, 30),
    arrivals=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 10)), min_size=1, max_size=12),
)  # fmt: skip
def test_any_incident_is_reached_after_a_bounded_number_of_later_arrivals(
    mine: int, pace: int, arrivals: list[tuple[int, int]]
) -> None:
    """More arrives than is ever worked off; ours stands at the smallest site, theirs may stand at the largest."""
    bound = longest_lead(DEFAULT) / timedelta(hours=pace) + 1
    waiting, served = [(0, mine, 1)], 0
    for step in range(int(bound) * 2 + 3):
        now = step * pace
        waiting += [(now, *arrivals[step % len(arrivals)]), (now, *arrivals[(step + 1) % len(arrivals)])]
        first = min(waiting, key=lambda one: (
            rank_of(one[1], 0, timedelta(hours=now - one[0]), hurried=False), -one[2], one[0],
        ))  # fmt: skip
        waiting.remove(first)
        served += 1
        if first == (0, mine, 1):
            break
    assert served <= 2 * bound + 1


def test_a_low_incident_reaches_the_top_of_the_queue(work: tuple[Desk, Callable[[], bool]]) -> None:
    desk, run = work
    site, small = desk.site("Head office", 10), desk.site("Kiosk", 1)
    service = desk.service(urgency=4)
    low = desk.reported("The picture on the wall is dark", service_id=service, impact=4, site_id=small)
    urgent = desk.service("ERP", urgency=1)
    desk.forward(hours=67)
    for _ in range(3):
        desk.reported("Orders stand still", service_id=urgent, impact=1, site_id=site)
    assert top(desk) != low
    assert run()
    assert top(desk) == low
    found = desk.incident(low)
    assert (found.priority, found.rank) == (5, 0)


def test_too_slow_goes_up_in_priority_and_to_management_level_by_level(work: tuple[Desk, Callable[[], bool]]) -> None:
    desk, run = work
    number = desk.reported(service_id=desk.service(urgency=2), impact=2)
    for hours in (7, 1.5, 4, 4):
        desk.forward(hours=hours)
        desk.do(working.note, number, "On it")
        run()
        run()
    told = rows(desk.database, select(Escalation).order_by(Escalation.id))
    assert [(one.rule, one.level) for one in told] == [("target 1", 1), ("target 2", 2), ("target 3", 3)]
    assert told[1].why == "12 business hours have passed; the target of a P2 is 8."
    assert desk.incident(number).rank == 2 - 3


def test_a_worker_that_was_away_finds_the_same_as_one_that_looked_all_the_time(
    work: tuple[Desk, Callable[[], bool]],
) -> None:
    desk, run = work
    patient, late = desk.reported(), desk.reported()
    with desk.database.write() as session:
        session.connection().exec_driver_sql(f"UPDATE incident SET look_at = '2100-01-01' WHERE id = {late}")
    for _ in range(11):
        desk.forward(hours=2)
        run()
    with desk.database.write() as session:
        session.connection().exec_driver_sql(f"UPDATE incident SET look_at = NULL WHERE id = {late}")
    run()
    assert desk.incident(late).rank == desk.incident(patient).rank < 1


def test_a_wait_ends_when_it_was_said_to_and_never_holds_back_for_ever(work: tuple[Desk, Callable[[], bool]]) -> None:
    desk, run = work
    number = desk.reported(service_id=desk.service(urgency=3), impact=3)
    desk.do(working.start, number)
    desk.do(working.wait, number, WaitingOn.REQUESTER, desk.now + timedelta(hours=20), "The till's number")
    desk.forward(hours=19)
    run()
    assert (desk.incident(number).state, desk.incident(number).raises) == (State.WAITING, 0)
    desk.forward(hours=2)
    run()
    assert desk.incident(number).state is State.IN_PROGRESS
    assert desk.events(number)[-1].text == "The wait for the requester is over; it is our turn again."
    desk.do(working.wait, number, WaitingOn.CHANGE, desk.now + timedelta(days=3000), "The new building")
    desk.forward(hours=500)
    run()
    assert desk.incident(number).rank < 1


def test_stuck_raises_and_tells_once_a_day_and_not_without_end(work: tuple[Desk, Callable[[], bool]]) -> None:
    desk, _ = work
    number = desk.reported()
    desk.do(escalating.stuck, number, "Nobody calls")
    with pytest.raises(Refused, match="noted today already"):
        desk.do(escalating.stuck, number)
    for _day in range(4):
        desk.forward(days=1)
        desk.do(escalating.stuck, number)
    assert desk.incident(number).raises == MOST_STUCK_RAISES
    assert len(rows(desk.database, select(Escalation))) == 5


def test_restored_incidents_close_when_nobody_objects(work: tuple[Desk, Callable[[], bool]]) -> None:
    desk, run = work
    number = desk.reported()
    desk.do(ending.restore, number, "Plugged it in")
    desk.forward(days=4.9)
    run()
    assert desk.incident(number).state is State.RESTORED
    desk.forward(days=0.2)
    run()
    assert desk.incident(number).state is State.CLOSED


def test_reading_what_is_due_takes_the_same_number_of_queries_for_many(work: tuple[Desk, Callable[[], bool]]) -> None:
    desk, run = work

    def reads(count: int) -> int:
        for _ in range(count):
            desk.reported()
        seen: list[str] = []
        engine = desk.database.engine
        listen = lambda *given: seen.append(given[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", listen)
        run()
        event.remove(engine, "before_cursor_execute", listen)
        return sum(sql.lstrip().startswith("SELECT") for sql in seen)

    assert reads(3) == reads(30)
    assert not run()


def test_management_takes_note_with_an_answer(app: Flask) -> None:
    browser = Pages(app).as_operator("mona")
    desk = Desk(browser.parts.database, browser.parts.now())
    number = desk.reported("The till does not start")
    desk.do(escalating.stuck, number, "Nobody calls")
    page = browser.get("/desk/management")
    assert "1 thing waits for an answer." in page.content
    [told] = rows(desk.database, select(Escalation))
    action = f"/desk/management/{told.id}/note"
    assert browser.submit(action, status=422).errors == ["Say what is done about it."]
    page = browser.submit(action, answer="Nina drives there")
    assert "Nina drives there" in page.content
    assert desk.events(number)[-1].text == "Nina drives there"
    browser.post(action, {"answer": "Again"}, status=422)
