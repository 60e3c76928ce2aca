"""Too slow is raised and told to management; waits end; what was restored closes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.core.errors import Refused
from app.core.parts import Parts
from app.incidents.clocks.actions import run_due_escalations, stuck
from app.incidents.restoration.actions import restore
from app.incidents.work.actions import note, start, wait
from app.models.incidents.incident import Escalation
from app.models.incidents.words import IncidentState, WaitingOn
from tests.incidents.builders import Desk, rows
from tests.pages import Pages


@pytest.fixture
def work(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> tuple[Desk, Callable[[], bool]]:
    parts: Parts = app.extensions["rung"]
    desk = Desk(parts.database)
    return desk, lambda: run_due_escalations(replace(parts, now=lambda: desk.now))


def test_too_slow_goes_up_in_priority_and_to_management_level_by_level(
    work: tuple[Desk, Callable[[], bool]],
) -> None:
    desk, run = work
    number = desk.reported(service_id=desk.service(urgency=2), impact=2)
    for hours in (7, 1.5, 4, 4):
        desk.forward(hours=hours)
        desk.do(note, number, "On it")
        run()
        run()
    told = rows(desk.database, select(Escalation).order_by(Escalation.id))
    assert [(one.rule, one.level) for one in told] == [
        ("target 1", 1),
        ("target 2", 2),
        ("target 3", 3),
    ]
    assert told[1].why == "12 business hours have passed; the target of a P2 is 8."
    found = desk.incident(number)
    assert (found.priority, found.raises, found.rank) == (2, 1, 1)


def test_nobody_at_a_p1_is_told_to_management_once_since_no_raise_lifts_it(
    work: tuple[Desk, Callable[[], bool]],
) -> None:
    desk, run = work
    number = desk.reported(service_id=desk.service(urgency=1), impact=1)
    for minutes in (29, 2, 60):
        desk.forward(minutes=minutes)
        run()
    told = rows(desk.database, select(Escalation))
    assert [one.why for one in told] == [
        "It is a P1, and nobody touched it for 0.5 business hours."
    ]
    assert desk.incident(number).raises == 0


def test_an_unsorted_report_of_the_evening_is_not_raised_over_night(
    work: tuple[Desk, Callable[[], bool]],
) -> None:
    desk, run = work
    desk.forward(hours=9)  # 18:00, when the office closes
    number = desk.reported("Something with the printer")
    assert desk.incident(number).target_at > desk.now + timedelta(days=2)
    desk.forward(hours=14)
    run()
    assert desk.incident(number).raises == 0
    desk.forward(hours=8, minutes=1)
    run()
    assert desk.incident(number).raises == 1


def test_a_worker_that_was_away_finds_the_same_as_one_that_looked_all_the_time(
    work: tuple[Desk, Callable[[], bool]],
) -> None:
    desk, run = work
    service = desk.service()
    patient, late = desk.reported(service_id=service), desk.reported(service_id=service)
    with desk.database.write() as session:
        session.connection().exec_driver_sql(
            f"UPDATE incident SET look_at = '2100-01-01' WHERE id = {late}"
        )
    for _ in range(11):
        desk.forward(hours=2)
        run()
    with desk.database.write() as session:
        session.connection().exec_driver_sql(
            f"UPDATE incident SET look_at = NULL WHERE id = {late}"
        )
    run()
    assert desk.incident(late).raises == desk.incident(patient).raises == 2


def test_a_wait_ends_when_it_was_said_to_and_never_holds_back_for_ever(
    work: tuple[Desk, Callable[[], bool]],
) -> None:
    desk, run = work
    number = desk.reported(service_id=desk.service(urgency=3), impact=3)
    desk.do(start, number)
    desk.do(
        wait,
        number,
        WaitingOn.REQUESTER,
        desk.now + timedelta(hours=20),
        "The till's number",
    )
    desk.forward(hours=19)
    run()
    assert (desk.incident(number).state, desk.incident(number).raises) == (
        IncidentState.WAITING,
        0,
    )
    desk.forward(hours=2)
    run()
    assert desk.incident(number).state is IncidentState.IN_PROGRESS
    assert (
        desk.events(number)[-1].text
        == "The wait for the requester is over; it is our turn again."
    )
    desk.do(
        wait,
        number,
        WaitingOn.CHANGE,
        desk.now + timedelta(days=3000),
        "The new building",
    )
    desk.forward(hours=500)
    run()
    assert desk.incident(number).rank == 1


def test_stuck_raises_and_tells_once_a_day_and_not_without_end(
    work: tuple[Desk, Callable[[], bool]],
) -> None:
    desk, _ = work
    number = desk.reported()
    desk.do(stuck, number, "Nobody calls")
    with pytest.raises(Refused, match="noted today already"):
        desk.do(stuck, number)
    for _day in range(4):
        desk.forward(days=1)
        desk.do(stuck, number)
    assert (
        desk.incident(number).raises == 2
    )  # from P3 to P1, where no raise leads further
    assert len(rows(desk.database, select(Escalation))) == 5


def test_restored_incidents_close_when_nobody_objects(
    work: tuple[Desk, Callable[[], bool]],
) -> None:
    desk, run = work
    number = desk.reported()
    desk.do(restore, number, "Plugged it in")
    desk.forward(days=4.9)
    run()
    assert desk.incident(number).state is IncidentState.RESTORED
    desk.forward(days=0.2)
    run()
    assert desk.incident(number).state is IncidentState.CLOSED


def test_reading_what_is_due_takes_the_same_number_of_queries_for_many(
    work: tuple[Desk, Callable[[], bool]],
) -> None:
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
    desk.do(stuck, number, "Nobody calls")
    page = browser.get("/desk/management")
    assert "1 thing waits for an answer." in page.content
    [told] = rows(desk.database, select(Escalation))
    action = f"/desk/management/{told.id}/note"
    assert browser.submit(action, status=422).errors == ["Say what is done about it."]
    page = browser.submit(action, answer="Nina drives there")
    assert "Nina drives there" in page.content
    assert desk.events(number)[-1].text == "Nina drives there"
    browser.post(action, {"answer": "Again"}, status=422)
