"""Making a role and changing one: three ways, reasons, the counter, what is refused and kept."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.parts import KEY
from app.core.settings import Settings
from app.models.access.role import Role, RoleRight, RoleVersion
from app.models.directory import Entitlement, Lens
from tests.access.builders import COMPANY, World, a_world, tiles
from tests.html import Node
from tests.pages import Page, Pages

SALES = {"department": "Sales"}


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    people = {"ada": SALES, "ben": SALES, "eve": {"disabled": True}}
    return a_world(app.extensions[KEY].database, plans=settings.plans, people=people)


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def ticked(page: Page) -> list[str]:
    """Return the rights ticked on a page, by name."""
    boxes = [
        box for box in page.root.all("input", name="rights") if "checked" in box.attrs
    ]
    return [
        box.attrs["aria-label"].removesuffix(" belongs in the role") for box in boxes
    ]


def offered(page: Page) -> list[str]:
    return [row[1] for row in page.rows("Rights to choose from")]


def value(page: Page, name: str) -> str:
    return field(page, name).attrs.get("value", "")


def field(page: Page, name: str) -> Node:
    return page.root.one(name=name)


def rights_of(world: World, name: str) -> dict[str, str]:
    """Return the newest rights of a role with their reasons."""
    query = (
        select(Entitlement.cn, RoleRight.reason)
        .join(RoleRight, RoleRight.entitlement_id == Entitlement.id)
        .join(RoleVersion, RoleRight.version_id == RoleVersion.id)
        .join(Role, RoleVersion.role_id == Role.id)
        .where(Role.name == name)
        .order_by(RoleVersion.number.desc())
    )
    with world.database.read() as session:
        return dict(session.execute(query).all())


def sent(world: World, rights: str, **more: Any) -> dict[str, Any]:
    return {"rights": [world.rights[right] for right in rights.split()], **more}


def test_people_with_an_account_are_found_by_name(browser: Pages, world: World) -> None:
    page = browser.get("/roles/new?q=ad")
    assert [link.attrs["href"] for link in page.root.one(id="found").all("a")] == [
        "/roles/new?from_person=ada"
    ]
    assert "ada · Sales, 2 rights" in page.content
    assert (
        "Nobody with an account that is on has “eve”"
        in browser.get("/roles/new?q=eve").content
    )


def test_one_persons_rights_come_ticked_and_become_a_role(
    browser: Pages, world: World
) -> None:
    page = browser.get("/roles/new?from_person=ada")
    assert ticked(page) == ["mail", "post"] == offered(page)
    assert "1 more right is in the directory" in page.content
    mail = world.rights["mail"]
    page = browser.submit(
        name="Clerk",
        owner="ben",
        purpose="Opens the post",
        **{f"reason-{mail}": "Everybody writes"},
    )
    assert page.told == "The role Clerk is made; this is how it fits people."
    assert page.url == "/roles/1/fit"
    assert rights_of(world, "Clerk") == {"mail": "Everybody writes", "post": ""}
    assert "Owner Ben" in browser.get("/roles/1").content


def test_an_unknown_person_is_named_with_the_nearest(
    browser: Pages, world: World
) -> None:
    assert (
        "There is no person “adah”. Perhaps ada?"
        in browser.get("/roles/new?from_person=adah", status=404).content
    )


def test_a_joiners_request_starts_with_nothing_ticked_and_all_rights_offered(
    browser: Pages, world: World
) -> None:
    page = browser.get("/roles/new?way=joiner")
    assert ticked(page) == [] and offered(page) == ["mail", "post", "wiki"]
    assert "Tick rights to see it." in page.content


def test_rights_of_a_department_come_first_with_how_many_there_hold_them(
    browser: Pages, world: World
) -> None:
    browser.get("/roles/new?way=joiner")
    page = browser.post("/roles/draft/rights?way=joiner", {"department": "Sales"})
    rows = page.rows("Rights to choose from")
    assert [row[1] for row in rows] == ["mail", "post", "wiki"]
    assert [row[2] for row in rows] == [
        "4 2 of 2 there",
        "3 2 of 2 there",
        "2 0 of 2 there",
    ]


def test_the_counter_names_whom_the_draft_covers_fully_and_with_one_exception(
    browser: Pages, world: World
) -> None:
    page = browser.post(
        "/roles/draft/count?way=hand",
        sent(world, "mail post", name="Clerk"),
        fragment=True,
    )
    assert page.root.one("section", id="count").text.startswith(
        "Whom this draft covers"
    )
    assert tiles(page) == {
        "fully: nothing would change": "2",
        "with one exception": "1",
    }
    assert "Ada, Ben" in page.text and "Cyd keeps wiki" in page.text
    assert "<h1" not in page.html


def test_the_counter_works_without_script_and_loses_nothing_typed(
    browser: Pages, world: World
) -> None:
    typed = sent(
        world,
        "mail",
        name="Clerk",
        purpose="Opens",
        owner="ben",
        realisation="materialised",
    )
    page = browser.post(
        "/roles/draft/count?way=hand",
        {**typed, f"reason-{world.rights['mail']}": "Writes"},
    )
    assert page.h1 == "Make a role" and ticked(page) == ["mail"]
    assert (value(page, "name"), value(page, "owner")) == ("Clerk", "ben")
    assert value(page, f"reason-{world.rights['mail']}") == "Writes"
    assert tiles(page)["fully: nothing would change"] == "1" and "Dot" in page.content
    assert not page.root.all(class_="errors")


def test_people_whose_account_is_off_are_not_counted(
    browser: Pages, world: World
) -> None:
    page = browser.post(
        "/roles/draft/count?way=hand", sent(world, "wiki"), fragment=True
    )
    assert tiles(page)["fully: nothing would change"] == "0" and "Eve" not in page.text


def test_a_search_keeps_what_is_ticked_and_offers_what_fits(
    browser: Pages, world: World
) -> None:
    page = browser.post(
        "/roles/draft/rights?from_person=ada",
        sent(world, "post", find="WIK"),
        fragment=True,
    )
    assert offered(page) == ["post", "wiki"] and ticked(page) == ["post"]


def test_a_part_that_is_not_there_is_not_found(browser: Pages, world: World) -> None:
    browser.get("/roles/new?way=hand")
    browser.post("/roles/draft/everything?way=hand", {}, status=404)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"name": ""}, "Give the role a name."),
        ({"name": "CLERK"}, "There is a role called CLERK already."),
        ({"name": "x" * 65}, "Field cannot be longer than 64 characters."),
        ({"owner": "nobody"}, "There is no person “nobody”."),
        ({"rights": []}, "A role needs at least one right."),
        (
            {"rights": [999]},
            "A chosen right is no longer in the directory; read it again.",
        ),
    ],
)
def test_what_cannot_be_saved_is_said_beside_its_field_and_everything_is_kept(
    browser: Pages, world: World, typed: dict[str, Any], error: str
) -> None:
    world.role("Clerk")
    usual = sent(
        world,
        "mail wiki",
        name="Writer",
        purpose="Writes",
        owner="ada",
        realisation="nested",
    )
    reason = f"reason-{world.rights['wiki']}"
    page = browser.post(
        "/roles/new?way=hand", {**usual, reason: "It is the work", **typed}, status=422
    )
    assert error in " ".join(page.errors)
    kept = {
        "name": "Writer",
        "owner": "ada",
        **{k: v for k, v in typed.items() if k != "rights"},
    }
    assert {name: value(page, name) for name in kept} == kept
    assert field(page, "purpose").text == "Writes"
    chosen = [
        each.attrs["value"]
        for each in page.root.all("input", name="realisation")
        if "checked" in each.attrs
    ]
    assert chosen == ["nested"]
    if "rights" not in typed:
        assert (
            ticked(page) == ["mail", "wiki"] and value(page, reason) == "It is the work"
        )


def test_a_refused_form_comes_back_alone_for_htmx(browser: Pages, world: World) -> None:
    browser.get("/roles/new?way=hand")
    page = browser.post("/roles/new?way=hand", {"name": ""}, status=422, fragment=True)
    assert page.root.one("form", id="role") and "<h1" not in page.html


def test_choosing_nested_states_the_lens_of_applications_nobody_knows(
    app: Flask, settings: Settings
) -> None:
    world = a_world(app.extensions[KEY].database, plans=settings.plans, lens="unknown")
    browser = Pages(app).as_operator("anna")
    page = browser.get("/roles/new?from_person=ada")
    assert (
        "You state that the applications reading these groups follow nested groups"
        in page.content
    )
    browser.submit(name="Clerk", realisation="nested")
    with world.database.read() as session:
        stated = session.scalars(
            select(Entitlement.cn).where(Entitlement.lens == Lens.RECURSIVE)
        ).all()
    assert sorted(stated) == ["mail", "post"]
    assert "said by anna" in browser.get("/roles/1").content


def test_left_to_what_loses_nothing_an_unknown_lens_keeps_people_members(
    app: Flask, settings: Settings
) -> None:
    a_world(app.extensions[KEY].database, plans=settings.plans, lens="unknown")
    browser = Pages(app).as_operator("anna")
    assert (
        "of 2 of 2 rights it is not known"
        in browser.get("/roles/new?from_person=ada").content
    )
    browser.submit(name="Clerk")
    assert (
        "as members: people are members of the rights' groups themselves"
        in browser.get("/roles/1").content
    )


def test_changing_a_draft_keeps_its_version_and_changing_an_approved_one_makes_the_next(
    browser: Pages, world: World, settings: Settings
) -> None:
    role = world.role()
    page = browser.get(f"/roles/{role}/edit")
    assert ticked(page) == ["mail", "post"] and value(page, "name") == "Clerk"
    page = browser.submit(rights=[world.rights["mail"], world.rights["wiki"]])
    assert page.told == "The role is changed; it is version 1 now."
    world.approve(world.wave(role, "cyd"), settings)
    assert "saving makes a new one" in browser.get(f"/roles/{role}/edit").content
    assert (
        browser.submit(rights=[world.rights["mail"]]).told
        == "The role is changed; it is version 2 now."
    )


def test_a_change_that_is_refused_keeps_what_was_typed(
    browser: Pages, world: World
) -> None:
    world.role("Clerk")
    role = world.role("Writer", "wiki")
    browser.get(f"/roles/{role}/edit")
    page = browser.submit(name="Clerk", purpose="Writes", status=422)
    assert page.errors == ["There is a role called Clerk already."]
    assert field(page, "purpose").text == "Writes" and ticked(page) == ["wiki"]


def test_the_counter_of_a_change_comes_back_to_the_change(
    browser: Pages, world: World
) -> None:
    role = world.role()
    browser.get(f"/roles/{role}/edit")
    page = browser.post(
        f"/roles/draft/count?role={role}", sent(world, "mail", name="Other")
    )
    assert (
        page.h1 == "Change Clerk"
        and page.form().attrs["action"] == f"/roles/{role}/edit"
    )


def test_without_a_directory_a_draft_says_what_to_do_first(browser: Pages) -> None:
    assert (
        "Connect a directory and read it first"
        in browser.get("/roles/new?way=hand", status=404).content
    )


def test_with_two_directories_one_is_chosen_and_the_other_is_a_link_away(
    app: Flask, browser: Pages, world: World, settings: Settings
) -> None:
    other = a_world(
        app.extensions[KEY].database, {"zoe": "erp"}, plans=settings.plans, name="Zulu"
    )
    page = browser.get("/roles/new?way=hand")
    assert offered(page) == ["mail", "post", "wiki"]
    (link,) = [
        link
        for link in page.root.one("form", id="role").all("a")
        if link.text == "Zulu"
    ]
    page = browser.get(link.attrs["href"])
    assert offered(page) == ["erp"]
    browser.submit(name="Clerk", rights=[other.rights["erp"]])
    assert "Directory Zulu" in browser.get("/roles/1").content


def test_many_rights_are_searched_rather_than_listed(
    app: Flask, settings: Settings
) -> None:
    many = " ".join(f"right-{number:03}" for number in range(80))
    a_world(
        app.extensions[KEY].database, {**COMPANY, "max": many}, plans=settings.plans
    )
    page = Pages(app).as_operator("anna").get("/roles/new?way=hand")
    assert (
        len(offered(page)) == 60
        and "23 more rights are in the directory" in page.content
    )


def test_who_may_not_plan_cannot_count_either(app: Flask, world: World) -> None:
    browser = Pages(app).as_operator("rita", permissions=("read",))
    browser.post("/roles/draft/count?way=hand", sent(world, "mail"), status=403)


def test_a_role_with_the_rights_of_another_names_it(
    browser: Pages, world: World
) -> None:
    world.role()
    browser.get("/roles/new?from_person=ada")
    page = browser.submit(name="Office", status=422)
    assert "Clerk has exactly the same rights" in page.content
    browser.get("/roles")
    assert "Office" not in browser.page.content
