"""Waves in the browser: the list, the plan page, whose turn it is, what is refused."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from app.core.parts import KEY
from app.core.settings import Settings
from app.directory.actions import freeze
from app.models.access import Step, StepState, SwitchState, Wave, WaveState
from app.models.directory import Directory
from tests.access.builders import MONDAY, World, a_world, an_operator, crowd, tiles
from tests.acting import acting
from tests.conftest import Clock
from tests.pages import Pages

HELD = {"ada": "mail post", "cyd": "mail post wiki", "dot": "mail", "flo": "wiki"}


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
    titles = [title.text for title in page.root.one("main").all("h2")]
    assert (
        titles.index("Losses")
        < titles.index("Gains")
        < titles.index("Exceptions")
        < titles.index("Every change")
    )
    assert "wiki: lost by Cyd Accepted by anna: Left the project" in page.content
    assert "post: gained by Dot through the role" in page.content
    assert "Flo Would gain mail, post; nobody accepted that." in page.content
    assert page.rows("Direct rights of each person") == [
        ["Ada", "2", "2", "0", "0", "0", "2 = 2 + 0 + 0 + 0"],
        ["Cyd", "3", "2", "0", "0", "1", "3 = 2 + 0 + 0 + 1"],
        ["Dot", "1", "1", "0", "0", "0", "1 = 1 + 0 + 0 + 0"],
    ]


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
        "post ( nested groups too, said eve)" in text
        or "post (nested groups too, said eve)" in text
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
    assert "Approve this plan" not in page.content
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
        "self-approval is possible from 2026-03-02 13:00 UTC"
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
    assert primary() == ["Approve this plan"]
    world.approve(1, settings, by="cara")
    assert primary() == ["Apply to 1 person"]
    world.apply(1, settings)
    assert primary() == []
    world.put(1, SwitchState.SOAKING, WaveState.SOAKING)
    assert primary() == ["Confirm Ada"]
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
        "Somebody with the permission “approve” has to look at it."
        in browser.get("/waves/1").content
    )
    world.approve(1, settings)
    assert (
        "Somebody with the permission “apply” can apply it."
        in browser.get("/waves/1").content
    )
    for action in ("approve", "apply", "confirm", "withdraw", "undo"):
        browser.post(f"/waves/1/{action}", status=403)


def test_applying_hands_the_wave_over_and_offers_the_undo(
    app: Flask, browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(1, "ada"), settings, by="cara")
    browser.get("/waves/1")
    page = browser.submit("/waves/1/apply")
    assert page.told == "Wave 1 started, 1 person. Undo"
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
    assert "All writing is frozen since 2026-03-02 09:00 UTC by eve." in page.content
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
    assert len(page.rows("How far each person is")) == 60


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
        "/waves/1/confirm", person=world.people["ada"], note="Opened the post book"
    )
    assert page.told == "Confirmed: Ada."
    assert page.rows("How far each person is")[0][1] == "confirmed by ben"
    page = browser.submit("/waves/1/confirm", note="Cyd said so on the phone")
    assert page.told == "Confirmed: Cyd." and state_of(world, 1) == "confirmed"
    assert (
        "Opened the post book" in browser.get(f"/people/{world.people['ada']}").content
    )
    page = browser.post("/waves/1/confirm", status=409)
    assert "nobody in it is switched and waiting to be confirmed" in page.content


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
