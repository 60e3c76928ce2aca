"""The queue and the page of an incident in the browser, without script."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.incidents.hands import responsibility
from app.incidents.hands.actions import HandOver, hand_over
from app.incidents.queue.queries import View, counts, queue_lines, viewer_of
from app.incidents.restoration.actions import restore
from app.incidents.work.actions import assign, note, step
from app.models.incidents.incident import Incident
from app.models.incidents.words import EventKind, IncidentState, WaitingOn
from tests.catalog.builders import a_fact
from tests.improvements.builders import counted
from tests.incidents.builders import Desk, rows
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def titles(page: Page) -> list[str]:
    return [node.all("a")[0].text for node in page.root.all("th", scope="row")]


def primary(page: Page) -> list[str]:
    return [node.text for node in page.root.one("main").all(class_="primary")]


def test_of_two_equal_incidents_the_weightier_site_is_first_even_if_it_reported_later(
    pages: Pages, desk: Desk
) -> None:
    service = desk.service(urgency=1)
    desk.reported("Small outlet", service_id=service, site_id=desk.site("Village", 2), impact=2)
    desk.forward(minutes=20)
    desk.reported("Large outlet", service_id=service, site_id=desk.site("Centre", 8), impact=2)
    queue = pages.get("/desk")
    assert titles(queue) == ["Large outlet", "Small outlet"]
    assert queue.rows("Queue")[0][2].startswith("P1 = impact 2 × urgency 1; site weight 8;")


def test_priority_comes_first_then_a_raise_and_the_row_says_so(pages: Pages, desk: Desk) -> None:
    service = desk.service(urgency=1)
    desk.reported("High", service_id=service, impact=3)
    low = desk.reported("Low", service_id=service, impact=4)
    with desk.database.write() as session:
        found = session.get_one(Incident, low)
        found.raises, found.rank = 2, 1
        session.info["audit_events"] = 1
    page = pages.get("/desk")
    assert titles(page) == ["Low", "High"]
    assert "raised twice, so it stands as P1" in page.rows("Queue")[0][2]


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
        assert current.one(class_="view-count").text == str(len(wanted))
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
    assert asked() == few <= 8


def test_restoration_is_the_one_primary_action_and_leads_the_page(pages: Pages, desk: Desk) -> None:
    number = desk.reported(service_id=desk.service(), effect="The cashier cannot sell.")
    page = pages.get(f"/desk/{number}")
    assert primary(page) == ["It works again"]
    sections = [node.attrs.get("id") for node in page.root.all("section")]
    assert sections.index("restoration") < sections.index("conversation")
    assert "The cashier cannot sell." in page.content


def test_an_incident_is_handed_over_with_reason_and_a_gentle_word_about_tone(
    pages: Pages, desk: Desk
) -> None:
    front, dev = desk.team("Service desk", "dora"), desk.team("Development")
    service = desk.service(team_id=front)
    fact = a_fact(desk.database, service, "Till number")
    number = desk.reported(service_id=service)
    pages.get(f"/desk/{number}/do/hand-over")
    page = pages.submit(team_id=str(dev), reason="", status=422)
    assert "Give the reason" in page.content
    page = pages.submit(team_id=str(dev), reason="Not on my side, as usual")
    assert "“Not on my side”: better say what was checked, and what was found." in page.content
    assert page.root.one("textarea", name="reason").text == "Not on my side, as usual"
    page = pages.submit(status=422)
    assert "The service needs: Till number" in page.content
    page = pages.submit(**{f"fact-{fact}": "12"})
    assert page.told == "Handed over."
    assert desk.incident(number).team_id == dev
    assert "Till number 12" in page.root.one(id="facts").text


def test_what_was_typed_is_kept_when_somebody_else_was_quicker(
    app: Flask, pages: Pages, desk: Desk
) -> None:
    number = desk.reported(team_id=desk.team("Service desk", "dora"))
    dev, admins = desk.team("Development"), desk.team("Admins")
    ben = Pages(app).as_operator("ben")
    pages.get(f"/desk/{number}/do/hand-over")
    ben.get(f"/desk/{number}/do/hand-over")
    ben.submit(team_id=str(admins), reason="The server is full")
    page = pages.submit(team_id=str(dev), reason="A lock in the log", status=409)
    assert page.root.one("textarea", name="reason").text == "A lock in the log"
    assert "The server is full" in page.content and "ben" in page.content
    pages.submit()
    assert desk.incident(number).team_id == dev


def test_two_notes_at_once_are_both_kept(app: Flask, pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    ben = Pages(app).as_operator("ben")
    for browser in (pages, ben):
        browser.get(f"/desk/{number}")
    for browser, text in ((pages, "From Dora"), (ben, "From Ben")):
        browser.submit(f"/desk/{number}/note", **{"note-text": text})
    assert [event.text for event in desk.events(number)][1:] == ["From Dora", "From Ben"]


def test_an_empty_note_is_said_beside_the_field(pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    pages.get(f"/desk/{number}")
    page = pages.submit(f"/desk/{number}/note", status=422)
    assert page.errors == ["Write something."]


def test_steps_then_the_owner_then_work_orders(app: Flask, pages: Pages, desk: Desk) -> None:
    team = desk.team("Tills", "dora")
    number = desk.reported(service_id=desk.service(owner="olga", team_id=team))
    pages.get(f"/desk/{number}")
    page = pages.submit(
        f"/desk/{number}/step", **{"step-text": "Restarted the till", "step-level": "2"}
    )
    assert "level 2 Restarted the till" in page.root.one(id="restoration").text
    page = pages.submit(f"/desk/{number}/now/basics-failed")
    assert "Finally responsible until it is restored: olga." in page.content
    pages.get(f"/desk/{number}/do/cancel")
    page = pages.submit(reason="Nothing there", status=422)
    assert "olga is finally responsible until it is restored" in page.content
    olga = Pages(app).as_operator("olga")
    olga.get(f"/desk/{number}/do/order")
    admins = desk.team("Admins")
    olga.get(f"/desk/{number}/do/order")
    page = olga.submit(team_id=str(admins), what="Restart the server", due_at="2026-03-02T15:00")
    assert "Admins : Restart the server" in page.root.one(id="orders").text
    pages.get("/work-orders/1/refuse")
    assert "Give the reason" in pages.submit(answer="", status=422).content
    page = pages.submit(answer="Backup is running")
    assert "dora refused the work order" in page.content


def test_missing_information_goes_back_with_one_click_for_the_next_time(
    pages: Pages, desk: Desk
) -> None:
    front, dev = desk.team("Service desk"), desk.team("Development")
    service = desk.service(team_id=front)
    number = desk.reported(service_id=service)
    desk.do(hand_over, number, HandOver(dev, "A lock in the log"))
    pages.get(f"/desk/{number}/do/send-back")
    page = pages.submit(fact="Error text", ask_always="y")
    assert "asked at intake from now on" in page.content
    assert "Error text missing" in page.root.one(id="facts").text


def test_waiting_names_whose_turn_it_is_and_until_when(pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    pages.get(f"/desk/{number}/do/wait")
    page = pages.submit(on="provider", why="A spare part", until="2026-03-01T09:00", status=422)
    assert page.errors == ["Say until when; that moment has passed."]
    page = pages.submit(until="2026-03-03T09:00")
    assert "Waits for the provider until 3 Mar 2026, 09:00." in page.content
    found = desk.incident(number)
    assert (found.waiting_on, found.state) == (WaitingOn.PROVIDER, IncidentState.WAITING)
    assert pages.submit(f"/desk/{number}/now/start").told == "You work on it now."
    assert desk.events(number)[-1].kind is EventKind.RESUMED


def test_it_works_again_is_closed_and_comes_back(pages: Pages, desk: Desk) -> None:
    number = desk.reported(team_id=desk.team("Tills"))
    pages.get(f"/desk/{number}/do/restore")
    page = pages.submit(what="A new cable", at="2026-03-02T09:00")
    assert primary(page) == ["Close"]
    page = pages.submit(f"/desk/{number}/now/close")
    assert "Closed on 2 Mar 2026." in page.content
    pages.get(f"/desk/{number}/do/reopen")
    page = pages.submit(reason="It is dark again")
    assert primary(page) == ["It works again"]
    assert desk.incident(number).restored_at is None


def test_a_duplicate_is_merged_with_its_requester_and_contacts(pages: Pages, desk: Desk) -> None:
    first, second = desk.reported("One"), desk.reported("Two", requester="Petra")
    pages.get(f"/desk/{second}/do/merge")
    page = pages.submit(into_id=str(first))
    assert f"The same as incident {first}; it goes on there." in page.content
    assert desk.incident(first).contacts == 2
    assert "Petra" in str(desk.events(first)[-1].data)
    pages.get(f"/desk/{first}/do/merge")
    assert "Name the other incident" in pages.submit(into_id=str(first), status=422).content


def test_another_service_gives_another_priority_and_is_counted(pages: Pages, desk: Desk) -> None:
    number = desk.reported(service_id=desk.service(urgency=1), impact=2)
    other = desk.service("Mail", urgency=4)
    pages.get(f"/desk/{number}/do/service")
    pages.submit(service_id=str(other), reason="The error names the mail server")
    found = desk.incident(number)
    assert (found.service_id, found.urgency, found.priority) == (other, 4, 4)
    assert desk.events(number)[-1].data["priority"] == [1, 4]


def test_a_problem_is_written_down_only_after_restoration_and_where_the_desk_wants_it(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    desk.do(restore, number, "Restarted")
    assert "Problem behind it" not in pages.get(f"/desk/{number}").content
    with_problems(desk)
    page = pages.get(f"/desk/{number}")
    assert "Problem behind it" in page.content
    pages.get(f"/desk/{number}/do/problem")
    assert "Memory leak" in pages.submit(text="Memory leak").root.one(id="problem").text


def with_problems(desk: Desk) -> None:
    from app.models.incidents.desk import DeskPolicy  # noqa: PLC0415

    with desk.database.write() as session:
        session.add(
            DeskPolicy(content={"problem_records": True}, created_at=desk.now, created_by="test")
        )
        session.info["audit_events"] = 1


def test_who_else_is_here_is_told_and_forgotten_when_the_page_closes(
    app: Flask, pages: Pages, desk: Desk, clock
) -> None:  # type: ignore[no-untyped-def]
    number = desk.reported()
    ben = Pages(app).as_operator("ben")
    ben.post(f"/desk/{number}/presence", {"doing": "answering"}, fragment=True)
    assert "ben is answering" in pages.get(f"/desk/{number}").content
    piece = pages.post(f"/desk/{number}/presence", {"doing": "viewing"}, fragment=True)
    assert "ben is answering" in piece.text and "dora" not in piece.text
    clock.forward(seconds=41)
    assert "ben" not in pages.get(f"/desk/{number}").root.one(id="presence").text


def test_through_the_owner_it_is_asked_and_confirmed(app: Flask, pages: Pages, desk: Desk) -> None:
    front, dev = desk.team("Service desk"), desk.team("Development")
    number = desk.reported(service_id=desk.service(owner="olga", through_owner=True, team_id=front))
    desk.do(hand_over, number, HandOver(dev, "A lock in the log"))
    assert "olga is asked to hand it to Development." in pages.get(f"/desk/{number}").content
    olga = Pages(app).as_operator("olga")
    olga.get(f"/desk/{number}")
    assert olga.submit(f"/desk/{number}/now/confirm").told == "Handed over as asked."
    assert desk.incident(number).team_id == dev


def test_taking_it_from_the_queue_leads_back_to_the_queue(pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    pages.get("/desk")
    page = pages.submit(f"/desk/{number}/now/take")
    assert (page.url, page.told) == ("/desk", "It is yours.")
    assert desk.incident(number).agent == "dora"


def test_what_cannot_be_done_and_what_is_not_there_is_said(pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    pages.get(f"/desk/{number}/do/dance", status=404)
    pages.post(f"/desk/{number}/now/dance", status=404)
    assert (
        "Only a restored one can be closed"
        in pages.post(f"/desk/{number}/now/close", status=409).content
    )


def test_internal_reasons_are_not_marked_for_the_requester(desk: Desk) -> None:
    front, dev = desk.team("Service desk"), desk.team("Development")
    number = desk.reported(service_id=desk.service(owner="olga", team_id=front))
    desk.do(step, number, "Restarted", 1)
    desk.do(hand_over, number, HandOver(dev, "A lock in the log"))
    desk.do(responsibility.basics_failed, number)
    desk.do(note, number, "We look at the database.", public=True)
    public = [event.kind for event in desk.events(number) if event.public]
    assert public == [EventKind.REPORTED, EventKind.NOTE]
    assert rows(desk.database, select(Incident.first_response_at)) == [desk.now]
