"""What is still to do: each line leads to its field and back to the list, where it is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from app.core.said import asking, said
from app.improvements.people import actions as people_actions
from app.improvements.register.places import todo_url
from app.improvements.rungs.actions import change_iteration
from app.models.improvements.words import ImprovementState
from tests.improvements.builders import Room, an_operator
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def link(page: Page, line: str) -> str:
    """Return where the line of the list that begins like this leads."""
    (found,) = [one for one in page.root.all("a") if one.text.startswith(line)]
    return str(found.attrs["href"])


def focus(page: Page) -> str:
    """Return the one field the page opens at."""
    fields = [*page.root.all("input"), *page.root.all("textarea")]
    fields += page.root.all("select")
    (found,) = [one for one in fields if "autofocus" in one.attrs]
    return str(found.attrs["id"])


def test_owner_and_next_step_are_said_one_after_the_other_and_then_it_moves(
    pages: Pages, room: Room
) -> None:
    an_operator(room.database, "ben")
    number = room.raised()
    room.put(number, state=ImprovementState.ACCEPTED)
    page = pages.get(f"/improvements/{number}/move?to=in+progress")
    page = pages.get(link(page, "Name the one person who owns it."))
    assert focus(page) == "owner"
    page = pages.submit(owner="ben")
    assert page.h1 == "Move to In progress"
    assert "Name the one person" not in page.content
    page = pages.get(link(page, "Say what the next step is"))
    assert focus(page) == "what"
    page = pages.submit(what="Ask Ada", owner="ben", due="2026-03-09")
    assert page.h1 == "Move to In progress"
    assert not page.root.all(class_="blockers")


def test_what_is_only_raised_is_accepted_on_the_way_to_in_progress(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    page = pages.get(f"/improvements/{number}/move?to=in+progress")
    pages.get(link(page, "Move to Accepted"))
    page = pages.submit(f"/improvements/{number}/move")
    assert page.told == "“Calls are answered faster” is accepted."
    assert page.h1 == "Move to In progress"
    assert link(page, "Name the one person who owns it.")


@pytest.mark.parametrize(
    ("line", "field", "typed", "there"),
    [
        ("Say how many people", "eligible", "80", "/edit/vision"),
        ("Say how risky", "risk_level", "low", "/edit"),
        ("Set the hours", "budget_hours", "6", "/edit"),
        ("Predict:", "expected", "30", "/edit"),
        ("Answer whether the service desk", "desk_involved", "no", "/edit/now"),
    ],
)
def test_each_line_before_a_rung_starts_leads_to_its_field_and_back(
    pages: Pages, room: Room, line: str, field: str, typed: str, there: str
) -> None:
    number, metric = room.begun(eligible=None, desk_involved=None)
    empty = dict.fromkeys(("risk_level", "cost_level", "budget_hours", "expected"))
    rung = room.planned(number, metric, planned_size=25, what_changes="One floor")
    room.do(change_iteration, rung, empty)
    names = [f"Person {place}" for place in range(6)]
    room.do(people_actions.invite, rung, names)
    page = pages.get(f"/iterations/{rung}")
    address = link(page, line)
    assert there in address.split("?")[0]
    page = pages.get(address)
    if field != "desk_involved":
        assert focus(page) == field
    page = pages.submit(**{field: typed})
    assert page.h1 == "Rung 1"
    assert line not in page.root.one(id="gate").text


RULES = ("gate/plan", "gate/checks", "rungs/rules", "register/rules", "tasks/rules")
ASKED = re.compile(r'asking\(\s*"(\w+)"|^ +\("(\w+)", known\.', re.M)


def fields_asked() -> set[str]:
    """Return the field of every line that any list of what is still to do can hold."""
    found: set[str] = {"state"}
    for name in RULES:
        text = Path("app/improvements", f"{name}.py").read_text(encoding="utf-8")
        found |= {one or other for one, other in ASKED.findall(text)}
    return found


def test_every_kind_of_line_leads_to_where_it_is_settled_and_back_to_the_list(
    pages: Pages, room: Room
) -> None:
    number, metric = room.begun()
    rung = room.planned(number, metric)
    finding = room.found(number)
    back = f"/improvements/{number}/sheet?step=4"
    fields = fields_asked() - {"reason"}  # it stands below its line, in the same form
    assert len(fields) > 25, fields
    for field in sorted({*fields, f"finding:{finding}", f"rung:{rung}"}):
        with pages.app.test_request_context():
            line = asking(field, said("Something is still to do."))
            href = todo_url(line, number, rung, back)
        assert href, field
        page = pages.get(pages.client.get(href).headers.get("Location", href))
        ways = [*page.root.all("a", href=back), *page.root.all("input", value=back)]
        assert ways, (field, href)


def test_the_gate_leads_to_each_thing_it_asks_for_and_a_finding_back_to_the_gate(
    pages: Pages, room: Room
) -> None:
    number, metric = room.begun()
    rung = room.running(number, metric)
    finding = room.found(number)
    page = pages.get(f"/iterations/{rung}")
    unmet = page.root.one(id="gate").one(class_="checks")
    assert [one for one in unmet.all("li") if not one.all("a")] == []
    page = pages.get(link(page, "“"))
    for to in ("fixed", "verified"):
        way = page.root.all("input", name="way_back")[0].attrs["value"]
        typed = {"to": to, "fix": "Done so.", "who": "Ada", "way_back": way}
        page = pages.post(f"/findings/{finding}/move", typed)
        assert page.h1 == "Rung 1"
        if to == "fixed":
            page = pages.get(link(page, "“"))
    assert "1 finding verified or accepted" in page.content


def test_a_number_is_asked_of_the_metric_there_is(pages: Pages, room: Room) -> None:
    number = room.raised(reuses_tool=True)
    rung = room.planned(number, room.metric(number), planned_size=25)
    room.do(people_actions.invite, rung, [f"Person {place}" for place in range(6)])
    page = pages.get(f"/iterations/{rung}")
    page = pages.get(link(page, "Start where you are: Measure how it is today."))
    assert "Minutes to answer" in page.content
    there = page.response.request.full_path
    page = pages.post(there, {"one-day": "2026-03-01", "one-value": "40"})
    assert page.h1 == "Rung 1"
    assert "Measure how it is today" not in page.content


def test_without_a_metric_a_number_begins_with_choosing_it(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    back = f"/improvements/{number}"
    page = pages.get(f"/improvements/{number}/number?back={back}")
    assert page.h1 == "Choose what to measure"
    page = pages.submit(name="Calls", role="primary", direction="down", unit="calls")
    assert "Calls" in page.content and page.root.all("input", id="one-value")


def test_no_page_outside_the_room_is_a_way_back(pages: Pages, room: Room) -> None:
    number = room.raised()
    for evil in ("//evil.example/", "https://evil.example", "/\\evil", "/sign-out"):
        pages.get(f"/improvements/{number}/edit/vision?back={evil}")
        page = pages.submit(eligible="80")
        assert page.h1 == "Calls are answered faster"
