"""Articles: written, fixed, trusted, flagged, found; and their pages."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as some

from app.core.errors import Conflict, Invalid, Refused
from app.knowledge import actions
from app.knowledge.queries import Asked, article_lines, search_articles
from app.knowledge.rules import Block, blocks, due_for_review, few_that_solve
from app.models.knowledge import ArticleState, Audience
from tests.incidents.builders import Desk
from tests.pages import Pages

TILL = {
    "title": "Till does not start",
    "issue": "Screen stays black",
    "resolution": "1. Unplug\n2. Wait\n3. Plug in",
}


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(Pages(app).parts.database)


def titles(desk: Desk, **asked: Any) -> list[str]:
    lines, total = desk.ask(article_lines, Asked(**asked), 50)
    assert total == len(lines)
    return [line.title for line in lines]


def test_a_text_is_laid_out_as_paragraphs_and_lists() -> None:
    text = "First\nsecond\n\n- one\n- two\n1. go\n2) on"
    assert blocks(text) == [
        Block("p", ("First", "second")),
        Block("ul", ("one", "two")),
        Block("ol", ("go", "on")),
    ]


@given(some.lists(some.integers(0, 50), max_size=20))
def test_the_few_that_solve_carry_four_fifths_and_no_fewer_would(
    uses: list[int],
) -> None:
    few, counts = few_that_solve(uses), sorted(uses, reverse=True)
    assert sum(counts[:few]) >= 0.8 * sum(uses)
    assert few == 0 or sum(counts[: few - 1]) < 0.8 * sum(uses)


def test_an_article_is_due_for_review_when_flagged_or_used_unseen() -> None:
    assert due_for_review(True, 0, 1)
    assert due_for_review(False, 3, 0)
    assert not due_for_review(True, 30, 0)
    assert not due_for_review(False, 2, 0)


def test_a_validated_article_that_says_something_else_has_to_be_validated_again(
    desk: Desk,
) -> None:
    made = desk.do(actions.add, TILL)
    found = desk.do(actions.trust, made.id, ArticleState.VALIDATED)
    assert (found.validated_by, found.validated_at) == ("dora", desk.now)
    found = desk.do(actions.fix, made.id, {"title": "Till stays dark"})
    assert found.state is ArticleState.VALIDATED
    found = desk.do(actions.fix, made.id, {"resolution": "Call us"})
    assert (found.state, found.validated_at) == (ArticleState.NOT_VALIDATED, None)


def test_an_article_without_an_answer_cannot_be_validated(desk: Desk) -> None:
    made = desk.do(actions.add, {"title": "Something"})
    with pytest.raises(Refused):
        desk.do(actions.trust, made.id, ArticleState.VALIDATED)
    with pytest.raises(Invalid) as told:
        desk.do(actions.add, {"title": " "})
    assert told.value.field == "title"


def test_two_who_fix_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    made = desk.do(actions.add, TILL)
    desk.do(actions.fix, made.id, {"cause": "Dust"}, began_at=1)
    with pytest.raises(Conflict):
        desk.do(actions.fix, made.id, {"cause": "Age"}, began_at=1)


def test_articles_are_narrowed_by_words_state_service_and_audience(desk: Desk) -> None:
    service = desk.service()
    desk.do(actions.add, {**TILL, "service_id": service, "audience": Audience.PUBLIC})
    old = desk.do(actions.add, {"title": "Till of 1998"})
    desk.do(actions.trust, old.id, ArticleState.ARCHIVED)
    assert (
        titles(desk)
        == titles(desk, words="black scr")
        == titles(desk, service_id=str(service))
        == [TILL["title"]]
    )
    assert titles(desk, audience="internal") == titles(desk, words="till of") == []
    assert titles(desk, state="archived") == ["Till of 1998"]


def test_while_typing_those_of_the_service_come_first(desk: Desk) -> None:
    service = desk.service()
    desk.do(actions.add, {"title": "Black screen black black"})
    desk.do(actions.add, {**TILL, "service_id": service})
    hits = desk.ask(search_articles, "my screen is bla", service)
    assert [hit.title for hit in hits] == [
        "Till does not start",
        "Black screen black black",
    ]
    assert desk.ask(search_articles, "") == []


def test_an_article_is_written_fixed_validated_and_read_by_everybody(
    app: Flask,
) -> None:
    browser = Pages(app).as_operator("anna")
    browser.get("/knowledge/new")
    page = browser.submit("/knowledge/new", **TILL, audience="public")
    assert page.told == "The article is there as work in progress."
    assert [item.text for item in page.root.one("ol").all("li")] == [
        "Unplug",
        "Wait",
        "Plug in",
    ]
    assert Pages(app).get("/knowledge/public").root.all("li") == []
    Pages(app).get("/knowledge/public/1", status=404)
    browser.submit("/knowledge/1/state", state="validated")
    assert (
        "Till does not start" in Pages(app).get("/knowledge/public?words=black").content
    )
    assert "Unplug" in Pages(app).get("/knowledge/public/1").content
    browser.get("/knowledge/1/edit")
    assert (
        browser.submit("/knowledge/1/edit", cause="Dust").told
        == "The article is changed."
    )


def test_text_in_an_article_is_never_markup(app: Flask) -> None:
    browser = Pages(app).as_operator("anna")
    draft = {
        "title": "<b>x</b>",
        "issue": "<script>alert(1)</script>",
        "audience": "internal",
    }
    page = browser.post("/knowledge/new", draft)
    assert not [node for node in page.root.all("script") if "alert" in node.text]
    assert "<script>alert(1)</script>" in page.content


def test_a_flag_stands_on_the_review_list_until_it_is_settled(app: Flask) -> None:
    browser = Pages(app).as_operator("anna")
    browser.post("/knowledge/new", {**TILL, "audience": "internal"})
    assert "Say what is wrong" in browser.post("/knowledge/1/flag", status=422).content
    browser.post("/knowledge/1/flag", {"text": "Wrong plug"})
    assert "flagged" in browser.get("/knowledge?review=yes").rows()[0][1]
    browser.get("/knowledge/1")
    browser.submit("/knowledge/flags/1/settle")
    assert "No article fits" in browser.get("/knowledge?review=yes").content


def test_searching_while_typing_answers_with_the_list_alone(app: Flask) -> None:
    browser = Pages(app).as_operator("anna")
    browser.post("/knowledge/new", {**TILL, "audience": "internal"})
    piece = browser.get("/knowledge?words=bla", fragment=True)
    assert "<html" not in piece.html
    assert piece.root.one("mark").text == "black"


def test_as_many_articles_are_said_to_be_found_as_the_list_then_shows(
    app: Flask,
) -> None:
    pages = Pages(app).as_operator("anna")
    desk = Desk(pages.parts.database)
    for place in range(7):
        desk.do(
            actions.add, {"title": f"Printing from place {place}", "issue": "Nothing"}
        )
    desk.do(actions.add, {"title": "Wet cable", "resolution": "Print a page"})
    found = pages.get("/find?q=print")
    rest = next(link for link in found.root.all("a") if link.text.startswith("all "))
    shown = pages.get(rest.attrs["href"]).rows("Articles")
    assert rest.text == f"all {len(shown)} : Articles"
    assert len(shown) == 8
