"""What was done is taken back by the button beside the sentence, where the opposite is exact."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from app.catalog.hours.actions import CalendarDraft, add_calendar
from app.catalog.sheet.actions import add_fact, add_part, set_duty
from app.improvements.register.actions import raise_improvement
from app.incidents.links.actions import link
from app.incidents.mass.actions import declare_mass, join_mass
from app.knowledge.actions import add
from app.models.incidents.words import LinkKind
from tests.directory.builders import a_directory, a_person, a_right
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


def test_an_article_that_helped_did_not(pages: Pages, desk: Desk) -> None:
    number = desk.reported()
    draft = {"title": "Wet cable", "issue": "Dark", "resolution": "Dry it"}
    article = desk.do(add, draft).id
    before = facts(pages.get(f"/knowledge/{article}"))
    sent = {"article_id": article}
    told = pages.post(f"/desk/{number}/articles", sent)
    assert told.told == "“Wet cable” helped."
    assert facts(pages.get(f"/knowledge/{article}")) != before
    taken_back(pages, told)
    assert facts(pages.get(f"/knowledge/{article}")) == before


def test_said_twice_that_it_helped_nothing_is_taken_back(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    article = desk.do(add, {"title": "Wet cable", "resolution": "Dry it"}).id
    sent = {"article_id": article}
    pages.post(f"/desk/{number}/articles", sent)
    assert not pages.post(f"/desk/{number}/articles", sent).undoable


def test_a_report_leaves_a_mass_incident_as_it_came(pages: Pages, desk: Desk) -> None:
    harbour, hill = desk.site("Harbour"), desk.site("Hill")
    mass = desk.reported(site_id=harbour)
    desk.do(declare_mass, mass, [harbour])
    number = desk.reported("Nothing prints", site_id=hill)
    was = desk.incident(number)
    told = pages.post(f"/desk/{number}/join-mass", {"parent_id": mass})
    joined = desk.incident(number)
    assert (joined.parent_id, joined.next_update_at) != (None, was.next_update_at)
    assert desk.incident(mass).mass_sites == [harbour, hill]
    taken_back(pages, told)
    left = desk.incident(number)
    assert (left.parent_id, left.next_update_at) == (None, was.next_update_at)
    assert desk.incident(mass).mass_sites == [harbour]


def test_a_site_stays_while_another_report_there_belongs_to_it(
    pages: Pages, desk: Desk
) -> None:
    harbour, hill = desk.site("Harbour"), desk.site("Hill")
    mass = desk.reported(site_id=harbour)
    desk.do(declare_mass, mass, [harbour])
    first, second = (desk.reported(site_id=hill) for _ in range(2))
    told = pages.post(f"/desk/{first}/join-mass", {"parent_id": mass})
    desk.do(join_mass, second, mass)
    taken_back(pages, told)
    assert desk.incident(mass).mass_sites == [harbour, hill]


def test_holidays_come_and_go(pages: Pages, desk: Desk) -> None:
    week = {"monday": "08:00–12:00"}
    number = desk.do(add_calendar, CalendarDraft("Office", "Europe/Berlin", week)).id
    page = f"/services/calendars/{number}"
    before = facts(pages.get(page))
    days = "2026-12-25 Christmas\n2026-12-26"
    kept = pages.post(f"{page}/holidays", {"holidays": days})
    with_both = facts(pages.get(page))
    assert "Christmas" in with_both
    assert taken_back(pages, kept).told == "2 days count again."
    assert facts(pages.get(page)) == before
    pages.post(f"{page}/holidays", {"holidays": days})
    [first] = [
        form.attrs["action"]
        for form in pages.get(page).root.all("form")
        if re.search(r"/holidays/\d+/remove$", form.attrs.get("action", ""))
    ][:1]
    taken_back(pages, pages.post(first))
    assert facts(pages.get(page)) == with_both


def test_a_name_written_over_a_holiday_is_not_taken_back(
    pages: Pages, desk: Desk
) -> None:
    week = {"monday": "08:00–12:00"}
    number = desk.do(add_calendar, CalendarDraft("Office", "Europe/Berlin", week)).id
    page = f"/services/calendars/{number}/holidays"
    pages.post(page, {"holidays": "2026-12-25 Christmas"})
    told = pages.post(page, {"holidays": "2026-12-25 Xmas"})
    assert told.told == "1 holiday is kept." and not told.undoable


def test_a_number_of_a_person_is_forgotten_and_noted_again(
    pages: Pages, desk: Desk
) -> None:
    page = f"/people/{desk.person()}/numbers"
    before = facts(pages.get(page))
    noted = pages.post(page, {"number": "+41 31 555 01 12", "label": "Till"})
    there = facts(pages.get(page))
    forgotten = taken_back(pages, noted)
    assert facts(pages.get(page)) == before
    taken_back(pages, forgotten)
    assert facts(pages.get(page)) == there != before


def test_what_was_said_of_a_right_goes_back(pages: Pages, desk: Desk) -> None:
    with pages.parts.database.write() as session:
        directory = a_directory(session)
        right = a_right(session, directory, "share-sales").id
        a_person(session, directory, "carla", name="Carla Cash")
    page = f"/rights/{right}"
    before = facts(pages.get(page))
    sent = {"lens": "recursive", "owner": "carla", "privileged": "1"}
    told = pages.post(page, sent)
    assert "Carla Cash" in facts(pages.get(page))
    taken_back(pages, told)
    assert facts(pages.get(page)) == before
    assert not pages.post(page, {"lens": "unknown", "owner": ""}).undoable


@pytest.mark.parametrize(
    "sent", [{"do": "lens", "lens": "recursive"}, {"do": "owner", "owner": "carla"}]
)
def test_what_was_noted_of_several_rights_goes_back_to_what_it_was_of_each(
    pages: Pages, desk: Desk, sent: dict[str, str]
) -> None:
    rights = several_rights(pages)
    pages.post(f"/rights/{rights[1]}", {"lens": "direct", "owner": "ben"})
    pages.post(f"/rights/{rights[2]}", {"lens": "recursive", "owner": "carla"})
    before = facts(pages.get("/rights?q=share"))
    told = pages.post("/rights/set?q=share", {"right": rights, **sent})
    assert facts(pages.get("/rights?q=share")) != before
    back = taken_back(pages, told)
    assert back.told == "2 rights: noted as before."  # the third one was so already
    assert facts(pages.get("/rights?q=share")) == before
    assert not pages.post("/rights/set", {"right": rights[2:], **sent}).undoable


def test_of_several_rights_none_goes_back_when_others_noted_something_since(
    pages: Pages, desk: Desk
) -> None:
    rights = several_rights(pages)
    told = pages.post("/rights/set", {"right": rights, "do": "lens", "lens": "direct"})
    pages.post(f"/rights/{rights[2]}", {"lens": "memberof", "owner": ""})
    before = facts(pages.get("/rights"))
    form = told.root.one(class_="undo").one("form")
    fields = {each.attrs["name"]: each.attrs["value"] for each in form.all("input")}
    page = pages.post(form.attrs["action"], fields, status=409)
    assert "Something else was noted of share-2 meanwhile" in page.content
    assert facts(pages.get("/rights")) == before


@pytest.mark.parametrize("noted", ["", "x", "1:telescope:unknown", "9:direct:direct"])
def test_a_way_back_that_was_made_up_changes_nothing(
    pages: Pages, desk: Desk, noted: str
) -> None:
    several_rights(pages)
    before = facts(pages.get("/rights"))
    for do in ("lens", "owner", "telescope"):
        sent = {"csrf_token": pages.token(), "do": do, "noted": noted}
        assert pages.client.post("/rights/set/back", data=sent).status_code < 500
        pages.get("/rights")  # reads what was told
    assert facts(pages.get("/rights")) == before


def several_rights(pages: Pages) -> list[int]:
    with pages.parts.database.write() as session:
        directory = a_directory(session)
        for uid in ("ben", "carla"):
            a_person(session, directory, uid, name=f"{uid.title()} Cash")
        return [a_right(session, directory, f"share-{each}").id for each in range(3)]


def test_a_duty_that_was_given_is_taken_out(pages: Pages, desk: Desk) -> None:
    shop = desk.service("Shop")
    desk.do(set_duty, shop, "Changes", "Bob", "A")
    page = f"/services/{shop}/duties"
    sent = {"of_process": "Changes", "party": "Ann", "letter": "R"}
    before = facts(pages.get(page))
    given = pages.post(page, sent)
    assert taken_back(pages, given).told == "Taken out."
    assert facts(pages.get(page)) == before
    desk.do(set_duty, shop, "Changes", "Ann", "C")
    had = facts(pages.get(page))
    taken_back(pages, pages.post(page, sent))
    assert facts(pages.get(page)) == had


def test_who_took_over_what_another_answered_for_cannot_give_it_back(
    pages: Pages, desk: Desk
) -> None:
    shop = desk.service("Shop")
    desk.do(set_duty, shop, "Changes", "Ann", "A")
    sent = {"of_process": "Changes", "party": "Bob", "letter": "A"}
    assert not pages.post(f"/services/{shop}/duties", sent).undoable


def test_a_fact_that_was_added_is_asked_for_no_longer(pages: Pages, desk: Desk) -> None:
    page = f"/services/{desk.service('Shop')}/facts"
    before = facts(pages.get(page))
    added = pages.post(page, {"name": "Till number"})
    assert facts(pages.get(page)) != before
    taken_back(pages, added)
    assert facts(pages.get(page)) == before
