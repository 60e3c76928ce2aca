"""People and stories of an improvement: each kind with its own fields and its own sentence."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.improvements.notes.actions import CostDraft, NoteDraft, add_cost, add_note
from app.improvements.sheet.beside import over_plan
from app.models.improvements.improvement import CostBenefit, Note
from app.models.improvements.iteration import Participation
from app.models.improvements.words import ImprovementNoteKind, Side
from tests.improvements.builders import Room, rows
from tests.pages import Page, Pages

Kind = ImprovementNoteKind


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def noted(pages: Pages, number: int, kind: str, **typed: str) -> Page:
    """Write one thing down in the form of its kind."""
    pages.get(f"/improvements/{number}/notes/new?kind={kind}")
    return pages.submit(**typed)


def part(page: Page, name: str) -> str:
    return page.root.one(id=name).text


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("picture", {"who", "text"}),
        ("stakeholder", {"who", "text", "answer", "happened_on"}),
        ("volunteer", {"who", "text", "answer", "happened_on"}),
        ("presentation", {"happened_on", "who", "text", "url"}),
        ("practice", {"who", "answer", "text"}),
        ("article", {"text", "article", "url", "who"}),
        ("success", {"text", "who", "happened_on", "url"}),
        ("link", {"text", "url"}),
        ("learn", {"kind", "text", "happened_on"}),
    ],
)
def test_each_kind_asks_what_it_needs_and_nothing_else(
    pages: Pages, room: Room, kind: str, fields: set[str]
) -> None:
    page = pages.get(f"/improvements/{room.raised()}/notes/new?kind={kind}")
    form = page.root.one("form", id="plain-form")
    named = {
        node.attrs.get("name")
        for tag in ("input", "textarea", "select")
        for node in form.all(tag)
    }
    assert named - {"csrf_token", "revision", "_once", None} == fields
    refused = pages.submit(status=422)
    assert refused.errors


def test_a_volunteer_is_asked_for_the_rung_with_one_click(
    pages: Pages, room: Room
) -> None:
    number, metric = room.begun()
    room.planned(number, metric, "Ada")
    for name in ("Ada", "Ben"):
        page = noted(pages, number, "volunteer", who=name, text="The chat")
    asking = page.root.one(id="volunteers").all("form", class_="inline")
    (ask,) = [form for form in asking if form.attrs["action"].endswith("/invite")]
    sent = {one.attrs["name"]: one.attrs.get("value", "") for one in ask.all("input")}
    pages.post(ask.attrs["action"], sent)
    people = rows(room.database, select(Participation))
    assert [(one.name, one.technique) for one in people] == [
        ("Ada", ""),
        ("Ben", "Volunteered"),
    ]
    assert "Ask for rung" not in pages.get(f"/improvements/{number}/beside").content


def test_what_was_shown_before_the_start_is_told_from_what_came_after(
    pages: Pages, room: Room
) -> None:
    number, metric = room.begun()
    page = pages.get(f"/improvements/{number}/beside")
    assert "Show it to everybody it concerns before it starts." in page.content
    room.running(number, metric, "Ada")
    page = pages.get(f"/improvements/{number}/beside")
    assert "Nobody was shown it before the start." in page.content
    day = "2026-02-20"
    file = "https://files.example/shops.pdf"
    page = noted(
        pages, number, "presentation", who="The shops", happened_on=day, url=file
    )
    noted(pages, number, "presentation", who="Sales", happened_on="2026-03-05")
    page = pages.get(f"/improvements/{number}/beside")
    assert "Shown 1 time before the start." in part(page, "presentations")
    assert page.root.one("a", href=file)


def test_over_its_budget_it_is_still_a_success_to_who_sees_it(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    costs = {"unit": "EUR", "planned": 1000, "actual": 1300}
    room.do(add_cost, number, CostDraft(Side.COST, "Licences", **costs))
    noted(pages, number, "stakeholder", who="Shops", text="No queue", answer="yes")
    noted(pages, number, "stakeholder", who="Finance", text="Cheaper", answer="no")
    page = noted(pages, number, "stakeholder", who="Sales", text="Calm", answer="")
    told = part(page, "stakeholders")
    assert "1 of 3 see the success." in told
    assert "The costs are 30 % over their plan; to those it is a success." in told
    assert "they see it" in told and "not seen" in told and "not asked yet" in told


def test_costs_in_two_units_or_without_a_plan_are_not_compared() -> None:
    def cost(unit: str, planned: float | None, actual: float | None) -> CostBenefit:
        return CostBenefit(side=Side.COST, unit=unit, planned=planned, actual=actual)

    assert over_plan([cost("EUR", 100, 90)]) == -10
    assert over_plan([cost("EUR", 100, 90), cost("hours", 1, 1)]) is None
    assert over_plan([cost("EUR", None, 90)]) is None
    assert over_plan([]) is None


def test_a_practice_is_adopted_or_skipped_with_a_reason(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    noted(pages, number, "practice", who="Kanban", answer="yes")
    pages.get(f"/improvements/{number}/notes/new?kind=practice")
    page = pages.submit(who="Big bang", answer="no", status=422)
    assert page.errors == ["Say why the practice is skipped."]
    page = pages.submit(text="Two people need no board")
    assert "1 adopted, 1 skipped, 0 not decided." in part(page, "practices")


def test_what_the_hands_on_taught_leads_to_its_article(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    page = noted(pages, number, "article", text="The drawer opens with a key")
    assert "0 written, 1 to be written." in part(page, "articles")
    pages.get("/knowledge/new")
    pages.submit("/knowledge/new", title="Open the drawer", issue="x", resolution="y")
    pages.get("/notes/1")
    page = pages.submit(article="Open the drawer")
    assert "1 written, 0 to be written." in part(page, "articles")
    assert page.root.one("a", href="/knowledge/1").text == "Read it"
    assert rows(room.database, select(Note))[0].url == "/knowledge/1"


def test_a_success_is_told_here_and_among_all(pages: Pages, room: Room) -> None:
    number = room.raised()
    page = noted(pages, number, "success", text="A quiet Monday", who="Ada")
    assert "A quiet Monday" in part(page, "successes")
    assert "A quiet Monday" in pages.get("/improvements/progress").content


def test_notes_of_before_keep_their_kind_when_they_are_corrected(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    old = NoteDraft(Kind.STAKEHOLDER, "Fewer calls", "Sales", answer=True)
    room.do(add_note, number, old)
    pages.get("/notes/1")
    page = pages.submit(text="Far fewer calls")
    assert page.told == "The note is corrected."
    [note] = rows(room.database, select(Note))
    assert (note.kind, note.who, note.answer) == (Kind.STAKEHOLDER, "Sales", True)
