"""Reporting an incident: who, what, which service, and the priority that follows from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.errors import Invalid
from app.incidents.intake.actions import Report, report
from app.models.catalog.words import ServiceState
from app.models.incidents.incident import IncidentFact
from app.models.incidents.words import EventKind, IncidentState
from tests.catalog.builders import a_fact
from tests.incidents.builders import Desk, rows


def test_priority_is_impact_times_the_urgency_of_the_service(desk: Desk) -> None:
    service, site = desk.service(urgency=2), desk.site(weight=7)
    found = desk.incident(desk.reported(service_id=service, site_id=site, impact=2))
    assert (found.priority, found.rank, found.site_weight) == (2, 2, 7)
    assert found.target_at == desk.now + timedelta(hours=8)


def test_without_a_classification_an_incident_stands_in_the_middle(desk: Desk) -> None:
    found = desk.incident(desk.reported())
    assert (found.priority, found.impact, found.state) == (3, None, IncidentState.NEW)


def test_the_team_of_the_service_gets_it_and_the_report_is_the_first_event(
    desk: Desk,
) -> None:
    team = desk.team("Tills", "tom")
    number = desk.reported(service_id=desk.service(team_id=team), impact=4)
    [event] = desk.events(number)
    assert (event.kind, event.team_id, event.state, event.public) == (
        EventKind.REPORTED,
        team,
        IncidentState.ASSIGNED,
        True,
    )


def test_facts_the_service_asks_for_are_kept(desk: Desk) -> None:
    service = desk.service()
    fact = a_fact(desk.database, service)
    desk.reported(service_id=service, facts={fact: " 12 "})
    assert rows(desk.database, select(IncidentFact.value)) == ["12"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "  "}, "title"),
        ({"requester": ""}, "requester"),
        ({"impact": 5}, "impact"),
    ],
)
def test_what_is_missing_is_named(
    desk: Desk, values: dict[str, object], field: str
) -> None:
    told = Report(**{"title": "It is slow", "requester": "Carla", **values})  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        desk.do(report, told)
    assert refused.value.field == field


def test_a_retired_service_takes_no_report_and_the_sentence_says_what_to_choose(
    desk: Desk,
) -> None:
    gone = desk.service(name="Old till", state=ServiceState.RETIRED)
    with pytest.raises(
        Invalid, match="Old till is retired; choose the service that took its place"
    ) as refused:
        desk.do(report, Report(title="It is slow", requester="Carla", service_id=gone))
    assert refused.value.field == "service_id"
