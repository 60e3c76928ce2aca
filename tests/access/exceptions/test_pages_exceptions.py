"""Exceptions in the browser and on the command line: the list, longer with one click, an end."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.core import audit
from app.core.parts import KEY
from app.core.settings import Settings
from app.models.access.kept import AccessException
from app.models.access.wave import Switch
from app.models.access.words import SwitchState, WaveState
from tests.access.builders import MONDAY, World, a_world
from tests.conftest import Rung
from tests.pages import Page, Pages


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    """Cyd keeps the wiki beside the role Clerk for four more days."""
    made = a_world(app.extensions[KEY].database, plans=settings.plans)
    wave = made.wave(made.role(), "cyd")
    made.put(wave, SwitchState.SOAKING, WaveState.SOAKING, "cyd")
    with made.database.write() as session:
        session.add(
            AccessException(
                switch_id=1,
                person_id=made.people["cyd"],
                entitlement_id=made.rights["wiki"],
                owner="anna",
                reason="Writes the handbook",
                until=date(2026, 3, 6),
                ended_at=None,
            )
        )
        audit.record(session, "t", "test.put", "exception:1", "Kept", at=MONDAY)
    return made


@pytest.fixture
def anna(world: World, app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def until(world: World) -> date:
    with world.database.read() as session:
        return session.query(AccessException).one().until


def main(page: Page) -> str:
    return page.root.one("main").text


def test_the_list_says_who_holds_what_until_when(anna: Pages) -> None:
    page = anna.get("/exceptions")
    text = main(page)
    assert "1 right with an end in force" in text
    for word in ("wiki", "Cyd", "Writes the handbook", "ends soon", "beside Clerk"):
        assert word in text


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("state=open", True),
        ("state=ends+soon", True),
        ("state=expired", False),
        ("state=ended", False),
        ("q=cyd+wiki", True),
        ("q=ada", False),
        ("owner=anna", True),
        ("owner=tom", False),
    ],
)
def test_the_list_is_narrowed_down(anna: Pages, asked: str, there: bool) -> None:
    assert ("Writes the handbook" in main(anna.get(f"/exceptions?{asked}"))) is there


def test_longer_with_one_click_and_back(anna: Pages, world: World) -> None:
    page = anna.get("/exceptions/1")
    assert "Held until" in main(page)
    anna.post("/exceptions/1/extend", {})
    assert until(world) > date(2026, 3, 20)
    anna.post("/exceptions/1/extend/back", {"until": "2026-03-06"})
    assert until(world) == date(2026, 3, 6)


def test_a_day_that_is_past_is_refused_at_its_field(anna: Pages, world: World) -> None:
    page = anna.post("/exceptions/1/extend", {"until": "2026-01-01"}, status=422)
    assert "Choose a day in the future." in main(page)
    assert until(world) == date(2026, 3, 6)


def test_it_waits_on_today_with_one_click(anna: Pages) -> None:
    page = anna.get("/")
    deeds = [form.attrs.get("action") for form in page.root.all("form")]
    assert "/exceptions/1/extend" in deeds


def test_an_early_end_needs_a_reason_and_is_a_plan(anna: Pages, world: World) -> None:
    anna.post("/exceptions/1/end", {"end-reason": ""}, status=422)
    world.put(1, SwitchState.CONFIRMED, WaveState.CONFIRMED, "cyd")
    with world.database.write() as session:
        session.get_one(Switch, 1).open_person_id = None
    anna.post("/exceptions/1/end", {"end-reason": "Handbook is written"})
    assert "planned" in main(anna.get("/waves/2"))


def test_the_command_line_lists_extends_and_ends(world: World, rung: Rung) -> None:
    (one,) = rung("exceptions", "list", "--json").json["exceptions"]
    assert (one["person"], one["right"], one["state"]) == ("cyd", "wiki", "ends soon")
    done = rung("exceptions", "extend", "1", "--until", "2026-05-01", "--json")
    assert (done.code, done.json["until"]) == (0, "2026-05-01")
    assert rung("exceptions", "extend", "1", "--until", "2026-01-01").code == 1
    assert rung("exceptions", "extend", "9", "--until", "2026-05-01").code == 1
    assert rung("exceptions", "extend", "1").code == 2
    assert rung("exceptions", "end", "1", "--reason", " ").code == 1
    assert "Cyd" not in rung("exceptions", "list", "--state", "expired").out
