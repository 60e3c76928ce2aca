"""People are seen on days; time alone counts for nothing. The old rights are looked at beside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.access.drift.asking import ask_who_did_it
from app.access.drift.shadow import shadows_in
from app.access.soak.queries import SoakLine, soak_of
from app.access.soak.watching import look_for_sign_ins
from app.core.settings import Settings
from app.models.people import Person
from ldap_sync.sign_ins import sign_in
from tests.access.engine.slapd_world import (
    SlapdWorld,
    company,
    person_dn,
    right_dn,
    role_dn,
)
from tests.conftest import Clock
from tests.ldap_sync.process import run
from tests.pages import Pages


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock) as world:
        world.lens("recursive")
        world.role("mail", "post")
        yield world


def lines(world: SlapdWorld, wave: str) -> dict[str, SoakLine]:
    with world.parts.database.read() as session:
        found = soak_of(session, int(wave), world.parts.now())
        return {
            session.get_one(Person, number).uid: line for number, line in found.items()
        }


def number_of(world: SlapdWorld, uid: str) -> int:
    with world.parts.database.read() as session:
        return session.scalars(select(Person.id).where(Person.uid == uid)).one()


def test_days_count_only_when_somebody_was_seen_and_once_a_day(
    world: SlapdWorld, clock: Clock
):
    wave = world.applied("ada", "ben")
    ada = number_of(world, "ada")
    clock.forward(days=3)
    assert {one.seen for one in lines(world, wave).values()} == {0}
    pages = Pages(world.app).as_operator()
    for _ in range(2):
        page = pages.get(f"/people/{ada}")
        pages.submit(f"/people/{ada}/works")
    assert "seen on 0 of 5 days" in page.text or "seen on 1 of 5 days" in page.text
    assert (lines(world, wave)["ada"].seen, lines(world, wave)["ben"].seen) == (1, 0)
    clock.forward(days=1)
    pages = Pages(world.app).as_operator()
    pages.get(f"/people/{ada}")
    pages.submit(f"/people/{ada}/works")
    assert lines(world, wave)["ada"].seen == 2
    assert "seen on 2 of 5 days" in pages.get(f"/waves/{wave}").text


def test_past_the_deadline_the_plan_says_what_is_proposed_and_nobody_is_confirmed(
    world: SlapdWorld, clock: Clock
):
    wave = world.applied("ada")
    told = world.done("wave", "show", wave)
    assert told["state"] == "soaking"
    clock.forward(days=15)
    assert lines(world, wave)["ada"].over
    assert world.states(wave) == {"ada": "soaking"}
    page = Pages(world.app).as_operator().get(f"/waves/{wave}")
    assert "overdue: the plan says to escalate" in page.text


def test_whoever_does_not_wait_to_be_seen_cannot_be_ticked(world: SlapdWorld):
    eve = number_of(world, "eve")
    pages = Pages(world.app).as_operator()
    pages.get("/people")
    page = pages.post(f"/people/{eve}/works")
    assert "does not wait to be seen working" in page.text


def test_a_server_that_keeps_no_sign_ins_tells_nothing(world: SlapdWorld):
    wave = world.applied("ada")
    assert look_for_sign_ins(world.parts) is False
    assert lines(world, wave)["ada"].seen == 0


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("20260302090000Z", "2026-03-02T09:00:00+00:00"),
        ("20260302090000.123Z", "2026-03-02T09:00:00+00:00"),
        ("134169156000000000", "2026-03-02T09:00:00+00:00"),
        ("0", None),
        ("nonsense", None),
        ("9" * 40, None),
        ("20269902090000Z", None),
    ],
)
def test_moments_of_signing_in_are_read_as_each_server_writes_them(
    value: str, told: str | None
):
    found = sign_in(value)
    assert (found.isoformat() if found else None) == told


def test_the_old_rights_are_held_against_what_is_seen_today(world: SlapdWorld):
    wave = int(world.applied("ada", "cyd"))
    with world.parts.database.read() as session:
        assert shadows_in(session, wave) == []
    world.server.take(right_dn("post"), role_dn("clerk"))
    world.sync()
    with world.parts.database.read() as session:
        found = {one.name: one for one in shadows_in(session, wave)}
    assert {name: one.more for name, one in found.items()} == {
        "ada": ("post",),
        "cyd": ("post",),
    }
    page = Pages(world.app).as_operator().get(f"/waves/{wave}")
    assert "The old rights of ada today:" in page.text


def test_who_changed_a_group_and_when_is_told_as_the_directory_knows_it(
    settings: Settings, clock: Clock
):
    with company(settings, clock, kind="logged") as world:
        world.lens("recursive")
        world.role("mail", "post")
        world.applied("ada", "ben")
        world.server.put(right_dn("mail"), person_dn("ada"))
        world.server.take(role_dn("clerk"), person_dn("ben"))
        world.server.delete(right_dn("post"))
        world.sync()
        before = world.done("drift", "list")["drift"]
        assert {one["by_whom"] for one in before} == {"not known"}
        assert ask_who_did_it(world.parts) is True
        assert ask_who_did_it(world.parts) is False
        after = world.done("drift", "list")["drift"]
        assert len(after) == 3
        told = {(one["by_whom"], one["told_by"]) for one in after}
        assert told == {(world.server.admin, "access log")}
        assert all(one["done_at"] for one in after)
        page = Pages(world.app).as_operator().get("/drift").text
        assert "admin" in page and "access log says so" in page


def test_the_days_are_chosen_in_the_plan_and_too_few_keep_time_from_confirming(
    settings: Settings, clock: Clock
):
    """Who signs in is known from a server that keeps it: slapd with its overlay lastbind."""
    with company(settings, clock, kind="logged") as world:
        world.lens("recursive")
        world.role("mail", "post")
        words = ("--soak-days", "1", "--soak-deadline", "2", "--soak-then", "undo")
        wave = world.applied("ada", "ben", more=words)
        told = world.done("wave", "confirm", wave, "--by-days", code=1)
        assert told["details"] == [
            "ada was seen on 0 of 1 days.",
            "ben was seen on 0 of 1 days.",
        ]
        who = f"dn: {person_dn('ada')}\nchangetype: modify\n"
        world.server.change(f"{who}replace: userPassword\nuserPassword: hers\n")
        signed_in = ("-D", person_dn("ada"), "-w", "hers")
        run("ldapwhoami", "-x", "-H", world.server.url, *signed_in)
        assert look_for_sign_ins(world.parts) is True
        clock.forward(days=3)
        olga = Pages(world.app).as_operator("olga")
        page = olga.get(f"/waves/{wave}")
        assert "seen working on 1 days" in page.text
        assert "they are to be taken back" in page.text
        waits = olga.get("/").root.one(id="waits").text
        assert "the plan says to take them back" in waits and "Take back" in waits
        world.done("wave", "confirm", wave, "--by-days")
        assert world.states(wave) == {"ada": "confirmed", "ben": "soaking"}


def test_a_plan_cannot_want_more_days_than_there_are_until_its_deadline(
    world: SlapdWorld,
):
    words = ("wave", "plan", "clerk", "--person", "ada", "--soak-days", "20")
    assert "deadline cannot come before" in world.done(*words, code=1)["error"]
    assert "1 to 365" in world.done(*words[:-1], "0", code=1)["error"]
    ada = number_of(world, "ada")
    pages = Pages(world.app).as_operator("olga")
    pages.get(f"/roles/1/plan?person={ada}")
    page = pages.submit("/roles/1/plan", soak_days="20", status=422)
    assert "deadline cannot come before" in page.text
    pages.submit("/roles/1/plan", soak_days="2", soak_deadline="9")
    assert "seen working on 2 days" in pages.get("/waves/1").text
