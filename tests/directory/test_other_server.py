"""A server that is not the one that was checked is checked again by itself, and people are told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.settings import Settings
from app.models.auth import Notice
from app.models.directory import Directory
from app.upkeep.doctor import examine
from tests.access.engine.slapd_world import SlapdWorld, company
from tests.conftest import Clock
from tests.ldap_sync.servers import ACCESS, Slapd


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock) as world:
        yield world


def upgraded(world: SlapdWorld) -> Slapd:
    assert isinstance(world.server, Slapd)
    world.server.now_another()
    return world.server


def checks_by_itself(world: SlapdWorld) -> int:
    with world.parts.database.read() as session:
        wanted = select(AuditEvent).where(
            AuditEvent.action == "directory.check", AuditEvent.actor == "Rung"
        )
        return len(session.scalars(wanted).all())


def fingerprint(world: SlapdWorld) -> str:
    with world.parts.database.read() as session:
        return str(session.scalars(select(Directory)).one().profile["server"])


def told(world: SlapdWorld) -> list[str]:
    with world.parts.database.read() as session:
        wanted = select(Notice.text).where(Notice.text.contains("The server of"))
        return list(session.scalars(wanted))


def test_the_same_server_is_not_checked_again(world: SlapdWorld) -> None:
    world.sync()
    assert checks_by_itself(world) == 0
    assert told(world) == []


def test_a_restart_and_other_rules_of_access_make_no_other_server(
    world: SlapdWorld,
) -> None:
    assert isinstance(world.server, Slapd)
    world.server.now_with(ACCESS)
    world.sync()
    assert checks_by_itself(world) == 0


def test_a_reading_checks_another_server_again_once(world: SlapdWorld) -> None:
    before = fingerprint(world)
    upgraded(world)
    world.sync()
    assert checks_by_itself(world) == 1
    assert fingerprint(world) != before
    [text] = told(world)
    assert "is not the one that was checked" in text
    assert "nothing stands in the way" in text
    world.sync()
    assert checks_by_itself(world) == 1


def test_a_wave_checks_another_server_again_before_it_writes(world: SlapdWorld) -> None:
    world.role("mail", "post")
    wave = world.approved("ada")
    upgraded(world)
    writes = world.doors.writes
    world.doors.ahead_of(writes + 1, lambda: seen.append(checks_by_itself(world)))
    seen: list[int] = []
    world.done("wave", "apply", wave)
    assert seen == [1]
    assert world.states(wave) == {"ada": "soaking"}


def test_an_undo_waits_for_no_check(world: SlapdWorld) -> None:
    rights = world.rights()
    world.role("mail", "post")
    wave = world.applied("ada")
    upgraded(world)
    world.undone(wave)
    assert world.rights() == rights
    assert checks_by_itself(world) == 0


def test_the_doctor_says_that_the_check_is_older_than_the_server(
    world: SlapdWorld,
) -> None:
    def said() -> str:
        return next(
            check.text
            for check in examine(world.parts)
            if check.subject == "directory Acme"
        )

    assert "It answers" in said()
    upgraded(world)
    assert "The check is older than the server" in said()
    world.sync()
    assert "It answers" in said()
