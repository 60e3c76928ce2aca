"""What was done is taken back by the button beside the sentence, where the opposite is exact."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.catalog.sheet.actions import add_fact, add_part, set_duty
from app.improvements.register.actions import raise_improvement
from app.incidents.links.actions import link
from app.knowledge.actions import add
from app.models.incidents.words import LinkKind
from tests.incidents.builders import Desk
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database, now=pages.parts.now())


def taken_back(pages: Pages, page: Page) -> Page:
    """Press Undo beside what was told."""
    form = page.root.one(class_="undo").one("form")
    fields = {
        each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input")
    }
    return pages.post(form.attrs["action"], fields)


def facts(page: Page) -> str:
    """Return what the page says apart from times and from what was told."""
    return page.root.one("main").text


@pytest.mark.parametrize("team", [False, True])
def test_taking_an_incident_is_taken_back(pages: Pages, desk: Desk, team: bool) -> None:
    number = desk.reported(team_id=desk.team("Tills", "anna") if team else None)
    before = desk.incident(number)
    told = pages.post(f"/desk/{number}/now/take")
    assert (told.told, desk.incident(number).agent) == ("It is yours.", "anna")
    taken_back(pages, told)
    after = desk.incident(number)
    assert (
        (after.agent, after.state) == (before.agent, before.state) == ("", after.state)
    )


def test_undo_of_a_take_from_the_queue_stays_in_the_queue(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    told = pages.post(f"/desk/{number}/now/take", {"back": "queue"})
    assert taken_back(pages, told).h1 == "Desk"
    assert desk.incident(number).agent == ""


def test_what_others_did_meanwhile_is_not_taken_back(
    app: Flask, pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    told = pages.post(f"/desk/{number}/now/take")
    Pages(app).as_operator("ben").post(f"/desk/{number}/now/take")
    form = told.root.one(class_="undo").one("form")
    fields = {
        each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input")
    }
    page = pages.post(form.attrs["action"], fields, status=409)
    assert "ben" in page.content and desk.incident(number).agent == "ben"


def test_the_next_one_of_the_queue_is_given_back(pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    taken_back(pages, pages.post("/desk/next"))
    assert desk.incident(number).agent == ""


def test_a_link_comes_and_goes(pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    one = desk.do(raise_improvement, "Shorter forms").id
    desk.do(link, number, f"improvement:{one}", LinkKind.SYMPTOM)
    page = pages.get(f"/desk/{number}")
    assert "came of Shorter forms Take" in page.root.one(id="links").text
    gone = pages.post("/desk/links/1/remove")
    assert "Shorter forms Take" not in gone.root.one(id="links").text
    back = taken_back(pages, gone)
    assert "came of Shorter forms Take" in back.root.one(id="links").text
    assert "Shorter forms Take" not in taken_back(pages, back).root.one(id="links").text


def services(desk: Desk) -> dict[str, Any]:
    shop, net = desk.service("Shop"), desk.service("Network")
    desk.do(add_part, shop, net, "orders")
    desk.do(set_duty, shop, "Changes", "Ann", "A")
    desk.do(set_duty, shop, "Changes", "Bob", "R")
    for name in ("Till number", "Screen"):
        desk.do(add_fact, shop, name)
    return {
        f"/services/{shop}/parts": f"/services/{shop}/parts/{net}/remove",
        f"/services/{shop}/duties": f"/services/{shop}/duties/2/remove",
        f"/services/{shop}/facts": f"/services/{shop}/facts/1/move",
    }


@pytest.mark.parametrize("place", range(3))
def test_what_belongs_to_a_service_is_put_back(
    pages: Pages, desk: Desk, place: int
) -> None:
    where, deed = list(services(desk).items())[place]
    before = facts(pages.get(where))
    done = pages.post(deed)
    assert facts(pages.get(where)) != before
    taken_back(pages, done)
    assert facts(pages.get(where)) == before


def test_the_trust_in_an_article_goes_back(pages: Pages, desk: Desk) -> None:
    draft = {"title": "Wet cable", "issue": "Dark", "resolution": "Dry it"}
    number = desk.do(add, draft).id
    told = pages.post(f"/knowledge/{number}/state", {"state": "validated"})
    assert "validated" in told.told
    assert "work in progress" in taken_back(pages, told).told


def test_a_vote_and_a_move_go_back(pages: Pages, desk: Desk) -> None:
    desk.do(raise_improvement, "Shorter forms")
    told = pages.post("/improvements/1/vote")
    assert taken_back(pages, told).told == "Your vote is taken back."
    moved = pages.post("/improvements/1/move", {"to": "accepted", "reason": "Yes"})
    assert moved.told == "“Shorter forms” is accepted."
    assert taken_back(pages, moved).told == "“Shorter forms” is raised."


def test_a_note_and_a_cost_are_struck_out(pages: Pages, desk: Desk) -> None:
    desk.do(raise_improvement, "Shorter forms")
    sent = {"kind": "learn", "text": "Nobody reads page two"}
    noted = pages.post("/improvements/1/notes/new", sent)
    assert taken_back(pages, noted).told.startswith("Struck out")
    sent = {"side": "cost", "what": "Paper", "per": "once"}
    added = pages.post("/improvements/1/costs/new", sent)
    assert taken_back(pages, added).told.startswith("Struck out")


def test_who_was_kept_from_signing_in_can_again(app: Flask, pages: Pages) -> None:
    Pages(app).as_operator("ben")
    shut = pages.post("/operators/2/disable")
    opened = taken_back(pages, shut)
    assert opened.told == "ben can sign in again."
    assert taken_back(pages, opened).told == "ben can no longer sign in."


def test_without_script_the_reader_lands_where_the_form_stood(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    desk.do(raise_improvement, "Shorter forms")
    page = pages.get(f"/desk/{number}")
    form = page.form(f"/desk/{number}/links")
    fields = {
        each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input")
    }
    assert fields["_at"] == "links"
    sent = {**fields, "target": "improvement:1", "kind": "cause"}

    def landed(came_from: str) -> str:
        answer = pages.client.post(
            f"/desk/{number}/links", data=sent, headers={"Referer": came_from}
        )
        return str(answer.headers["Location"])

    assert landed(f"http://localhost/desk/{number}") == f"/desk/{number}#links"


@pytest.mark.parametrize("at", ["", "<b>", "a" * 60, "links?x=1"])
def test_only_the_name_of_a_part_is_added_to_an_address(
    pages: Pages, desk: Desk, at: str
) -> None:
    number = desk.reported()
    pages.get(f"/desk/{number}")
    answer = pages.client.post(
        f"/desk/{number}/now/take",
        data={"csrf_token": pages._csrf(), "_at": at},
        headers={"Referer": f"http://localhost/desk/{number}"},
    )
    assert answer.headers["Location"] == f"/desk/{number}"
