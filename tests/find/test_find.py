"""Find anything: what is found, for whom, how it is marked, and where it leads."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.auth import ANY_OPERATOR, EVERYONE, permissions_of
from app.auth.rules import NAMES
from app.core.finding import KEY, pieces
from app.models.people import NumberSource, PhoneNumber
from tests.access.builders import counted
from tests.directory.builders import NOW, a_directory, a_person, a_right
from tests.html import Node
from tests.incidents.builders import Desk
from tests.pages import Pages

STATEMENTS = 8
"""One for each kind of thing that is kept in a table."""


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database, now=pages.parts.now())


@pytest.fixture
def people(desk: Desk) -> dict[str, int]:
    """Adèle Petit, Søren Łuk and two namesakes of a directory, and a right."""
    with desk.database.write() as session:
        acme = a_directory(session)
        found = {
            uid: a_person(session, acme, uid, name=name, mail=mail, site=site).id
            for uid, name, mail, site in (
                ("apetit", "Adèle Petit", "adele.petit@acme.test", "Lyon"),
                ("sluk", "Søren Łuk", "soren@acme.test", "Bern"),
                ("mmuster", "Max Muster", "mm1@acme.test", "Bern"),
                ("mmuster2", "Max Muster", "mm2@acme.test", "Lyon"),
            )
        }
        session.add(
            PhoneNumber(
                person_id=found["sluk"],
                digits="41315550112",
                tail="15550112",
                source=NumberSource.DIRECTORY,
                added_at=NOW,
            )
        )
        a_right(session, acme, "app-crm-users", description="Write in the CRM")
    return found


def groups(pages: Pages, words: str) -> dict[str, list[str]]:
    """Return the names found by kind, as the page shows them."""
    page = pages.get(f"/find?q={words}", fragment=True)
    return {
        group.all(class_="palette-head")[0].text: [
            written(name) for name in group.all("span", class_="found-name")
        ]
        for group in page.root.all("div", role="group")
    }


def written(node: Node) -> str:
    """Return a text as it stands, whatever of it is marked."""
    return "".join(
        each if isinstance(each, str) else written(each) for each in node.children
    )


def marked(root: Node) -> list[str]:
    return [mark.text for mark in root.all("mark")]


@pytest.mark.parametrize(
    "asked",
    [
        "adele",
        "ADÈLE PET",
        "petit adele",
        "apetit",
        "adele.petit@acme.test",
        "apetit@another.test",
        "ACME\\apetit",
    ],
)
def test_a_person_is_found_by_name_login_address_and_domain_login(
    pages: Pages, people: dict[str, int], asked: str
) -> None:
    assert groups(pages, asked)["People"] == ["Adèle Petit"]


@pytest.mark.parametrize("asked", ["soren luk", "+41 31 555 01 12", "031 555 01 12"])
def test_a_person_is_found_without_accents_and_by_telephone(
    pages: Pages, people: dict[str, int], asked: str
) -> None:
    assert groups(pages, asked.replace("+", "%2B"))["People"] == ["Søren Łuk"]


def test_namesakes_are_told_apart_by_a_second_line(
    pages: Pages, people: dict[str, int]
) -> None:
    page = pages.get("/find?q=muster")
    lines = [line.text for line in page.root.all("span", class_="found-second")]
    assert lines == [
        "mmuster · Bern · mm1@acme.test",
        "mmuster2 · Lyon · mm2@acme.test",
    ]
    assert page.url == "/find"


def test_everything_of_all_rooms_is_found_in_one_place(
    pages: Pages, desk: Desk, people: dict[str, int]
) -> None:
    desk.reported("The crm is slow")
    desk.service("CRM")
    pages.post("/improvements/new", {"title": "One CRM for everybody"})
    pages.post(
        "/knowledge/new",
        {
            "title": "CRM asks for a password",
            "issue": "It asks",
            "audience": "internal",
        },
    )
    found = groups(pages, "crm")
    assert found["Incidents"] == ["1 The crm is slow"]
    assert found["Services"] == ["CRM"]
    assert found["Rights"] == ["app-crm-users"]
    assert found["Improvements"] == ["One CRM for everybody"]
    assert found["Articles"] == ["CRM asks for a password"]


def test_pages_and_deeds_are_found_by_what_people_call_them(pages: Pages) -> None:
    assert "Audit" in groups(pages, "trail")["Pages"]
    assert groups(pages, "ticket")["Do"] == ["New incident"]
    assert groups(pages, "freeze") == {"Do": ["Freeze all changes"]}
    assert "Raise an improvement" in groups(pages, "")["Do"]


def test_a_number_opens_that_incident(pages: Pages, desk: Desk) -> None:
    number = desk.reported("The till is off")
    assert pages.get(f"/find?q={number}").url == f"/desk/{number}"
    assert pages.get(f"/find?q=%23{number}").url == f"/desk/{number}"
    assert pages.get("/find?q=4711").url == "/find"


def test_one_exact_hit_opens_and_never_while_somebody_types(
    pages: Pages, people: dict[str, int]
) -> None:
    assert pages.get("/find?q=adele petit").url == f"/people/{people['apetit']}"
    assert pages.get("/find?q=APETIT").url == f"/people/{people['apetit']}"
    typing = pages.get("/find?q=adele petit", fragment=True)
    assert typing.url == "/find" and typing.root.one("a", data_exact="")
    assert pages.get("/find?q=max muster").url == "/find", "two are called so"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/people?q=adele", "Adèle Petit"),
        ("/people?q=LUK soren", "Søren Łuk"),
        ("/services?q=pret", "Prêt-à-porter"),
        ("/improvements/list?q=cafe", "Café for all"),
    ],
)
def test_the_lists_find_without_accents_too(
    pages: Pages, desk: Desk, people: dict[str, int], address: str, name: str
) -> None:
    desk.service("Prêt-à-porter")
    pages.post("/improvements/new", {"title": "Café for all"})
    assert name in pages.get(address).content


def test_five_are_shown_and_the_rest_stands_in_the_list(
    pages: Pages, desk: Desk
) -> None:
    for number in range(7):
        desk.service(f"Printing {number}")
    found = pages.get("/find?q=printing").root
    shown = found.all("span", class_="found-name")
    assert len([each for each in shown if each.text.startswith("Printing")]) == 5
    (rest,) = found.all("p", class_="found-all")
    assert rest.text == "all 7 : Services"
    assert "Printing 6" in pages.get(rest.one("a").attrs["href"]).content


def test_what_was_asked_for_is_marked_and_nothing_of_a_name_is_markup(
    pages: Pages, desk: Desk
) -> None:
    desk.service("<b>Prémium</b> & more")
    page = pages.get("/find?q=prem")
    assert marked(page.root) == ["Prém"]
    assert "&lt;b&gt;<mark>Prém</mark>ium&lt;/b&gt; &amp; more" in page.html


@given(st.text(max_size=30), st.lists(st.text(min_size=1, max_size=8), max_size=4))
def test_the_pieces_of_a_name_are_the_name(name: str, words: list[str]) -> None:
    assert "".join(text for text, _ in pieces(name, words)) == name


def test_nobody_learns_of_what_he_may_not_open(
    app: Flask, pages: Pages, desk: Desk, people: dict[str, int]
) -> None:
    for _ in range(6):
        desk.reported("Petit is locked out")
    reader = Pages(app).as_operator("rita", permissions=("read",))
    assert list(groups(reader, "petit")) == ["People"]
    agent = Pages(app).as_operator("dora", permissions=("desk",))
    assert list(groups(agent, "petit")) == ["Incidents"]
    nobody = Pages(app).as_operator("nils", permissions=())
    page = nobody.get("/find?q=petit")
    assert "Nothing found" in page.content and "6" not in page.content
    assert nobody.get("/find?q=1").url == "/find", "not even a number leads there"
    assert groups(nobody, "incident") == {}


def test_each_permission_finds_only_pages_that_open(app: Flask) -> None:
    for permission in NAMES:
        browser = Pages(app).as_operator(permission, permissions=(permission,))
        for letter in "acdfimnoprstw":
            page = browser.get(f"/find?q={letter}", fragment=True)
            for link in page.root.all("a"):
                view = view_at(app, link.attrs["href"])
                marks = {permission, EVERYONE, ANY_OPERATOR}
                assert marks.intersection(permissions_of(view))


def view_at(app: Flask, address: str) -> Any:
    rules = app.url_map.bind("localhost")
    endpoint, _ = rules.match(address.partition("?")[0])
    return app.view_functions[endpoint]


def test_the_number_of_statements_does_not_grow(
    pages: Pages, desk: Desk, people: dict[str, int]
) -> None:
    def statements() -> int:
        pages.get("/account/", status=404)  # the number in the rail is kept for a while
        with counted(desk.database) as before:
            pages.get("/account/", status=404)
        with counted(desk.database) as seen:
            pages.get("/find?q=pet 15550112", fragment=True)
        return len(seen) - len(before)

    few = statements()
    for number in range(12):
        desk.reported(f"Petit calls again, {number}")
        desk.service(f"Petit {number}")
    assert statements() == few <= STATEMENTS


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(asked=st.text(max_size=60))
def test_no_question_fails(asked: str) -> None:
    assert answer_to(asked) in (200, 303)


@pytest.fixture(autouse=True)
def _browser(pages: Pages, desk: Desk, people: dict[str, int]) -> None:
    """Let the properties above ask one installation, which they do not change."""
    KNOWN["client"] = pages.client


KNOWN: dict[str, object] = {}


def answer_to(asked: str) -> int:
    client = KNOWN["client"]
    sent = client.get("/find", query_string={"q": asked})  # type: ignore[attr-defined]
    return int(sent.status_code)


@pytest.mark.parametrize(
    "asked",
    ["'", '"', "*", "a*", "NEAR(", "%", "_", "\\", "OR", "-", "#", "@", "0", "ß", "١"],
)
def test_odd_signs_and_single_letters_are_plain_questions(
    pages: Pages, asked: str
) -> None:
    sent = pages.client.get("/find", query_string={"q": asked})
    assert sent.status_code in (200, 303)


def test_every_page_with_an_address_of_its_own_is_found_by_its_name(app: Flask) -> None:
    found = app.extensions[KEY]
    known = {each.endpoint for each in (*found.places, *found.deeds)}
    there = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    }
    assert known <= there
    assert there - known - NOT_LOOKED_FOR == set()


NOT_LOOKED_FOR = {
    "access.api_drift",
    "access.api_exceptions",
    "access.role_next",
    "access.suggestions_export",
    "insight.proposed",
    "insight.twins_before",
    "sponsors.adoption_csv",
    "insight.twins_export_before",
    "sponsors.objections_csv",
    "sponsors.open_team",
    "sponsors.team_edit",
    "sponsors.rollouts_csv",
    "sponsors.stakeholders_csv",
    "today.fresh",
    "today.lines",
    "today.ready",
    "today.notices",
    "assets.built",
    "audit.export",
    "auth.sign_in",
    "catalog.duties_csv",
    "catalog.index_csv",
    "directory.right_export",
    "find.index",
    "find.new",
    "health.alive",
    "health.ready",
    "access.api_roles",
    "access.api_waves",
    "improvements.api_improvements",
    "improvements.all_metrics_csv",
    "improvements.flow_csv",
    "improvements.progress_csv",
    "programme.weeks_csv",
    "improvements.register_csv",
    "incidents.api_incidents",
    "interface.description",
    "incidents.api_people",
    "incidents.api_services",
    "incidents.articles_found",
    "incidents.figures_csv",
    "incidents.message_log_csv",
    "incidents.queue_csv",
    "incidents.ringing",
    "insight.twins_export",
    "people.export",
}
"""Files, pieces of pages, and what programs ask."""


def test_what_can_be_made_is_offered_by_permission(app: Flask, pages: Pages) -> None:
    every = [link.text for link in made(pages)]
    assert every[:3] == [
        "New incident",
        "Raise an improvement",
        "Write down a complaint",
    ]
    reader = Pages(app).as_operator("rita", permissions=("read",))
    assert [link.attrs["href"] for link in made(reader)] == [
        "/improvements/new",
        "/complaints/new",
    ]
    nobody = Pages(app).as_operator("nils", permissions=())
    assert made(nobody) == []
    assert "nothing that you may make" in nobody.get("/new").content


def made(browser: Pages) -> list[Node]:
    (shown,) = browser.get("/new").root.all("ul", class_="found-list")
    return shown.all("a")


def test_freezing_is_asked_for_before_it_is_done(pages: Pages) -> None:
    page = pages.get("/directory/freeze")
    assert page.h1 == "Freeze all changes"
    page = pages.submit("/directory/freeze", reason="Audit today")
    assert "All changes are frozen" in page.text and "Audit today" in page.text
    assert "Frozen by anna" in pages.get("/directory/freeze").content
