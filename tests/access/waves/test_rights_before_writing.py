"""A wave that may not write all of its plan is refused before its first write; undo never is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.access.waves import running
from app.access.waves.actions import apply
from app.access.waves.running import run_due_waves
from app.core.audit import AuditEvent
from app.core.parts import KEY
from app.core.settings import Settings
from app.models.access.wave import Step, Wave
from app.models.access.words import StepState, WaveState
from ldap_sync.values import Connection, Doubt
from tests.access.engine.slapd_world import SlapdWorld, company, right_dn
from tests.acting import acting
from tests.conftest import Clock
from tests.ldap_sync.servers import ACCESS, Slapd
from tests.pages import Pages

FOUR = {"ada": "mail post wiki wages", "ben": "mail post wiki wages"}
RIGHTS = ("mail", "post", "wages", "wiki")
FORBIDDEN = right_dn("wiki")
FOURTH_FORBIDDEN = ACCESS.replace(
    "access to * by", f'access to dn.exact="{FORBIDDEN}" by * read\naccess to * by'
)


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock, FOUR, access=FOURTH_FORBIDDEN) as world:
        world.role(*RIGHTS)
        yield world


def standing(world: SlapdWorld) -> tuple[WaveState, str]:
    with world.parts.database.read() as session:
        wave = session.scalars(select(Wave)).one()
        assert wave.started_at is None or wave.state is not WaveState.APPROVED
        return wave.state, wave.message


def steps(world: SlapdWorld) -> set[StepState]:
    with world.parts.database.read() as session:
        return set(session.scalars(select(Step.state)))


def test_a_wave_whose_fourth_group_is_forbidden_writes_nothing_at_all(
    world: SlapdWorld,
) -> None:
    before = world.server.everything()
    wave = world.approved("ada", "ben")
    refused = world.done("wave", "apply", wave, code=1)
    assert FORBIDDEN in str(refused)
    assert "Nothing was changed" in str(refused)
    assert all(right_dn(name) not in str(refused) for name in RIGHTS[:3])
    assert world.server.everything() == before
    assert world.doors.writes == 0
    assert steps(world) == {StepState.PLANNED}


def test_a_refused_wave_stays_approved_and_says_why_on_its_page(
    world: SlapdWorld,
) -> None:
    before = world.server.everything()
    world.approved("ada")
    with world.parts.database.write() as session:
        apply(acting(session, "olga", world.parts.now(), world.parts.settings), 1)
    assert not run_due_waves(world.parts)
    state, message = standing(world)
    assert state is WaveState.APPROVED
    assert FORBIDDEN in message
    assert world.server.everything() == before
    page = Pages(world.app).as_operator("olga").get("/waves/1")
    assert FORBIDDEN in page.content
    assert "Approved, and nothing is changed yet." in page.content
    assert not run_due_waves(world.parts)


def test_whoever_approves_can_ask_before_and_nothing_is_changed(
    world: SlapdWorld,
) -> None:
    before = world.server.everything()
    wave = world.planned("ada", "ben")
    told = world.done("wave", "rights", wave, code=1)
    assert [one["dn"] for one in told["refused"]] == [FORBIDDEN]
    assert told["unknown"] == []
    page = Pages(world.app).as_operator("mia", permissions=("read", "approve"))
    assert "May Rung write all of it?" in page.get(f"/waves/{wave}").content
    asked = page.get(f"/waves/{wave}/rights").content
    assert "1 entry may not be written" in asked
    assert FORBIDDEN in asked
    assert world.server.everything() == before
    assert world.doors.writes == 0


def test_all_may_be_written_is_said_with_the_number_of_entries(
    settings: Settings, clock: Clock
) -> None:
    with company(settings, clock, FOUR) as world:
        world.role(*RIGHTS)
        wave = world.planned("ada")
        told = world.done("wave", "rights", wave)
        assert (told["refused"], told["unknown"]) == ([], [])
        entries = told["entries"]
        assert entries > len(RIGHTS)
        asked = Pages(world.app).as_operator("olga").get(f"/waves/{wave}/rights")
        assert f"Yes: all {entries} entries may be written" in asked.content
        world.server.stop()
        gone = world.done("wave", "rights", wave, code=4)
        assert gone["error"]


def test_the_wave_goes_through_once_the_right_was_given(
    settings: Settings, clock: Clock
) -> None:
    with company(settings, clock, FOUR, access=FOURTH_FORBIDDEN) as world:
        world.role(*RIGHTS)
        wave = world.approved("ada")
        world.done("wave", "apply", wave, code=1)
        assert isinstance(world.server, Slapd)
        world.server.now_with(ACCESS)
        world.done("wave", "apply", wave)
        assert world.states(wave) == {"ada": "soaking"}
        assert standing(world)[0] is WaveState.SOAKING


def test_an_undo_is_never_asked_for_rights(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company(settings, clock, FOUR) as world:
        rights = world.rights()
        world.role(*RIGHTS)
        wave = world.applied("ada")
        monkeypatch.setattr(running, "why_not_begun", None)  # calling it would break
        world.undone(wave)
        assert world.rights() == rights


def test_what_cannot_be_known_is_noted_and_hinders_nothing(
    settings: Settings, clock: Clock
) -> None:
    with company(settings, clock, FOUR) as world:
        world.role(*RIGHTS)
        wave = world.approved("ada")
        unsure = Doubt(FORBIDDEN, "nobody tells", certain=False)
        opened = world.doors.open_writer

        def doubting(connection: Connection) -> Any:
            writer = opened(connection)
            writer.doubts = lambda _changes: (unsure,)
            return writer

        parts = world.parts
        world.app.extensions[KEY] = replace(parts, open_writer=doubting)
        world.done("wave", "apply", wave)
        assert world.states(wave) == {"ada": "soaking"}
        with parts.database.read() as session:
            told = session.scalars(
                select(AuditEvent).where(AuditEvent.action == "wave.unsure")
            ).one()
        assert FORBIDDEN in str(told.after)
