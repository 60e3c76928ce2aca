"""The list of roles and one role's page: how far, what it holds, who is in, how it is retired."""

from __future__ import annotations

import pytest
from flask import Flask

from app.access.roles.actions import RoleDraft, change_role
from app.core.parts import KEY
from app.core.settings import Settings
from app.improvements.board.rules import rungs
from app.models.access.words import SwitchState
from tests.access.builders import COMPANY, MONDAY, World, a_world, crowd
from tests.acting import acting
from tests.pages import Pages


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    return a_world(app.extensions[KEY].database, plans=settings.plans)


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def test_without_a_reading_the_first_step_is_the_directory(browser: Pages) -> None:
    page = browser.get("/roles")
    assert "Connect one and read it first" in page.content
    assert page.root.one("a", class_="primary").attrs["href"] == "/directory"


def test_without_roles_all_ways_are_offered(browser: Pages, world: World) -> None:
    page = browser.get("/roles")
    assert (
        "one person's rights, with the request of the next joiner, or by hand"
        in page.content
    )
    ways = page.root.one(class_="empty-action").all("a")
    assert [way.attrs["href"] for way in ways] == [
        "/roles/new",
        "/roles/new?way=joiner",
        "/roles/new?way=hand",
    ]
    assert [
        card.text for card in browser.get("/roles/new").root.one("main").all("h2")
    ] == [
        "From a suggestion",
        "From one person's rights",
        "From the next joiner's request",
        "By hand",
    ]


def test_who_may_only_read_is_offered_no_role_to_make(app: Flask, world: World) -> None:
    page = Pages(app).as_operator("rita", permissions=("read",)).get("/roles")
    assert not page.root.one("main").all("a", class_="primary")


def test_the_list_tells_how_far_each_role_is_and_who_is_ready(
    browser: Pages, world: World
) -> None:
    world.role(
        "Clerk", "mail post", purpose="Opens the post", owner_id=world.people["eve"]
    )
    world.role("Writer", "wiki")
    page = browser.get("/roles")
    assert page.rows("Roles") == [
        ["Clerk Opens the post", "nobody yet", "2", "2", "1", "Eve", "draft"],
        ["Writer", "nobody yet", "1", "1", "1", "nobody", "draft"],
    ]
    assert (
        "Nobody is in a role through Rung yet; 3 moves are possible today"
        in page.content
    )


def test_the_list_counts_people_who_are_in(
    browser: Pages, world: World, settings: Settings
) -> None:
    wave = world.wave(world.role(), "ada")
    world.approve(wave, settings)
    world.put(wave, SwitchState.CONFIRMED)
    (row,) = browser.get("/roles").rows("Roles")
    assert row[1:3] == ["one person: 1 of 3", "1"] and row[-1] == "in use"
    assert (
        "1 person is in a role through Rung; 1 more move is possible today"
        in browser.get("/roles").content
    )


def test_roles_are_found_by_purpose_and_by_owner(browser: Pages, world: World) -> None:
    world.role("Clerk", "mail post", purpose="Opens the post")
    world.role("Writer", "wiki", owner_id=world.people["eve"])
    assert [row[0] for row in browser.get("/roles?q=opens").rows("Roles")] == [
        "Clerk Opens the post"
    ]
    assert [row[0] for row in browser.get("/roles?q=EVE").rows("Roles")] == ["Writer"]
    assert "No role fits" in browser.get("/roles?q=nothing").content
    assert "<h1" not in browser.get("/roles?q=eve", fragment=True).html


def test_a_role_shows_its_rights_with_reason_and_lens(
    browser: Pages, world: World
) -> None:
    role = world.role(purpose="Opens the post")
    page = browser.get(f"/roles/{role}")
    assert page.h1 == "Clerk"
    assert page.rows("Rights of version 1") == [
        ["mail", "mail is part of the work", "also groups inside groups", "4"],
        ["post", "post is part of the work", "also groups inside groups", "3"],
    ]
    assert (
        "nested: its group is a member of the rights' groups (2 of 2 rights"
        in page.content
    )
    assert "(is made by the first wave)" in page.content


def test_a_role_lists_its_people_waves_and_exceptions(
    browser: Pages, world: World, settings: Settings
) -> None:
    wave = world.wave(world.role(), "ada", "cyd")
    world.approve(wave, settings)
    world.put(wave, SwitchState.SOAKING)
    page = browser.get("/roles/1")
    assert page.rows("People in the role") == [
        ["Ada", "–", "waiting to be seen working wave 1", "2 Mar 2026", "1"],
        ["Cyd", "–", "waiting to be seen working wave 1", "2 Mar 2026", "1"],
    ]
    assert page.rows("Waves of this role")[0][:3] == [
        "Wave 1 version 1",
        "approved",
        "2",
    ]
    assert page.root.one("a", class_="primary").text == "Open wave 1"


def test_a_new_version_says_what_it_added_and_took_out(
    browser: Pages, world: World, settings: Settings
) -> None:
    role = world.role()
    world.approve(world.wave(role, "ada"), settings)
    draft = RoleDraft("Clerk", {world.rights["mail"]: "", world.rights["wiki"]: ""})
    with world.database.write() as session:
        change_role(acting(session, "anna", MONDAY), role, draft)
    page = browser.get(f"/roles/{role}")
    assert [item.text for item in page.root.one("ol", class_="versions").all("li")] == [
        "Version 2 by anna on 2 Mar 2026 added wiki; took out post",
        "Version 1 by anna on 2 Mar 2026, approved on 2 Mar 2026 with mail, post",
    ]


def test_an_unknown_role_is_not_found(browser: Pages, world: World) -> None:
    for path in ("", "/fit", "/edit", "/plan"):
        browser.get(f"/roles/7{path}", status=404)


def test_a_role_nobody_is_in_is_retired_with_its_reason(
    browser: Pages, world: World
) -> None:
    world.role()
    browser.get("/roles/1")
    page = browser.submit("/roles/1/retire", reason="Merged into Writer")
    assert (
        page.told == "The role Clerk is retired."
        and page.rows("Roles")[0][-1] == "retired"
    )
    page = browser.get("/roles/1")
    assert "Retired on 2 Mar 2026" in page.content
    assert not [
        form for form in page.root.all("form") if "retire" in form.attrs["action"]
    ]


def test_a_role_that_people_hold_is_not_retired_and_says_why(
    browser: Pages, world: World, settings: Settings
) -> None:
    wave = world.wave(world.role(), "ada")
    world.approve(wave, settings)
    world.put(wave, SwitchState.SOAKING)
    browser.get("/roles/1")
    page = browser.post("/roles/1/retire", status=409)
    assert "1 person holds the role Clerk; undo that switch first." in page.content


def test_only_who_may_plan_can_retire_or_change(app: Flask, world: World) -> None:
    world.role()
    browser = Pages(app).as_operator("rita", permissions=("read",))
    assert "Retire" not in browser.get("/roles/1").content
    browser.post("/roles/1/retire", status=403)
    browser.get("/roles/1/edit", status=403)
    browser.get("/roles/new", status=403)


def test_a_long_list_of_roles_and_people_is_shown_whole(
    app: Flask, browser: Pages, settings: Settings
) -> None:
    own = [f"own-{number:02}" for number in range(1, 12)]
    world = a_world(
        app.extensions[KEY].database,
        {**COMPANY, **crowd(60)},
        rights={name: {} for name in own},
        plans=settings.plans,
    )
    for number, more in enumerate(["", *own]):
        world.role(f"Role {number:02}", f"mail post {more}")
    page = browser.get("/roles")
    assert len(page.rows("Roles")) == 12 and page.rows("Roles")[0][2] == "62"


@pytest.mark.parametrize(
    ("confirmed", "moving", "fitting", "done", "running"),
    [
        (0, 0, 5, 0, 0),
        (0, 1, 5, 0, 1),
        (1, 0, 5, 1, 0),
        (1, 1, 5, 1, 1),
        (2, 0, 5, 2, 0),
        (5, 0, 5, 4, 0),
        (6, 0, 40, 3, 0),
        (25, 15, 40, 3, 1),
        (40, 0, 40, 4, 0),
        (1, 0, 1, 4, 0),
        (3, 0, 3, 4, 0),
        (0, 0, 0, 0, 0),
    ],
)
def test_the_ladder_goes_from_one_over_a_few_and_many_to_everyone(
    confirmed: int, moving: int, fitting: int, done: int, running: int
) -> None:
    found = rungs(confirmed, moving, fitting)
    assert (found.done, found.running) == (done, running)
