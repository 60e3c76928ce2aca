"""Each sign-in of the demo finds on Today what waits for just that one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.queries import load_role
from app.access.waves.queries import get_wave
from app.auth.queries import operator_named
from app.core.audit import verify
from app.core.parts import DEMO, KEY, Parts
from app.core.waiting import Wait, Waiter, waiting_for
from app.directory.actions import connection_of
from app.incidents.clocks.actions import run_due_escalations
from app.incidents.inform.actions import run_due_reminders
from app.models.access.kept import AccessException
from app.models.access.role import Role
from app.models.access.wave import Wave
from app.models.access.words import SwitchState, WaveState
from app.models.auth import Notice, Operator
from app.models.incidents.incident import Incident
from app.upkeep.stories.company import OPERATORS, SEES, seed, start_over
from tests.pages import Pages

WAITS = {
    "admin": {
        Wait.APPROVE,
        Wait.CONFIRM,
        Wait.DRIFT,
        Wait.EXCEPTION,
        Wait.LOOK,
        Wait.TURNOVER,
        Wait.ORDER,
        Wait.MANAGEMENT,
        Wait.VALUES,
    },
    "approver": {Wait.APPROVE},
    "agent": {Wait.ANSWER, Wait.PROMISE},
    "owner": {
        Wait.DRIFT,
        Wait.EXCEPTION,
        Wait.TURNOVER,
        Wait.HAND_OVER,
        Wait.MENTION,
        Wait.SPONSOR,
        Wait.STEP,
        Wait.VALUES,
        Wait.FOLLOW_UP,
    },
    "manager": {Wait.MANAGEMENT},
    "reader": set[Wait](),
}


STATES = [
    WaveState.SOAKING,
    WaveState.PLANNED,
    WaveState.SOAKING,
    WaveState.ARMED,
]


@pytest.fixture
def parts(app: Flask) -> Parts:
    found: Parts = app.extensions[KEY]
    seed(found, app.extensions[DEMO], by="nina")
    return found


@pytest.fixture
def waits(parts: Parts) -> Callable[[str], list[Wait]]:
    def of(name: str) -> list[Wait]:
        with parts.database.read() as session:
            me = operator_named(session, name)
            assert me is not None
            may = tuple(me.permissions)
            who = Waiter(me.id, me.name, may, parts.now(), parts.settings)
            return [line.wait for line in waiting_for(session, who).lines]

    return of


def test_each_of_them_finds_the_work_of_just_that_one(
    parts: Parts, waits: Callable[[str], list[Wait]]
) -> None:
    run_due_escalations(parts)
    run_due_reminders(parts)
    assert {name: set(waits(name)) for name in OPERATORS} == WAITS
    of_admin = waits("admin")
    assert of_admin.count(Wait.MANAGEMENT) * 2 <= len(of_admin)
    assert OPERATORS.keys() == SEES.keys() == WAITS.keys()


def test_one_wave_is_to_be_seen_working_and_the_next_to_be_approved(
    parts: Parts,
) -> None:
    with parts.database.read() as session:
        numbers = session.scalars(select(Wave.id).order_by(Wave.id)).all()
        waves = [get_wave(session, number) for number in numbers]
        states = [[switch.state for switch in wave.switches] for wave in waves]
        assert [wave.state for wave in waves] == STATES
        assert states == [
            [SwitchState.CONFIRMED, SwitchState.SOAKING],
            [SwitchState.PLANNED] * 3,
            [SwitchState.SOAKING] * 2,
            [SwitchState.APPROVED] * 2,
        ]
        assert {wave.author for wave in waves} == {"owner"}
        assert waves[0].approved_by == "approver" and waves[0].applied_by == "admin"
        kept = session.scalars(select(AccessException)).one()
        assert kept.owner == "owner"
        assert verify(session) is None


def test_the_directory_itself_was_changed_for_the_first_wave(parts: Parts) -> None:
    with parts.database.read() as session:
        first = select(Role.id).order_by(Role.id).limit(1)
        number = session.scalars(first).one()
        role = load_role(session, number)
        connection = connection_of(role.directory, parts.trust)
    reader = parts.open_reader(connection)
    groups = {group.cn: group for group in reader.read(lambda *_: None).groups}
    reader.close()
    there = groups[role.name]
    assert any("mia.hansen" in member for member in there.members)
    assert there.dn in groups["share-sales"].members
    assert not any("mia.hansen" in one for one in groups["share-sales"].members)


def test_the_time_after_a_move_has_something_to_show_on_each_of_its_pages(
    parts: Parts, app: Flask
) -> None:
    """What is told stands on its page, for whoever signs in as admin."""
    pages = Pages(app).as_operator("anna")

    def shown(page: str) -> str:
        return pages.get(page).root.one("main").text

    assert "Piet de Vries is in" in shown("/drift")
    assert "begins by itself" in shown("/waves/4") or "armed" in shown("/waves/4")
    assert "4 open undos 4 are clean" in shown("/undo-health")
    assert "app-crm-users" in shown("/waves/2/rehearsal")
    assert "Otto Wagner" in shown("/reviews")
    assert "The rights of the board stay single ones." in shown("/suggestions")


def test_nobody_begins_with_a_page_of_notices(parts: Parts) -> None:
    with parts.database.read() as session:
        admin = session.scalars(select(Operator).where(Operator.name == "admin")).one()
        heard = select(Notice).where(Notice.at >= admin.created_at)
        assert {notice.by for notice in session.scalars(heard)} == {"admin"}


def test_started_over_it_is_told_again_and_no_incident_twice(
    parts: Parts, app: Flask
) -> None:
    with parts.database.read() as session:
        before = session.scalars(select(Incident.title).order_by(Incident.id)).all()
    start_over(parts, app.extensions[DEMO], by="nina")
    seed(parts, app.extensions[DEMO], by="nina")
    with parts.database.read() as session:
        after = session.scalars(select(Incident.title).order_by(Incident.id)).all()
        states = session.scalars(select(Wave.state).order_by(Wave.id)).all()
    assert after == before
    assert states == STATES
