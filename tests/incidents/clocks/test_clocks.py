"""Clocks: the total never stops, shares add up to it, and neither time zones nor DST lose an
hour.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.hours.rules import ALWAYS, Hours, between
from app.core.spoken_times import length
from app.incidents.clocks.queries import clocks_of
from app.incidents.clocks.rules import (
    Mark,
    Spent,
    hands,
    in_hours,
    restored_at,
    shares,
    spent,
    spoken,
    total_of,
)
from app.incidents.events import happened, locked
from app.models.incidents.words import EventKind, IncidentState
from tests.incidents.builders import MONDAY, Desk

OFFICE = Hours(
    "Europe/Berlin",
    {day: [(time(8), time(12)), (time(13), time(17))] for day in range(5)},
    frozenset({date(2026, 4, 6)}),
)
NIGHTS = Hours("America/New_York", {day: [(time(22), time(0))] for day in range(7)})
STATES = ("assigned", "in progress", "waiting", "restored", "closed")

marks = st.lists(
    st.builds(
        lambda minutes, state, team, external, on: (minutes, state, team, external, on),
        st.integers(0, 200_000),
        st.sampled_from(STATES),
        st.sampled_from(("Desk", "Network", "")),
        st.booleans(),
        st.sampled_from(("requester", "provider", "change")),
    ),
    max_size=12,
)
starts = st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 10)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)


def made(start: datetime, rows: list[tuple[int, str, str, bool, str]]) -> list[Mark]:
    later = [
        Mark(start + timedelta(minutes=minutes), "changed", state, team, external, on)
        for minutes, state, team, external, on in sorted(rows)
    ]
    return [Mark(start, "reported", "new"), *later]


@given(
    start=starts,
    rows=marks,
    hours=st.sampled_from((ALWAYS, OFFICE, NIGHTS)),
    after=st.integers(0, 300_000),
)
def test_the_shares_of_all_hands_add_up_to_the_total(
    start: datetime,
    rows: list[tuple[int, str, str, bool, str]],
    hours: Hours,
    after: int,
) -> None:
    end = start + timedelta(minutes=after)
    found = shares(hours, hands(made(start, rows), end))
    assert total_of(found) == spent(hours, start, end)
    assert sum(share.of_total for share in found) == pytest.approx(1)


@given(
    start=starts,
    rows=marks,
    hours=st.sampled_from((OFFICE, NIGHTS)),
    one=st.integers(0, 9999),
    more=st.integers(0, 9999),
)
def test_the_total_never_goes_back_whoever_has_it(
    start: datetime,
    rows: list[tuple[int, str, str, bool, str]],
    hours: Hours,
    one: int,
    more: int,
) -> None:
    def total(minutes: int) -> Spent:
        return total_of(
            shares(hours, hands(made(start, rows), start + timedelta(minutes=minutes)))
        )

    assert total(one).business <= total(one + more).business
    assert total(one).wall <= total(one + more).wall


def test_an_hour_of_office_time_is_an_hour_on_the_days_the_clocks_change() -> None:
    before, after = (
        datetime(2026, 3, 27, 12, tzinfo=UTC),
        datetime(2026, 3, 30, 12, tzinfo=UTC),
    )
    assert between(OFFICE, before, after) == timedelta(
        hours=4 + 5
    )  # Friday 13–17, Monday 8–12 and 13–14 in summer
    found = spent(OFFICE, before, after)
    assert (found.hours, found.lasting) == ("9 h", "3 d")


def test_what_seemed_to_work_and_was_reopened_counts_in_the_total() -> None:
    rows = [
        (60, "restored", "Desk", False, ""),
        (120, "in progress", "Desk", False, ""),
    ]
    told = made(MONDAY, rows)
    assert restored_at(told[:2]) == MONDAY + timedelta(hours=1)
    assert restored_at(told) is None
    found = shares(ALWAYS, hands(told, MONDAY + timedelta(hours=3)))
    assert {share.name: share.spent.lasting for share in found} == {
        "Nobody yet": "1 h",
        "Desk": "1 h",
        "It seemed to work": "1 h",
    }


def test_business_hours_are_said_in_words() -> None:
    assert spoken(OFFICE, "Office") == (
        "Office, Mon–Fri 08:00–12:00 and 13:00–17:00 (Europe/Berlin, without 1 holiday)"
    )
    assert spoken(NIGHTS) == "Mon–Sun 22:00–24:00 (America/New_York)"
    assert spoken(ALWAYS) == "round the clock"


@pytest.mark.parametrize(
    ("minutes", "wall", "business"),
    [
        (45, "45 min", "45 min"),
        (200, "3 h 20 min", "3 h 20 min"),
        (3120, "2 d 4 h", "52 h"),
    ],
)
def test_times_are_said_as_people_say_them(
    minutes: int, wall: str, business: str
) -> None:
    duration = timedelta(minutes=minutes)
    assert (length(duration), in_hours(duration)) == (wall, business)


def test_the_clocks_of_an_incident_name_every_hand_and_the_cost(desk: Desk) -> None:
    network, number = desk.team("Network"), 0
    number = desk.reported(
        service_id=desk.service(urgency=2), site_id=desk.site(weight=7), impact=2
    )

    def then(kind: EventKind, values: dict[str, object], **data: object) -> None:
        desk.do(
            lambda act: happened(
                act,
                locked(act.session, number),
                kind,
                "x",
                values=values,
                data=data,
            )
        )

    desk.forward(hours=1)
    then(
        EventKind.STARTED,
        {"state": IncidentState.IN_PROGRESS, "team_id": network},
        agent="dora",
    )
    desk.forward(hours=2)
    then(EventKind.WAITING, {"state": IncidentState.WAITING}, on="requester")
    desk.forward(hours=6)
    found = desk.ask(
        lambda session: clocks_of(session, desk.incident(number), desk.now)
    )
    assert [(share.name, share.spent.hours) for share in found.shares] == [
        ("Requester", "6 h"),
        ("Network", "2 h"),
        ("Nobody yet", "1 h"),
    ]
    assert (found.total.hours, found.running, found.late) == ("9 h", True, True)
    assert {one.name: one.spent.hours for one in found.clocks} == {
        "To own": "1 h",
        "First response": "9 h",
        "To restore": "9 h",
    }
    assert (found.cost, found.cost_rule) == (
        "1,260 EUR",
        "9.0 business hours × site weight 7 × 20 EUR",
    )
    assert (
        found.target_rule
        == "Target: 8 business hours after the report, because P2; round the clock."
    )
    then(EventKind.RESTORED, {"state": IncidentState.RESTORED, "restored_at": desk.now})
    desk.forward(days=3)
    found = desk.ask(
        lambda session: clocks_of(session, desk.incident(number), desk.now)
    )
    assert (found.total.hours, found.running, len(found.clocks)) == ("9 h", False, 4)


def test_time_at_a_provider_is_not_counted_as_ours() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    marks = [
        Mark(start, "reported", "new"),
        Mark(start + timedelta(hours=1), "handed over", "assigned", "Network"),
        Mark(
            start + timedelta(hours=2),
            "handed over",
            "assigned",
            "Carrier",
            external=True,
        ),
    ]
    found = hands(marks, start + timedelta(hours=5))
    assert [(hand.who, hand.name, hand.end - hand.start) for hand in found] == [
        ("us", "Nobody yet", timedelta(hours=1)),
        ("us", "Network", timedelta(hours=1)),
        ("provider", "Carrier", timedelta(hours=3)),
    ]
