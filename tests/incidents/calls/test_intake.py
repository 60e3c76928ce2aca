"""Intake: the caller first, what is open before anything is asked, and nothing typed is ever
lost.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.models.catalog.script import Script
from app.models.catalog.words import ScriptState
from app.models.incidents.desk import Call
from app.models.incidents.incident import Classification, Contact, IncidentFact
from app.models.incidents.words import CallState, EventKind, IncidentKind
from app.people.actions import add_number
from tests.catalog.builders import _put, a_fact
from tests.incidents.builders import MONDAY, Desk, rows
from tests.pages import Page, Pages

TREE = {
    "start": "who",
    "questions": [
        {
            "key": "who",
            "text": "How many cannot sell?",
            "answers": [
                {"text": "One till", "impact": 4},
                {"text": "Several tills", "next": "sites"},
            ],
        },
        {
            "key": "sites",
            "text": "At how many sites?",
            "answers": [{"text": "One", "impact": 2}, {"text": "Many", "impact": 1}],
        },
    ],
}


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora", permissions=("read", "desk"))


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database, pages.parts.now())


def a_script(desk: Desk, service: int, tree: dict[str, Any], number: int = 1) -> int:
    with desk.database.write() as session:
        session.execute(Script.__table__.update().values(state=ScriptState.REPLACED))  # type: ignore[attr-defined]
        session.info["changed"] = False
    published = {"created_at": MONDAY, "created_by": "test", "published_at": MONDAY}
    script = Script(
        service_id=service,
        number=number,
        state=ScriptState.PUBLISHED,
        content=tree,
        **published,
    )
    return _put(desk.database, script)


def typed(pages: Pages, *, button: str = "", status: int = 200, **fields: Any) -> Page:
    return pages.submit("/desk/new", button=button, status=status, **fields)


def test_a_caller_is_offered_with_the_reason_and_never_chosen(
    pages: Pages, desk: Desk
) -> None:
    for name in ("Carla Cash", "Carl Carson"):
        person = desk.person(name)
        desk.do(add_number, person, "+41 31 555 01 17")
    page = pages.get("/desk/new?q=0041315550117")
    assert page.h1 == "Who calls?"
    offered = page.root.one(id="candidates").text
    assert (
        "Carla Cash" in offered
        and "Carl Carson" in offered
        and "number 41315550117" in offered
    )


def test_somebody_with_an_open_incident_never_meets_an_empty_form(
    pages: Pages, desk: Desk
) -> None:
    person = desk.person()
    number = desk.reported("The till does not start", person_id=person)
    page = pages.get(f"/desk/new?person={person}")
    assert (
        "The till does not start" in page.content
        and "No update is promised." in page.content
    )
    assert not page.root.all("input", name="title")
    page = pages.submit(f"/desk/{number}/contact", text="Still dark")
    assert page.told == "The contact is noted."
    assert "Still dark" in page.content
    assert desk.incident(number).contacts == 2
    assert desk.events(number)[-1].kind is EventKind.CONTACT
    page = pages.get(f"/desk/new?person={person}&anyway=1")
    assert (
        page.root.all("input", name="title") and "Open for them already" in page.content
    )


def test_contacts_after_restoration_are_noted_but_not_counted(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    with desk.database.write() as session:
        session.connection().exec_driver_sql(
            f"UPDATE incident SET state='closed', is_open=false WHERE id={number}"
        )
    page = pages.post(
        f"/desk/{number}/contact", {"who": "Carla", "via": "mail", "text": "Thanks"}
    )
    assert page.told == "The contact is noted."
    assert desk.incident(number).contacts == 1
    assert len(rows(desk.database, select(Contact.id))) == 2


def test_an_incident_is_taken_in_step_by_step(pages: Pages, desk: Desk) -> None:
    person = desk.person(site="Harbour outlet")
    site, service = desk.site(), desk.service(urgency=2)
    fact, script = a_fact(desk.database, service), a_script(desk, service, TREE)
    pages.get(f"/desk/new?person={person}")
    page = typed(pages, title="The till does not start", service="cash")
    assert "How many cannot sell?" in page.content and "priority" not in [
        node.attrs["name"] for node in page.root.all("select")
    ]
    page = typed(pages, chosen="who:1")
    assert "At how many sites?" in page.content
    typed(pages, keep="0")
    typed(pages, chosen="who:1")
    page = typed(pages, chosen="sites:0")
    assert "Impact 2" in page.content
    page = typed(pages, status=422)
    assert (
        "Till number: ask for it" in page.content
        and "The till does not start" in page.html
    )
    page = typed(pages, **{f"fact-{fact}": "12"})
    assert page.told.startswith("Incident ") and page.h1.endswith(
        " The till does not start"
    )
    found = desk.incident(1)
    assert (found.person_id, found.site_id, found.service_id, found.script_id) == (
        person,
        site,
        service,
        script,
    )
    assert (found.impact, found.urgency, found.priority) == (2, 2, 2)
    assert rows(desk.database, select(IncidentFact.value)) == ["12"]
    [answers] = rows(desk.database, select(Classification.answers))
    assert [each["said"] for each in answers] == ["Several tills", "One"]


def test_a_fact_may_be_left_out_only_with_the_reason(pages: Pages, desk: Desk) -> None:
    service = desk.service()
    fact = a_fact(desk.database, service)
    pages.get("/desk/new?unknown=1&requester=Carla")
    typed(pages, title="Dark", service="Cash desk")
    typed(pages, impact="4", **{f"unknown-{fact}": "The label is torn off"})
    assert rows(desk.database, select(IncidentFact.value)) == [
        "Not known: The label is torn off"
    ]


def test_everything_typed_survives_every_error(pages: Pages, desk: Desk) -> None:
    service = desk.service()
    fact = a_fact(desk.database, service)
    pages.get("/desk/new?unknown=1")
    typed(pages, title="Dark", effect="No sales", service="Cash desk")
    kept = {"requester_phone": "117", f"fact-{fact}": "12"}
    page = typed(pages, status=422, title="", **kept)
    assert "Say in a few words" in page.content
    page = typed(pages, status=422, title="Dark again")
    assert "Say whom it stops." in page.content
    for text in ("Dark again", "No sales", "117", "12"):
        assert text in page.html
    page = typed(pages, impact="3")
    assert page.h1.endswith(" Dark again")


def test_an_unknown_caller_without_any_trace_is_asked_for(
    pages: Pages, desk: Desk
) -> None:
    desk.service()
    pages.get("/desk/new?unknown=1")
    typed(pages, title="Dark", service="Cash")
    page = typed(pages, status=422, impact="4")
    assert "Say who reports it" in page.content
    assert typed(pages, requester_mail="carla@shop.example").h1.endswith(" Dark")


def test_without_a_service_it_is_saved_when_sent_again(
    pages: Pages, desk: Desk
) -> None:
    pages.get("/desk/new?unknown=1&requester=Carla")
    page = typed(pages, title="Something beeps")
    assert "not known yet" in page.content and page.h1 == "New incident"
    assert typed(pages).h1.endswith(" Something beeps")
    assert desk.incident(1).service_id is None


def test_a_name_that_means_several_services_offers_them(
    pages: Pages, desk: Desk
) -> None:
    desk.service("Mail inside")
    desk.service("Mail outside")
    pages.get("/desk/new?unknown=1&requester=Carla")
    page = typed(pages, title="Late", service="mail")
    assert (
        "Mail inside (found)" in page.content and "Mail outside (found)" in page.content
    )
    page = typed(pages, service="Telegraph")
    assert "No service is called like that." in page.content


def test_a_script_changed_meanwhile_is_told_and_answers_that_fit_are_kept(
    pages: Pages, desk: Desk
) -> None:
    service = desk.service()
    a_script(desk, service, TREE)
    pages.get("/desk/new?unknown=1&requester=Carla")
    typed(pages, title="Dark", service="Cash desk")
    typed(pages, chosen="who:0")
    newer = {
        **TREE,
        "questions": [
            {**TREE["questions"][0], "text": "How many tills are dark?"},
            TREE["questions"][1],
        ],
    }
    script = a_script(desk, service, newer, 2)
    page = typed(pages)
    assert (
        "changed while you asked" in page.content
        and "How many tills are dark?" in page.content
    )
    assert typed(pages).h1.endswith(" Dark")
    assert desk.incident(1).script_id == script


def test_a_complaint_about_treatment_is_a_kind_of_its_own(
    pages: Pages, desk: Desk
) -> None:
    pages.get("/desk/new?unknown=1&requester=Carla")
    assert (
        typed(pages, title="Nobody called back", kind="complaint").h1
        == "1 Nobody called back"
    )
    found = desk.incident(1)
    assert (found.kind, found.impact) == (IncidentKind.COMPLAINT, None)


def test_what_was_reported_before_and_rights_held_are_offered_first(
    pages: Pages, desk: Desk
) -> None:
    person, service = desk.person(), desk.service("Scales")
    desk.service("Another")
    desk.reported(person_id=person, service_id=service, impact=4)
    page = pages.get(f"/desk/new?person={person}&anyway=1")
    assert (
        "Scales (reported before)" in page.content and "Another (" not in page.content
    )


def test_several_at_one_site_ask_whether_it_is_one(pages: Pages, desk: Desk) -> None:
    site, service = desk.site(), desk.service()
    for title in ("Dark", "Black", "No light"):
        desk.reported(title, site_id=site, service_id=service, impact=4)
    pages.get("/desk/new?unknown=1&requester=Carla")
    page = typed(pages, title="Dark too", service="Cash desk", site_id=f"row:{site}")
    assert "3 open at this site for this service: one mass incident?" in page.content


def test_a_call_is_remembered_with_what_came_of_it(pages: Pages, desk: Desk) -> None:
    person = desk.person()
    with desk.database.write() as session:
        call = Call(
            key="c", number="117", state=CallState.ANSWERED, started_at=desk.now
        )
        call.answered_at, call.ended_at = desk.now, None
        session.add(call)
    pages.get(f"/desk/new?person={person}&call=1")
    typed(pages, title="Nobody called back", kind="complaint")
    assert rows(desk.database, select(Call.incident_id)) == [1]
    assert rows(desk.database, select(Call.person_id)) == [person]
    assert rows(desk.database, select(Contact.call_id)) == [1]


@pytest.mark.parametrize(
    "fields",
    [
        {"person_id": "99999999999999"},
        {"service_id": "x"},
        {"site_id": "77"},
        {"chosen": "q:9"},
    ],
)
def test_what_no_page_sends_breaks_nothing(
    pages: Pages, desk: Desk, fields: dict[str, str]
) -> None:
    pages.get("/desk/new?unknown=1&requester=Carla")
    sent = {
        "title": "Dark",
        "seen_service": "",
        "requester": "Carla",
        "kind": "incident",
        "via": "phone",
        **fields,
    }
    assert pages.post("/desk/new", sent).h1 == "New incident"


def test_intake_is_for_the_desk_only(app: Flask) -> None:
    reader = Pages(app).as_operator("rita", permissions=("read",))
    for path in ("/desk/new", "/desk/calls", "/desk/calls/ringing", "/desk/calls/1"):
        reader.get(path, status=403)
    reader.post("/desk/new", {"title": "Dark"}, status=403)


def test_articles_are_offered_while_the_title_is_typed(
    pages: Pages, desk: Desk
) -> None:
    pages.get("/desk/new?unknown=1&requester=Carla")
    assert (
        "No article helps with this yet."
        in pages.get("/desk/new/articles?title=dark", fragment=True).text
    )
    assert pages.get("/desk/new/articles").h1 == "Articles that may help"
