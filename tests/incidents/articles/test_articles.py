"""Articles beside incidents, and incidents found by words."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.incidents.articles.actions import article_from, unlink_article, use_article
from app.incidents.articles.queries import article_figures, article_panel
from app.incidents.queue.queries import found_incidents
from app.incidents.restoration.actions import restore
from app.knowledge import actions as knowledge
from app.models.knowledge import ArticleUse, UseKind
from tests.catalog.builders import a_fact
from tests.incidents.builders import Desk, rows
from tests.pages import Pages


def test_an_article_is_made_of_an_incident_once_with_its_words_facts_and_resolution(
    desk: Desk,
) -> None:
    service = desk.service()
    fact = a_fact(desk.database, service)
    number = desk.reported(
        description="Black screen",
        effect="Nobody pays",
        service_id=service,
        facts={fact: "7"},
    )
    desk.do(restore, number, "Plugged in again")
    made = desk.do(article_from, number)
    assert (made.issue, made.environment) == (
        "Black screen\n\nNobody pays",
        "- Till number: 7",
    )
    assert (made.resolution, made.service_id) == ("Plugged in again", service)
    assert desk.do(article_from, number).id == made.id
    assert [use.kind for use in rows(desk.database, select(ArticleUse))] == [
        UseKind.MADE_FROM
    ]


def test_a_use_counts_once_and_can_be_taken_back(desk: Desk) -> None:
    number = desk.reported()
    made = desk.do(knowledge.add, {"title": "Till does not start"})
    assert [hit.id for hit in desk.ask(article_panel, desk.incident(number)).hits] == [
        made.id
    ]
    for _ in range(2):
        desk.do(use_article, number, made.id)
    panel = desk.ask(article_panel, desk.incident(number))
    assert ([each.title for each in panel.linked], panel.hits) == (
        ["Till does not start"],
        (),
    )
    assert desk.do(unlink_article, panel.linked[0].id).incident_id == number
    assert rows(desk.database, select(ArticleUse)) == []


def test_the_figures_count_restored_incidents_and_say_of_how_many(desk: Desk) -> None:
    first, second, open_one = desk.reported(), desk.reported(), desk.reported()
    for number in (first, second):
        desk.do(restore, number, "Plugged in")
    made = desk.do(article_from, first)
    for number in (second, open_one):
        desk.do(use_article, number, made.id)
    found = desk.ask(article_figures, desk.now)
    assert (found.restored, found.linked, found.reused, found.made) == (2, 2, 1, 1)
    assert (found.stands.uses, found.stands.few) == (2, 1)


def test_incidents_are_found_by_number_words_and_requester(desk: Desk) -> None:
    number = desk.reported(
        "Drucker druckt nicht", requester="Zoë Ådal", description="Papierstau"
    )
    desk.reported("Something else")
    for words in (str(number), f"#{number}", "papier", "zoe", "DRUCKER nicht"):
        assert [each.id for each in desk.ask(found_incidents, words, 10)[0]][:1] == [
            number
        ], words
    assert (
        desk.ask(found_incidents, "nowhere", 10)
        == desk.ask(found_incidents, "", 10)
        == ([], 0)
    )


def test_an_incident_becomes_an_article_in_one_click_and_a_search_finds_it(
    app: Flask,
) -> None:
    browser = Pages(app).as_operator("anna")
    number = Desk(browser.parts.database).reported()
    browser.get(f"/desk/{number}")
    page = browser.submit(f"/desk/{number}/article")
    assert page.told.startswith("Made from the incident")
    assert "made from it" in browser.get(f"/desk/{number}").content
    assert (
        browser.get("/desk/search?words=till").rows()[0][0]
        == f"{number} The till does not start"
    )
    assert "link rate" in browser.get("/knowledge/figures").content
