"""The first page: what waits for whom, how things stand, what others did, and how it stays true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.access.drift.actions import Verified
from app.access.waves.actions import approve
from app.auth.rules import NAMES
from app.core.settings import Settings
from app.core.waiting import Wait, Waiter
from app.insight.today.queries import today_of
from app.models.access.wave import Switch
from app.models.access.words import SwitchState
from app.models.incidents.incident import Incident
from tests.access.builders import a_world, counted
from tests.access.builders import an_operator as operator
from tests.incidents.builders import MONDAY, Desk
from tests.insight.today.scenes import HELD, ME, SCENES, changed, confirmed
from tests.pages import Pages

READ, AGENT = ("read",), ("read", "desk")


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator(ME)


def waits(pages: Pages) -> list[str]:
    parts = pages.get("/").root.all(id="waits")
    return [item.text for item in parts[0].all("li")] if parts else []


def test_nothing_waits_in_a_new_installation_and_three_ways_to_begin_are_offered(
    pages: Pages,
) -> None:
    page = pages.get("/")
    assert (page.h1, waits(pages)) == ("Today", [])
    assert "Nothing waits for you." in page.content
    for words in ("First, a directory", "I only want the desk", "Only improvements"):
        assert words in page.content


def test_the_oldest_stands_first_and_the_number_stands_in_the_sentence_and_the_rail(
    pages: Pages, settings: Settings
) -> None:
    database = pages.parts.database
    SCENES[Wait.PROMISE](database, settings)
    SCENES[Wait.HAND_OVER](database, settings)
    SCENES[Wait.APPROVE](database, settings)
    page = pages.get("/")
    assert "3 things wait for you; the desk is 1 promise late." in page.content
    assert "An update was promised" in waits(pages)[0]
    here = page.root.one("nav", aria_label="Main").one("a", aria_current="page")
    assert here.text == "Today 3"


def test_a_deed_takes_its_line_away_and_the_rail_says_so_at_once(
    pages: Pages, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.access.waves.views.verify_live", lambda *_: Verified())
    SCENES[Wait.CONFIRM](pages.parts.database, settings)
    assert "1 thing waits for you" in pages.get("/").content
    page = pages.submit("/waves/1/confirm")
    assert "Confirmed: Ada" in page.told
    assert page.root.one("nav", aria_label="Main").all("a")[0].text == "Today 1"
    [line] = waits(pages)
    assert "everybody was seen working" in line and "Decide" in line


def test_a_small_plan_that_changes_nothing_is_approved_from_its_line_and_no_other(
    pages: Pages, settings: Settings
) -> None:
    database = pages.parts.database
    operator(database, ME)
    operator(database, "anna")
    world = a_world(database, HELD, plans=settings.plans)
    role = world.role()
    clean, kept = world.wave(role, "ada"), world.wave(role, "cyd")
    page = pages.get("/")
    sent = {form.attrs.get("action") for form in page.root.one(id="waits").all("form")}
    assert sent == {f"/waves/{clean}/approve"}
    assert "nothing is lost or gained" in waits(pages)[0]
    assert any(f"/waves/{kept}" in str(link) for link in page.root.all("a"))
    assert "approved" in pages.submit(f"/waves/{clean}/approve").told


def test_how_fast_people_move_is_said_once_the_first_one_moved_for_good(
    pages: Pages, settings: Settings
) -> None:
    assert "nobody can say when" not in pages.get("/").content
    number = planned_wave(pages, settings)
    assert "Nobody moved for good yet" in pages.get("/").content
    confirmed = {"state": SwitchState.CONFIRMED, "confirmed_at": MONDAY}
    changed(pages.parts.database, Switch, number, **confirmed)
    assert "0 weeks of data" in pages.get("/").content


def planned_wave(pages: Pages, settings: Settings) -> int:
    SCENES[Wait.APPROVE](pages.parts.database, settings)
    with pages.parts.database.read() as session:
        return session.query(Switch).one().id


def test_the_author_is_not_asked_to_approve_his_own_plan(
    pages: Pages, settings: Settings
) -> None:
    SCENES[Wait.APPROVE](pages.parts.database, settings)
    assert len(waits(pages)) == 1
    assert waits(pages.as_operator("anna")) == []


def test_who_works_at_the_desk_sees_it_first_and_who_reads_sees_how_things_stand(
    pages: Pages,
) -> None:
    Desk(pages.parts.database).reported()
    agent = pages.as_operator("gus", permissions=AGENT).get("/")
    assert "1 incident is open" in agent.content
    assert agent.root.one(id="today-desk").all("a")
    reader = pages.as_operator("rea", permissions=READ).get("/")
    assert "1 incident is open" in reader.content
    assert not reader.root.one(id="today-desk").all("a")
    assert "Reported" not in reader.content


def test_who_may_do_nothing_but_operators_has_a_first_page_too(pages: Pages) -> None:
    page = pages.as_operator("ops", permissions=("operators",)).get("/")
    assert page.h1 == "Today"


def test_what_others_did_since_yesterday_stands_there_and_not_what_one_did_oneself(
    pages: Pages,
) -> None:
    desk = Desk(pages.parts.database, by="dora")
    desk.reported("The scale is stuck")
    desk.by = ME
    desk.reported("The door does not close")
    desk.by, desk.now = "dora", MONDAY - timedelta(days=2)
    desk.reported("Long ago")
    told = pages.get("/").root.one(id="others").text
    assert "dora" in told and "The scale is stuck" in told
    assert "The door" not in told and "Long ago" not in told


def test_the_same_said_of_two_things_is_one_line(pages: Pages) -> None:
    desk = Desk(pages.parts.database, by="dora")
    for _ in range(2):
        desk.reported("The scale is stuck")
    lines = pages.get("/").root.one(id="others").all("li")
    assert [line.text.count("The scale is stuck") for line in lines] == [1]
    assert "before" in lines[0].text


def test_the_report_and_its_sets_are_found_where_they_were(pages: Pages) -> None:
    assert pages.get("/?directory=7").url == "/access"
    assert pages.get("/report/twins").url == "/access/twins"
    assert pages.client.get("/report/twins/export").location == "/access/twins/export"


def test_the_card_of_the_first_visit_is_put_away_for_good(
    pages: Pages, settings: Settings
) -> None:
    SCENES[Wait.PROMISE](pages.parts.database, settings)
    card = pages.get("/").root.one("section", class_="welcome")
    assert len(card.all("a")) >= 3
    pages.submit("/today/welcomed")
    assert not pages.get("/").root.all("section", class_="welcome")


def test_the_page_says_what_came_and_does_not_move_what_is_there(
    pages: Pages, settings: Settings
) -> None:
    database = pages.parts.database
    SCENES[Wait.PROMISE](database, settings)
    asked = pages.get("/").root.one(id="today-news").attrs["hx-get"]
    assert pages.get(asked, fragment=True, status=204).text == ""
    SCENES[Wait.HAND_OVER](database, settings)
    assert "1 new" in pages.get(asked, fragment=True).text
    changed(database, Incident, 1, next_update_at=None)
    assert "1 new, 1 gone" in pages.get(asked, fragment=True).text


def test_the_page_takes_a_fixed_number_of_questions_however_much_waits(
    app: Flask, settings: Settings
) -> None:
    database = Pages(app).as_operator(ME).parts.database
    who = Waiter(1, ME, NAMES, MONDAY, settings)
    for kind in (Wait.PROMISE, Wait.APPROVE, Wait.STEP, Wait.ORDER):
        SCENES[kind](database, settings)
    with database.read() as session, counted(database) as once:
        today_of(session, who)
    desk = Desk(database, by="dora")
    for _ in range(30):
        number = desk.reported()
        changed(database, Incident, number, agent=ME, next_update_at=MONDAY)
    desk.forward(hours=1)
    later = Waiter(1, ME, NAMES, desk.now, settings)
    with database.read() as session, counted(database) as often:
        found = today_of(session, later)
    assert found.waiting.total > 30 > len(found.waiting.lines)
    assert len(once) == len(often) == 48


def test_approving_twice_leaves_no_line_behind(
    pages: Pages, settings: Settings
) -> None:
    database = pages.parts.database
    SCENES[Wait.APPROVE](database, settings)
    desk = Desk(database)
    desk.do(approve, 1, by=ME)
    assert ["Apply" in line for line in waits(pages)] == [True]


def test_a_wave_that_is_over_is_decided_from_its_line_by_whoever_may(
    app: Flask, settings: Settings
) -> None:
    pages = Pages(app).as_operator(ME)
    wave = confirmed(pages.parts.database, settings)
    [line] = waits(pages)
    assert "everybody was seen working" in line
    button = pages.get("/").root.one(id="waits").one("a", class_="button")
    assert button.attrs["href"] == f"/waves/{wave}/decide"
    pages.get(f"/waves/{wave}/decide")
    pages.submit(kind="hold", reason="Until Monday.")
    assert waits(pages) == []
    for_others = Pages(app).as_operator("paul", permissions=("read", "plan"))
    assert "Wave 1 of Clerk" not in for_others.get("/").content


def test_how_many_more_can_move_today_is_said_after_the_page(
    pages: Pages, settings: Settings
) -> None:
    world = a_world(pages.parts.database, HELD, plans=settings.plans)
    world.role()
    page = pages.get("/")
    asks = page.root.one(id="today-ready")
    assert asks.attrs["hx-trigger"] == "load"
    line = pages.get(asks.attrs["hx-get"], fragment=True)
    assert line.text == "1 more can move today with nothing lost."
    assert "1 more can move today" in pages.get("/today/ready").content


def test_who_plans_nothing_is_not_asked_to_move_anybody(
    app: Flask, settings: Settings
) -> None:
    reader = Pages(app).as_operator("rolf", permissions=READ)
    a_world(reader.parts.database, HELD, plans=settings.plans).role()
    assert reader.get("/").root.all(id="today-ready") == []
    reader.get("/today/ready", status=403)
