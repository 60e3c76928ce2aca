"""Planning in the browser: a decision for every extra and every missing right, the preview,
refusals that keep all.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.core.parts import KEY
from app.core.settings import Settings
from app.models.access.wave import Wave
from app.models.directory import Entitlement
from app.models.people import Person
from tests.access.builders import World, a_world, tiles
from tests.directory.builders import holds
from tests.pages import Pages

HELD = {
    "ada": "mail post",
    "cyd": "mail post wiki",
    "dot": "mail",
    "flo": "mail post wiki",
}


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    world = a_world(app.extensions[KEY].database, HELD, plans=settings.plans)
    world.role()
    return world


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def chosen(world: World, *names: str) -> str:
    return "/roles/1/plan?" + "&".join(f"person={world.people[name]}" for name in names)


def planned(world: World, number: int = 1) -> dict[str, Any]:
    with world.database.read() as session:
        found: dict[str, Any] = json.loads(session.get_one(Wave, number).plan)
        return found


def pair(world: World, person: str, right: str) -> str:
    return f"{world.people[person]}-{world.rights[right]}"


def waves(world: World) -> int:
    with world.database.read() as session:
        return session.query(Wave).count()


def test_without_people_the_page_leads_to_the_fit(browser: Pages, world: World) -> None:
    page = browser.get("/roles/1/plan?person=999")
    assert (
        page.root.one("main").one("a", class_="primary").attrs["href"] == "/roles/1/fit"
    )


def test_nothing_to_decide_is_planned_with_one_button(
    browser: Pages, world: World
) -> None:
    page = browser.get(chosen(world, "ada"))
    assert "1 person chosen; nothing has to be decided for anybody." in page.content
    assert not page.root.one("form", id="plan").all("fieldset")
    assert tiles(page)["rights held are lost"] == "0 of 2"
    page = browser.submit(button="Make the plan")
    assert (
        page.told == "Wave 1 of Clerk is planned. Nothing was changed yet."
        and page.url == "/waves/1"
    )
    assert [person["person"] for person in planned(world)["people"]] == ["ada"]


def test_a_person_who_changed_before_the_plan_was_made_is_asked_about(
    browser: Pages, world: World
) -> None:
    browser.get(chosen(world, "ada"))
    with world.database.write() as session:
        holds(
            session,
            session.get_one(Entitlement, world.rights["wiki"]),
            session.get_one(Person, world.people["ada"]),
        )
    page = browser.submit(button="Make the plan", status=422)
    assert "Rights were changed meanwhile" in page.content and waves(world) == 0
    assert page.root.one(name=f"extra-{pair(world, 'ada', 'wiki')}")


def test_extras_are_kept_until_a_date_with_owner_and_reason_unless_told_otherwise(
    browser: Pages, world: World
) -> None:
    page = browser.get(chosen(world, "cyd"))
    assert page.root.one("input", name="until").attrs["value"] == "2026-05-31"
    browser.submit(
        button="Make the plan",
        owner="Eve",
        reason="The archive moves in June",
        until="2026-07-01",
    )
    (kept,) = planned(world)["people"][0]["exceptions"]
    assert (kept["right"], kept["owner"], kept["until"]) == (
        "wiki",
        "Eve",
        "2026-07-01",
    )
    assert kept["reason"] == "The archive moves in June"


def test_one_person_can_keep_a_right_on_other_terms(
    browser: Pages, world: World
) -> None:
    browser.get(chosen(world, "cyd", "flo"))
    who = pair(world, "cyd", "wiki")
    browser.submit(
        button="Make the plan", **{f"until-{who}": "2026-12-31", f"owner-{who}": "Eve"}
    )
    kept = {
        person["person"]: person["exceptions"][0] for person in planned(world)["people"]
    }
    assert (kept["cyd"]["until"], kept["cyd"]["owner"]) == ("2026-12-31", "Eve")
    assert (kept["flo"]["until"], kept["flo"]["owner"]) == ("2026-05-31", "anna")


def test_a_loss_is_accepted_for_one_person_with_its_reason(
    browser: Pages, world: World
) -> None:
    browser.get(chosen(world, "cyd", "flo"))
    who = pair(world, "cyd", "wiki")
    browser.submit(
        button="Make the plan",
        **{f"extra-{who}": "lose", f"reason-{who}": "Left the project"},
    )
    lost = {person["person"]: person["losses"] for person in planned(world)["people"]}
    assert [loss["reason"] for loss in lost["cyd"]] == ["Left the project"] and lost[
        "flo"
    ] == []


def test_a_loss_is_accepted_for_all_but_somebody_keeps_it(
    browser: Pages, world: World
) -> None:
    browser.get(chosen(world, "cyd", "flo"))
    wiki, flo = world.rights["wiki"], pair(world, "flo", "wiki")
    typed = {
        f"extra-all-{wiki}": "lose",
        f"reason-all-{wiki}": "The wiki closes",
        f"extra-{flo}": "keep",
    }
    browser.submit(button="Make the plan", **typed)
    people = {person["person"]: person for person in planned(world)["people"]}
    assert people["cyd"]["losses"][0]["reason"] == "The wiki closes"
    assert (
        people["flo"]["losses"] == []
        and people["flo"]["exceptions"][0]["right"] == "wiki"
    )


def test_a_gain_is_accepted_for_one_person(browser: Pages, world: World) -> None:
    browser.get(chosen(world, "ada", "dot"))
    browser.submit(
        button="Make the plan", **{f"missing-{pair(world, 'dot', 'post')}": "gain"}
    )
    people = {person["person"]: person for person in planned(world)["people"]}
    assert [gain["right"] for gain in people["dot"]["gains"]] == ["post"]


def test_every_gain_is_accepted_at_once(browser: Pages, world: World) -> None:
    browser.get(chosen(world, "ada", "dot"))
    browser.submit(button="Make the plan", gains="gain")
    assert {person["person"] for person in planned(world)["people"]} == {"ada", "dot"}


def test_who_would_gain_stays_out_by_default_and_is_named(
    browser: Pages, world: World
) -> None:
    browser.get(chosen(world, "ada", "dot"))
    page = browser.submit(button="Make the plan")
    assert "Dot Would gain post; nobody accepted that." in page.content
    assert tiles(page)["people chosen are moved"] == "1 of 2"


def test_what_is_reached_through_an_accepted_right_goes_and_comes_with_it(
    app: Flask, settings: Settings
) -> None:
    held = {"ada": "mail wiki", "dot": "mail"}
    nested = [("wiki", "archive"), ("post", "letters")]
    world = a_world(
        app.extensions[KEY].database, held, nested=nested, plans=settings.plans
    )
    world.role("Clerk", "mail post")
    browser = Pages(app).as_operator("anna")
    page = browser.get(chosen(world, "ada", "dot"))
    assert "held besides the role; it also reaches archive" in page.content
    assert "would be gained; and with it letters" in page.content
    ada, gain = (
        pair(world, "ada", "wiki"),
        {f"missing-{pair(world, name, 'post')}": "gain" for name in ("ada", "dot")},
    )
    browser.submit(
        button="Make the plan",
        **{f"extra-{ada}": "lose", f"reason-{ada}": "Closed"},
        **gain,
    )
    people = {person["person"]: person for person in planned(world)["people"]}
    assert [loss["right"] for loss in people["ada"]["losses"]] == ["archive", "wiki"]
    assert [gain["right"] for gain in people["dot"]["gains"]] == ["letters", "post"]


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("until", "2026-03-02", "A right can be kept until a date in the future."),
        ("until", "soon", "Not a valid date value."),
        ("owner", " ", "Say who answers for the rights that are kept."),
        ("reason", "", "Say why they are kept."),
    ],
)
def test_bad_terms_are_said_beside_their_field_and_everything_is_kept(
    browser: Pages, world: World, field: str, typed: str, error: str
) -> None:
    browser.get(chosen(world, "cyd", "dot"))
    missing = f"missing-{pair(world, 'dot', 'post')}"
    page = browser.submit(
        button="Make the plan", status=422, **{missing: "gain", field: typed}
    )
    assert page.errors == [error]
    assert page.root.one("main").one(name=field).attrs["value"] == typed
    assert [
        each.attrs["value"]
        for each in page.root.one(name=missing).all("option", selected="")
    ] == ["gain"]
    assert len(page.root.all("input", name="person")) == 2 and waves(world) == 0


def test_a_loss_without_a_reason_is_refused_in_its_row(
    browser: Pages, world: World
) -> None:
    browser.get(chosen(world, "cyd"))
    who = pair(world, "cyd", "wiki")
    page = browser.submit(
        button="Make the plan", status=422, **{f"extra-{who}": "lose"}
    )
    assert page.errors == ["wiki: say why it may be lost."]
    assert page.root.one("input", name=f"reason-{who}").attrs["aria-invalid"] == "true"
    assert [
        each.attrs["value"]
        for each in page.root.one(name=f"extra-{who}").all("option", selected="")
    ] == ["lose"]


def test_a_date_of_ones_own_that_is_none_is_refused_in_its_row(
    browser: Pages, world: World
) -> None:
    browser.get(chosen(world, "cyd"))
    page = browser.submit(
        button="Make the plan",
        status=422,
        **{f"until-{pair(world, 'cyd', 'wiki')}": "June"},
    )
    assert page.errors == ["Cyd, wiki: write the date like 2026-06-30."]


def test_a_plan_that_would_move_nobody_is_refused_with_the_reasons(
    browser: Pages, world: World
) -> None:
    browser.get(chosen(world, "dot"))
    page = browser.submit(button="Make the plan", status=422, owner="Eve")
    assert "Nobody can be moved with these choices." in page.content
    assert "Dot Would gain post; nobody accepted that." in page.content
    assert page.root.one(name="owner").attrs["value"] == "Eve" and waves(world) == 0


def test_a_role_whose_group_has_strangers_is_refused_with_every_name(
    app: Flask, settings: Settings
) -> None:
    held = {"ada": "mail post", "eve": "Clerk", "max": "Clerk"}
    rights = {"Clerk": {"dn": "cn=Clerk,dc=acme,dc=test"}}
    world = a_world(
        app.extensions[KEY].database, held, rights=rights, plans=settings.plans
    )
    world.role()
    browser = Pages(app).as_operator("anna")
    page = browser.get(chosen(world, "ada"))
    assert "Nobody can be moved to this role now" in page.content
    assert "Make the plan" not in page.content
    assert "Max is already in the group Clerk and would gain mail" in page.content
    typed = {"until": "2026-06-01", "owner": "Eve", "reason": "Later", "gains": "leave"}
    page = browser.post(
        "/roles/1/plan", {"person": world.people["ada"], **typed}, status=422
    )
    assert (
        "Eve is already in the group Clerk and would gain mail, post at once."
        in page.content
    )
    assert (
        "Max is already in the group Clerk and would gain mail, post at once."
        in page.content
    )


def test_the_preview_shows_the_numbers_and_keeps_nothing(
    browser: Pages, world: World
) -> None:
    people = [world.people[name] for name in ("ada", "cyd", "dot")]
    typed = {"until": "2026-06-01", "owner": "Eve", "reason": "Later", "gains": "leave"}
    page = browser.post("/roles/1/plan/preview", {"person": people, **typed})
    assert tiles(page)["people chosen are moved"] == "2 of 3"
    assert tiles(page)["extra rights kept as exceptions"] == "1 of 1"
    assert "Dot Would gain post; nobody accepted that." in page.content
    assert page.root.one(name="owner").attrs["value"] == "Eve" and waves(world) == 0


def test_the_preview_of_a_form_that_is_not_whole_says_what_is_missing(
    browser: Pages, world: World
) -> None:
    browser.get(chosen(world, "ada"))
    page = browser.post(
        "/roles/1/plan/preview",
        {"person": world.people["ada"]},
        status=422,
        fragment=True,
    )
    assert (
        "Say until when extra rights are kept." in page.errors
        and "<h1" not in page.html
    )


def test_who_left_cannot_be_moved_and_is_named_at_once(
    app: Flask, settings: Settings
) -> None:
    people = {"ada": {"disabled": True}}
    world = a_world(
        app.extensions[KEY].database, HELD, people=people, plans=settings.plans
    )
    world.role()
    page = Pages(app).as_operator("anna").get(chosen(world, "ada", "cyd"))
    assert (
        "1 cannot be moved." in page.content
        and "Ada Has left: the account is disabled." in page.content
    )


def test_people_who_are_gone_meanwhile_are_left_out_of_the_form(
    browser: Pages, world: World
) -> None:
    assert (
        "1 person chosen"
        in browser.get(f"{chosen(world, 'ada')}&person=999&person=x").content
    )


def test_the_ldif_of_a_plan_is_written_to_disk(
    browser: Pages, world: World, settings: Settings
) -> None:
    browser.get(chosen(world, "ada"))
    browser.submit(button="Make the plan")
    forward = (settings.plans / "wave-1.ldif").read_text(encoding="utf-8")
    assert "add: member\nmember: uid=ada,ou=people,dc=acme,dc=test" in forward
    assert (settings.plans / "wave-1-reverse.ldif").exists()


def test_who_may_not_plan_is_refused(app: Flask, world: World) -> None:
    browser = Pages(app).as_operator("rita", permissions=("read", "approve", "apply"))
    browser.get(chosen(world, "ada"), status=403)
    browser.post("/roles/1/plan", {"person": world.people["ada"]}, status=403)
    browser.post("/roles/1/plan/preview", {"person": world.people["ada"]}, status=403)


def test_the_usual_end_of_exceptions_follows_the_settings(
    browser: Pages, world: World, settings: Settings
) -> None:
    page = browser.get(chosen(world, "cyd"))
    until = date.fromisoformat(page.root.one("input", name="until").attrs["value"])
    assert (until - date(2026, 3, 2)).days == settings.exception_days
