"""Somebody who joins gets a role with no more clicks than one right takes by itself."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.parts import KEY
from app.core.settings import Settings
from tests.access.builders import World, a_world
from tests.conftest import Rung
from tests.improvements.crowd.test_pages_crowd import Clicks
from tests.pages import Pages

HELD = {"ada": "mail post", "ben": "mail post", "joe": ""}
PEOPLE = {
    "joe": {
        "name": "Joe Weber",
        "mail": "j.weber@acme.test",
        "principal": "joe@corp.acme.test",
        "domain_login": "ACME\\joe",
    }
}


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    database = app.extensions[KEY].database
    made = a_world(database, HELD, people=PEOPLE, plans=settings.plans)
    made.role()
    return made


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def test_two_clicks_from_the_page_of_who_joins_to_a_plan(
    pages: Pages, world: World
) -> None:
    hand = Clicks(pages, f"/people/{world.people['joe']}")
    assert "gains mail, post" in hand.page.root.one(id="plan-into").text
    hand.link("Plan")
    page = hand.press("/roles/1/plan", button="Make the plan")
    assert page.told == "Wave 1 of Clerk is planned. Nothing was changed yet."
    role = hand.count
    hand = Clicks(pages, f"/people/{world.people['joe']}")
    hand.link("Give one right")
    hand.press(right="mail", reason="Joins", owner="anna")
    assert (role, hand.count) == (2, 2)


def test_role_and_joiner_in_one_flow_take_two_buttons(
    pages: Pages, world: World
) -> None:
    pages.get("/roles/new?way=joiner")
    rights = [str(world.rights[name]) for name in ("mail",)]
    page = pages.submit(
        "/roles/new?way=joiner&directory=0",
        name="Sales",
        rights=rights,
        joiner="ACME\\joe",
    )
    assert page.h1 == "Plan a wave of Sales"
    assert "The role Sales is made; this is the plan for it." in (page.told or "")
    page = pages.submit(button="Make the plan")
    assert page.told == "Wave 1 of Sales is planned. Nothing was changed yet."


@pytest.mark.parametrize(
    "name",
    ["joe", "J.Weber@acme.test", "joe@corp.acme.test", "acme\\joe", "Joe Weber"],
)
def test_anybody_is_found_by_every_name(
    pages: Pages, world: World, rung: Rung, name: str
) -> None:
    assert "Joe Weber" in pages.get(f"/roles/1/fit?text={name}").content
    assert rung("explain", name, "--json").json["person"] == "joe"
    done = rung("wave", "plan", "Clerk", "--person", name, "--accept-gain", "--json")
    assert done.json["people"][0]["person"] == "joe"


def test_who_is_not_known_is_said_at_the_field(pages: Pages, world: World) -> None:
    pages.get("/roles/new?way=joiner")
    page = pages.submit(
        "/roles/new?way=joiner&directory=0",
        name="Sales",
        rights=[str(world.rights["mail"])],
        joiner="Nobody Nowhere",
        status=422,
    )
    assert "Nobody Nowhere" in page.html
    assert "Sales" not in pages.get("/roles").root.one("main").text
