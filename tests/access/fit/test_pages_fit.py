"""How a role fits: people as rows, rights as columns, the filter, the choice, the CSV."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.parts import KEY
from app.core.settings import Settings
from app.models.access.words import SwitchState
from tests.access.builders import COMPANY, World, a_world, crowd
from tests.pages import Pages

PEOPLE = {
    "ada": {"department": "Sales", "site": "Bern"},
    "ben": {"department": "Sales", "site": "Lyon"},
    "cyd": {"department": "IT", "site": "Bern"},
    "dot": {"disabled": True},
}


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    world = a_world(app.extensions[KEY].database, plans=settings.plans, people=PEOPLE)
    world.role()
    return world


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


BOTH = ("● covered", "● covered")


def names(rows: list[list[str]]) -> list[str]:
    return [row[1].split()[0] for row in rows]


def test_those_for_whom_nothing_changes_come_first_and_marks_have_words(
    browser: Pages, world: World
) -> None:
    page = browser.get("/roles/1/fit")
    assert [row[1:] for row in page.rows()] == [
        ["Ada Sales · Bern", "nothing changes", *BOTH, "Move only this person : Ada"],
        ["Ben Sales · Lyon", "nothing changes", *BOTH, "Move only this person : Ben"],
        [
            "Cyd ◆ extra 1 IT · Bern",
            "◆ extra 1 wiki",
            *BOTH,
            "Move only this person : Cyd",
        ],
        ["Dot", "–", "● covered", "○ missing", "Has left: the account is disabled."],
    ]
    assert (
        "Of 4 people who hold a part of it, 2 could move with nothing lost and nothing "
        "gained, 1 more"
    ) in page.content


def test_only_who_can_be_moved_can_be_chosen(browser: Pages, world: World) -> None:
    page = browser.get("/roles/1/fit")
    chosen = {box.attrs["aria-label"] for box in page.root.all("input", name="person")}
    assert chosen == {"Choose Ada", "Choose Ben", "Choose Cyd"}


def test_people_are_filtered_by_department_site_name_and_what_changes(
    browser: Pages, world: World
) -> None:
    for query, found in (
        ("department=Sales", ["Ada", "Ben"]),
        ("site=Bern", ["Ada", "Cyd"]),
        ("text=DO", ["Dot"]),
        ("zero=1", ["Ada", "Ben"]),
        ("department=Sales&site=Lyon", ["Ben"]),
    ):
        assert names(browser.get(f"/roles/1/fit?{query}").rows()) == found
    page = browser.get("/roles/1/fit?text=nobody", fragment=True)
    assert "Nobody fits the filter" in page.text and "<h1" not in page.html


def test_who_holds_none_of_it_is_found_by_name_and_can_be_planned(
    browser: Pages, world: World
) -> None:
    page = browser.get("/roles/1/fit?text=eve")
    assert page.rows()[0][1:5] == [
        "Eve ◆ extra 1",
        "◆ extra 1 wiki",
        *["○ missing"] * 2,
    ]
    (link,) = [link for link in page.root.all("a") if "Move only" in link.text]
    page = browser.get(link.attrs["href"])
    assert "post would be gained" in page.content


def test_the_fit_comes_back_as_it_was_left(browser: Pages, world: World) -> None:
    browser.get("/roles/1/fit?department=IT&keep=1")
    assert names(browser.get("/roles/1/fit").rows()) == ["Cyd"]
    assert names(browser.get("/roles/1/fit?keep=1").rows())[0] == "Ada"


def test_one_person_is_two_clicks_from_a_plan(browser: Pages, world: World) -> None:
    page = browser.get("/roles/1/fit")
    link = next(one for one in page.root.all("a") if "Move only" in one.text)
    browser.get(link.attrs["href"])
    page = browser.submit(button="Make the plan")
    assert page.told == "Wave 1 of Clerk is planned. Nothing was changed yet."


def test_the_csv_holds_what_the_filter_lets_through(
    browser: Pages, world: World
) -> None:
    lines = browser.get("/roles/1/fit.csv?department=IT").html.splitlines()
    assert lines[0].endswith(
        "uid,name,department,site,nothing changes,covered,missing,extra,in the role"
    )
    assert lines[1:] == ["cyd,Cyd,IT,Bern,no,mail; post,,wiki,"]


def test_chosen_people_go_to_the_plan(browser: Pages, world: World) -> None:
    browser.get("/roles/1/fit")
    page = browser.submit(
        "/roles/1/plan", person=[world.people["ada"], world.people["cyd"]]
    )
    assert page.h1 == "Plan a wave of Clerk" and "2 people chosen" in page.content


def test_everybody_for_whom_nothing_changes_is_one_link_away(
    browser: Pages, world: World
) -> None:
    page = browser.get("/roles/1/fit")
    (link,) = [
        link
        for link in page.root.all("a")
        if "All for whom nothing changes (2)" in link.text
    ]
    page = browser.get(link.attrs["href"])
    assert "2 people chosen; nothing has to be decided for anybody." in page.content


def test_who_was_moved_shows_the_state_and_is_not_chosen_again(
    browser: Pages, world: World, settings: Settings
) -> None:
    wave = world.wave(1, "ada")
    world.approve(wave, settings)
    world.put(wave, SwitchState.SOAKING)
    page = browser.get("/roles/1/fit")
    assert page.rows()[0][-1] == "waiting to be seen working"
    assert "Choose Ada" not in page.html
    assert "1 could move with nothing lost and nothing gained" in page.content


def test_a_role_nobody_holds_a_part_of_says_so(
    browser: Pages, app: Flask, settings: Settings
) -> None:
    world = a_world(
        app.extensions[KEY].database, rights={"erp": {}}, plans=settings.plans
    )
    world.role("Empty", "erp")
    page = browser.get("/roles/1/fit")
    assert "Nobody holds any of it" in page.content


def test_many_people_come_in_pages_and_the_plan_takes_no_more_than_a_wave_may_have(
    browser: Pages, app: Flask, settings: Settings
) -> None:
    world = a_world(
        app.extensions[KEY].database, {**COMPANY, **crowd(120)}, plans=settings.plans
    )
    world.role()
    page = browser.get("/roles/1/fit?page=5")
    assert len(page.rows()) == 24 and "101–124 of 124" in page.content
    assert "50 people chosen" in browser.get("/roles/1/plan?everyone=zero").content


def test_a_retired_role_is_shown_but_nobody_is_chosen_for_it(
    app: Flask, browser: Pages, world: World
) -> None:
    browser.get("/roles/1")
    browser.submit("/roles/1/retire")
    assert not browser.get("/roles/1/fit").root.all("input", name="person")


def test_who_may_not_plan_sees_the_fit_without_ticks(app: Flask, world: World) -> None:
    page = Pages(app).as_operator("rita", permissions=("read",)).get("/roles/1/fit")
    assert len(page.rows()) == 4 and not page.root.all("input", name="person")


def test_who_may_not_read_sees_nothing(app: Flask, world: World) -> None:
    browser = Pages(app).as_operator("otto", permissions=("directory",))
    for path in (
        "/roles",
        "/roles/1",
        "/roles/1/fit",
        "/roles/1/fit.csv",
        "/waves",
        "/people/1",
    ):
        browser.get(path, status=403)
