"""One row that cannot be worked off: each lane sets it aside after a few tries, names it, and takes
the next one.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core import aside
from app.core.acting import Acting
from app.core.audit import AuditEvent
from app.core.db import Database
from app.core.errors import Away
from app.core.jobs import Work
from app.core.parts import KEY, Parts
from app.directory.actions import ask_reading, run_waiting_readings
from app.improvements.board.actions import DriftWatch
from app.improvements.metrics.actions import watch
from app.improvements.metrics.desk_figures import DeskFigures
from app.incidents.clocks.actions import run_due_escalations
from app.incidents.files.actions import Offered, attach, incoming, run_due_deletions
from app.incidents.files.rules import place_of
from app.incidents.inform.actions import run_due_reminders
from app.incidents.intake.actions import Report, report
from app.incidents.restoration.actions import restore
from app.incidents.takeover.actions import take_over
from app.incidents.takeover.rules import Row
from app.messages.actions import delivering
from app.messages.rules.delivery import DeliveryOutcome
from app.models.directory import Reading, ReadingState
from app.models.improvements.improvement import Improvement
from app.models.improvements.metric import Measurement
from app.models.improvements.words import ImprovementState, MetricScope, Period
from app.models.incidents.desk import Reminder
from app.models.incidents.incident import Attachment, Escalation, Incident
from app.models.incidents.words import DeskFigure, FileKind, IncidentState
from app.models.messages import DeliveryState
from tests.acting import acting
from tests.catalog.builders import a_service
from tests.conftest import Clock
from tests.directory.builders import a_directory
from tests.directory.said import Told, group, parts_with, person, snapshot
from tests.improvements.builders import Room
from tests.incidents.builders import Desk, rows
from tests.messages.builders import PostRoom, somebody
from tests.messages.receivers import MailServer, mail_server

TRIES = len(aside.PAUSES) + 1


@pytest.fixture
def parts(app: Flask) -> Parts:
    made: Parts = app.extensions[KEY]
    return made


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, now=clock())


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def poisoned(database: Database, table: str, row_id: int, column: str) -> None:
    """Put a moment into a row that no program can read: what a broken tool or disk leaves there."""
    moment = "the day before" if database.is_sqlite else "infinity"
    wrong = text(f"UPDATE {table} SET {column} = :moment WHERE id = :id")
    with database.write() as session:
        session.connection().execute(wrong, {"moment": moment, "id": row_id})


def work_off(work: Work, parts: Parts, clock: Clock, rounds: int = TRIES + 3) -> None:
    """Let a lane look again and again, long enough apart that every pause is over."""
    for _ in range(rounds):
        work(parts)
        clock.forward(minutes=30)


def listed(database: Database) -> list[tuple[str, str, int, bool]]:
    with database.read() as session:
        return [
            (one.lane, one.key, one.attempts, one.aside_at is not None)
            for one in aside.entries(session)
        ]


def told(database: Database) -> list[str]:
    chosen = select(AuditEvent.label).where(AuditEvent.action == "worker.set-aside")
    return rows(database, chosen)


def assert_set_aside(
    database: Database, lane: str, key: int, noun: str, tries: int = TRIES
) -> None:
    assert listed(database) == [(lane, str(key), tries, True)]
    assert told(database) == [f"Set aside {noun} {key}"]


def test_a_delivery_that_cannot_be_prepared_holds_up_no_other(
    app: Flask, parts: Parts, clock: Clock, smtp: MailServer
) -> None:
    room = PostRoom(app)
    channel = room.channel("Mail", smtp.url)
    first, second = (
        room.sent([somebody("Ada")], channel),
        room.sent([somebody("Ben")], channel),
    )
    poisoned(parts.database, "message", first, "next_update_at")
    room.work()
    assert [recipient for recipient, _ in smtp.taken] == ["ben@demo.example"]
    work_off(lambda parts: room.work(), parts, clock)
    assert [recipient for recipient, _ in smtp.taken] == ["ben@demo.example"]
    [bad] = room.deliveries(first)
    assert (bad.state, room.states(second)) == (DeliveryState.FAILED, ["sent"])
    assert bad.problem
    assert_set_aside(parts.database, "deliveries", bad.id, "delivery")


def test_what_breaks_while_it_is_sent_may_have_arrived_and_is_not_sent_again(
    app: Flask,
    parts: Parts,
    clock: Clock,
    smtp: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room, real = PostRoom(app), delivering.post

    def breaks_for_ada(url: str, *content: Any, **more: Any) -> DeliveryOutcome:
        if "ada" in url:
            raise RecursionError
        return real(url, *content, **more)

    monkeypatch.setattr(delivering, "post", breaks_for_ada)
    channel = room.channel("Mail", smtp.url)
    message = room.sent([somebody("Ada")], channel)
    room.sent([somebody("Ben")], channel)
    work_off(lambda parts: room.work(), parts, clock, 3)
    assert [recipient for recipient, _ in smtp.taken] == ["ben@demo.example"]
    assert room.states(message) == ["may have been sent"]


def test_a_delivery_whose_end_cannot_be_noted_is_never_sent_twice(
    app: Flask, parts: Parts, clock: Clock, smtp: MailServer
) -> None:
    room = PostRoom(app)
    refusing = room.channel("Refusing", "json://127.0.0.1:9/{address}")
    room.channel("Mail", smtp.url)
    message = room.sent([somebody("Ada")], refusing)
    with (
        parts.database.write() as session
    ):  # what the next channel needs is of the wrong shape
        session.connection().execute(
            text("UPDATE message SET audience = '{\"typed\": 5}'")
        )
    room.sent([somebody("Ben")], refusing)
    work_off(lambda parts: room.work(), parts, clock)
    assert room.states(message) == ["may have been sent"]
    assert [line[0] for line in listed(parts.database)] == ["deliveries"]


@pytest.mark.parametrize(
    ("lane", "work", "days"),
    [("reminders", run_due_reminders, 1), ("escalations", run_due_escalations, 5)],
)
def test_an_incident_that_cannot_be_read_keeps_no_other_waiting(
    desk: Desk, parts: Parts, clock: Clock, lane: str, work: Work, days: int
) -> None:
    bad, good = desk.reported(), desk.reported("The printer is out of ink")
    poisoned(parts.database, "incident", bad, "bounce_locked_at")
    clock.forward(days=days)
    work_off(work, parts, clock)
    served = select(
        Reminder.incident_id if lane == "reminders" else Escalation.incident_id
    ).distinct()
    assert rows(parts.database, served) == [good]
    assert_set_aside(parts.database, lane, bad, "incident")


def test_a_restored_incident_that_cannot_be_read_keeps_no_other_open(
    desk: Desk, parts: Parts, clock: Clock
) -> None:
    bad, good = desk.reported(), desk.reported("The printer is out of ink")
    for number in (bad, good):
        desk.do(restore, number, "It was the cable.")
    poisoned(parts.database, "incident", bad, "bounce_locked_at")
    clock.forward(days=30)
    work_off(run_due_escalations, parts, clock)
    assert desk.incident(good).state is IncidentState.CLOSED
    assert_set_aside(parts.database, "closings", bad, "incident")


def test_many_poisoned_rows_at_the_head_do_not_fill_the_batch(
    desk: Desk, parts: Parts, clock: Clock
) -> None:
    bad = [desk.reported() for _ in range(60)]
    good = desk.reported("The printer is out of ink")
    for number in bad:
        poisoned(parts.database, "incident", number, "bounce_locked_at")
    clock.forward(days=5)
    run_due_escalations(parts)
    assert set(rows(parts.database, select(Escalation.incident_id))) == {good}


def test_a_file_that_cannot_be_deleted_keeps_no_other_from_being_deleted(
    desk: Desk, parts: Parts, clock: Clock
) -> None:
    number, files = desk.reported(), parts.settings.files
    made = [
        _attached(desk, files, number, clock().date(), content)
        for content in (b"one", b"two")
    ]
    place = place_of(files, made[0].sha256, made[0].id)
    place.unlink()
    (place / "in the way").mkdir(parents=True)
    clock.forward(days=2)
    work_off(run_due_deletions, parts, clock)
    left = select(Attachment.id).where(Attachment.deleted_at.is_(None))
    assert rows(parts.database, left) == [made[0].id]
    assert_set_aside(parts.database, "deletions", made[0].id, "attachment")


def _attached(
    desk: Desk, files: Path, number: int, delete_on: date, content: bytes
) -> Attachment:
    with incoming(files, io.BytesIO(content), FileKind.FILE) as found:
        made: Attachment = desk.do(
            attach, number, found, Offered("a.txt", delete_on=delete_on)
        )
        return made


def test_a_metric_that_cannot_be_measured_keeps_no_other_from_being_measured(
    desk: Desk, parts: Parts, clock: Clock
) -> None:
    room = Room(parts.database, now=desk.now)
    desk.do(_reported_before, timedelta(days=20))
    usual = {
        "desk_figure": DeskFigure.REPORTED,
        "period": Period.WEEK,
        "scope": MetricScope.SERVICE,
    }
    bad, good = (room.metric(room.raised(), name, **usual) for name in ("Bad", "Good"))
    poisoned(parts.database, "metric", bad, "created_at")
    work_off(DeskFigures(), parts, clock)
    assert set(rows(parts.database, select(Measurement.metric_id))) == {good}
    assert_set_aside(parts.database, "figures", bad, "metric")


def _reported_before(act: Acting, before: timedelta) -> int:
    told = Report(
        "The till does not start", requester="Carla", reported_at=act.now - before
    )
    return report(act, told).id


def test_an_improvement_whose_chart_breaks_keeps_no_other_from_being_opened_again(
    app: Flask, database: Database, clock: Clock
) -> None:
    room = Room(database, now=clock())
    watched = []
    for title in ("Bad", "Good"):
        improvement, metric = room.begun(title)
        room.do(watch, metric)
        room.put(improvement, state=ImprovementState.EMBEDDED, since=room.now)
        watched.append((improvement, metric))
    room.forward(days=8)
    for _, metric in watched:
        room.measured(metric, [60] * 8)
    clock.time = room.now
    bad = watched[0][0]
    poisoned(database, "improvement", bad, "created_at")
    parts: Parts = app.extensions[KEY]
    work_off(DriftWatch(), parts, clock)
    embedded = select(Improvement.id).where(
        Improvement.state == ImprovementState.EMBEDDED
    )
    assert rows(database, embedded) == [bad]
    assert_set_aside(database, "drift", bad, "improvement")


@pytest.fixture
def two_directories(database: Database) -> tuple[int, int]:
    with database.write() as session:
        return a_directory(session, "Bad", bind_dn="").id, a_directory(
            session, "Good", bind_dn=""
        ).id


def _asked(parts: Parts, directory_id: int) -> int:
    with parts.database.write() as session:
        return ask_reading(acting(session, "kim", parts.now()), directory_id).id


@pytest.mark.parametrize("where", ["its own row", "its directory"])
def test_a_reading_that_breaks_keeps_no_other_waiting(
    database: Database,
    settings: Any,
    clock: Clock,
    two_directories: tuple[int, int],
    where: str,
) -> None:
    anna = person("anna")
    parts = parts_with(
        database, settings, Told(snapshot(anna, group("mail", anna))), clock
    )
    bad, good = (_asked(parts, one) for one in two_directories)
    if where == "its own row":
        poisoned(database, "reading", bad, "ended_at")
    else:
        with database.write() as session:  # JSON, but of the wrong shape
            wrong = text("UPDATE directory SET placeholders = '5' WHERE id = :id")
            session.connection().execute(wrong, {"id": two_directories[0]})
    work_off(run_waiting_readings, parts, clock)
    states = dict(_states(database))
    assert states == {bad: ReadingState.REFUSED, good: ReadingState.COMPLETE}
    assert_set_aside(database, "readings", bad, "reading")


def _states(database: Database) -> list[Any]:
    with database.read() as session:
        return [
            tuple(row) for row in session.execute(select(Reading.id, Reading.state))
        ]


def test_an_import_keeps_the_line_that_breaks_and_takes_the_others(
    database: Database, clock: Clock
) -> None:
    bad = a_service(database, "Broken")
    poisoned(database, "service", bad, "published_at")
    lines = [_line(1, "Broken"), _line(2, ""), _line(3, "")]
    with database.write() as session:
        taken, rejects = take_over(acting(session, "dora", clock()), "glpi", lines)
    assert (taken, [reject.line for reject in rejects]) == (2, [1])
    assert "cannot be taken over" in rejects[0].why
    assert rejects[0].cells == {"ID": "1"}
    assert len(rows(database, select(Incident.id))) == 2


def _line(number: int, service: str) -> Row:
    at = datetime(2026, 2, 1, tzinfo=UTC)
    cells = {"ID": str(number)}
    return Row(
        number,
        str(number),
        f"Line {number}",
        "",
        "Carla",
        service,
        "open",
        at,
        None,
        None,
        cells,
    )


def test_trying_again_gives_a_row_all_its_tries(
    desk: Desk, parts: Parts, clock: Clock
) -> None:
    bad = desk.reported()
    poisoned(parts.database, "incident", bad, "bounce_locked_at")
    clock.forward(days=1)
    work_off(run_due_reminders, parts, clock)
    [entry] = rows(parts.database, select(aside.SetAside))
    with parts.database.write() as session:
        aside.try_again(acting(session, "anna", clock()), [entry.id])
    assert listed(parts.database) == []
    with parts.database.write() as session:
        session.connection().execute(
            text("UPDATE incident SET bounce_locked_at = NULL")
        )
    work_off(run_due_reminders, parts, clock, 1)
    assert rows(parts.database, select(Reminder.incident_id).distinct()) == [bad]
    assert listed(parts.database) == []


def test_a_row_that_went_well_after_all_leaves_the_list(
    desk: Desk, parts: Parts, clock: Clock
) -> None:
    bad = desk.reported()
    poisoned(parts.database, "incident", bad, "bounce_locked_at")
    clock.forward(days=1)
    run_due_reminders(parts)
    assert listed(parts.database) == [("reminders", str(bad), 1, False)]
    with parts.database.write() as session:
        session.connection().execute(
            text("UPDATE incident SET bounce_locked_at = NULL")
        )
    clock.forward(minutes=2)
    run_due_reminders(parts)
    assert listed(parts.database) == []


def test_nothing_is_counted_while_the_database_is_away(
    desk: Desk, parts: Parts, clock: Clock
) -> None:
    desk.reported()
    clock.forward(days=1)
    with pytest.raises(Away):
        run_due_reminders(
            replace(parts, database=Database("postgresql://127.0.0.1:9/gone"))
        )
    assert listed(parts.database) == []
