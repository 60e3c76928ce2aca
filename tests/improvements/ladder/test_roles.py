"""A role under an improvement: linked on page and command line, and its people count there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.waves.confirming import confirm
from app.core.figures import people
from app.core.settings import Settings
from app.core.waiting import Wait
from app.improvements.board.queries import about_many
from app.improvements.board.roles import roles_under
from app.improvements.case.actions import AskDraft, ask
from app.improvements.case.queries import business_case
from app.improvements.queries import get_improvement
from app.models.access.role import Role
from app.models.access.wave import Switch
from app.models.access.words import SwitchState
from app.models.improvements.words import AskKind, ImprovementKind, ParticipationState
from tests.conftest import Clock, Rung
from tests.improvements.builders import Room, rows
from tests.insight.today.scenes import SCENES
from tests.pages import Pages


def told_in(room: Room, number: int, key: str) -> list[str]:
    """Return the sentences of a section of the case, as it stands now."""
    case = room.ask(business_case, number, room.now.date(), room.now)
    return [sentence.text for sentence in case.of(key).sentences]


@pytest.fixture
def pages(app: Flask, settings: Settings) -> Pages:
    pages = Pages(app).as_operator("rita")
    SCENES[Wait.CONFIRM](pages.parts.database, settings)
    return pages


def test_people_whom_waves_moved_count_under_the_improvement(
    pages: Pages, rung: Rung
) -> None:
    room = Room(pages.parts.database, pages.parts.now())
    number = room.raised("Move to roles", kind=ImprovementKind.ACCESS)
    [role] = rows(room.database, select(Role))
    assert rung("role", "under", role.name, "--improvement", str(number)).code == 0
    [under] = room.ask(roles_under, number)
    soaking = select(Switch).where(Switch.state == SwitchState.SOAKING)
    held = rows(room.database, soaking)
    assert held
    assert (under.name, under.people, under.confirmed) == (role.name, len(held), 0)
    one = room.ask(get_improvement, number)
    states = room.ask(about_many, [one])[number].people
    assert states[ParticipationState.OBSERVING] == len(held)
    room.do(confirm, held[0].wave_id, note="She signed in.")
    states = room.ask(about_many, [one])[number].people
    assert states[ParticipationState.ACCEPTED] == len(held)
    page = pages.get(f"/improvements/{number}")
    assert role.name in page.root.one(id="roles").text
    assert "Move to roles" in pages.get(f"/roles/{role.id}").content


def test_people_whom_waves_moved_stand_in_the_case_of_the_improvement_on_every_day(
    pages: Pages, rung: Rung, clock: Clock
) -> None:
    room = Room(pages.parts.database, pages.parts.now())
    number = room.raised("Move to roles", kind=ImprovementKind.ACCESS, eligible=200)
    [role] = rows(room.database, select(Role))
    assert "No rung was tried yet." in told_in(room, number, "summary")
    assert rung("role", "under", role.name, "--improvement", str(number)).code == 0
    held = rows(
        room.database, select(Switch).where(Switch.state == SwitchState.SOAKING)
    )
    moved = f"Waves of roles moved {people(len(held))}; it works for "
    assert f"{moved}0." in told_in(room, number, "summary")
    before = room.now
    clock.forward(days=1)
    later = Room(pages.parts.database, clock.time)
    later.do(confirm, held[0].wave_id, note="She signed in.")
    assert f"{moved}{len(held)}." in told_in(later, number, "summary")
    [tried] = told_in(later, number, "tried")
    title = f"Role {role.name}: its waves moved {people(len(held))}"
    assert tried == f"{title}, it works for {len(held)}."
    [ahead] = told_in(later, number, "forecast")
    assert "weeks" in ahead, ahead
    then = room.ask(business_case, number, before.date(), before)
    assert f"{moved}0." in [one.text for one in then.of("summary").sentences]


def test_a_role_is_put_under_an_improvement_on_its_page(pages: Pages) -> None:
    room = Room(pages.parts.database, pages.parts.now())
    number = room.raised("Move to roles", kind=ImprovementKind.ACCESS)
    [role] = rows(room.database, select(Role))
    pages.get(f"/roles/{role.id}/improvement")
    pages.submit(improvement_id="Move to roles")
    [role] = rows(room.database, select(Role))
    own = room.ask(get_improvement, role.improvement_id)
    assert (own.title, own.parent_id) == (f"Role {role.name}", number)


def test_what_is_asked_waits_on_today_for_the_sponsor_alone(app: Flask) -> None:
    chief = Pages(app).as_operator("chief", permissions=("read",))
    room = Room(chief.parts.database, chief.parts.now())
    number = room.raised(sponsor="chief")
    due = room.now.date() + timedelta(days=3)
    room.do(ask, number, AskDraft(AskKind.DECIDE, "Decide on the late shift.", due))
    assert "asked until" in chief.get("/").root.one(id="waits").text
    other = Pages(app).as_operator("nina", permissions=("read",))
    assert "asked until" not in other.get("/").content
