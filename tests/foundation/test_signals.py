"""What a lower room tells the rooms above it: it is heard, or the program does not start."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.core.audit import AuditEvent
from app.core.parts import KEY
from app.core.schema import UPGRADED
from app.core.settings import Settings
from app.core.signals import SIGNALS, Unheard, declared, demand_heard, tell
from app.incidents.queue.actions import weigh_open_incidents
from app.people.actions import SiteDraft, change_site
from app.people.signals import site_weighed
from tests.acting import acting
from tests.conftest import Clock, shut
from tests.incidents.builders import Desk


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app.extensions[KEY].database)


def test_every_signal_is_heard_once_the_program_is_put_together(app: Flask) -> None:
    assert {"site_weighed", "upgraded"} <= set(SIGNALS)
    demand_heard()


def test_the_program_does_not_start_while_a_signal_is_heard_by_nobody(
    settings: Settings, clock: Clock
) -> None:
    declared("nobody_cares", "A signal that create_app connects to nobody.")
    try:
        with pytest.raises(Unheard, match="nobody_cares"):
            create_app(settings, now=clock)
    finally:
        del SIGNALS["nobody_cares"]
    shut(create_app(settings, now=clock))


def test_a_weight_that_nobody_hears_of_is_refused_and_nothing_is_changed(
    desk: Desk, clock: Clock
) -> None:
    bern = desk.site("Bern", 2)
    site_weighed.disconnect(weigh_open_incidents)
    try:
        with pytest.raises(Unheard), desk.database.write() as session:
            change_site(
                acting(session, "anna", clock()), bern, SiteDraft("Bern", weight=7)
            )
    finally:
        site_weighed.connect(weigh_open_incidents)
    number = desk.reported(site_id=bern)
    assert desk.incident(number).site_weight == 2


def test_open_incidents_that_get_another_weight_leave_an_event_of_their_own(
    desk: Desk, clock: Clock
) -> None:
    bern = desk.site("Bern", 2)
    number = desk.reported(site_id=bern)
    with desk.database.write() as session:
        change_site(acting(session, "anna", clock()), bern, SiteDraft("Bern", weight=7))
    with desk.database.read() as session:
        told = session.scalars(
            select(AuditEvent.label).where(AuditEvent.action == "incident.weigh")
        ).all()
    assert desk.incident(number).site_weight == 7
    assert told == ["1 open incident now with the weight 7 of the site"]


def test_answers_of_all_who_hear_come_back() -> None:
    asked = declared("asked", "A number; a listener returns another.")
    try:
        first, second = (
            (lambda sender, by: sender + by),
            (lambda sender, by: sender * by),
        )
        asked.connect(first)
        asked.connect(second)
        assert sorted(tell(asked, 3, by=4)) == [7, 12]
    finally:
        del SIGNALS["asked"]
    assert UPGRADED.name == "upgraded"
