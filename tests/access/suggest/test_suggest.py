"""Which role next, on its page and at the terminal."""

from __future__ import annotations

import pytest
from flask import Flask

import app.access.suggest.ground as ground
from app.access.suggest.working import run_suggestions
from app.core.parts import KEY
from app.core.settings import Settings
from tests.access.builders import World, a_world, an_operator, demo_world, tiles
from tests.conftest import Clock, Rung, runner_for
from tests.pages import Pages

CLERKS = dict.fromkeys(("ada", "ben", "cyd", "dot"), "mail post wiki")
HELD = {**CLERKS, "eve": "mail post", "fay": "mail post wiki vpn", "gil": "vpn"}
CLERK = {"mail", "post", "wiki"}


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    return a_world(app.extensions[KEY].database, HELD, plans=settings.plans)


def test_the_page_says_who_is_finished_by_it_and_what_it_costs(
    app: Flask, world: World
) -> None:
    page = Pages(app).as_operator("olga").get("/suggestions")
    assert tiles(page) == {
        "people finished by it": "4",
        "more with one exception": "1",
        "direct rights taken away": "15",
        "rights in the role": "3",
    }
    said = "15 direct rights less, for 5 assignments and 3 rights in the role."
    assert said in page.content
    assert "Begin with Ada." in page.content


def test_the_terminal_says_the_same_and_who_would_follow(
    world: World, rung: Rung
) -> None:
    told = rung("suggest", "--next", "5", "--json").json
    [first, *_more] = told["suggestions"]
    assert set(first["rights"]) == CLERK
    assert (first["finished"], first["nearly"], first["first"]) == (4, 1, "ada")
    assert told["people"] == len(HELD)
    assert "Finishes" in rung("suggest").out
    assert rung("suggest", "--next", "--json").json["suggestions"] == [first]
    assert rung("suggest", "--plan", "2").code == 2


def test_a_role_made_of_it_is_counted_and_not_suggested_again(
    app: Flask, world: World, rung: Rung
) -> None:
    browser = Pages(app).as_operator("olga")
    page = browser.get("/suggestions")
    made = [a for a in page.root.all("a") if a.text.strip() == "Make this role…"]
    make = made[0]
    form = browser.get(make.attrs["href"])
    ticked = {
        one.attrs["value"] for one in form.root.all("input") if "checked" in one.attrs
    }
    rights = {str(world.rights[name]) for name in CLERK}
    assert rights <= ticked
    browser.post(make.attrs["href"], {"name": "Clerk", "rights": sorted(rights)})
    assert CLERK not in [
        set(one["rights"]) for one in rung("suggest", "--json").json["suggestions"]
    ]
    model = rung("role", "model", "--json").json
    assert (model["roles"], model["finished"], model["people"]) == (1, 4, 7)
    assert model["trend"][1] == {"roles": 1, "finished": 4, "role": "Clerk"}
    assert "With the roles there are" in browser.get("/suggestions").content


def test_what_is_refused_stays_away_with_its_reason_until_it_is_taken_back(
    app: Flask, world: World, rung: Rung
) -> None:
    browser = Pages(app).as_operator("olga")
    rights = [world.rights[name] for name in CLERK]
    sent = {"directory": 1, "right": rights, "reason": " "}
    page = browser.post("/suggestions/refuse", sent, status=422)
    assert "Say why not." in page.content
    page = browser.post("/suggestions/refuse", {**sent, "reason": "Two jobs in one."})
    assert "Two jobs in one." in page.content
    assert "15 direct rights less" not in page.content
    page = browser.post("/suggestions/refused/1/again")
    assert "15 direct rights less" in page.content
    refused = rung("suggest", "--refuse", "Not yet.", "--json").json
    assert set(refused["suggestions"][0]["rights"]) == CLERK
    assert "15 direct rights less" not in browser.get("/suggestions").content


def test_a_gone_right_cannot_be_refused_and_who_only_reads_decides_nothing(
    app: Flask, world: World
) -> None:
    browser = Pages(app).as_operator("olga")
    sent = {"directory": 1, "right": [999], "reason": "No."}
    page = browser.post("/suggestions/refuse", sent, status=422)
    assert "no longer in the directory" in page.content
    reader = Pages(app).as_operator("rita", permissions=["read"])
    assert "Make this role…" not in reader.get("/suggestions").content
    reader.post("/suggestions/refuse", sent, status=403)


def test_the_plan_for_everybody_is_exact_and_says_whether_fewer_would_do(
    world: World, rung: Rung
) -> None:
    told = rung("suggest", "--plan", "1", "--json").json
    assert (told["roles"], told["at_least"], told["aside"]) == (3, 3, [])
    assert told["plan"][-1]["finished"] == len(HELD)
    assert "Fewer roles cannot do it." in rung("suggest", "--plan", "1").out
    most = rung("suggest", "--plan", "0.5", "--json").json
    assert most["roles"] < 3 and most["plan"][-1]["finished"] >= 4


def test_the_worker_compares_the_sets_of_a_large_directory(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ground, "AT_ONCE", 3)
    parts, browser = app.extensions[KEY], Pages(app).as_operator("olga")
    page = browser.get("/suggestions")
    assert "The directory is large" in page.content
    assert "No further role is worth it" not in page.content
    page = browser.post("/suggestions/work", {"directory": 1})
    assert page.root.one("progress").attrs["value"] == "0"
    assert run_suggestions(parts) and not run_suggestions(parts)
    page = browser.get("/suggestions")
    assert "15 direct rights less" in page.content
    assert not page.root.all("progress")


def test_a_directory_that_is_not_read_yet_has_no_suggestion(app: Flask) -> None:
    page = Pages(app).as_operator("olga").get("/suggestions")
    assert "No further role is worth it" in page.content


def test_the_people_and_rights_of_it_are_taken_away_as_a_table(
    app: Flask, world: World
) -> None:
    answer = Pages(app).as_operator("olga").client.get("/suggestions/export")
    head, first, *_rest = answer.get_data().decode("utf-8-sig").splitlines()
    assert set(head.split(",")) == {"uid", "name", "department", *CLERK}
    assert first.startswith("ada,Ada,") and first.endswith("x,x,x")


def test_a_suggested_role_moves_people_and_the_way_back_is_exact(
    settings: Settings, clock: Clock
) -> None:
    with demo_world(settings, clock, HELD) as company:
        rung = runner_for(company.app)
        first = rung("suggest", "--json").json["suggestions"][0]
        before = company.everything()
        rights = [word for name in first["rights"] for word in ("--right", name)]
        rung("role", "new", "Clerk", *rights, "--reason", "Suggested.")
        rung("wave", "plan", "Clerk", "--all-fitting")
        an_operator(company.database, "ben")
        rung("wave", "approve", "1", "--as", "ben")
        assert rung("wave", "apply", "1").code == 0
        assert rung("suggest", "--json").json["suggestions"] == []
        assert rung("role", "model", "--json").json["finished"] == 4
        assert rung("wave", "undo", "1", "--reason", "Back.").code == 0
        after = company.everything()
        assert {dn: after[dn] for dn in before} == before
