"""What narrows a list and is long is looked for by typing; what is short stays a drop-down."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.finding import meant
from app.knowledge.actions import add
from app.models.knowledge import Audience
from tests.conftest import Clock
from tests.directory.builders import a_directory, a_person, a_right
from tests.improvements.builders import Room, an_operator
from tests.incidents.builders import Desk
from tests.pages import Page, Pages

STORES = tuple(f"Store {number}" for number in range(1, 12))
MANY = ("Sales", "Sales North", "Buying", *STORES)


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def hired(pages: Pages, departments: tuple[str, ...] = MANY) -> None:
    """Put one person into each department, named like it and at a site named like it."""
    with pages.parts.database.write() as session:
        acme = a_directory(session)
        for number, name in enumerate(departments):
            who = {"name": f"P of {name}", "department": name, "site": f"At {name}"}
            a_person(session, acme, f"p{number}", **who)
        a_right(session, acme, "mail")


def field(page: Page, name: str) -> tuple[str, str]:
    """Return whether a filter is a drop-down or a field, and what stands in it."""
    (found,) = [*page.root.all("select", name=name), *page.root.all("input", name=name)]
    return found.tag, found.attrs.get("value", "")


def found(page: Page) -> list[str]:
    return [row[0].removeprefix("P of ").rsplit(" p", 1)[0] for row in page.rows()]


def departments(pages: Pages, question: str) -> set[str]:
    return {row[2] for row in pages.get(f"/people?{question}").rows()}


def test_among_few_departments_one_chooses_among_many_one_types(pages: Pages) -> None:
    hired(pages, MANY[:12])
    assert field(pages.get("/people"), "department")[0] == "select"
    hired_more = MANY[12:]
    with pages.parts.database.write() as session:
        other = a_directory(session, "Other")
        for number, name in enumerate(hired_more):
            a_person(session, other, f"q{number}", department=name, site=name)
    page = pages.get("/people?department=Sales")
    assert field(page, "department") == ("input", "Sales")
    assert "Department: Sales" in page.content


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Sales", {"Sales"}),
        ("sales", {"Sales"}),
        ("sale", {"Sales", "Sales North"}),
        ("store 11", {"Store 11"}),
        ("uyin", {"Buying"}),
        ("%", set()),
    ],
)
def test_a_whole_name_means_itself_and_a_part_all_that_have_it(
    pages: Pages, typed: str, shown: set[str]
) -> None:
    hired(pages)
    page = pages.get(f"/people?department={typed.replace('%', '%25')}")
    rows = page.rows() if shown else []
    assert {name for name in MANY if any(name in row for row in rows)} == shown
    assert bool(shown) or "Nobody fits" in page.content or "Nothing" in page.content


def test_departments_and_sites_of_people_are_offered_while_one_types(
    pages: Pages,
) -> None:
    hired(pages)
    for kind, typed, offered in (
        ("departments", "sal", ["Sales", "Sales North"]),
        ("departments", "north", ["Sales North"]),
        ("workplaces", "at buy", ["At Buying"]),
    ):
        page = pages.get(f"/find/{kind}?q={typed}", fragment=True)
        fills = [each.attrs["data-fill"] for each in page.root.all(role="option")]
        assert fills == offered


def test_the_owner_of_many_improvements_is_looked_for(pages: Pages) -> None:
    room = Room(pages.parts.database)
    for number in range(14):
        owner = an_operator(pages.parts.database, f"owner-{number:02}")
        room.put(room.raised(f"Title {number}"), owner=owner)
    page = pages.get("/improvements/list?owner=owner-03")
    assert field(page, "owner") == ("input", "owner-03")
    assert len(page.rows()) == 1
    assert len(pages.get("/improvements/list?owner=owner-0").rows()) == 10


def test_the_owner_of_many_services_is_looked_for_and_nobody_too(pages: Pages) -> None:
    desk = Desk(pages.parts.database)
    for number in range(14):
        desk.service(f"Service {number}", owner=f"Owner {number:02}")
    desk.service("Nobodys", owner="")
    page = pages.get("/services?owner=Owner+03")
    assert field(page, "owner") == ("input", "Owner 03")
    assert "- for nobody" in page.content
    assert len(page.rows()) == 1
    (nobodys,) = pages.get("/services?owner=-").rows()
    assert "Nobodys" in nobodys[0]


def test_the_unit_of_the_message_log_is_looked_for_among_many(
    pages: Pages, clock: Clock
) -> None:
    desk = Desk(pages.parts.database, now=pages.parts.now())
    for name in MANY:
        service = desk.service(name, team_id=desk.team(f"Team of {name}"))
        desk.reported(f"{name} is dark", service_id=service, impact=1)
    clock.forward(hours=1)
    page = pages.get("/messages/log?unit=team+of+sales")
    assert field(page, "unit") == ("input", "team of sales")
    [row] = page.rows("What the log shows")
    assert row[0].startswith("Sales is dark")


def test_articles_of_one_among_many_services_are_found_by_its_name(
    pages: Pages,
) -> None:
    desk = Desk(pages.parts.database, now=pages.parts.now())
    numbers = {name: desk.service(name) for name in MANY}
    for name in ("Sales", "Sales North"):
        article = {
            "title": f"About {name}",
            "issue": "Dark",
            "resolution": "Press",
            "audience": Audience.INTERNAL,
        }
        desk.do(add, {**article, "service_id": numbers[name]})
    for typed, titles in (
        (str(numbers["Sales"]), 1),
        ("Sales", 1),
        ("sal", 2),
        ("99999999999999999999", 0),
    ):
        page = pages.get(f"/knowledge?service_id={typed}")
        assert field(page, "service_id")[0] == "input"
        rows = page.rows() if titles else []
        assert sum("About" in row[0] for row in rows) == titles
    assert field(
        pages.get(f"/knowledge?service_id={numbers['Sales']}"), "service_id"
    ) == (
        "input",
        "Sales",
    )


def test_the_department_of_a_new_role_is_looked_for(pages: Pages) -> None:
    hired(pages)
    page = pages.get("/roles/new?way=hand")
    assert field(page, "department")[0] == "input"


@given(st.lists(st.text("ab ", min_size=1, max_size=6)), st.text("ab ", max_size=4))
def test_who_is_called_so_is_meant_alone_and_otherwise_all_that_fit(
    names: list[str], asked: str
) -> None:
    there = meant(asked, names)
    assert there <= set(names)
    for name in names:
        assert name in meant(name, names) or not name.strip()
