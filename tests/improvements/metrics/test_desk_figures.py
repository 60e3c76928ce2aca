"""Metrics that the worker measures out of incidents: each period once, what is missing stays
missing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.parts import KEY, Parts
from app.improvements.metrics.desk_figures import DeskFigures, measure_from_desk
from app.incidents.links.rules import MEANINGS, MeasuredFacts, MeasuredTold, measured
from app.models.improvements.metric import Measurement
from app.models.improvements.words import MetricScope, Period
from app.models.incidents.words import DeskFigure
from tests.improvements.builders import Room, rows
from tests.incidents.builders import Desk
from tests.pages import Pages

DAY = timedelta(days=1)
SAID = MeasuredTold(crossed=True, bounced=False, by_phone=True, contacts=3)
QUIET = MeasuredTold(crossed=False, bounced=False, by_phone=False, contacts=1)


@pytest.fixture
def room(desk: Desk) -> Room:
    return Room(desk.database, now=desk.now)


@pytest.fixture
def desk(database) -> Desk:
    return Desk(database)


def values(desk: Desk) -> list[tuple[date, float | None]]:
    chosen = select(Measurement).order_by(Measurement.day)
    return [(one.day, one.value) for one in rows(desk.database, chosen)]


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        (DeskFigure.REPORTED, 2.0),
        (DeskFigure.HOURS, 3.0),
        (DeskFigure.CROSSED, 50.0),
        (DeskFigure.BOUNCED, 0.0),
        (DeskFigure.PHONE, 50.0),
        (DeskFigure.CONTACTS, 2.0),
        (DeskFigure.SATISFIED, 75.0),
    ],
)
def test_a_figure_is_taken_of_what_a_period_holds(
    figure: DeskFigure, value: float
) -> None:
    assert (
        measured(figure, MeasuredFacts([SAID, QUIET], [1.0, 3.0, 20.0], [5, 4, 4, 2]))
        == value
    )
    assert MEANINGS[figure].endswith(".")


def test_of_nothing_there_is_no_share_but_a_count() -> None:
    assert measured(DeskFigure.REPORTED, MeasuredFacts()) == 0
    assert {
        measured(figure, MeasuredFacts())
        for figure in DeskFigure
        if figure is not DeskFigure.REPORTED
    } == {None}


def test_every_week_that_is_over_is_measured_once(desk: Desk, room: Room) -> None:
    """The clock stands on Monday, 2 March; reports began in the week of 2 February, of which only a
    part was seen.
    """
    metric = room.metric(
        room.raised(),
        desk_figure=DeskFigure.REPORTED,
        period=Period.WEEK,
        scope=MetricScope.SERVICE,
    )
    for days in (-26, -20, -19, -5, -1):
        desk.reported(reported_at=desk.now + days * DAY)
    assert desk.do(measure_from_desk, metric) == 3
    assert values(desk) == [
        (date(2026, 2, 9), 2.0),
        (date(2026, 2, 16), 0.0),
        (date(2026, 2, 23), 2.0),
    ]
    assert desk.do(measure_from_desk, metric) == 0
    desk.forward(days=7)
    assert desk.do(measure_from_desk, metric) == 1


def test_only_the_service_of_the_improvement_and_its_people_count(
    desk: Desk, room: Room
) -> None:
    till, mail, carla = (
        desk.service("Till"),
        desk.service("Mail"),
        desk.person("Carla Cash"),
    )
    for days, service, person in (
        (-20, till, None),
        (-9, till, carla),
        (-9, mail, carla),
        (-8, till, None),
    ):
        who = {"person_id": person} if person else {}
        desk.reported(reported_at=desk.now + days * DAY, service_id=service, **who)
    improvement = room.raised(service="Till")
    every = room.metric(
        improvement,
        "All",
        desk_figure=DeskFigure.REPORTED,
        period=Period.WEEK,
        scope="service",
    )
    theirs = room.metric(
        improvement,
        "Theirs",
        role="other",
        desk_figure=DeskFigure.REPORTED,
        period=Period.WEEK,
    )
    desk.do(measure_from_desk, every)
    assert values(desk)[-2:] == [(date(2026, 2, 16), 2.0), (date(2026, 2, 23), 0.0)]
    desk.do(measure_from_desk, theirs)
    assert {
        one.value
        for one in rows(
            desk.database, select(Measurement).where(Measurement.metric_id == theirs)
        )
    } == {0}


def test_the_worker_looks_once_a_day(app: Flask, desk: Desk, room: Room) -> None:
    parts: Parts = replace(app.extensions[KEY], now=lambda: desk.now)
    room.metric(
        room.raised(),
        desk_figure=DeskFigure.REPORTED,
        period=Period.DAY,
        scope=MetricScope.SERVICE,
    )
    desk.reported(reported_at=desk.now - 3 * DAY)
    work = DeskFigures()
    assert [work(parts), work(parts)] == [True, False]
    desk.forward(days=1)
    assert work(parts) is True
    assert [day for day, _ in values(desk)] == [
        date(2026, 2, 28),
        date(2026, 3, 1),
        date(2026, 3, 2),
    ]


def test_a_metric_chooses_its_figure_on_its_page(
    app: Flask, desk: Desk, room: Room
) -> None:
    number = room.raised()
    browser = Pages(app).as_operator("anna")
    browser.get(f"/improvements/{number}/metrics/new")
    browser.submit(
        name="Share handed over",
        desk_figure="share handed over",
        period="week",
        scope="service",
    )
    desk.reported(reported_at=desk.now - 10 * DAY)
    assert desk.do(measure_from_desk, 1) == 0
    desk.reported(reported_at=desk.now - 2 * DAY)
    assert desk.do(measure_from_desk, 1) == 1
