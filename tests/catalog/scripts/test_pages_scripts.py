"""Influence scripts in the browser: written, checked, tried, compared, published, and by whom."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.catalog.scripts.test_scripts import STRICTER, a_draft, classified, in_force
from tests.catalog.scripts.trees import TILLS
from tests.incidents.builders import Desk
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def shop(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def fields(page: Page, key: str) -> dict[str, list[str]]:
    """Return what the card of a question has in its fields."""
    card = page.root.one("section", id=f"question-{key}")
    chosen = [
        [each.attrs["value"] for each in row.all("option") if "selected" in each.attrs]
        for row in card.all("select")
    ]
    return {
        "answer": [each.attrs["value"] for each in card.all("input", name="answer")],
        "to": [each[0] if each else "" for each in chosen],
    }


def test_a_script_is_written_in_the_browser_and_published(
    pages: Pages, shop: Desk
) -> None:
    service = shop.service()
    page = pages.get(f"/services/{service}/scripts")
    assert "Nothing is asked yet" in page.content
    page = pages.submit(f"/services/{service}/scripts")
    assert "The script has no questions yet." in page.content
    page = pages.submit("/scripts/1/questions", text="How many tills?")
    assert "“How many tills?” is a dead end: it has no answers." in page.content
    address = "/scripts/1/questions/q1"
    pages.submit(address, answer=["One"], to=["impact:4"])
    page = pages.submit(
        address, answer=["One", "All of them"], to=["impact:4", "impact:2"]
    )
    assert fields(page, "q1") == {
        "answer": ["One", "All of them", ""],
        "to": ["impact:4", "impact:2", ""],
    }
    assert "Nothing keeps it from being published." in page.content
    page = pages.submit("/scripts/1/publish", note="First try")
    assert page.told == "Version 1 is asked from now on."
    assert page.rows()[0][:3] == ["Version 1", "published", "First try"]


def test_an_answer_that_leads_to_a_new_question_gets_it_at_once(
    pages: Pages, shop: Desk
) -> None:
    draft = a_draft(shop, shop.service())
    page = pages.post(
        f"/scripts/{draft}/questions/other",
        {
            "text": "Another till?",
            "answer": ["No", "Perhaps"],
            "to": ["impact:3", "new"],
        },
    )
    assert page.root.one("section", id="question-q1")
    assert "Question 3 has no words." in page.content


def test_answers_are_moved_and_removed_and_what_was_typed_is_kept(
    pages: Pages, shop: Desk
) -> None:
    draft = a_draft(shop, shop.service())
    pages.get(f"/scripts/{draft}/edit")
    address = f"/scripts/{draft}/questions/other"
    page = pages.submit(address, help="Typed meanwhile", do="up:1")
    assert fields(page, "other")["answer"] == ["Yes", "No", ""]
    page = pages.submit(address, do="remove:0")
    assert fields(page, "other")["answer"] == ["No", ""]
    assert page.root.one("input", id="help-other").attrs["value"] == "Typed meanwhile"


def test_questions_are_moved_removed_and_asked_first(pages: Pages, shop: Desk) -> None:
    draft = a_draft(shop, shop.service())
    pages.get(f"/scripts/{draft}/edit")
    page = pages.submit(f"/scripts/{draft}/questions/other/start")
    assert "“Which tills stand still?” is never asked" in page.content
    page = pages.post(f"/scripts/{draft}/questions/other/move", {"to": "up"})
    assert [node.attrs["id"] for node in page.root.all(class_="script-card")] == [
        "question-other",
        "question-where",
    ]
    page = pages.submit(f"/scripts/{draft}/questions/where/remove")
    assert not page.root.all("section", id="question-where")


def test_each_fault_links_to_its_question(pages: Pages, shop: Desk) -> None:
    draft = a_draft(shop, shop.service(), {**TILLS, "start": "other"})
    page = pages.get(f"/scripts/{draft}/edit")
    links = page.root.one(class_="script-faults").all("a")
    assert [(node.text, node.attrs["href"]) for node in links] == [
        (
            "“Which tills stand still?” is never asked: no answer leads to it.",
            "#question-where",
        )
    ]
    assert not page.root.all("form", id="publish")
    page = pages.post(f"/scripts/{draft}/publish", {}, status=409)
    assert "never asked" in page.content


def test_two_people_at_one_question_lose_nothing(
    app: Flask, pages: Pages, shop: Desk
) -> None:
    draft = a_draft(shop, shop.service())
    ben = Pages(app).as_operator("ben")
    for browser in (pages, ben):
        browser.get(f"/scripts/{draft}/edit")
    address = f"/scripts/{draft}/questions/other"
    ben.submit(address, text="Ben's question?")
    page = pages.submit(
        address, text="Anna's question?", answer=["No", "Yes", "Perhaps"], status=409
    )
    assert page.root.one("input", id="text-other").attrs["value"] == "Anna's question?"
    assert "Ben's question?" in page.root.one(class_="theirs").text
    assert fields(page, "other")["answer"] == ["No", "Yes", "Perhaps"]
    assert "Anna's question?" in pages.submit(address).content


def test_htmx_gets_the_script_alone(pages: Pages, shop: Desk) -> None:
    draft = a_draft(shop, shop.service())
    pages.get(f"/scripts/{draft}/edit")
    page = pages.post(
        f"/scripts/{draft}/questions", {"text": "Since when?"}, fragment=True
    )
    assert "<html" not in page.html
    assert "Since when?" in page.html and "The question is added" in page.html


def test_a_question_without_words_is_refused_beside_the_field(
    pages: Pages, shop: Desk
) -> None:
    draft = a_draft(shop, shop.service())
    pages.get(f"/scripts/{draft}/edit")
    assert pages.submit(f"/scripts/{draft}/questions", text=" ", status=422).errors == [
        "Write the question."
    ]


def test_a_version_is_tried_by_hand_one_question_at_a_time(
    pages: Pages, shop: Desk
) -> None:
    draft = a_draft(shop, shop.service())
    page = pages.get(f"/scripts/{draft}/try")
    assert [
        node.attrs["data-digit"] for node in page.root.all(class_="script-answer")
    ] == [
        "1",
        "2",
        "3",
    ]
    page = pages.submit(f"/scripts/{draft}/try", chosen="where:2")
    assert page.root.one("legend").text == "Is another till free?"
    page = pages.submit(f"/scripts/{draft}/try", chosen="other:0")
    assert page.root.one(class_="script-result").text == "Impact 3 several people"
    assert "urgency 1 gives P2" in page.content
    page = pages.submit(f"/scripts/{draft}/try", keep="1")
    assert page.root.one("legend").text == "Is another till free?"
    page = pages.submit(f"/scripts/{draft}/try", keep="0")
    assert page.root.one("legend").text == "Which tills stand still?"


def test_a_walk_begun_before_the_script_changed_says_so(
    pages: Pages, shop: Desk
) -> None:
    draft = a_draft(shop, shop.service())
    page = pages.get(f"/scripts/{draft}/try?given=where:2&given=gone:1")
    assert "The script was changed meanwhile" in page.content
    assert page.root.one("legend").text == "Is another till free?"


def test_versions_are_compared_copied_and_gone_back_to(
    pages: Pages, shop: Desk
) -> None:
    service = shop.service()
    old, new = in_force(shop, service), in_force(shop, service, STRICTER)
    page = pages.get(f"/scripts/{new}/differences?from={old}")
    assert "“Is another till free?”, “No” leads to impact 2" in page.content
    assert (
        "ask the same"
        in pages.get(f"/scripts/{a_draft(shop, service, STRICTER)}/differences").content
    )
    pages.get(f"/scripts/{new}/differences?from=999", status=404)
    pages.get(f"/scripts/{new}")
    page = pages.submit(f"/services/{service}/scripts")
    assert page.url.endswith("/edit")
    pages.get(f"/scripts/{old}")
    page = pages.submit(f"/scripts/{old}/revert")
    assert page.told == "Back to version 1: it is asked as version 5 from now on."


def test_a_published_version_cannot_be_opened_for_writing(
    pages: Pages, shop: Desk
) -> None:
    page = pages.get(f"/scripts/{in_force(shop, shop.service())}/edit", status=409)
    assert "copy it to a new draft" in page.content


def test_a_draft_is_thrown_away(pages: Pages, shop: Desk) -> None:
    draft = a_draft(shop, shop.service())
    pages.get(f"/scripts/{draft}/edit")
    assert pages.submit(f"/scripts/{draft}/discard").told == "The draft is gone."


def test_the_bench_shows_counts_what_changes_and_what_cannot_be_answered(
    pages: Pages, shop: Desk
) -> None:
    service = shop.service()
    old = in_force(shop, service)
    moved = classified(shop, service, old, "where:2", "other:0", title="Till 4 is dark")
    classified(shop, service, old, "where:1")
    draft = a_draft(shop, service, STRICTER)
    page = pages.get(f"/scripts/{draft}/bench")
    assert page.rows("Would change") == [
        [f"#{moved} Till 4 is dark", "3 → 2", "P2 → P1"]
    ]
    assert page.root.all(class_="tile")[0].text == "would change 1 of 2"
    assert (
        "Nothing to run yet"
        in pages.get(f"/scripts/{a_draft(shop, shop.service('Mail'))}/bench").content
    )


def test_who_may_not_see_incidents_sees_their_numbers_only(
    app: Flask, shop: Desk
) -> None:
    service = shop.service()
    old = in_force(shop, service)
    classified(shop, service, old, "where:1", title="Till of Carla Cash")
    writer = Pages(app).as_operator("wera", permissions=("read", "scripts"))
    page = writer.get(f"/scripts/{old}/bench")
    assert "#1" in page.content and "Carla" not in page.html


def test_only_who_may_write_scripts_changes_one(app: Flask, shop: Desk) -> None:
    service = shop.service()
    draft = a_draft(shop, service)
    reader = Pages(app).as_operator("rita", permissions=("read", "desk"))
    page = reader.get(f"/scripts/{draft}")
    assert "Go on writing" not in page.content
    reader.get(f"/services/{service}/scripts")
    for path in ("edit", "bench"):
        reader.get(f"/scripts/{draft}/{path}", status=403)
    for path in (
        "questions",
        "questions/where",
        "questions/where/remove",
        "publish",
        "discard",
        "revert",
    ):
        reader.post(f"/scripts/{draft}/{path}", status=403)
    reader.post(f"/services/{service}/scripts", status=403)


def test_words_with_marks_are_shown_as_typed(pages: Pages, shop: Desk) -> None:
    draft = a_draft(shop, shop.service())
    pages.get(f"/scripts/{draft}/edit")
    page = pages.submit(
        f"/scripts/{draft}/questions/other", text="<b>Wie viele & welche?</b>"
    )
    assert "<b>Wie viele & welche?</b>" in page.content
