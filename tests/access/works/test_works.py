"""Moved people say by a link of their own whether it still works; one right comes back at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.waves.running import run_due_waves
from app.access.works import actions
from app.access.works.actions import give_link
from app.core.changes import Change
from app.core.settings import Settings
from app.messages.requester_links import works_token
from app.models.access.wave import Switch
from app.models.access.works import WorksAnswer, WorksAsk
from app.models.catalog.service import ServiceRight
from app.models.directory import Entitlement
from app.models.incidents.incident import Incident
from app.models.people import Person
from tests.access.engine.slapd_world import (
    SlapdWorld,
    company,
    person_dn,
    right_dn,
    role_dn,
)
from tests.acting import acting
from tests.catalog.builders import a_service
from tests.conftest import Clock
from tests.pages import Pages


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock) as world:
        world.lens("recursive")
        world.role("mail", "post")
        yield world


def a_link(world: SlapdWorld, wave: str, person: str = "ada") -> str:
    """Give somebody of a wave a link; the address."""
    parts = world.parts
    with parts.database.write() as session:
        act = acting(session, "olga", parts.now(), parts.settings)
        people = session.scalars(select(Switch).where(Switch.wave_id == int(wave)))
        [switch] = [one for one in people if _uid(session, one) == person]
        ask = give_link(act, switch.id)
        Change().record(act, f"wave:{wave}", "wave.ask", "Gave a link")
        return f"/w/{works_token(parts.settings.secret_key, ask)}"


def _uid(session: Session, switch: Switch) -> str:
    return session.get_one(Person, switch.person_id).uid


def services(world: SlapdWorld) -> dict[str, int]:
    """Let mail open the service Mail and post the service Post; their numbers."""
    names = ("mail", "post")
    found = {name: a_service(world.parts.database, name.title()) for name in names}
    with world.parts.database.write() as session:
        for name, number in found.items():
            right = session.scalars(
                select(Entitlement).where(Entitlement.cn == name)
            ).one()
            session.add(ServiceRight(service_id=number, entitlement_id=right.id))
        act = acting(session, "olga", world.parts.now(), world.parts.settings)
        Change().record(act, "service:1", "service.rights", "Test")
    return found


def test_looking_changes_nothing_and_a_forged_or_revoked_link_leads_nowhere(
    world: SlapdWorld,
):
    wave = world.applied("ada")
    there = a_link(world, wave)
    client = world.app.test_client()
    assert client.get(there).status_code == 200
    assert client.head(there).status_code == 200
    assert client.get(there + "x").status_code == 404
    with world.parts.database.read() as session:
        assert session.scalars(select(WorksAnswer)).all() == []
    with world.parts.acting("olga") as act:
        assert actions.revoke_links(act, int(wave)) == 1
    assert client.get(there).status_code == 404


def test_a_link_expires(world: SlapdWorld, clock: Clock):
    there = a_link(world, world.applied("ada"))
    clock.forward(days=31)
    assert world.app.test_client().get(there).status_code == 404


def test_who_says_that_all_works_on_as_many_days_as_the_plan_wants_is_confirmed(
    world: SlapdWorld, clock: Clock
):
    known, more = services(world), ("--soak-days", "2")
    wave = world.applied("ada", "ben", more=more)
    there = a_link(world, wave)
    pages = Pages(world.app)
    page = pages.get(there)
    assert {"Mail", "Post"} <= {one.text for one in page.root.all("h2")}
    for name in ("mail", "mail", "post"):
        pages.post(f"{there}/works", {"service": known[name]})
    assert world.states(wave)["ada"] == "soaking"
    assert "It works today too" not in pages.get(there).content
    clock.forward(days=1)
    assert "It works today too" in pages.get(there).content
    pages.submit(f"{there}/works")
    assert world.states(wave)["ada"] == "confirmed"
    assert world.states(wave)["ben"] == "soaking"
    told = world.done("wave", "show", wave)["people"]
    assert told[0]["confirmed_by"] == "ada (by link)"
    with world.parts.database.read() as session:
        assert len(session.scalars(select(WorksAnswer)).all()) == 2


def test_who_is_other_than_promised_is_not_confirmed_by_an_answer(world: SlapdWorld):
    known, wave = services(world), world.applied("ada")
    there = a_link(world, wave)
    world.server.take(role_dn("clerk"), person_dn("ada"))
    pages = Pages(world.app)
    for name in ("mail", "post"):
        pages.post(f"{there}/works", {"service": known[name]})
    assert world.states(wave) == {"ada": "soaking"}
    assert [one["who"] for one in world.done("drift", "list")["drift"]] == ["ada"]


def test_no_opens_one_incident_and_keeps_the_person_from_being_confirmed(
    world: SlapdWorld,
):
    known, wave = services(world), world.applied("ada", "ben")
    there = a_link(world, wave)
    pages = Pages(world.app)
    for _ in range(2):
        pages.post(f"{there}/not", {"service": known["mail"], "words": "No inbox."})
    with world.parts.database.read() as session:
        [incident] = session.scalars(select(Incident)).all()
        assert incident.title == "Mail does not work since the move to clerk"
        assert "No inbox." in incident.description
        assert "Rights concerned: mail" in incident.description
        assert incident.service_id == known["mail"]
    refused = world.done("wave", "confirm", wave, code=1)
    assert "ada said that something does not work" in refused["error"]
    world.done("wave", "settle", wave, "--person", "ada", "--reason", "mailbox fixed")
    world.done("wave", "confirm", wave, "--note", "Seen")


def test_one_right_comes_back_at_once_and_the_undo_of_the_person_knows_it(
    world: SlapdWorld,
):
    before = world.rights()
    wave = world.applied("ada", "ben")
    world.done("wave", "give-back", wave, "--person", "ada", "--right", "mail")
    run_due_waves(world.parts)
    assert world.member_of("ada") == {"clerk", "mail"}
    assert world.states(wave) == {"ada": "soaking", "ben": "soaking"}
    world.sync()
    assert world.done("drift", "list")["drift"] == []
    again = world.done(
        *("wave", "give-back", wave, "--person", "ada", "--right", "mail"), code=1
    )
    assert "given back already" in again["error"]
    world.undone(wave)
    assert world.rights() == before


def test_what_was_given_back_is_taken_off_again_and_the_undo_of_the_person_is_exact(
    world: SlapdWorld,
):
    before = world.rights()
    wave = world.applied("ada", "ben")
    whom = (wave, "--person", "ada", "--right", "mail")
    assert "was not given back" in str(world.done("wave", "take-again", *whom, code=1))
    world.done("wave", "give-back", *whom)
    assert "on its way back" in str(world.done("wave", "take-again", *whom, code=1))
    run_due_waves(world.parts)
    pages = Pages(world.app).as_operator("olga")
    assert "mail was given back to ada." in pages.get(f"/waves/{wave}").text
    pages.submit(f"/waves/{wave}/take-again")
    run_due_waves(world.parts)
    assert world.member_of("ada") == {"clerk"}
    assert world.states(wave)["ada"] == "soaking"
    assert "was given back to" not in pages.get(f"/waves/{wave}").text
    world.sync()
    assert world.done("drift", "list")["drift"] == []
    assert world.done("exceptions", "list", "--state", "open")["exceptions"] == []
    world.done("wave", "give-back", *whom)
    run_due_waves(world.parts)
    assert world.member_of("ada") == {"clerk", "mail"}
    world.undone(wave)
    assert world.rights() == before


def test_a_right_the_move_did_not_take_off_is_not_given(world: SlapdWorld):
    wave = world.applied("ada")
    world.done("wave", "give-back", wave, "--person", "ada", "--right", "wiki", code=1)
    assert right_dn("wiki") in world.state()
    with world.parts.database.read() as session:
        assert session.scalars(select(WorksAsk)).all() == []
