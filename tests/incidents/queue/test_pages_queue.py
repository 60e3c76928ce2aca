"""The queue in the browser, without script."""

from __future__ import annotations

import pytest
from flask import Flask

from app.incidents.queue.queries import View, counts, queue_lines, viewer_of
from app.incidents.restoration.actions import restore
from app.incidents.work.actions import assign
from app.models.incidents.desk import DeskPolicy
from app.models.incidents.incident import Incident
from tests.improvements.builders import counted
from tests.incidents.builders import Desk
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def titles(page: Page) -> list[str]:
    return [node.all("a")[0].text for node in page.root.all("th", scope="row")]


def test_of_two_equal_incidents_the_weightier_site_is_first_even_if_it_reported_later(
    pages: Pages, desk: Desk
) -> None:
    service = desk.service(urgency=1)
    desk.reported(
        "Small outlet", service_id=service, site_id=desk.site("Village", 2), impact=2
    )
    desk.forward(minutes=20)
    desk.reported(
        "Large outlet", service_id=service, site_id=desk.site("Centre", 8), impact=2
    )
    queue = pages.get("/desk")
    assert titles(queue) == ["Large outlet", "Small outlet"]
    assert "P1 = impact 2 × urgency 1; site weight 8;" in queue.rows("Queue")[0][0]


def test_priority_comes_first_then_a_raise_and_the_row_says_so(
    pages: Pages, desk: Desk
) -> None:
    service = desk.service(urgency=1)
    desk.reported("High", service_id=service, impact=3)
    low = desk.reported("Low", service_id=service, impact=4)
    with desk.database.write() as session:
        found = session.get_one(Incident, low)
        found.raises, found.rank = 2, 1
        session.info["audit_events"] = 1
    page = pages.get("/desk")
    assert titles(page) == ["Low", "High"]
    assert "raised twice, so it stands as P1" in page.rows("Queue")[0][0]


def test_every_view_counts_what_it_shows(pages: Pages, desk: Desk) -> None:
    team = desk.team("Tills", "dora")
    other = desk.team("Admins")
    mine = desk.service("Mine", owner="dora", team_id=team)
    desk.reported("In my team", service_id=mine)
    elsewhere = desk.reported("Solved elsewhere", service_id=mine, team_id=other)
    desk.do(assign, desk.reported("Taken"), "dora")
    done = desk.reported("Done")
    desk.do(restore, done, "A new cable")
    expected = {
        "mine": ["Taken"],
        "my team": ["In my team"],
        "my services": ["Solved elsewhere"],
        "mass": [],
        "unowned": ["In my team", "Solved elsewhere"],
        "overdue update": [],
        "restored": ["Done"],
    }
    for view, wanted in expected.items():
        page = pages.get(f"/desk?view={view}")
        assert titles(page) == wanted, view
        current = page.root.one("nav", aria_label="Views of the queue").one(
            "a", aria_current="page"
        )
        counted = [each.text for each in current.all(class_="count")]
        assert counted == ([str(len(wanted))] if wanted else [])
    assert elsewhere


def test_the_queue_is_searched_and_goes_out_as_csv(pages: Pages, desk: Desk) -> None:
    number = desk.reported("The till does not start")
    desk.reported("Printer is empty", requester="Petra")
    assert titles(pages.get("/desk?q=TILL")) == ["The till does not start"]
    assert titles(pages.get(f"/desk?q={number}")) == ["The till does not start"]
    assert titles(pages.get("/desk?q=petra")) == ["Printer is empty"]
    assert "No incident fits" in pages.get("/desk?q=100%25").content
    out = pages.get("/desk.csv?q=petra").response.text
    assert "Printer is empty" in out and "till" not in out


def test_the_queue_asks_the_same_few_questions_for_one_and_for_many(desk: Desk) -> None:
    def asked() -> int:
        with counted(desk.database) as statements, desk.database.read() as session:
            viewer = viewer_of(session, "dora", desk.now)
            counts(session, viewer)
            queue_lines(session, viewer, View.ALL)
        return len(statements)

    desk.reported()
    few = asked()
    for index in range(30):
        desk.reported(f"Number {index}")
    assert asked() == few <= 10
    assert asked() == 5  # what only a change can alter is kept until one


def test_taking_it_from_the_queue_leads_back_to_the_queue(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    pages.get("/desk")
    page = pages.submit(f"/desk/{number}/now/take")
    assert (page.url, page.told) == ("/desk", "It is yours.")
    assert desk.incident(number).agent == "dora"


def test_a_row_says_in_one_figure_how_long_is_left_and_names_what_its_button_takes(
    pages: Pages, desk: Desk
) -> None:
    service = desk.service(urgency=2)
    desk.forward(hours=-11)
    desk.reported("Old", service_id=service, impact=2)
    desk.forward(hours=11)
    number = desk.reported("New", service_id=service, impact=2)
    rows = {row[1].split()[1]: row for row in pages.get("/desk").rows("Queue")}
    assert [rows[title][2] for title in ("Old", "New")] == ["3 h over", "8 h left"]
    assert [rows[title][6] for title in ("Old", "New")] == ["11 h", "0 min"]
    assert rows["New"][5] == f"Take it : incident {number}"


def test_the_next_one_is_taken_by_the_queues_own_rule(pages: Pages, desk: Desk) -> None:
    service = desk.service(urgency=1)
    desk.reported("Low", service_id=service, impact=4)
    taken = desk.reported("Taken by another", service_id=service, impact=1)
    desk.do(assign, taken, "dora")
    high = desk.reported("High", service_id=service, impact=2)
    pages.get("/desk")
    page = pages.submit("/desk/next")
    assert (page.url, page.told) == (f"/desk/{high}", "It is yours.")
    assert desk.incident(high).agent == "dora"


def test_where_nothing_is_free_the_next_one_is_said_to_be_none(
    pages: Pages, desk: Desk
) -> None:
    desk.do(assign, desk.reported(), "dora")
    assert pages.post("/desk/next").told == "Nothing here waits for somebody."


def test_the_queue_tells_what_is_new_and_moves_nothing(
    pages: Pages, desk: Desk
) -> None:
    first = desk.reported("First")
    page = pages.get("/desk")
    asks = page.root.one(id="queue-news").attrs["hx-get"]
    pages.get(asks, fragment=True, status=204)
    desk.do(assign, first, "dora")
    desk.reported("Second")
    news = pages.get(asks, fragment=True)
    assert "1 new, 1 changed" in news.text
    assert "First" not in news.text


def test_a_place_kept_for_the_longest_overdue_is_marked_in_its_row(
    pages: Pages, desk: Desk
) -> None:
    service = desk.service(urgency=1)
    with desk.database.write() as session:
        session.add(
            DeskPolicy(
                content={"kept_every": 1}, created_at=desk.now, created_by="test"
            )
        )
        session.info["audit_events"] = 1
    desk.forward(days=-9)
    desk.reported("Old", service_id=service, impact=4)
    desk.forward(days=9)
    desk.reported("New", service_id=service, impact=3)
    rows = pages.get("/desk").rows("Queue")
    assert ["longest overdue" in row[1] for row in rows] == [True, False]
