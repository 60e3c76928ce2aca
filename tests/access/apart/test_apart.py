"""Pairs of rights that should not meet are reported, on their page and in plans."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.parts import KEY
from app.core.settings import Settings
from tests.access.builders import World, a_world
from tests.conftest import Rung
from tests.pages import Pages

HELD = {"ada": "mail post", "ben": "mail", "cyd": "wiki"}


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    world = a_world(app.extensions[KEY].database, HELD, plans=settings.plans)
    world.role()
    return world


def test_who_holds_both_is_named_and_the_pair_is_taken_back(
    world: World, rung: Rung
) -> None:
    made = rung("apart", "add", "mail", "post", "--reason", "Four eyes.", "--json")
    assert made.code == 0
    [pair] = rung("apart", "list", "--json").json["pairs"]
    assert {pair["one"], pair["other"]} == {"mail", "post"}
    assert [name for _, name in pair["people"]] == ["Ada"]
    assert rung("apart", "add", "mail", "mail", "--reason", "x").code == 1
    assert rung("apart", "add", "mail", "post", "--reason", " ").code == 1
    again = rung("apart", "add", "post", "mail", "--reason", "Said better.", "--json")
    assert again.json == made.json
    assert rung("apart", "remove", str(pair["id"])).code == 0
    assert rung("apart", "list", "--json").json["pairs"] == []


def test_a_plan_after_which_they_meet_says_so_and_may_be_made(
    app: Flask, world: World, rung: Rung
) -> None:
    rung("apart", "add", "mail", "post", "--reason", "Four eyes.")
    gains = frozenset({(world.people["ben"], world.rights["post"])})
    wave = world.wave(1, "ben", gains=gains)
    page = Pages(app).as_operator("olga").get(f"/waves/{wave}")
    assert "should not meet (Four eyes.), and do for: Ben." in page.content


def test_a_plan_after_which_nobody_holds_both_says_nothing(
    app: Flask, world: World, rung: Rung
) -> None:
    rung("apart", "add", "mail", "wiki", "--reason", "Four eyes.")
    wave = world.wave(1, "ada")
    page = Pages(app).as_operator("olga").get(f"/waves/{wave}")
    assert "should not meet" not in page.content


def test_the_page_notes_a_pair_shows_who_holds_both_and_ends_it(
    app: Flask, world: World
) -> None:
    browser = Pages(app).as_operator("olga")
    assert "No pair is noted." in browser.get("/apart").content
    one, other = world.rights["mail"], world.rights["post"]
    sent = {"one": f"row:{one}", "other": f"row:{other}", "reason": "Four eyes."}
    page = browser.post("/apart", sent)
    assert "Ada" in page.content and "Four eyes." in page.content
    page = browser.post("/apart", {**sent, "other": f"row:{one}"}, status=422)
    assert "Name two different rights." in page.content
    page = browser.post("/apart/1/together")
    assert "No pair is noted." in page.content
