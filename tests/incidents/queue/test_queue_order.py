"""The queue's two laws: age stands before no emergency, and nothing waits for ever."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.hours.rules import ALWAYS
from app.core.parts import Parts
from app.incidents.clocks.actions import run_due_escalations
from app.incidents.clocks.rules import lapses, levels
from app.incidents.mass.actions import declare_mass
from app.incidents.queue.queries import View, queue_lines, viewer_of
from app.incidents.queue.rules import QueueCandidate, Turn, rounded, seated, span
from app.incidents.restoration.actions import restore
from app.incidents.rules import DEFAULT, EMERGENCY, rank_of
from app.incidents.work.actions import start, wait
from app.models.incidents.words import WaitingOn
from tests.incidents.builders import MONDAY, Desk

EVERY = DEFAULT.kept_every


@dataclass(frozen=True)
class Waiting:
    """An incident of the model: hours since the beginning at which it was reported, and what it
    is.
    """

    number: int
    at: float
    priority: int
    weight: int = 1
    is_mass: bool = False
    free: bool = True

    def target(self) -> float:
        return self.at + DEFAULT.target_hours[self.priority]

    def rank(self, now: float) -> int:
        """The rank after all that the worker's rules raise by age."""
        age, reported = timedelta(hours=now - self.at), MONDAY
        slow = levels(ALWAYS, DEFAULT, self.priority, reported)
        raises = sum(due <= reported + age for _, due in slow)
        rank = rank_of(self.priority, raises, is_mass=False)
        raises += lapses(ALWAYS, DEFAULT, rank, reported, reported + age)[0]
        return rank_of(self.priority, raises, is_mass=self.is_mass)


def order(waiting: list[Waiting], now: float, taken: int = 0) -> list[int]:
    """The numbers in the order of the queue."""
    ranked = sorted(
        waiting, key=lambda one: (one.rank(now), -one.weight, one.target(), one.number)
    )
    emergencies = [one.number for one in ranked if one.rank(now) == EMERGENCY]
    others = [one for one in ranked if one.rank(now) != EMERGENCY]
    late = sorted(
        (one for one in others if one.free and one.target() < now),
        key=lambda one: (one.target(), one.number),
    )
    seats = seated(
        emergencies,
        [QueueCandidate(one.number, one.free) for one in others],
        [one.number for one in late],
        Turn(EVERY, taken),
    )
    return [place.number for place in seats]


@st.composite
def queues(draw: st.DrawFn) -> list[Waiting]:
    """Some incidents of any age."""
    size = draw(st.integers(1, 25))
    return [
        Waiting(
            number,
            draw(st.floats(0, 500)),
            draw(st.integers(1, 5)),
            draw(st.integers(1, 10)),
            draw(st.booleans()),
            draw(st.booleans()),
        )
        for number in range(size)
    ]


@given(waiting=queues(), taken=st.integers(0, 20))
def test_nothing_raised_by_age_stands_before_an_own_p1_or_a_mass_incident(
    waiting: list[Waiting],
    taken: int,
) -> None:
    by_number = {one.number: one for one in waiting}
    places = [by_number[number] for number in order(waiting, 500, taken)]
    is_emergency = [one.priority == 1 or one.is_mass for one in places]
    assert is_emergency == sorted(is_emergency, reverse=True)


@given(waiting=queues(), taken=st.integers(0, 20))
def test_everybody_has_exactly_one_place(waiting: list[Waiting], taken: int) -> None:
    assert sorted(order(waiting, 500, taken)) == [one.number for one in waiting]


@settings(max_examples=60, deadline=None)
@given(
    priority=st.integers(2, 5),
    before=st.lists(st.tuples(st.integers(2, 5), st.integers(1, 10)), max_size=6),
    arrivals=st.lists(
        st.tuples(st.integers(2, 5), st.integers(1, 10)), min_size=1, max_size=12
    ),
    pace=st.integers(1, 30),
)
def test_nothing_waits_for_ever_even_when_more_arrives_than_is_ever_worked_off(
    priority: int,
    before: list[tuple[int, int]],
    arrivals: list[tuple[int, int]],
    pace: int,
) -> None:
    """Ours is at the smallest site.

    Once it is late, only those that are late longer have the kept places before it.
    """
    ours = Waiting(0, 0, priority)
    waiting = [
        ours,
        *(Waiting(place, 0, *what) for place, what in enumerate(before, start=1)),
    ]
    now, taken, number, left = 0.0, 0, len(waiting), None
    while True:
        now += pace
        for step in range(2):
            waiting.append(
                Waiting(number, now, *arrivals[(number + step) % len(arrivals)])
            )
            number += 1
        if left is None and ours.target() < now:
            longer = [one for one in waiting if one.target() <= ours.target()]
            left = EVERY * len(longer)
        first = order(waiting, now, taken)[0]
        waiting = [one for one in waiting if one.number != first]
        taken += 1
        if first == ours.number:
            return
        if left is not None:
            left -= 1
            assert left > 0


def test_those_in_hand_do_not_use_up_the_kept_places() -> None:
    others = [
        QueueCandidate(1, free=False),
        QueueCandidate(2, free=False),
        *map(QueueCandidate, range(3, 9)),
    ]
    places = list(seated([], others, [8, 7], Turn(3)))
    assert [place.number for place in places] == [1, 2, 3, 4, 8, 5, 6, 7]
    assert [place.number for place in places if place.kept] == [8, 7]


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app.extensions["rung"].database)


def run_worker(app: Flask, desk: Desk) -> None:
    parts: Parts = app.extensions["rung"]
    run_due_escalations(replace(parts, now=lambda: desk.now))


def titles(
    desk: Desk, view: View = View.ALL, offset: int = 0, limit: int = 50
) -> list[str]:
    """The queue as it is shown."""
    with desk.database.read() as session:
        viewer = viewer_of(session, "dora", desk.now)
        return [
            line.title
            for line in queue_lines(session, viewer, view, offset=offset, limit=limit)
        ]


def test_mail_of_the_night_stands_behind_the_till_outage_of_the_morning(
    app: Flask, desk: Desk
) -> None:
    desk.reported("A mail nobody sorted")
    desk.forward(hours=100)
    run_worker(app, desk)
    tills = desk.service("Tills", urgency=1)
    desk.reported("No till works", service_id=tills, impact=1)
    assert titles(desk) == ["No till works", "A mail nobody sorted"]


def test_a_mass_incident_stands_before_what_age_raised_whatever_its_priority(
    app: Flask, desk: Desk
) -> None:
    old = desk.reported("Old")
    desk.forward(hours=200)
    run_worker(app, desk)
    assert desk.incident(old).rank == 1
    wide = desk.reported("Slow everywhere")
    desk.do(declare_mass, wide, [desk.site()])
    assert titles(desk) == ["Slow everywhere", "Old"]


def test_every_fifth_place_is_kept_for_the_longest_overdue_and_says_so(
    app: Flask, desk: Desk
) -> None:
    small, large = desk.site("Kiosk", 1), desk.site("Head office", 10)
    planned = desk.service("Pictures", urgency=4)
    desk.reported("The picture is dark", service_id=planned, impact=4, site_id=small)
    desk.forward(days=30)
    orders = desk.service("Orders", urgency=2)
    for number in range(7):
        desk.reported(f"Order {number}", service_id=orders, impact=2, site_id=large)
    assert titles(desk)[4] == "The picture is dark"
    assert titles(desk, offset=3, limit=2) == [titles(desk)[3], "The picture is dark"]
    with desk.database.read() as session:
        line = queue_lines(session, viewer_of(session, "dora", desk.now))[4]
    assert line.reason(desk.now).endswith(
        "one of 5 places is kept for the longest overdue"
    )


def test_whoever_takes_up_one_after_another_comes_to_the_longest_overdue(
    app: Flask,
    desk: Desk,
) -> None:
    desk.reported("Forgotten", service_id=desk.service("Pictures", urgency=4), impact=4)
    desk.forward(days=30)
    orders = desk.service("Orders", urgency=2)
    done: list[str] = []
    for number in range(20):
        desk.reported(f"Order {number}", service_id=orders, impact=2)
        desk.reported(f"Order {number} again", service_id=orders, impact=2)
        with desk.database.read() as session:
            first = queue_lines(session, viewer_of(session, "dora", desk.now), limit=1)[
                0
            ]
        desk.do(start, first.id)
        desk.do(restore, first.id, "Done")
        done.append(first.title)
    assert done.index("Forgotten") < EVERY


def test_what_waits_for_the_requester_has_no_kept_place(app: Flask, desk: Desk) -> None:
    asked = desk.reported(
        "Which printer?", service_id=desk.service("Pictures", urgency=4), impact=4
    )
    desk.forward(days=30)
    desk.do(
        wait,
        asked,
        WaitingOn.REQUESTER,
        desk.now + timedelta(days=3),
        "The number of the printer",
    )
    orders = desk.service("Orders", urgency=2)
    for number in range(6):
        desk.reported(f"Order {number}", service_id=orders, impact=2)
    assert titles(desk)[-1] == "Which printer?"


@given(st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_a_rounded_time_reads_as_the_exact_one_and_stays_over_when_it_is_over(
    exact: timedelta,
) -> None:
    whole = rounded(exact)
    assert span(abs(whole)) == span(abs(exact))
    assert (whole < timedelta()) == (exact < timedelta())
    assert rounded(whole) == whole
