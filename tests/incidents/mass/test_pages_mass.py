"""Mass incidents in the browser."""

from __future__ import annotations

import pytest
from flask import Flask

from app.incidents.mass.actions import declare_mass
from app.messages.actions.channels import ChannelDraft, add_channel
from app.models.messages import ChannelKind
from tests.catalog.builders import a_person
from tests.conftest import Clock
from tests.incidents.builders import Desk
from tests.pages import Pages

MAIL = "mailto://mail.demo.example?from=desk@demo.example&to={address}"


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def desk(pages: Pages, clock: Clock) -> Desk:
    desk = Desk(pages.parts.database, now=clock())
    desk.do(add_channel, ChannelDraft("Mail", ChannelKind.MAIL, MAIL))
    return desk


@pytest.fixture
def outage(desk: Desk) -> int:
    """A mass incident at the harbour, where Ada works."""
    site = desk.site()
    a_person(desk.database, "Ada", "Harbour outlet")
    number = desk.reported(service_id=desk.service(), site_id=site, impact=1)
    desk.do(declare_mass, number, [site])
    return number


def test_three_reports_are_made_one_mass_incident_from_the_queue(
    pages: Pages, desk: Desk
) -> None:
    service, site = desk.service(), desk.site()
    numbers = [
        desk.reported(f"Till {number}", service_id=service, site_id=site)
        for number in range(3)
    ]
    page = pages.get("/desk")
    assert "3 open for Cash desk within a short time" in page.content
    assert "One mass incident?" in pages.get(f"/desk/{numbers[0]}").content
    pages.get(f"/desk/{numbers[0]}/mass")
    page = pages.submit(f"/desk/{numbers[0]}/mass")
    assert "2 reports belong to it" in page.content
    assert desk.incident(numbers[1]).parent_id == numbers[0]
    assert "nobody was informed so far; owed by" in pages.get("/desk").content


def test_a_mass_incident_that_owes_a_message_stands_over_the_queue_with_its_clock(
    pages: Pages, outage: int, clock: Clock
) -> None:
    assert "message late" not in pages.get("/desk").content
    clock.forward(minutes=16)
    assert "message late" in pages.get("/desk").content
    assert "it is late" in pages.get(f"/desk/{outage}").content
    assert "message late" in pages.get("/desk/mass-alarm").content


def test_the_wave_of_contacts_is_drawn_told_and_downloaded(
    pages: Pages, desk: Desk, outage: int
) -> None:
    for number in range(3):
        desk.reported(
            f"Till {number}",
            service_id=desk.incident(outage).service_id,
            site_id=desk.incident(outage).site_id,
        )
    page = pages.get(f"/desk/{outage}/mass")
    assert "4 contacts in the last 30 minutes" in page.content
    assert "<svg" in page.html
    assert page.rows("Contacts per ten minutes")
    assert ",4,before" in pages.get(f"/desk/{outage}/wave.csv").html


def test_a_report_leaves_with_a_reason_and_joins_again(
    pages: Pages, desk: Desk, outage: int
) -> None:
    child = desk.reported(
        service_id=desk.incident(outage).service_id,
        site_id=desk.incident(outage).site_id,
    )
    assert "Belongs to a mass incident" in pages.get(f"/desk/{child}").content
    pages.post(f"/desk/{child}/leave-mass", {"reason": "The plug was out"})
    assert desk.incident(child).parent_id is None
    assert (
        "A mass incident of this service is open" in pages.get(f"/desk/{child}").content
    )
    pages.post(f"/desk/{child}/join-mass", {"parent_id": outage})
    assert desk.incident(child).parent_id == outage
