"""Figures: the definitions as worked examples, the same number of queries for many, no single
people.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from app.catalog.hours.rules import ALWAYS, Hours, between
from app.incidents.clocks.rules import Ruler
from app.incidents.figures.queries import FiguresAsked, cases_of, open_ones, projects_of
from app.incidents.figures.rules import (
    FiguredIncident,
    Open,
    backlog,
    by_team,
    figures_of,
    quantile,
    weekly,
)
from app.incidents.figures.trends import trends
from app.incidents.restoration.actions import reopen, restore
from app.incidents.work import actions as work_actions
from app.models.incidents.words import IncidentKind
from app.models.people import Team
from tests.improvements.builders import Room
from tests.incidents.builders import MONDAY, Desk
from tests.pages import Pages

OFFICE = Hours(
    "Europe/Berlin",
    {day: [(time(8), time(12)), (time(13), time(17))] for day in range(5)},
)
HOUR = timedelta(hours=1)


@given(
    hours=st.sampled_from((OFFICE, ALWAYS)),
    start=st.integers(0, 200_000),
    length=st.integers(-500, 200_000),
)
def test_the_ruler_measures_what_business_hours_are(
    hours: Hours, start: int, length: int
) -> None:
    origin = datetime(2026, 3, 1, tzinfo=UTC)
    begin = origin + timedelta(minutes=start)
    end = begin + timedelta(minutes=length)
    ruler = Ruler(hours, origin, origin + timedelta(days=400))
    assert ruler.between(begin, end) == between(hours, begin, end)


def test_the_definitions_as_a_worked_example() -> None:
    cases = [
        FiguredIncident(
            MONDAY,
            2,
            "ERP",
            "Apps",
            restore=hours * HOUR,
            restore_wall=hours * 2 * HOUR,
            hand_overs=overs,
            contacts=contacts,
        )
        for hours, overs, contacts in ((1, 0, 1), (2, 0, 2), (3, 1, 1), (4, 2, 1))
    ]
    cases += [
        FiguredIncident(MONDAY, 2, "ERP", "Apps", returned=1, bounces=1),
        FiguredIncident(MONDAY, 3, "", "", complaint=True),
    ]
    found = {figure.name: (figure.value, figure.of) for figure in figures_of(cases)}
    assert found["Mean time to restore service"] == (
        "mean 2 h 30 min, median 2 h 30 min, nine of ten within 4 h; by the wall clock 5 h, 5 "
        "h, 8 h",
        "4 incidents, too few to compare",
    )
    assert found["First-contact resolution"][0] == "25 %"
    assert found["Reassignment count"] == ("0.60", "5 incidents")
    assert found["Crossing groups"] == ("40 %", "2 of 5 incidents")
    assert (
        found["Bounce rate"][0]
        == found["Information-return rate"][0]
        == found["Repeat-contact rate"][0]
        == "20 %"
    )
    assert found["Complaints about how people were treated"] == (
        "17 %",
        "1 of 6 incidents",
    )
    assert all(figure.value == "–" for figure in figures_of([]))


def test_age_of_what_is_open_is_told_by_priority_with_the_oldest() -> None:
    held = [Open(2, "", age * HOUR, HOUR) for age in range(1, 11)]
    [line] = backlog(held)
    assert (line.name, line.cells) == ("P2", ("10", "5 h 30 min", "9 h", "10 h"))
    assert quantile([HOUR], 0.9) == HOUR


def test_a_week_without_a_restoration_stays_empty() -> None:
    cases = [
        FiguredIncident(MONDAY, 2, "", "", restore=HOUR),
        FiguredIncident(MONDAY + timedelta(weeks=2), 2, "", "", restore=3 * HOUR),
    ]
    assert [(value, count) for _, value, count in weekly(cases)] == [
        (1, 1),
        (None, 0),
        (3, 1),
    ]


def test_times_are_taken_from_what_happened(desk: Desk) -> None:
    service = desk.service(urgency=2)
    number = desk.reported(service_id=service, impact=2)
    desk.reported("Nobody calls back", kind=IncidentKind.COMPLAINT)
    desk.forward(hours=1)
    desk.do(work_actions.start, number)
    desk.forward(hours=2)
    desk.do(restore, number, "It works")
    desk.forward(hours=1)
    desk.do(reopen, number, "No")
    asked = FiguresAsked(MONDAY - HOUR, desk.now + HOUR)
    [first, second] = desk.ask(cases_of, asked, desk.now)
    assert (first.own, first.restore, first.reopened, first.service) == (
        HOUR,
        None,
        1,
        "Cash desk",
    )
    assert second.complaint
    assert len(desk.ask(open_ones, asked, desk.now)) == 2
    assert desk.ask(
        cases_of,
        FiguresAsked(MONDAY - HOUR, desk.now + HOUR, service_id=service),
        desk.now,
    ) == [first]


def test_figures_take_the_same_number_of_queries_for_many(desk: Desk) -> None:
    def reads(count: int) -> int:
        for _ in range(count):
            desk.reported()
        seen: list[str] = []

        def listen(*given: object) -> None:
            seen.append(str(given[2]))

        event.listen(desk.database.engine, "before_cursor_execute", listen)
        desk.ask(cases_of, FiguresAsked(MONDAY - HOUR, desk.now + HOUR), desk.now)
        event.remove(desk.database.engine, "before_cursor_execute", listen)
        return len(seen)

    assert reads(1) == reads(20)


def test_the_page_prints_definitions_and_no_names_of_people(app: Flask) -> None:
    browser = Pages(app).as_operator("nina")
    assert "Nothing to count" in browser.get("/desk/figures").content
    desk = Desk(
        browser.parts.database, browser.parts.now() - timedelta(hours=9), by="zacharias"
    )
    browser.get("/teams/new")
    browser.submit(name="First line", desk="first level", serves="many customers")
    team = desk.ask(lambda session: session.scalar(select(Team.id)))
    number = desk.reported(service_id=desk.service(urgency=2), impact=2, team_id=team)
    desk.do(work_actions.start, number)
    desk.forward(hours=3)
    desk.do(restore, number, "It works")
    page = browser.get("/desk/figures?days=30")
    assert "From the report until it works again, of those that do." in page.content
    assert "zacharias" not in page.content
    assert page.rows("By service")[0][:3] == ["Cash desk", "1", "3 h"]
    assert page.rows("By team")[0][0] == "First line first level, many customers"
    assert (
        "Mean time to restore service" in browser.client.get("/desk/figures.csv").text
    )


def test_support_work_stands_beside_the_improvements_of_a_team(desk: Desk) -> None:
    team = desk.team("Apps", "anna")
    room = Room(desk.database)
    room.begun()
    room.raised("Not begun", owner="anna")
    desk.reported(team_id=team)
    assert desk.ask(projects_of) == {"Apps": 1}
    asked = FiguresAsked(desk.now - timedelta(days=90), desk.forward(hours=1))
    [line] = by_team(
        desk.ask(cases_of, asked, desk.now),
        desk.ask(open_ones, asked, desk.now),
        desk.ask(projects_of),
    )
    assert (line.name, line.cells[0], line.cells[-1]) == ("Apps", "1", "1")


def test_a_figure_stands_beside_the_period_before_and_says_what_is_better() -> None:
    def made(hours: float, contacts: int, count: int = 5) -> list[FiguredIncident]:
        return [
            FiguredIncident(
                MONDAY, 2, "ERP", "Apps", restore=hours * HOUR, contacts=contacts
            )
            for _ in range(count)
        ]

    found = {each.name: each for each in trends(made(2, 2), made(4, 1))}
    restored = found["Time to restore"]
    assert (restored.value, restored.before, restored.better) == ("2 h", "4 h", True)
    again = found["Called again"]
    assert (again.value, again.before, again.better) == ("100 %", "0 %", False)
    assert found["Solved at first contact"].better is False
    more = {each.name: each for each in trends(made(2, 2, 9), made(4, 1))}
    assert more["Incidents reported"].better is None
    few = {each.name: each for each in trends(made(2, 2, 4), made(4, 1))}
    assert (few["Time to restore"].before, few["Time to restore"].better) == ("", None)
    assert [value for _, value in restored.weeks] == [2]


def test_who_may_only_read_sees_the_statistics(app: Flask) -> None:
    reader = Pages(app).as_operator("rita", permissions=("read",))
    assert reader.get("/desk/figures").h1 == "Statistics of the desk"
    assert "Figure" in reader.client.get("/desk/figures.csv").text


def test_who_works_at_the_desk_sees_the_statistics_without_reading_all_else(
    app: Flask,
) -> None:
    agent = Pages(app).as_operator("dora", permissions=("desk",))
    assert agent.get("/desk/figures").h1 == "Statistics of the desk"
    assert "/desk/figures" in agent.get("/desk").html
    nobody = Pages(app).as_operator("nils", permissions=("catalog",))
    nobody.get("/desk/figures", status=403)
    nobody.get("/desk/figures.csv", status=403)
