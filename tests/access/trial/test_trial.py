"""A right beyond the roles is switched off for some days: back with one click, back on an
objection, off for good by a person's decision only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from app.access.trial.actions import bring_back, off_for_good, run_due_trials
from app.core.errors import Refused
from app.core.settings import Settings
from app.models.access.trial import RightTrial, TrialState
from app.models.catalog.service import Service, ServiceRight
from app.models.incidents.incident import Incident
from tests.access.builders import DemoWorld, demo_world
from tests.acting import acting
from tests.conftest import Clock, runner_for
from tests.pages import Pages


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    with demo_world(settings, clock) as world:
        yield world


@pytest.fixture
def anna(world: DemoWorld) -> Pages:
    return Pages(world.app).as_operator("anna")


def off(world: DemoWorld, settings: Settings, anna: Pages) -> None:
    """Try without Cyd's wiki for ten days."""
    page = f"/people/{world.people['cyd']}/extras"
    anna.post(page, {"right": "wiki", "days": "10", "reason": "Never seen there"})
    world.approve(1, settings)
    world.apply(1, settings)
    sweep(world)


def sweep(world: DemoWorld) -> None:
    for _ in range(3):
        run_due_trials(world.parts)
        world.run()
    run_due_trials(world.parts)


def trial(world: DemoWorld) -> RightTrial:
    with world.database.read() as session:
        return session.query(RightTrial).one()


def test_it_is_off_after_the_approval_and_back_with_one_click(
    world: DemoWorld, settings: Settings, anna: Pages
) -> None:
    before = world.everything()
    page = anna.get(f"/people/{world.people['cyd']}/extras")
    assert "3 rights are held directly" in page.root.one("main").text
    off(world, settings, anna)
    assert world.groups_of("cyd") == {"mail", "post"}
    assert (trial(world).state, trial(world).quiet_until) == (
        TrialState.OFF,
        date(2026, 3, 12),
    )
    anna.post("/trials/1/back")
    sweep(world)
    assert world.everything() == before
    assert trial(world).state is TrialState.BACK


def test_an_incident_on_its_service_brings_it_back(
    world: DemoWorld, settings: Settings, anna: Pages, clock: Clock
) -> None:
    off(world, settings, anna)
    clock.forward(days=2)
    with world.database.write() as session:
        service = Service(name="Wiki", created_at=clock.time, created_by="anna")
        session.add(service)
        session.flush()
        link = ServiceRight(
            service_id=service.id,
            entitlement_id=world.rights["wiki"],
        )
        incident = Incident(
            title="The wiki refuses me",
            person_id=world.people["cyd"],
            service_id=service.id,
            reported_at=clock.time,
            touched_at=clock.time,
            target_at=clock.time,
            mail_token="a1b2",
            created_by="anna",
        )
        session.add_all([link, incident])
        session.info["audit_events"] = 1
    sweep(world)
    assert "wiki" in world.groups_of("cyd")
    assert "The wiki refuses me" in trial(world).objection
    assert trial(world).state is TrialState.BACK


def test_only_a_person_decides_that_it_stays_off_and_only_after_its_days(
    world: DemoWorld, settings: Settings, anna: Pages, clock: Clock
) -> None:
    off(world, settings, anna)
    with pytest.raises(Refused), world.database.write() as session:
        off_for_good(acting(session, "anna", world.now(), settings), 1)
    clock.forward(days=30)
    sweep(world)
    assert trial(world).state is TrialState.OFF, "no timer decides"
    anna = Pages(world.app).as_operator("anna")
    assert "nobody missed it" in anna.get("/").root.one(id="waits").text
    anna.post("/trials/1/off")
    assert trial(world).state is TrialState.FOR_GOOD
    with pytest.raises(Refused), world.database.write() as session:
        bring_back(acting(session, "anna", world.now(), settings), 1)
    assert world.groups_of("cyd") == {"mail", "post"}


@pytest.mark.parametrize("days", ["0", "91", ""])
def test_its_days_are_one_to_ninety(world: DemoWorld, anna: Pages, days: str) -> None:
    page = anna.post(
        f"/people/{world.people['cyd']}/extras",
        {"right": "wiki", "days": days, "reason": "Unused"},
        status=422,
    )
    assert "1 to 90" in page.content


def test_the_command_line_tries_gives_back_and_decides_as_the_page_does(
    world: DemoWorld, settings: Settings, clock: Clock
) -> None:
    rung, before = runner_for(world.app), world.everything()
    words = ("trial", "start", "cyd", "wiki", "--days", "10", "--reason", "Never seen")
    wave = rung(*words, "--json").json["wave"]
    world.approve(wave, settings)
    world.apply(wave, settings)
    sweep(world)
    [one] = rung("trial", "list", "cyd", "--json").json["trials"]
    assert (one["right"], one["state"], one["quiet"]) == ("wiki", "off", False)
    assert rung("trial", "end", "1").code == 1
    clock.forward(days=11)
    assert rung("trial", "list", "--json").json["trials"][0]["quiet"] is True
    told = rung("trial", "back", "1", "--reason", "Misses it", "--json").json
    assert told == {"trial": 1, "state": "coming back"}
    sweep(world)
    assert world.everything() == before
    assert rung("trial", "list", "--json").json["trials"] == []
    assert len(rung("trial", "list", "--all", "--json").json["trials"]) == 1
