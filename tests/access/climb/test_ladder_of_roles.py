"""A role has a ladder of its own: so many people on each rung, those first for whom nothing
changes; one role after the other.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.access.climb.rules import (
    ClimbedWave,
    RungNow,
    ladder,
    sizes_in,
    sizes_of,
)
from app.access.plan.actions import plan
from app.access.plan.values import KeptOutside, PlanChoices
from app.core import audit
from app.core.errors import Invalid, Refused
from app.core.parts import KEY
from app.core.settings import Settings
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState, WaveState
from app.models.directory import Directory
from app.models.people import Person
from tests.access.builders import World, a_world
from tests.acting import acting
from tests.conftest import Rung
from tests.directory.builders import a_person
from tests.pages import Pages

HELD = {
    "ada": "mail post",
    "ben": "mail post",
    "cyd": "mail post wiki",
    "dot": "mail",
    "eve": "wiki",
    "fay": "mail post",
}


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    return a_world(app.extensions[KEY].database, HELD, plans=settings.plans)


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def climbed(world: World, settings: Settings, role: int, *people: str) -> int:
    """Move people of a role as far as a decision asks for it; the number of the wave."""
    wave = world.wave(role, *people)
    world.approve(wave, settings)
    world.put(wave, SwitchState.CONFIRMED, WaveState.CONFIRMED, *people)
    return wave


def people_of(world: World, wave_id: int) -> set[str]:
    names = {number: name for name, number in world.people.items()}
    with world.database.read() as session:
        rows = session.query(Switch.person_id).filter(Switch.wave_id == wave_id)
        return {names[number] for (number,) in rows}


@pytest.mark.parametrize("text", ["", "1,,a", "0", "1,-3", "9999999", "1.5", "٣"])
def test_sizes_that_are_no_numbers_of_people_are_refused_at_their_field(
    text: str,
) -> None:
    with pytest.raises(Invalid) as refused:
        sizes_in(text)
    assert refused.value.field == "sizes"


def test_only_a_decision_to_go_on_leads_to_the_next_rung() -> None:
    assert sizes_in(" 1, 1;3,10 ") == sizes_of(()) == (1, 1, 3, 10)
    on = ClimbedWave(5, 1, 1, decided=True, onward=True)
    held = ClimbedWave(6, 2, 1, decided=True, onward=False)
    going = ClimbedWave(7, 3, 1, decided=False, onward=False)
    rungs = ladder((1, 1, 3), [on, held])
    assert [(rung.size, rung.stands) for rung in rungs] == [
        (1, RungNow.DONE),
        (1, RungNow.RUNNING),
        (3, RungNow.COMING),
        (None, RungNow.COMING),
    ]
    assert rungs[1].wave is None
    assert ladder((1, 1, 3), [on, held, going])[1].wave == 3
    beyond = ladder((1,), [on, ClimbedWave(8, 4, 9, decided=True, onward=True)])
    assert [rung.size for rung in beyond] == [1, None, None]


def test_the_next_people_are_ticked_those_first_for_whom_nothing_changes(
    world: World, browser: Pages, settings: Settings
) -> None:
    role = world.role()
    page = browser.get(f"/roles/{role}/plan")
    assert "Rung 1 of 5 comes next: 1 person." in page.content
    boxes = page.root.one(id="next-people").all("input", name="person")
    ticked = [box.attrs["value"] for box in boxes if "checked" in box.attrs]
    assert ticked == [str(world.people["ada"])]
    offered = [box.attrs["value"] for box in boxes]
    order = ("ada", "ben", "fay", "cyd", "dot")
    assert offered == [str(world.people[name]) for name in order]
    wave = climbed(world, settings, role, "ada")
    told = browser.get(f"/roles/{role}/ladder")
    assert "is climbed by wave 1 and waits for its decision" in told.content
    world.decide(wave)
    told = browser.get(f"/roles/{role}/ladder")
    assert "Rung 2 of 5 comes next" in told.content
    assert browser.get(f"/roles/{role}").root.all("a", href=f"/roles/{role}/ladder")


def test_who_is_ticked_instead_is_planned_and_nobody_else(
    world: World, browser: Pages
) -> None:
    role = world.role()
    browser.get(f"/roles/{role}/plan")
    browser.submit(person=str(world.people["ben"]))
    with world.database.read() as session:
        [wave] = session.query(Wave.id).one()
    assert people_of(world, wave) == {"ben"}


def test_a_joiner_who_holds_nothing_is_the_first_of_a_role_and_only_on_its_first_rung(
    world: World, browser: Pages, settings: Settings, rung: Rung
) -> None:
    role, today = world.role(), browser.parts.now()
    with world.database.write() as session:
        for number in world.people.values():
            person = session.get_one(Person, number)
            person.first_seen, person.department = today - timedelta(days=200), "Sales"
        home = session.get_one(Directory, world.directory_id)
        lately = today - timedelta(days=3)
        for uid, place in (("gil", "Sales"), ("abe", "Board")):
            new = a_person(session, home, uid, department=place, first_seen=lately)
            world.people[uid] = new.id
        audit.record(session, "test", "person.seen", "person:1", "Joined")
    told = rung("role", "ladder", "Clerk", "--json").json
    assert [one["person"] for one in told["next"]] == ["gil"]
    assert told["next"][0]["joined_lately"]
    page = browser.get(f"/roles/{role}/plan")
    boxes = page.root.one(id="next-people").all("input", name="person")
    order = [str(world.people[name]) for name in ("ada", "ben")]
    assert [box.attrs["value"] for box in boxes][1:3] == order
    assert "abe" not in page.root.one(id="next-people").text
    refused = rung("wave", "plan", "Clerk", "--next")
    assert refused.code == 1 and "Would gain mail, post; nobody accepted" in refused.err
    planned = rung("wave", "plan", "Clerk", "--next", "--accept-gain", "--json")
    assert [one["person"] for one in planned.json["people"]] == ["gil"]
    wave = planned.json["wave"]
    world.approve(wave, settings)
    world.put(wave, SwitchState.CONFIRMED, WaveState.CONFIRMED, "gil")
    world.decide(wave)
    told = rung("role", "ladder", "Clerk", "--json").json
    assert (told["rung"], [one["person"] for one in told["next"]]) == (2, ["ada"])


def test_who_joined_lately_comes_first_on_the_first_rung(
    world: World, browser: Pages
) -> None:
    role = world.role()
    today = browser.parts.now()
    with world.database.write() as session:
        for name, number in world.people.items():
            ago = 40 if name == "fay" else 200
            person = session.get_one(Person, number)
            person.first_seen = today - timedelta(days=ago)
    page = browser.get(f"/roles/{role}/plan")
    boxes = page.root.one(id="next-people").all("input", name="person")
    assert boxes[0].attrs["value"] == str(world.people["fay"])
    assert "joined lately" in page.root.one(id="next-people").text


def test_the_sizes_are_changed_on_the_page_and_kept_where_they_are_wrong(
    world: World, browser: Pages
) -> None:
    role = world.role()
    browser.get(f"/roles/{role}/ladder")
    browser.submit(sizes="2,4")
    page = browser.get(f"/roles/{role}/ladder")
    assert "Rung 1 of 3 comes next: 2 people." in page.content
    refused = browser.submit(sizes="two", status=422)
    assert "like 1,1,3,10" in refused.content
    assert refused.root.one("input", name="sizes").attrs["value"] == "two"


def test_the_terminal_shows_and_changes_the_ladder_and_plans_its_next_rung(
    world: World, rung: Rung, settings: Settings
) -> None:
    role = world.role()
    told = rung("role", "ladder", "Clerk", "--json")
    assert told.code == 0
    assert told.json["sizes"] == [1, 1, 3, 10]
    assert [one["person"] for one in told.json["next"]] == ["ada"]
    assert told.json["zero_change"] == 3
    changed = rung("role", "ladder", "Clerk", "--sizes", "3,10", "--json")
    assert changed.json["sizes"] == [3, 10]
    assert [one["person"] for one in changed.json["next"]] == ["ada", "ben", "fay"]
    assert rung("role", "ladder", "Clerk", "--sizes", "x").code == 1
    planned = rung("wave", "plan", "Clerk", "--next", "--json")
    assert planned.code == 0, planned.err
    assert [one["person"] for one in planned.json["people"]] == ["ada", "ben", "fay"]
    climbed(world, settings, role, "ada", "ben", "fay")
    busy = rung("role", "ladder", "Clerk")
    assert "waits for its decision" in busy.out


def test_a_second_role_waits_for_the_first_unless_somebody_says_why(
    world: World, browser: Pages, settings: Settings, rung: Rung
) -> None:
    first, second = world.role(), world.role("Writer", "wiki")
    world.wave(second, "eve")
    moved = climbed(world, settings, first, "ada")
    with pytest.raises(Refused, match=r"Wave 1 of Clerk is not decided yet"):
        world.wave(second, "eve", beside="")
    refused = rung("wave", "plan", "Writer", "--person", "eve")
    assert refused.code == 1
    assert "one role after the other" in refused.err
    page = browser.get(f"/roles/{second}/plan?person={world.people['eve']}")
    assert "Wave 1 of Clerk is not decided yet" in page.content
    page = browser.submit(status=422)
    assert "or say why this one begins beside it" in page.content
    browser.submit(beside="The writers move house.")
    with world.database.read() as session:
        [wave] = session.query(Wave).filter(Wave.beside != "").all()
    assert wave.beside == "The writers move house."
    assert "The writers move house." in browser.get(f"/waves/{wave.id}").content
    said = rung("wave", "plan", "Writer", "--person", "eve", "--reason", "House.")
    assert said.code == 0, said.err
    world.decide(moved)
    free = world.wave(second, "eve", beside="Not needed.")
    with world.database.read() as session:
        assert session.get_one(Wave, free).beside == ""


def test_what_is_put_right_again_waits_for_no_other_role(
    world: World, settings: Settings
) -> None:
    first, second = world.role(), world.role("Writer", "wiki")
    climbed(world, settings, first, "ada")
    kept = KeptOutside("anna", "Kept.", "2026-06-01")
    choices = PlanChoices(default=kept, repairs=True)
    with world.database.write() as session:
        plan(
            acting(session, "anna", world.now(), settings),
            second,
            [world.people["eve"]],
            choices,
        )


def test_a_set_that_is_a_role_already_is_not_proposed_again(
    world: World, browser: Pages, rung: Rung
) -> None:
    assert rung("report", "--json").json["first_person"] == "ada"
    world.role()
    assert rung("report", "--json").json["first_person"] is None
    page = browser.get("/access/twins")
    [row] = page.rows("Sets, the largest first")
    assert row[-1] == "Clerk"
