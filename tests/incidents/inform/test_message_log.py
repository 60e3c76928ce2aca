"""What the log of messages shows: none, late, not everyone, not proactive; by unit, with
denominators.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from app.incidents.inform.log import message_log
from app.incidents.inform.rules import (
    ASKED,
    LATE,
    NONE,
    NOT_ALL,
    History,
    MessageSaid,
    judged,
    share,
)
from app.messages.rules.policy import DEFAULT
from tests.incidents.builders import Desk

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def minutes(count: float) -> datetime:
    return START + timedelta(minutes=count)


def history(**more: Any) -> History:
    usual = {
        "incident_id": 1,
        "title": "Tills",
        "unit": "Tills",
        "priority": 1,
        "mass": False,
        "reported_at": START,
        "ended_at": None,
    }
    return History(**{**usual, **more})


def kinds(found: History, at: float = 600) -> list[str]:
    return [kind for kind, _ in judged(found, DEFAULT, minutes(at)).facts]


def test_the_four_kinds_of_bad_information_are_found() -> None:
    assert kinds(history()) == [NONE]
    assert kinds(history(messages=(MessageSaid(minutes(20)),))) == [LATE]
    assert kinds(
        history(messages=(MessageSaid(minutes(5)),), meant_for=20, told=18)
    ) == [NOT_ALL]
    assert kinds(
        history(messages=(MessageSaid(minutes(5)),), contacts=(minutes(3), minutes(9)))
    ) == [ASKED]


def test_nothing_is_held_against_what_came_in_time_or_is_not_due_yet() -> None:
    assert (
        kinds(history(messages=(MessageSaid(minutes(15)),), meant_for=3, told=3)) == []
    )
    assert kinds(history(), at=14) == []
    assert kinds(history(ended_at=minutes(10))) == [], (
        "it worked again before a message was owed"
    )
    assert kinds(history(priority=5)) == []


@pytest.mark.parametrize(
    ("following", "ended", "facts"),
    [
        (35, None, []),
        (41, None, [LATE]),
        (None, 30, []),
        (None, 45, [LATE]),
        (None, None, [LATE]),
    ],
)
def test_a_promise_is_kept_by_a_message_or_by_working_again(
    following: int | None, ended: int | None, facts: list[str]
) -> None:
    sent = [
        MessageSaid(minutes(5), minutes(40)),
        *([MessageSaid(minutes(following))] if following else []),
    ]
    found = history(messages=tuple(sent), ended_at=minutes(ended) if ended else None)
    assert kinds(found) == facts
    told = judged(found, DEFAULT, minutes(600))
    assert (told.promises, told.kept) == (1, 0 if facts else 1)


def test_facts_say_how_late_in_words() -> None:
    [(_, fact)] = judged(
        history(messages=(MessageSaid(minutes(27)),)), DEFAULT, minutes(60)
    ).facts
    assert fact == "The first message came 12 min after its time."


@given(
    st.lists(st.integers(0, 300), max_size=4), st.integers(0, 20), st.integers(0, 20)
)
def test_shares_never_exceed_their_denominators(
    times: list[int], meant: int, told: int
) -> None:
    sent = tuple(MessageSaid(minutes(at), minutes(at + 10)) for at in sorted(times))
    found = judged(
        history(messages=sent, meant_for=max(meant, told), told=told),
        DEFAULT,
        minutes(200),
    )
    assert 0 <= found.kept <= found.promises
    for kind in (NONE, LATE, NOT_ALL, ASKED):
        part, whole = share([found], kind)
        assert 0 <= part <= whole <= 1


def test_units_are_compared_with_their_denominators(desk: Desk) -> None:
    tills, net = (
        desk.service(team_id=desk.team("Tills")),
        desk.service("Network", team_id=desk.team("Network")),
    )
    for number in range(3):
        desk.reported(f"Till {number}", service_id=tills, impact=1)
    desk.reported("Slow", service_id=net, impact=4)
    desk.forward(hours=1)
    log = desk.ask(message_log, desk.now)
    assert {unit.name: unit.shares[NONE] for unit in log.units} == {
        "Network": (0, 1),
        "Tills": (3, 3),
    }
    assert [
        one.history.unit for one in desk.ask(message_log, desk.now, unit="Tills").found
    ] == ["Tills"] * 3
    assert desk.ask(message_log, desk.now, kind=LATE).found == ()


def test_the_log_takes_as_many_queries_for_many_incidents_as_for_one(
    desk: Desk,
) -> None:
    def counted() -> int:
        seen: list[str] = []
        with desk.database.read() as session:
            event.listen(
                desk.database.engine,
                "before_cursor_execute",
                lambda *call: seen.append(call[2]),
            )
            message_log(session, desk.now)
        return len([one for one in seen if one.startswith("SELECT")])

    service = desk.service()
    desk.reported(service_id=service, impact=1)
    one = counted()
    for number in range(12):
        desk.reported(f"Till {number}", service_id=service, impact=1)
    more = desk.ask(lambda session: message_log(session, desk.now).whole.incidents)
    assert more == 13
    assert one <= 6
    assert counted() == one
