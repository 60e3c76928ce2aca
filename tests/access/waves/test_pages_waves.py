"""Waves in the browser: the list, the plan page, whose turn it is, what is refused."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.drift.actions import Verified
from app.core.parts import KEY
from app.core.settings import Settings
from app.directory.actions import freeze
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import StepState, SwitchState, WaveState
from app.models.directory import Directory
from tests.access.builders import (
    MONDAY,
    World,
    a_world,
    an_operator,
    counted,
    crowd,
    tiles,
)
from tests.acting import acting
from tests.conftest import Clock
from tests.pages import Page, Pages

HELD = {"ada": "mail post", "cyd": "mail post wiki", "dot": "mail", "flo": "wiki"}


@pytest.fixture(autouse=True)
def nothing_else_in_the_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the look before a confirmation find what was promised: there is no server here."""
    monkeypatch.setattr("app.access.waves.views.verify_live", lambda *_: Verified())


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    world = a_world(app.extensions[KEY].database, HELD, plans=settings.plans)
    world.role()
    return world


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("ben")


def state_of(world: World, wave_id: int) -> str:
    with world.database.read() as session:
        return session.get_one(Wave, wave_id).state.value


def test_without_waves_the_first_step_is_a_role(browser: Pages, world: World) -> None:
    page = browser.get("/waves")
    assert page.root.one("main").one("a", class_="primary").attrs["href"] == "/roles"


def test_the_list_shows_the_newest_first_and_is_narrowed_by_state(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada"), settings, by="bob")
    world.wave(1, "cyd")
    page = browser.get("/waves")
    assert [row[0][:13] for row in page.rows()] == ["Clerk, wave 2", "Clerk, wave 1"]
    assert (
        page.rows()[1][1:4] == ["approved", "0/1", "anna"]
        and page.rows()[1][5] == "bob"
    )
    assert "2 waves so far; 2 wait for somebody" in page.content
    assert [row[0][:13] for row in browser.get("/waves?state=planned").rows()] == [
        "Clerk, wave 2"
    ]
    assert len(browser.get("/waves?state=waiting").rows()) == 2
    assert "No wave in this state" in browser.get("/waves?state=undone").content
    assert len(browser.get("/waves?state=nonsense").rows()) == 2


def test_a_long_list_comes_in_pages(browser: Pages, world: World) -> None:
    for _ in range(53):
        world.wave(1, "ada")
    page = browser.get("/waves")
    assert len(page.rows()) == 50 and "1–50 of 53" in page.content
    assert len(browser.get("/waves?page=2").rows()) == 3


def test_the_plan_page_shows_four_numbers_losses_first_and_the_proof(
    browser: Pages, world: World
) -> None:
    losses = {(world.people["cyd"], world.rights["wiki"]): "Left the project"}
    gains = frozenset({(world.people["dot"], world.rights["post"])})
    world.wave(1, "ada", "cyd", "dot", "flo", losses=losses, gains=gains)
    page = browser.get("/waves/1")
    assert tiles(page) == {
        "people chosen are moved": "3 of 4",
        "rights held are lost": "1 of 6",
        "rights afterwards are gains": "1 of 6",
        "extra rights kept as exceptions": "0 of 1",
    }
    titles = [title.text for title in page.root.one("main").all("h3")]
    assert titles.index("Losses") < titles.index("Gains") < titles.index("Every change")
    assert "No right is kept outside the role." in page.content
    assert "wiki: lost by Cyd Accepted by anna: Left the project" in page.content
    assert "post: gained by Dot through the role" in page.content
    assert "Flo Would gain mail, post; nobody accepted that." in page.content
    assert page.rows("Direct rights of each person") == [
        ["Ada", "2", "2", "0", "0", "0", "2 = 2 + 0 + 0 + 0"],
        ["Cyd", "3", "2", "0", "0", "1", "3 = 2 + 0 + 0 + 1"],
        ["Dot", "1", "1", "0", "0", "0", "1 = 1 + 0 + 0 + 0"],
    ]
    assert "6 = 5 + 0 + 0 + 1 held before = covered by the role" in page.content


def test_a_plan_that_changes_nothing_for_anybody_says_so_in_one_sentence(
    browser: Pages, world: World
) -> None:
    world.wave(1, "ada")
    page = browser.get("/waves/1")
    assert (
        "Nothing is lost. Nothing is gained. 1 person." in page.root.one(id="now").text
    )
    assert (
        "Nobody loses a right, nobody gains one, and none is kept outside the role."
        in page.root.one(id="plan").text
    )
    titles = [title.text for title in page.root.one("main").all("h3")]
    assert not {"Losses", "Gains", "Exceptions"} & set(titles)


def test_the_plan_in_detail_is_open_for_who_approves_and_folded_for_others(
    app: Flask, browser: Pages, world: World
) -> None:
    world.wave(1, "ada")
    assert "open" in browser.get("/waves/1").root.one(id="detail").attrs
    author = Pages(app).as_operator("anna").get("/waves/1")
    assert "open" not in author.root.one(id="detail").attrs


def rungs(page: Page) -> list[str]:
    return [rung.text for rung in page.root.one("ol", class_="climb").all("li")]


def test_the_ladder_names_who_stood_on_each_rung_and_where_it_is_now(
    browser: Pages, world: World, settings: Settings, clock: Clock
) -> None:
    world.wave(1, "ada", "cyd")
    assert rungs(browser.get("/waves/1")) == [
        "Planned (done) anna, just now",
        "Approved (now)",
        "Applying (to come)",
        "To be seen (to come)",
        "Confirmed (to come)",
    ]
    clock.forward(minutes=5)
    world.approve(1, settings, by="cara")
    world.apply(1, settings)
    world.put(1, SwitchState.SOAKING, WaveState.SOAKING)
    browser.post("/waves/1/confirm", {"person": world.people["ada"]})
    assert rungs(browser.get("/waves/1")) == [
        "Planned (done) anna, 5 minutes ago",
        "Approved (done) cara, 5 minutes ago",
        "Applying (done) 2 of 2 anna, 5 minutes ago",
        "To be seen (now) 1 of 2 5 minutes ago",
        "Confirmed (to come) 1 of 2",
    ]
    page = browser.post("/waves/1/confirm", {"person": world.people["cyd"]})
    assert rungs(page)[-1] == "Confirmed (done) 2 of 2 ben, just now"


def test_the_ladder_is_honest_about_what_went_another_way(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada", "cyd"), settings, by="cara")
    world.apply(1, settings)
    world.put(1, SwitchState.STALE, WaveState.STOPPED, "ada")
    world.put(1, SwitchState.CONFLICT, WaveState.STOPPED, "cyd")
    page = browser.get("/waves/1")
    assert rungs(page)[2].startswith("Applying (ended here) 0 of 2")
    assert page.root.one(class_="climb-aside").text == (
        "Beside the ladder: conflict 1 person stale 1 person"
    )
    with world.database.write() as session:
        for switch in session.scalars(select(Switch)):
            switch.state, switch.undone_by, switch.undone_at = (
                SwitchState.UNDONE,
                "eve",
                MONDAY,
            )
        session.get_one(Wave, 1).state = WaveState.UNDONE
        session.info["audit_events"] = 1
    page = browser.get("/waves/1")
    assert [rung.split(")")[0] for rung in rungs(page)[2:]] == [
        "Applying (taken back",
        "To be seen (taken back",
        "Confirmed (to come",
    ]
    assert "undone by eve on 2 Mar 2026, 09:00" in page.content


def test_every_change_is_a_sentence_in_the_order_it_is_done(
    browser: Pages, world: World
) -> None:
    world.wave(1, "ada")
    page = browser.get("/waves/1")
    lists = [
        [item.text for item in steps.all("li")]
        for steps in page.root.one(id="changes").all("ol")
    ]
    assert lists[0][0] == "Create the role's group Clerk."
    assert lists[1] == [
        "Add Ada to Clerk (the role).",
        "Take Ada out of mail (held through the role from then on).",
        "Take Ada out of post (held through the role from then on).",
    ]


def test_exceptions_of_the_same_kind_stand_together(
    app: Flask, browser: Pages, settings: Settings
) -> None:
    held = {"ada": "mail wiki", "ben": "mail wiki"}
    world = a_world(app.extensions[KEY].database, held, plans=settings.plans)
    wave = world.wave(world.role("Writer", "mail"), "ada", "ben")
    text = browser.get(f"/waves/{wave}").content
    assert (
        "wiki: kept by Ada, Ben until 1 Jun 2026 anna answers for it: Kept until looked at."
        in text
    )


def test_what_the_simulation_cannot_see_is_named(
    browser: Pages, app: Flask, settings: Settings
) -> None:
    rights = {
        "mail": {"lens": "unknown"},
        "post": {"lens": "recursive", "lens_by": "eve", "lens_at": MONDAY},
    }
    world = a_world(
        app.extensions[KEY].database,
        {"ada": "mail post"},
        rights=rights,
        plans=settings.plans,
    )
    world.role()
    world.wave(1, "ada")
    text = browser.get("/waves/1").root.one(id="blind").text
    assert "after the directory was read on 2 Mar 2026, 09:00" in text
    assert (
        "How the application of 1 right looks at its group; it was counted as direct members "
        "only: mail"
    ) in text
    assert (
        "post ( also groups inside groups, said eve)" in text
        or "post (also groups inside groups, said eve)" in text
    )


def test_ldif_is_shown_and_downloaded_in_both_directions(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.wave(1, "ada")
    page = browser.get("/waves/1")
    assert "changetype: modify" in page.root.one("pre", id="ldif-forward").text
    for way, file in (("forward", "wave-1.ldif"), ("reverse", "wave-1-reverse.ldif")):
        answer = browser.get(f"/waves/1/{way}.ldif")
        assert answer.html == (settings.plans / file).read_text(encoding="utf-8")
        assert (
            answer.response.headers["Content-Disposition"]
            == f"attachment; filename={file}"
        )


def test_the_hash_is_short_until_it_is_asked_for(browser: Pages, world: World) -> None:
    world.wave(1, "ada")
    with world.database.read() as session:
        full = session.get_one(Wave, 1).plan_hash
    page = browser.get("/waves/1")
    assert f"Hash of the plan: {full[:12]}…" in page.content
    assert page.root.one(id="plan-hash").text == full


def test_somebody_else_approves(app: Flask, world: World) -> None:
    world.wave(1, "ada")
    browser = Pages(app).as_operator("ben")
    browser.get("/waves/1")
    page = browser.submit("/waves/1/approve")
    assert page.told == "The plan is approved. Nothing was changed yet."
    assert (
        "Approved by ben. Nothing is changed yet." in page.content
        and state_of(world, 1) == "approved"
    )


def test_the_author_is_told_that_somebody_else_has_to_approve(
    app: Flask, world: World
) -> None:
    an_operator(world.database, "ben")
    world.wave(1, "ada")
    browser = Pages(app).as_operator("anna")
    page = browser.get("/waves/1")
    assert "anna made this plan; somebody else has to approve it." in page.content
    assert "Waits for another operator: ben. just now" in page.content
    assert not page.root.all("form", action="/waves/1/approve")
    page = browser.post("/waves/1/approve", status=409)
    assert (
        page.root.one(class_="errors").text
        == "anna made this plan; somebody else has to approve it."
    )
    assert state_of(world, 1) == "planned"


def test_a_team_of_one_waits_for_the_cooling_period_and_is_marked(
    app: Flask, world: World, clock: Clock
) -> None:
    world.wave(1, "ada")
    browser = Pages(app).as_operator("anna")
    assert (
        "self-approval is possible from 2 Mar, 13:00 UTC"
        in browser.get("/waves/1").content
    )
    clock.forward(hours=4)
    browser.as_operator("anna")
    assert (
        "The audit trail will say that you approved your own plan."
        in browser.get("/waves/1").content
    )
    assert (
        "self-approved after the cooling period"
        in browser.submit("/waves/1/approve").content
    )


def test_nobody_approves_a_plan_he_is_in(app: Flask, world: World) -> None:
    world.wave(1, "ada")
    browser = Pages(app).as_operator("ben", person_uid="ada")
    assert (
        "ben is in this plan and cannot approve it." in browser.get("/waves/1").content
    )


def test_two_people_approving_at_the_same_time_approve_once(
    app: Flask, world: World
) -> None:
    world.wave(1, "ada")
    first, second = Pages(app).as_operator("ben"), Pages(app).as_operator("cara")
    first.get("/waves/1")
    second.get("/waves/1")
    first.submit("/waves/1/approve")
    page = second.submit("/waves/1/approve", status=409)
    assert "Wave 1 of Clerk is approved, not waiting for approval." in page.content
    assert "Approved by ben." in page.content


def test_approving_asks_for_the_password_again_when_it_was_given_long_ago(
    app: Flask, world: World, clock: Clock
) -> None:
    world.wave(1, "ada")
    browser = Pages(app).as_operator("ben")
    browser.get("/waves/1")
    clock.forward(minutes=20)
    browser.submit("/waves/1/approve", status=401)
    assert state_of(world, 1) == "planned"


def test_each_step_shows_its_one_primary_action(
    browser: Pages, world: World, settings: Settings
) -> None:
    def primary() -> list[str]:
        main = browser.get("/waves/1").root.one("main")
        return [
            node.text
            for tag in ("a", "button")
            for node in main.all(tag, class_="primary")
        ]

    world.wave(1, "ada")
    assert primary() == ["Approve"]
    world.approve(1, settings, by="cara")
    assert primary() == ["Apply to 1 person"]
    world.apply(1, settings)
    assert primary() == []
    world.put(1, SwitchState.SOAKING, WaveState.SOAKING)
    assert primary() == ["Works : Ada"]
    world.put(1, SwitchState.CONFLICT, WaveState.STOPPED)
    assert primary() == ["Decide about 1 person"]
    world.put(1, SwitchState.UNDONE, WaveState.UNDONE)
    assert primary() == []


def test_who_may_not_act_is_told_whose_turn_it_is(
    app: Flask, world: World, settings: Settings
) -> None:
    browser = Pages(app).as_operator("rita", permissions=("read",))
    world.wave(1, "ada")
    assert (
        "Waits, and nobody may approve: give an operator the permission “approve”."
        in browser.get("/waves/1").content
    )
    world.approve(1, settings)
    assert (
        "Waits for somebody with the permission “apply”: ben."
        in browser.get("/waves/1").content
    )
    world.put(1, SwitchState.SOAKING, WaveState.SOAKING)
    assert (
        "Waits for somebody with the permission “apply” who saw them working: ben."
        in browser.get("/waves/1").content
    )
    for action in ("approve", "send-back", "apply", "confirm", "withdraw", "undo"):
        browser.post(f"/waves/1/{action}", status=403)


def test_applying_hands_the_wave_over_and_offers_the_undo(
    app: Flask, browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada"), settings, by="cara")
    browser.get("/waves/1")
    page = browser.submit("/waves/1/apply")
    assert (page.told, page.undoable) == ("Wave 1 started, 1 person.", True)
    assert page.root.one(class_="undo").one("a").attrs["href"] == "/waves/1/undo"
    assert "Being applied by ben." in page.content and state_of(world, 1) == "applying"


def test_a_running_wave_asks_again_every_second_and_a_resting_one_does_not(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada"), settings, by="cara")
    world.apply(1, settings)
    live = browser.get("/waves/1", fragment=True).root.one(id="live")
    assert live.attrs["hx-trigger"] == "every 1s" and live.attrs["hx-get"] == "/waves/1"
    assert "<h1" in browser.page.html and "Every change" not in browser.page.html  # type: ignore[union-attr]
    world.put(1, SwitchState.SOAKING, WaveState.SOAKING)
    assert (
        "hx-trigger"
        not in browser.get("/waves/1", fragment=True).root.one(id="live").attrs
    )


def test_progress_counts_the_steps_of_the_wave_and_of_each_person(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada"), settings, by="cara")
    world.apply(1, settings)
    world.put(1, SwitchState.DIRECT_OFF)
    with world.database.write() as session:
        for step in session.query(Step).order_by(Step.position).limit(5):
            step.state = StepState.DONE
    page = browser.get("/waves/1")
    assert (
        page.root.one("progress").attrs["value"] == "5"
        and page.root.one("progress").attrs["max"] == "6"
    )
    assert page.rows("How far each person is")[0][:3] == ["Ada", "direct off", "2 of 3"]


@pytest.mark.parametrize("state", ["CONFIRMED", "UNDONE"])
def test_a_wave_that_ends_while_it_is_watched_still_names_its_people(
    browser: Pages, world: World, state: str
) -> None:
    world.wave(1, "ada")
    world.put(1, SwitchState[state], WaveState[state])
    page = browser.get("/waves/1", fragment=True)
    assert [row[0] for row in page.rows("How far each person is")] == ["Ada"]


def test_looking_how_far_a_running_wave_is_leaves_its_plan_alone(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada"), settings, by="cara")
    world.apply(1, settings)
    with counted(world.database) as statements:
        browser.get("/waves/1", fragment=True)
    assert not [text for text in statements if re.search(r'wave\."?plan"?,', text)]
    with counted(world.database) as statements:
        browser.get("/waves/1")
    assert [text for text in statements if re.search(r'wave\."?plan"?,', text)]


def test_a_wave_that_waits_says_why_and_that_it_goes_on_by_itself(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada"), settings, by="cara")
    world.apply(1, settings)
    with world.database.write() as session:
        session.get_one(Wave, 1).message = "ldap.acme.test does not answer."
        session.info["audit_events"] = 1
    text = browser.get("/waves/1").content
    assert "It waits, and goes on by itself ldap.acme.test does not answer." in text


def test_a_frozen_directory_and_a_read_only_one_offer_no_apply(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada"), settings, by="cara")
    with world.database.write() as session:
        freeze(acting(session, "eve", MONDAY), reason="Audit")
    assert (
        "applying is possible again when the freeze is lifted"
        in browser.get("/waves/1").content
    )
    page = browser.post("/waves/1/apply", status=409)
    assert "All writing is frozen since 2 Mar, 09:00 UTC by eve." in page.content
    with world.database.write() as session:
        session.get_one(Directory, world.directory_id).write_dn = ""
        session.info["audit_events"] = 1
    assert "is connected for reading only" in browser.get("/waves/1").content


def test_too_much_at_once_is_said_with_its_arithmetic(
    app: Flask, browser: Pages, settings: Settings
) -> None:
    world = a_world(app.extensions[KEY].database, crowd(60), plans=settings.plans)
    wave = world.wave(world.role(), *world.people)
    page = browser.get(f"/waves/{wave}")
    assert "60 people in one wave; the limit is 50." in page.root.one(id="limits").text
    world.approve(wave, settings, by="cara")
    assert (
        "Too much at once: 60 people in one wave; the limit is 50."
        in browser.get(f"/waves/{wave}").content
    )
    page = browser.post(f"/waves/{wave}/apply", status=409)
    assert (
        "Too much at once: 60 people in one wave" in page.content
        and state_of(world, wave) == "approved"
    )
    assert len(page.rows("Direct rights of each person")) == 15
    page = browser.get(f"/waves/{wave}?page=4")
    assert [row[0] for row in page.rows("Direct rights of each person")][-1] == "P059"


def test_a_plan_applied_twice_is_refused(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada"), settings, by="cara")
    browser.get("/waves/1")
    browser.submit("/waves/1/apply")
    page = browser.post("/waves/1/apply", status=409)
    assert "Wave 1 of Clerk was applied already (it is applying)." in page.content


def test_a_plan_that_was_tampered_with_is_not_approved(
    browser: Pages, world: World
) -> None:
    world.wave(1, "ada")
    with world.database.write() as session:
        wave = session.get_one(Wave, 1)
        plan = json.loads(wave.plan)
        plan["people"][0]["steps"].pop()
        wave.plan = json.dumps(plan)
        session.info["audit_events"] = 1
    page = browser.post("/waves/1/approve", status=409)
    assert (
        "The plan of wave 1 is not what its hash says; it will not be used."
        in page.content
    )


def test_one_person_or_everybody_is_confirmed_with_who_saw_it(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada", "cyd"), settings, by="cara")
    world.put(1, SwitchState.SOAKING, WaveState.SOAKING)
    page = browser.get("/waves/1")
    assert (
        "2 people switched and verified; somebody has to see them working."
        in page.content
    )
    page = browser.submit(
        "/waves/1/confirm", button="Works : Ada", note="Opened the post book"
    )
    assert page.told == "Confirmed: Ada."
    states = {row[0]: row[1] for row in page.rows("How far each person is")}
    assert states["Ada"] == "confirmed by ben"
    page = browser.submit("/waves/1/confirm", note="Cyd said so", person="")
    assert page.told == "Confirmed: Cyd." and state_of(world, 1) == "confirmed"
    assert (
        "Opened the post book" in browser.get(f"/people/{world.people['ada']}").content
    )
    page = browser.post("/waves/1/confirm", status=409)
    assert "nobody in it is switched and waiting to be confirmed" in page.content


def test_everybody_who_was_switched_is_confirmed_with_one_button(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada", "cyd"), settings, by="cara")
    world.put(1, SwitchState.SOAKING, WaveState.SOAKING)
    browser.get("/waves/1")
    page = browser.submit("/waves/1/confirm", button="All 2 work")
    assert page.told == "Confirmed: Ada, Cyd." and state_of(world, 1) == "confirmed"


def test_an_approver_sends_a_plan_back_with_what_is_wrong_with_it(
    app: Flask, world: World
) -> None:
    world.wave(1, "ada")
    approver = Pages(app).as_operator("ben")
    approver.get("/waves/1")
    page = approver.submit("/waves/1/send-back", status=409)
    assert "Say what is wrong with the plan" in page.content
    page = approver.submit("/waves/1/send-back", reason="Cyd leaves on Friday")
    assert page.told == "Sent back to anna. Nothing was applied."
    assert state_of(world, 1) == "withdrawn"
    approver.post("/waves/1/send-back", {"reason": "Again"}, status=409)
    page = Pages(app).as_operator("anna").get("/waves/1")
    assert "ben sent it back: Cyd leaves on Friday" in page.root.one(id="now").text
    again = page.root.one(id="now").one("a", class_="button")
    assert again.attrs["href"] == f"/roles/1/plan?person={world.people['ada']}"


def test_a_big_wave_shows_its_people_in_pages_and_by_how_far_they_are(
    app: Flask, browser: Pages, settings: Settings
) -> None:
    world = a_world(app.extensions[KEY].database, crowd(120), plans=settings.plans)
    wave = world.wave(world.role(), *world.people)
    world.put(wave, SwitchState.CONFIRMED, WaveState.STOPPED)
    world.put(wave, SwitchState.CONFLICT, None, "p100", "p110")
    page = browser.get(f"/waves/{wave}")
    people = page.rows("How far each person is")
    assert [row[0] for row in people[:3]] == ["P100", "P110", "P000"]
    assert len(people) == 15 and "1–15 of 120" in page.root.one(id="people").text
    page = browser.get(f"/waves/{wave}?state=conflict")
    assert [row[0] for row in page.rows("How far each person is")] == ["P100", "P110"]
    page = browser.get(f"/waves/{wave}?state=confirmed&page=8")
    assert len(page.rows("How far each person is")) == 13


def test_the_page_of_a_big_wave_stays_light_in_each_state(
    app: Flask, browser: Pages, settings: Settings
) -> None:
    rights = " ".join(f"right-{number:02}-of-the-factory" for number in range(6))
    database = app.extensions[KEY].database
    world = a_world(database, crowd(60, rights), plans=settings.plans)
    wave = world.wave(world.role(rights=rights), *world.people)
    assert len(browser.get(f"/waves/{wave}").text) < 60_000
    for state in (SwitchState.SOAKING, SwitchState.CONFLICT, SwitchState.CONFIRMED):
        world.put(wave, state, WaveState.SOAKING)
        assert len(browser.get(f"/waves/{wave}").text) < 60_000, state


def test_a_plan_is_withdrawn_until_it_is_applied(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.wave(1, "ada")
    browser.get("/waves/1")
    page = browser.submit("/waves/1/withdraw", reason="Wrong people")
    assert page.told == "The plan is withdrawn; nothing of it was applied."
    world.approve(world.wave(1, "ada"), settings, by="cara")
    world.apply(2, settings)
    page = browser.post("/waves/2/withdraw", status=409)
    assert "This wave was applied already; undo it instead." in page.content


def test_people_who_could_not_be_moved_are_named_with_the_reason(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada", "cyd"), settings, by="cara")
    world.put(1, SwitchState.STALE, WaveState.STOPPED, "ada")
    with world.database.write() as session:
        session.get_one(
            Wave, 1
        ).message = "Some people are not moved yet; apply again to go on."
        session.info["audit_events"] = 1
    page = browser.get("/waves/1")
    assert page.rows("How far each person is")[0][1].startswith("stale")
    assert page.form("/waves/1/apply").text == "Go on with 1 person"


def test_an_unknown_wave_is_not_found(browser: Pages, world: World) -> None:
    for path in ("", "/undo", "/forward.ldif", "/reverse.ldif"):
        browser.get(f"/waves/7{path}", status=404)
    for action in ("approve", "apply", "confirm", "withdraw"):
        browser.post(f"/waves/7/{action}", status=404)
