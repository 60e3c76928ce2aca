"""The page of a large wave stays light, and tells everything when asked."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.parts import KEY
from app.core.settings import Settings
from tests.access.builders import World, a_world, crowd
from tests.pages import Pages

TOLD_AT_FIRST, ON_A_PAGE = 12, 15


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("ben")


def a_wave(app: Flask, settings: Settings, held: dict[str, str]) -> int:
    world: World = a_world(app.extensions[KEY].database, held, plans=settings.plans)
    return world.wave(world.role(), *held)


def test_many_effects_are_told_in_part_and_all_of_them_when_asked(
    app: Flask, settings: Settings, browser: Pages
) -> None:
    own = {f"p{one:02}": f"mail post own{one:02} more{one:02}" for one in range(20)}
    page = browser.get(f"/waves/{a_wave(app, settings, own)}")
    told = page.root.one(id="exceptions")
    assert len(told.all("li")) == TOLD_AT_FIRST
    (rest,) = told.all("a")
    assert rest.text == f"{40 - TOLD_AT_FIRST} more"
    whole = browser.get(rest.attrs["href"].partition("#")[0])
    assert len(whole.root.one(id="exceptions").all("li")) == 40
    assert not whole.root.one(id="exceptions").all("a")


def test_each_page_of_a_wave_shows_the_plans_of_its_own_people(
    app: Flask, settings: Settings, browser: Pages
) -> None:
    people = crowd(ON_A_PAGE + 2)
    wave = a_wave(app, settings, people)
    last = browser.get(f"/waves/{wave}?page=2")
    changes = [item.text for item in last.root.one(id="changes").all("li")]
    names = {text.split()[1] for text in changes if text.startswith("Take")}
    assert names == {name.title() for name in list(people)[-2:]}


def test_the_page_of_hundreds_is_no_larger_than_that_of_a_page_of_people(
    app: Flask, settings: Settings, browser: Pages
) -> None:
    rights = " ".join(["mail", "post", *(f"right{one:02}" for one in range(18))])
    page = browser.get(f"/waves/{a_wave(app, settings, crowd(300, rights))}")
    assert len(page.html) < 60_000
