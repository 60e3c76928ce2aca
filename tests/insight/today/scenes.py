"""One scene for each kind of thing that can wait for a person: what happened, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from app.core import audit
from app.core.asked import AskedState
from app.core.db import Base, Database
from app.core.settings import Settings
from app.core.waiting import Wait
from app.improvements.comments.actions import add_comment
from app.improvements.metrics.actions import retire_metric
from app.improvements.tasks.queries import first_task_of
from app.models.access.asked import AskedPlan
from app.models.access.kept import AccessException
from app.models.access.wave import Switch
from app.models.access.words import SwitchState, WaveState
from app.models.directory import Reading, ReadingChange, ReadingState
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import (
    ImprovementState,
    IterationState,
    MetricRole,
    Period,
)
from app.models.incidents.incident import Contact, Escalation, Incident, WorkOrder
from app.models.incidents.words import IncidentState, Via, WaitingOn
from app.models.sponsors.pulse import Pulse
from app.models.sponsors.words import (
    PulseKind,
    PulseSplit,
    PulseState,
    SponsorAnswerKind,
    Stance,
)
from app.sponsors.said.actions import SponsorReader, SponsorSays, say
from app.sponsors.stakeholders.actions import (
    StepDraft,
    Stood,
    add_stakeholder,
    add_step,
)
from tests.access.builders import World, a_world
from tests.access.builders import an_operator as operator
from tests.directory.builders import a_directory
from tests.improvements.builders import Room
from tests.incidents.builders import MONDAY, Desk

HELD = {"ada": "mail post", "cyd": "mail post wiki", "dot": "mail"}
ME = "rita"
"""For whom all scenes are played; nobody else does anything under this name."""


def changed(database: Database, kind: type[Base], number: int, **values: Any) -> None:
    """Put a row as only a long story would bring it there."""
    with database.write() as session:
        session.execute(update(kind).where(kind.id == number).values(**values))
        audit.record(session, "test", "test.put", f"test:{number}", "Put", at=MONDAY)


def added(database: Database, row: Base) -> None:
    """Put a row there as only a long story would."""
    with database.write() as session:
        session.add(row)
        audit.record(session, "test", "test.put", "test:1", "Put", at=MONDAY)


def _access(database: Database, settings: Settings) -> tuple[World, int]:
    operator(database, ME)
    operator(database, "anna")
    world = a_world(database, HELD, plans=settings.plans)
    return world, world.wave(world.role(), "ada")


def _switched(
    database: Database,
    settings: Settings,
    state: SwitchState,
    wave_state: WaveState = WaveState.SOAKING,
) -> int:
    world, wave = _access(database, settings)
    world.approve(wave, settings)
    world.put(wave, state, wave_state)
    return wave


def planned(database: Database, settings: Settings) -> None:
    _access(database, settings)


def approved(database: Database, settings: Settings) -> None:
    world, wave = _access(database, settings)
    world.approve(wave, settings)


def stopped(database: Database, settings: Settings) -> None:
    _switched(database, settings, SwitchState.OVERLAP, WaveState.STOPPED)


def soaking(database: Database, settings: Settings) -> None:
    _switched(database, settings, SwitchState.SOAKING)


def confirmed(database: Database, settings: Settings) -> int:
    """Bring a wave to where everybody was seen working, and nobody decided; its number."""
    return _switched(database, settings, SwitchState.CONFIRMED, WaveState.CONFIRMED)


def conflict(database: Database, settings: Settings) -> None:
    _switched(database, settings, SwitchState.CONFLICT, WaveState.STOPPED)


def exception(database: Database, settings: Settings) -> None:
    world, _wave = _access(database, settings)
    with database.read() as session:
        switch = session.query(Switch).one()
    kept = AccessException(
        switch_id=switch.id,
        person_id=switch.person_id,
        entitlement_id=world.rights["wiki"],
        owner=ME,
        reason="Until the course is over.",
        until=MONDAY.date() + timedelta(days=5),
        ended_at=None,
    )
    added(database, kept)


def turnover(database: Database, settings: Settings) -> None:
    world, _wave = _access(database, settings)
    with database.write() as session:
        reading = session.query(Reading).filter_by(directory_id=world.directory_id)
        text = "The account of Ada was switched off."
        change = ReadingChange(reading_id=reading.one().id, text=text)
        change.kind, change.person_id = "person disabled", world.people["ada"]
        session.add(change)
        reading.one().ended_at = MONDAY
        session.info["audit_events"] = 1


def _incident(database: Database, **values: Any) -> int:
    operator(database, ME)
    desk = Desk(database, by="dora")
    number = desk.reported()
    changed(database, Incident, number, **{"agent": ME, **values})
    return number


def promise(database: Database, _settings: Settings) -> None:
    _incident(database, next_update_at=MONDAY - timedelta(minutes=45))


def heard_again(database: Database, _settings: Settings) -> None:
    number = _incident(database, reported_at=MONDAY - timedelta(hours=2))
    said = Contact(
        incident_id=number,
        at=MONDAY - timedelta(hours=1),
        via=Via.PORTAL,
        who="Carla Cash",
        text="Now it says E7.",
        by="Carla Cash (requester)",
    )
    added(database, said)


def waited(database: Database, _settings: Settings) -> None:
    _incident(
        database,
        state=IncidentState.WAITING,
        waiting_on=WaitingOn.PROVIDER,
        waiting_until=MONDAY - timedelta(hours=1),
    )


def ordered(database: Database, _settings: Settings) -> None:
    operator(database, ME)
    desk = Desk(database, by="dora")
    order = WorkOrder(
        incident_id=desk.reported(),
        team_id=desk.team("Tills", ME),
        what="Change the cable",
        due_at=MONDAY + timedelta(hours=4),
        created_at=MONDAY,
        created_by="dora",
    )
    added(database, order)


def asked_for(database: Database, _settings: Settings) -> None:
    operator(database, ME)
    desk = Desk(database, by="dora")
    number = desk.reported(service_id=desk.service(owner=ME))
    changed(database, Incident, number, asked_team_id=desk.team("Tills"))


def escalated(database: Database, _settings: Settings) -> None:
    number = _incident(database, agent="")
    why = "It is a P1, and nobody touched it."
    told = Escalation(incident_id=number, rule="target", why=why, at=MONDAY)
    added(database, told)


def _improvement(database: Database) -> tuple[Room, int, int]:
    operator(database, ME)
    room = Room(database)
    improvement, metric = room.begun()
    room.put(improvement, owner=ME)
    return room, improvement, metric


def _task(database: Database, improvement: int) -> int:
    with database.read() as session:
        task = first_task_of(session, improvement)
        assert task is not None
        return task.id


def step_due(database: Database, _settings: Settings) -> None:
    _room, improvement, _metric = _improvement(database)
    changed(database, ImprovementTask, _task(database, improvement), due=MONDAY.date())


def mentioned(database: Database, _settings: Settings) -> None:
    room, improvement, _metric = _improvement(database)
    room.do(add_comment, improvement, f"What do you think, @{ME}?")


def sponsor_objects(database: Database, _settings: Settings) -> None:
    room, improvement, _metric = _improvement(database)
    objects = SponsorSays(SponsorAnswerKind.OBJECTS, improvement, "Too early.")
    room.do(say, SponsorReader("Sam Sponsor", decides=True), objects)


def pulse_closed(database: Database, _settings: Settings) -> None:
    _room, improvement, _metric = _improvement(database)
    pulse = Pulse(
        kind=PulseKind.PARTICIPANTS,
        state=PulseState.CLOSED,
        title="How is it?",
        improvement_id=improvement,
        split=PulseSplit.NONE,
        named=False,
        threshold=5,
        asked=8,
        answered=6,
        signed_by="Anna",
        opened_on=MONDAY.date(),
        closes_on=MONDAY.date(),
        created_at=MONDAY,
        created_by=ME,
    )
    added(database, pulse)


def drifted(database: Database, _settings: Settings) -> None:
    _room, improvement, _metric = _improvement(database)
    changed(
        database,
        Improvement,
        improvement,
        state=ImprovementState.IN_PROGRESS,
    )
    changed(
        database,
        ImprovementTask,
        _task(database, improvement),
        what="Look into the drift: minutes to answer rose",
        due=MONDAY.date() + timedelta(days=14),
    )


def _running(database: Database) -> int:
    room, improvement, metric = _improvement(database)
    return room.running(improvement, metric, "Ada")


def window_over(database: Database, _settings: Settings) -> None:
    changed(database, Iteration, _running(database), ends_on=date(2026, 3, 1))


def reviewed(database: Database, _settings: Settings) -> None:
    values = {"state": IterationState.REVIEWING, "verdict_not_before": MONDAY.date()}
    changed(database, Iteration, _running(database), **values)


def plan_made(database: Database, settings: Settings) -> None:
    world, wave = _access(database, settings)
    row = AskedPlan(
        role_id=1,
        wave_id=wave,
        state=AskedState.MADE,
        asked_by=ME,
        asked_at=MONDAY,
        people=list(world.people.values()),
        choices={},
        beat_at=MONDAY,
        ended_at=MONDAY,
        told_at=None,
    )
    added(database, row)


def missed(database: Database, _settings: Settings) -> None:
    operator(database, ME)
    with database.write() as session:
        directory = a_directory(session, "Berlin")
        for full, names in ((True, ["anna", "ben"]), (False, [])):
            reading = Reading(
                directory_id=directory.id,
                state=ReadingState.COMPLETE,
                asked_by="Rung",
                started_at=MONDAY,
                ended_at=MONDAY,
                full=full,
                missed=names,
                missed_count=len(names),
            )
            session.add(reading)


def value_due(database: Database, _settings: Settings) -> None:
    operator(database, ME)
    room = Room(database, by=ME)
    improvement_id, daily = room.begun(owner=ME)
    room.do(retire_metric, daily, reason="Too much work")
    more = {"role": MetricRole.OTHER, "period": Period.WEEK}
    room.metric(improvement_id, "Calls twice", **more)


def undo_asked(database: Database, _settings: Settings) -> None:
    _running(database)
    with database.read() as session:
        number = session.query(Participation.id).scalar()
    changed(database, Participation, number, undo_asked_at=MONDAY)


def follow_up_due(database: Database, _settings: Settings) -> None:
    operator(database, ME)
    room = Room(database, by=ME)
    values = {"name": "Head of development", "kind": "group"}
    number = room.raised()
    there = room.do(add_stakeholder, number, values, Stood(Stance.RESISTANT))
    room.do(add_step, there.id, StepDraft("Show it to them", ME, MONDAY.date()))


Scene = Callable[[Database, Settings], None]
SCENES: Mapping[Wait, Scene] = {
    Wait.READY: plan_made,
    Wait.APPROVE: planned,
    Wait.APPLY: approved,
    Wait.CONFIRM: soaking,
    Wait.GO_ON: stopped,
    Wait.CONFLICT: conflict,
    Wait.EXCEPTION: exception,
    Wait.TURNOVER: turnover,
    Wait.PROMISE: promise,
    Wait.ANSWER: heard_again,
    Wait.LOOK: waited,
    Wait.ORDER: ordered,
    Wait.HAND_OVER: asked_for,
    Wait.MANAGEMENT: escalated,
    Wait.STEP: step_due,
    Wait.VALUES: value_due,
    Wait.REVIEW: window_over,
    Wait.DECIDE: reviewed,
    Wait.DRIFT: drifted,
    Wait.UNDO: undo_asked,
    Wait.MENTION: mentioned,
    Wait.PULSE: pulse_closed,
    Wait.MISSED: missed,
    Wait.FOLLOW_UP: follow_up_due,
    Wait.SPONSOR: sponsor_objects,
}
