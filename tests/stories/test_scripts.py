"""What the demo shows of scripts and business hours."""

from __future__ import annotations

from sqlalchemy import select

from app.catalog.hours.queries import calendar_pages
from app.catalog.scripts.queries import asking, run_bench, version
from app.catalog.scripts.rules import faults
from app.models.catalog.script import Script
from app.upkeep.stories.player import tell
from tests.incidents.builders import Desk, rows


def test_the_scripts_of_the_demo_have_no_faults(desk: Desk) -> None:
    desk.do(tell, "services")
    desk.do(tell, "scripts")
    told = rows(desk.database, select(Script.content))
    assert [faults(content) for content in told] == [[], [], [], []]


def test_the_demo_has_scripts_in_force_a_draft_with_a_bench_and_office_hours(
    desk: Desk,
) -> None:
    desk.do(tell, "services")
    for again in (True, False):
        assert desk.do(tell, "hours") is again
        assert desk.do(tell, "scripts") is again
    desk.do(tell, "incidents")
    found = {
        each.service: (each.published, each.drafts)
        for each in desk.ask(asking)
        if each.published
    }
    assert found == {"ERP": (1, 1), "Finance system": (1, 0), "Mail": (1, 0)}
    (office,) = desk.ask(calendar_pages)
    assert office.sentence == "open Mon–Fri 08:00–12:00 and 13:00–17:00, Europe/Berlin"
    assert [name for _id, name in office.services] == [
        "Customer relations",
        "Mail",
        "Workplace",
    ]
    outcomes = {
        line.outcome.value for line in desk.ask(run_bench, desk.ask(version, 4))
    }
    assert outcomes == {"changed", "unanswered"}


def test_a_demo_without_its_services_gets_no_scripts(desk: Desk) -> None:
    assert desk.do(tell, "scripts") is False
