"""Every page asks the database the same number of questions, however much it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.access.fit.queries import FitWanted, fit_page
from app.access.person.queries import person_page
from app.access.plan.queries import plan_page
from app.access.roles.draft import DraftAsked, draft_page
from app.access.roles.page import role_page
from app.access.roles.queries import people_in_roles, role_lines
from app.access.undo.queries import undo_page
from app.access.waves.list import count_waves, wave_lines
from app.access.waves.page import WaveAsked, wave_page
from app.auth.rules import NAMES
from app.core.db import Database
from app.core.settings import Settings
from app.models.access.words import SwitchState, WaveState
from tests.access.builders import MONDAY, World, a_world, counted, crowd

Asking = Callable[[Session, World], object]


def show_wave(session: Session, _world: World) -> object:
    return wave_page(session, 1, WaveAsked("ben", MONDAY, Settings()))


def list_waves(session: Session, _world: World) -> object:
    return count_waves(session), wave_lines(session, "", 0, 50)


PAGES: dict[str, tuple[Asking, int]] = {
    "roles": (lambda session, _: (role_lines(session), people_in_roles(session)), 8),
    "role": (lambda session, _: role_page(session, 1), 10),
    "fit": (lambda session, _: fit_page(session, 1, FitWanted()), 9),
    "draft": (
        lambda session, world: draft_page(session, DraftAsked(world.directory_id, {})),
        4,
    ),
    "plan": (lambda session, world: plan_page(session, 1, world.people.values()), 9),
    "waves": (list_waves, 3),
    "wave": (show_wave, 20),
    "undo": (lambda session, _: undo_page(session, 1), 4),
    "person": (
        lambda session, world: person_page(session, world.people["p000"], NAMES),
        22,
    ),
}


def filled(database: Database, plans: Path, rows: int) -> World:
    """Fill every list with as many rows: people, rights, roles, waves with people and steps."""
    rights = " ".join(f"right-{number:02}" for number in range(rows))
    world = a_world(database, crowd(rows, f"mail post {rights}"), plans=plans)
    settings = Settings(home=plans.parent)
    for number in range(rows):
        own = f"mail post right-{number:02}"
        world.role(f"Role {number:02}", own, owner_id=world.people["p000"])
    world.wave(1, *world.people)
    for number in range(2, rows + 1):
        world.wave(number, "p000")
    world.approve(1, settings)
    world.apply(1, settings)
    world.put(1, SwitchState.SOAKING, WaveState.SOAKING)
    return world


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_pages_ask_as_many_questions_for_fifty_rows_as_for_one(
    database: Database, tmp_path: Path, rows: int
) -> None:
    world = filled(database, tmp_path / "plans", rows)
    found = {}
    for name, (ask, _) in PAGES.items():
        with database.read() as session, counted(database) as statements:
            ask(session, world)
        found[name] = len(statements)
    assert found == {name: count for name, (_, count) in PAGES.items()}
