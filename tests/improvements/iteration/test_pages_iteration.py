"""An iteration in the browser: plan, start, people, gate, override, freeze; metrics, findings,
cases, query counts.
"""

from __future__ import annotations

import io
import json

import pytest
from flask import Flask

from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.notes.actions import NoteDraft, add_note
from app.improvements.people.actions import invite
from app.improvements.rungs import closing
from app.models.improvements.words import (
    DecisionKind,
    FindingKind,
    ImprovementNoteKind,
    ParticipationState,
)
from tests.improvements.builders import Room, counted
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


@pytest.fixture
def begun(room: Room) -> tuple[int, int]:
    return room.begun()


def primary(page: Page) -> list[str]:
    """Return the labels of the primary buttons in the content."""
    return [node.text for node in page.root.one("main").all(class_="primary")]


def alert(page: Page) -> str:
    """Return what was refused."""
    return page.root.one(role="alert").text


def test_a_rung_is_planned_with_the_advised_size_and_says_what_is_missing(
    pages: Pages, begun: tuple[int, int]
) -> None:
    pages.get(f"/improvements/{begun[0]}/iterations/new")
    assert pages.page is not None
    assert pages.page.root.one("input", id="planned_size").attrs["value"] == "1"
    page = pages.submit(what_changes="Ada sees who calls")
    assert page.told == "The rung is planned. Now say who takes part."
    assert primary(page) == ["Say who takes part"]
    assert "Predict: which metric, which value, how sure." in page.content


def test_inviting_nobody_is_refused_and_a_double_keeps_what_was_typed(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.planned(*begun)
    pages.get(f"/iterations/{number}")
    page = pages.submit(f"/iterations/{number}/invite", names="Ada", technique="demo", status=422)
    assert page.errors == ["Ada takes part already."]
    assert page.root.one("input", id="technique").attrs["value"] == "demo"
    page = pages.submit(f"/iterations/{number}/invite", names="Grace\nAlan")
    assert page.told == "2 people are invited."


def test_starting_locks_the_prediction(pages: Pages, room: Room, begun: tuple[int, int]) -> None:
    number = room.planned(*begun)
    page = pages.get(f"/iterations/{number}")
    assert primary(page) == ["Start with 1 person"]
    assert "This pilot can tell." in page.content
    page = pages.submit(f"/iterations/{number}/start")
    assert primary(page) == ["Review it"]
    assert "Predicted 35 minutes" in page.root.one(class_="predicted").text
    pages.get(f"/iterations/{number}/edit")
    assert "is locked" in pages.submit(expected="20", status=422).content


def test_a_rung_too_large_needs_a_reason_in_writing(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.planned(*begun, "Ada", "Ben", "Cleo")
    page = pages.get(f"/iterations/{number}")
    assert "3 people at once; the first rung is 1." in page.content
    assert primary(page) == ["Complete the plan"]
    pages.get(f"/iterations/{number}/edit")
    page = pages.submit(size_reason="The three share one telephone")
    assert primary(page) == ["Start with 3 people"]


def test_one_person_is_prepared_switched_observed_accepted(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.running(*begun)
    (ada,) = room.people(number)
    pages.get(f"/iterations/{number}")
    for state in ("prepared", "switched", "observing"):
        page = pages.post(f"/participants/{ada}/move", {"to": state})
        assert page.told == f"Ada is {state}."
    page = pages.post(f"/participants/{ada}/move", {"to": "accepted"}, status=409)
    assert "Say who confirmed that it works" in alert(page)
    page = pages.post(
        f"/participants/{ada}/move", {"to": "accepted", "confirmed_by": "Ada herself"}
    )
    assert "confirmed by Ada herself" in page.content


def test_the_clock_of_an_undo_runs_from_the_wish(
    pages: Pages, room: Room, begun: tuple[int, int], clock
) -> None:
    number = room.running(*begun)
    (ada,) = room.people(number)
    room.everybody(number, ParticipationState.PREPARED, ParticipationState.SWITCHED)
    pages.get(f"/iterations/{number}")
    pages.post(f"/participants/{ada}/ask-undo")
    clock.forward(seconds=95)
    page = pages.post(f"/participants/{ada}/move", {"to": "undone", "reason": ""}, status=409)
    assert "Say why it is undone." in alert(page)
    page = pages.post(f"/participants/{ada}/move", {"to": "undone", "reason": "Too small a screen"})
    assert "back after 1 min 35 s: Too small a screen" in page.content


def test_an_open_gate_offers_to_scale_and_freezes_what_it_saw(
    pages: Pages, room: Room, begun: tuple[int, int], clock
) -> None:
    number = room.climbed(*begun)
    clock.time = room.now
    page = pages.as_operator().get(f"/iterations/{number}")
    assert primary(page) == ["Scale to 5 people"]
    page = pages.post(f"/iterations/{number}/decide", {"kind": "scale"})
    assert "Decided: scale." in page.content
    assert "still the same" in page.root.one(id="frozen").text
    assert primary(page) == ["Plan the next rung from it"]
    frozen = json.loads(pages.get(f"/iterations/{number}/snapshot.json").response.text)
    assert frozen["decision"]["kind"] == "scale"
    page = pages.submit(f"/iterations/{number}/carry")
    assert page.h1 == "Iteration 2"


def test_scaling_through_a_closed_gate_answers_409_with_every_blocker(
    pages: Pages, room: Room, begun: tuple[int, int], clock
) -> None:
    number = room.climbed(*begun)
    clock.time = room.now
    draft = FindingDraft("The screen is too small", FindingKind.FIX)
    room.do(raise_finding, begun[0], draft, iteration_id=number)
    browser = pages.as_operator()
    page = browser.get(f"/iterations/{number}")
    assert primary(page) == ["Hold: 1 thing missing"]
    page = browser.post(f"/iterations/{number}/decide", {"kind": "scale"}, status=409)
    assert "“The screen is too small” (fix before scaling) is open." in alert(page)
    data = {"kind": "scale", "reason": "Two people have large screens"}
    page = browser.post(f"/iterations/{number}/decide", data)
    assert "Overridden:" in page.content
    case = browser.get(f"/improvements/{begun[0]}/case")
    assert "Overridden: “The screen is too small”" in case.content


def test_a_finding_that_says_stop_cannot_be_overridden(
    pages: Pages, room: Room, begun: tuple[int, int], clock
) -> None:
    number = room.climbed(*begun)
    clock.time = room.now
    room.do(
        raise_finding,
        begun[0],
        FindingDraft("A stranger's data", FindingKind.STOP),
    )
    browser = pages.as_operator()
    data = {"kind": "scale", "reason": "Because"}
    page = browser.post(f"/iterations/{number}/decide", data, status=409)
    assert "gives way to nothing but its own solution" in alert(page)
    assert primary(browser.get(f"/iterations/{number}")) == ["Roll back 1 person"]


def test_a_check_in_asks_all_five_questions(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.running(*begun)
    pages.get(f"/iterations/{number}/check-in")
    page = pages.submit(target="Greets by name", status=422)
    assert page.errors == ["Answer all five questions; “nothing” is an answer."]
    assert page.root.one("textarea", id="target").text == "Greets by name"
    page = pages.submit(
        actual="Half", obstacle="Withheld numbers", next_step="Ask", learned="nothing"
    )
    assert "Withheld numbers" in page.root.one(id="check-ins").text


def test_values_come_by_hand_pasted_and_from_a_file(pages: Pages, begun: tuple[int, int]) -> None:
    metric = begun[1]
    pages.get(f"/metrics/{metric}/values")
    page = pages.post(f"/metrics/{metric}/values", {"one-day": "2026-03-02", "one-value": "31,5"})
    assert "31.5 minutes" in page.rows("Values, the latest first")[0][1]
    page = pages.post(f"/metrics/{metric}/values", {"text": "2026-02-01 40\n2026-02-02 soon\n"})
    assert "Line 2: “soon” is no number." in page.content
    page = pages.post(
        f"/metrics/{metric}/values", {"text": "2026-02-01 40\n2026-02-02 soon\n", "keep": "1"}
    )
    assert page.told == "1 value is written down."
    file = (io.BytesIO(b"day;minutes\n2026-02-03;39\n"), "values.csv")
    page = pages.post(f"/metrics/{metric}/values", {"file": file})
    assert page.rows("Values to be added") == [["3 Feb 2026", "39 minutes"]]


def test_a_correction_stands_beside_the_wrong_value(pages: Pages, begun: tuple[int, int]) -> None:
    page = pages.get(f"/metrics/{begun[1]}")
    link = next(
        node.attrs["href"]
        for node in page.root.all("a")
        if "/correct" in node.attrs.get("href", "")
    )
    pages.get(link)
    page = pages.submit(value="39", status=422)
    assert page.errors == ["Say why the value was wrong."]
    page = pages.submit(value="39", reason="Read from the wrong day")
    rows = page.rows("Values, the latest first")
    assert [row[1] for row in rows[:2]] == ["39 minutes", "41 minutes"]


def test_a_chart_has_its_sentence_its_table_and_its_csv(
    pages: Pages, begun: tuple[int, int]
) -> None:
    page = pages.get(f"/metrics/{begun[1]}")
    figure = page.root.one("figure")
    assert figure.one("figcaption").text
    assert len(figure.one("table").all("tr")) == 13
    csv = pages.get(f"/metrics/{begun[1]}/values.csv").response.text
    assert csv.count("\n") == 13


def test_a_finding_is_fixed_and_verified_by_name(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    pages.get(f"/improvements/{begun[0]}/findings/new")
    pages.submit(title="The screen is too small", kind="fix before scaling")
    page = pages.get("/findings/1")
    page = pages.post("/findings/1/move", {"to": "fixed", "fix": "A larger font"})
    page = pages.post("/findings/1/move", {"to": "verified"}, status=409)
    assert "Say who verified it." in alert(page)
    page = pages.post("/findings/1/move", {"to": "verified", "who": "Ada"})
    assert "Settled by Ada" in page.content


def test_the_case_is_shown_as_of_a_day_compared_and_frozen(
    pages: Pages, room: Room, begun: tuple[int, int], clock
) -> None:
    number, before = begun[0], room.now.date()
    clock.time = room.forward(days=2)
    room.do(
        add_note,
        number,
        NoteDraft(ImprovementNoteKind.LEARN, "Callers say their name anyway"),
    )
    browser = pages.as_operator()
    assert (
        "Callers say their name"
        not in browser.get(f"/improvements/{number}/case?as-of={before}").content
    )
    page = browser.get(f"/improvements/{number}/case?against={before}")
    assert "Learned: Callers say their name anyway." in page.root.one(id="changes").text
    link = next(node for node in page.root.all("a") if node.text == "note 1")
    assert browser.get(link.attrs["href"]).h1 == "Calls are answered faster"
    assert (
        "Callers say their name anyway"
        in browser.get(f"/improvements/{number}/case.md").response.text
    )
    browser.get(f"/improvements/{number}/case")
    page = browser.submit(f"/improvements/{number}/case/freeze")
    assert "These words do not change any more." in page.content


def test_predictions_stand_beside_their_results(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.climbed(*begun)
    room.do(closing.decide, number, DecisionKind.SCALE)
    page = pages.get("/improvements/predictions")
    assert page.rows()[0][2:6] == ["35 minutes", "32.8 minutes", "70 %", "yes"]


def test_a_template_raises_an_improvement_with_its_metric(pages: Pages) -> None:
    pages.get("/improvements/templates/inform-button")
    page = pages.submit(title="Tell everybody at once")
    assert page.h1 == "Tell everybody at once"
    assert page.root.all(class_="metric")


def test_a_complaint_is_heard_again_and_becomes_an_improvement(pages: Pages) -> None:
    pages.get("/complaints/new")
    page = pages.submit(title="Explaining twice", who="Ms Weber", severity="3")
    pages.submit("/complaints/1/hear", who="Mr Fischer")
    assert pages.get("/complaints").rows()[0][2].startswith("6")
    pages.get("/complaints/1")
    page = pages.submit("/complaints/1/improve")
    assert page.h1 == "Explaining twice"
    assert "Ms Weber, Mr Fischer" in page.content


QUERIES = {
    "/improvements": 11,
    "/improvements/list": 14,
    "/improvements/1": 24,
    "/iterations/1": 16,
    "/improvements/1/case": 18,
    "/improvements/progress": 11,
    "/improvements/predictions": 4,
}


def test_pages_ask_the_database_as_often_for_one_as_for_fifty(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    room.planned(*begun)
    one = {url: asks(pages, room, url) for url in QUERIES}
    grow(room, begun, 3)
    three = {url: asks(pages, room, url) for url in QUERIES}
    grow(room, begun, 50)
    assert {url: asks(pages, room, url) for url in QUERIES} == three
    assert all(one[url] <= three[url] <= most for url, most in QUERIES.items()), three


def asks(pages: Pages, room: Room, url: str) -> int:
    """Return how many queries a page takes."""
    with counted(room.database) as queries:
        pages.get(url)
    return len(queries)


def grow(room: Room, begun: tuple[int, int], count: int) -> None:
    """Add improvements, parts, notes, findings, participants: so many of each."""
    for place in range(count):
        room.raised(f"Idea {count}-{place}")
        room.raised(f"Part {count}-{place}", parent_id=begun[0])
        room.do(
            add_note,
            begun[0],
            NoteDraft(ImprovementNoteKind.LEARN, f"Lesson {place}"),
        )
        room.do(raise_finding, begun[0], FindingDraft(f"Finding {count}-{place}"))
    room.do(invite, 1, [f"Person {count}-{place}" for place in range(count)])
