"""The page of an incident in the browser, without script."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.incidents.builders import Desk
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def primary(page: Page) -> list[str]:
    return [node.text for node in page.root.one("main").all(class_="primary")]


def test_restoration_is_the_one_primary_action_and_leads_the_page(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported(service_id=desk.service(), effect="The cashier cannot sell.")
    page = pages.get(f"/desk/{number}")
    assert primary(page) == ["It works again"]
    sections = [node.attrs.get("id") for node in page.root.all("section")]
    assert sections.index("restoration") < sections.index("conversation")
    assert "The cashier cannot sell." in page.content


def test_two_notes_at_once_are_both_kept(app: Flask, pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    ben = Pages(app).as_operator("ben")
    for browser in (pages, ben):
        browser.get(f"/desk/{number}")
    for browser, text in ((pages, "From Dora"), (ben, "From Ben")):
        browser.submit(f"/desk/{number}/note", **{"note-text": text})
    assert [event.text for event in desk.events(number)][1:] == [
        "From Dora",
        "From Ben",
    ]


def test_an_empty_note_is_said_beside_the_field(pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    pages.get(f"/desk/{number}")
    page = pages.submit(f"/desk/{number}/note", status=422)
    assert page.errors == ["Write something."]


def test_what_cannot_be_done_and_what_is_not_there_is_said(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    pages.get(f"/desk/{number}/do/dance", status=404)
    pages.post(f"/desk/{number}/now/dance", status=404)
    assert (
        "Only a restored one can be closed"
        in pages.post(f"/desk/{number}/now/close", status=409).content
    )
