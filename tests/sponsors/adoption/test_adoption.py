"""Adoption: what people did, each figure with its denominator, and unknown never counted as no."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.settings import Settings
from app.improvements.answers.actions import give_links, says_works
from app.improvements.people import actions as people_actions
from app.models.access.words import SwitchState, WaveState
from app.models.improvements.words import ParticipationState
from app.sponsors.adoption.queries import improvement_adoption, role_adoption
from app.sponsors.adoption.rules import LEAST, Adopter, adoption_count, adoption_parts
from tests.access.builders import a_world
from tests.improvements.builders import MONDAY, Room
from tests.improvements.crowd.builders import people_at
from tests.pages import Pages

TODAY = MONDAY.date()
PS = ParticipationState


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


def test_completed_in_the_new_way_of_all_is_take_up():
    had = Adopter(had=True, has=True)
    found = adoption_count([had] * 1000 + [Adopter()] * 1000, TODAY)
    assert found.migrated.text == "1000 of 2000 (50 %)"


def test_who_is_not_known_is_not_counted_as_no():
    has = {"had": True, "has": True}
    people = [
        Adopter(**has, last_used=TODAY, works=True),
        Adopter(**has, last_used=TODAY - timedelta(days=29), works=False),
        Adopter(**has),
        Adopter(had=True, back=True),
    ]
    found = adoption_count(people, TODAY)
    assert found.used.text.startswith("1 of 3") and "up to 2 of 3" in found.used.text
    assert (found.works.part, found.works.unknown, found.works.whole) == (1, 1, 3)
    assert found.says is not None and found.says.whole == 2
    assert found.went_back.text == "1 of 4 (25 %)"


def test_what_counts_is_what_was_done_after_the_mail():
    mailed = {"mailed": TODAY}
    people = [
        Adopter(**mailed, acted=TODAY),
        Adopter(**mailed, acted=TODAY - timedelta(days=1)),
        Adopter(**mailed),
        Adopter(acted=TODAY),
    ]
    assert adoption_count(people, TODAY).after_mail.text == "1 of 3 (33 %)"


@given(st.lists(st.sampled_from(["", "Lyon", "Oslo", "Kiel"]), max_size=40))
def test_no_part_is_so_small_that_it_is_about_somebody(sites: list[str]):
    people = [Adopter(site=site) for site in sites]
    parts = adoption_parts(people, TODAY, lambda one: one.site, "others")
    assert all(part.asked >= LEAST for part in parts)
    if parts:
        assert sum(part.asked for part in parts) == len(sites)


def test_an_improvement_shows_who_was_asked_has_it_says_so_and_went_back(pages: Pages):
    room = Room(pages.parts.database, settings=pages.parts.settings)
    people_at(room, 6)
    improvement, metric = room.begun()
    names = [f"lyon{place:04}" for place in range(6)]
    rung = room.running(improvement, metric, *names, size_reason="All at one site")
    numbers = room.people(rung)
    room.do(give_links, rung, numbers, sent=True)
    for number in numbers[:4]:
        room.do(people_actions.move, number, PS.SWITCHED)
    room.forward(days=3)
    room.do(says_works, numbers[0])
    room.do(people_actions.move, numbers[3], PS.UNDONE, reason="Too slow")
    used = {"last_used_on": room.now.date()}
    room.do(people_actions.describe, numbers[1], used)
    page = room.ask(improvement_adoption, improvement, room.now.date(), "others")
    count = page.line.count
    assert (count.eligible, count.asked, count.has, count.back) == (80, 6, 3, 1)
    assert (count.works.part, count.used.part, count.used.unknown) == (1, 1, 2)
    assert (count.waited, count.mailed, count.followed) == (3, 6, 4)
    [lyon] = page.sites
    assert (lyon.name, lyon.asked) == ("Lyon", 6)
    shown = pages.get(f"/improvements/{improvement}/adoption").content
    assert "3 of 80 (4 %) have it" in shown and "1 of 4 (25 %)" in shown
    listed = pages.get("/adoption").content
    assert "Calls are answered faster" in listed
    for file in ("/adoption.csv", f"/improvements/{improvement}/adoption.csv"):
        line = pages.client.get(file).text.splitlines()[1]
        assert line.startswith("Calls are answered faster,80,6,")


def test_a_role_shows_who_was_asked_has_it_and_of_whom_nobody_knows(
    pages: Pages, settings: Settings
):
    assert "Nobody was asked for anything yet" in pages.get("/adoption").content
    database = pages.parts.database
    held = {"ada": "mail post", "cyd": "mail post", "dot": "mail"}
    world = a_world(database, held, plans=settings.plans)
    role = world.role()
    wave = world.wave(role, "ada", "cyd")
    world.put(wave, SwitchState.SOAKING, WaveState.SOAKING, "ada")
    with database.read() as session:
        count = role_adoption(session, role, TODAY).line.count
    assert (count.asked, count.ready, count.has, count.back) == (2, 1, 1, 0)
    assert (count.works.unknown, count.used.unknown, count.kept_apart) == (1, 1, 0)
    shown = pages.get(f"/roles/{role}/adoption").content
    assert "up to 1 of 1 (100 %), of 1 nobody knows" in shown
    assert "0 to 1 of 1" in pages.get("/adoption").content
    assert ",2,1,1,1,0," in pages.client.get(f"/roles/{role}/adoption.csv").text
