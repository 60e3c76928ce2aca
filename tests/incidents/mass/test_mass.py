"""Mass incidents: what looks like one, what belongs to it, its clock and its wave of contacts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.errors import Invalid, Refused
from app.incidents.mass.actions import declare_mass, end_mass, join_mass, leave_mass
from app.incidents.mass.queries import (
    alarms,
    crowded_services,
    likenesses,
    similar_open,
)
from app.incidents.mass.rules import sentence, wave_of
from app.incidents.restoration.actions import restore
from app.models.incidents.incident import Incident
from app.models.incidents.words import IncidentState
from tests.incidents.builders import Desk


def outage(desk: Desk, *, site_ids: tuple[int, ...] = (), people: int = 0) -> int:
    """A mass incident of the cash desk; its number."""
    service = desk.service()
    number = desk.reported(
        service_id=service, site_id=site_ids[0] if site_ids else None, impact=1
    )
    desk.do(declare_mass, number, list(site_ids))
    return number


def test_a_report_elsewhere_does_not_join_and_one_that_joins_widens_the_sites(
    desk: Desk,
) -> None:
    harbour, mill = desk.site(), desk.site("Mill outlet")
    number = outage(desk, site_ids=(harbour,))
    other = desk.reported(service_id=desk.incident(number).service_id, site_id=mill)
    assert desk.incident(other).parent_id is None
    desk.do(join_mass, other, number)
    assert desk.incident(number).mass_sites == sorted([harbour, mill])
    desk.do(leave_mass, other, "The plug was out.")
    assert desk.incident(other).parent_id is None


def test_a_mass_incident_joins_no_other_and_ends_with_a_reason(desk: Desk) -> None:
    first, lone = outage(desk), desk.reported("Alone")
    second = desk.reported("Printer", service_id=desk.service("Printing"))
    desk.do(declare_mass, second, [])
    with pytest.raises(Refused, match="does not belong to another"):
        desk.do(join_mass, second, first)
    with pytest.raises(Refused, match="no mass incident"):
        desk.do(join_mass, first, lone)
    with pytest.raises(Invalid, match="Say why"):
        desk.do(end_mass, second, " ")
    desk.do(join_mass, lone, second)
    desk.do(end_mass, second, "Two printers, two causes")
    assert (desk.incident(second).is_mass, desk.incident(lone).parent_id) == (
        False,
        None,
    )


def test_enough_reports_of_one_service_across_sites_look_like_a_mass_incident(
    desk: Desk,
) -> None:
    service = desk.service()
    for name in ("Harbour outlet", "Mill outlet"):
        desk.reported(service_id=service, site_id=desk.site(name))
    assert desk.ask(similar_open, service, desk.now) == []
    desk.reported(service_id=service)
    assert len(desk.ask(similar_open, service, desk.now)) == 3
    [found] = desk.ask(likenesses, desk.now)
    assert (found.service, found.count, len(found.site_ids)) == ("Cash desk", 3, 2)
    desk.forward(minutes=61)
    assert desk.ask(likenesses, desk.now) == []
    assert desk.ask(similar_open, None, desk.now) == []


def test_what_is_none_yet_is_sought_by_its_time_however_many_are_open(
    desk: Desk,
) -> None:
    def plan(session: Session, now: datetime) -> list[str]:
        connection = session.connection()
        if connection.dialect.name != "sqlite":
            pytest.skip("PostgreSQL keeps count of what is in a table, and finds it")
        asked = str(crowded_services(session, now).compile(connection))
        told = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {asked}", (0,) * asked.count("?")
        )
        return [row[3] for row in told if "incident" in row[3]]

    found = desk.ask(plan, desk.now)
    assert found == [
        "SEARCH incident USING INDEX ix_incident_reported_at (reported_at>?)"
    ]


def test_a_recognised_mass_incident_has_a_clock_from_the_first_moment(
    desk: Desk,
) -> None:
    number = outage(desk)
    [alarm] = desk.ask(alarms, desk.now)
    assert (alarm.id, alarm.informed, alarm.late) == (number, False, False)
    assert alarm.due_at == desk.now + timedelta(minutes=15)
    desk.forward(minutes=15)
    assert desk.ask(alarms, desk.now)[0].late


def test_the_wave_of_contacts_is_counted_before_and_after_the_first_message() -> None:
    start = datetime.fromisoformat("2026-03-02T09:03:00+00:00")
    calls = [start + timedelta(minutes=minute) for minute in (0, 4, 9, 15, 22, 25, 41)]
    informed = start + timedelta(minutes=27)
    wave = wave_of(calls, informed, start + timedelta(minutes=60))
    assert [(span.contacts, span.after) for span in wave.spans[:5]] == [
        (2, False),
        (2, False),
        (2, False),
        (0, True),
        (1, True),
    ]
    assert (
        sentence(wave)
        == "6 contacts in the 30 minutes before the first message, 1 in the 30 minutes after it."
    )
    running = wave_of(calls[:3], None, start + timedelta(minutes=10))
    assert (
        sentence(running)
        == "3 contacts in the last 30 minutes, 3 in all. Nobody was informed so far."
    )
    assert wave_of([], None, start).spans == ()
    early = wave_of(calls, informed, informed + timedelta(minutes=5))
    assert sentence(early).endswith("the 30 minutes after it are not over yet.")


def test_only_open_incidents_become_mass_incidents(desk: Desk) -> None:
    number = desk.reported()
    with desk.database.write() as session:
        session.get_one(Incident, number).is_open = False
        from app.core import audit  # noqa: PLC0415

        audit.record(session, "t", "t.t", "incident:1", "t", at=desk.now)
    with pytest.raises(Refused, match="works again"):
        desk.do(declare_mass, number, [])


def test_a_mass_incident_that_is_restored_takes_its_reports_along(desk: Desk) -> None:
    site = desk.site()
    number = outage(desk, site_ids=(site,))
    child = desk.reported(service_id=desk.incident(number).service_id, site_id=site)
    desk.forward(minutes=10)
    desk.do(restore, number, "Restarted the server")
    assert [desk.incident(one).state for one in (number, child)] == [
        IncidentState.RESTORED,
        IncidentState.RESTORED,
    ]
    assert desk.incident(child).resolution == "Restarted the server"
