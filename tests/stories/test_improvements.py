"""The improvements of the demo."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from app.core.audit import verify
from app.core.db import Database
from app.core.settings import Settings
from app.improvements.board.actions import reopen_drifted
from app.improvements.board.queries import board, drifted_among, embedded
from app.improvements.case.queries import business_case
from app.improvements.complaints.queries import complaint_lines
from app.improvements.crowd.queries import crowd_page
from app.improvements.crowd.rules import ONE_BY_ONE
from app.improvements.files.queries import content_of
from app.improvements.metrics.marks import marks_of
from app.improvements.metrics.queries import values_of
from app.improvements.spread.predictions import prediction_ledger
from app.models.improvements.improvement import Improvement, Note
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.metric import Metric
from app.models.improvements.talk import ImprovementFile
from app.models.improvements.words import (
    ImprovementNoteKind,
    ImprovementState,
    IterationState,
)
from app.upkeep.stories.player import tell
from tests.improvements.builders import Room, an_operator, rows


@pytest.fixture
def seeded(room: Room) -> Room:
    an_operator(room.database, "admin")
    assert room.do(tell, "improvements") is True
    return room


def test_the_demo_shows_improvements_in_every_stage(
    seeded: Room, database: Database
) -> None:
    states = Counter(one.state for one in rows(database, select(Improvement)))
    assert states == {
        ImprovementState.IN_PROGRESS: 4,
        ImprovementState.EMBEDDED: 1,
        ImprovementState.ACCEPTED: 1,
        ImprovementState.STOPPED: 1,
        ImprovementState.DUPLICATE: 1,
        ImprovementState.REJECTED: 1,
    }
    assert seeded.ask(prediction_ledger).ledger.entries == 2
    assert [line.heard.arithmetic for line in seeded.ask(complaint_lines)] == [
        "2 × (8 + 8 + 6) = 44",
        "3 × (8 + 6) = 42",
        "3 × (6 + 5) = 33",
    ]
    with database.read() as session:
        assert verify(session) is None


def test_nothing_in_the_demo_needs_attention_today(seeded: Room) -> None:
    assert seeded.ask(board, seeded.now.date(), 2).attention == ()


def test_the_demo_has_a_case_worth_reading(seeded: Room, database: Database) -> None:
    [caller] = [
        one
        for one in rows(database, select(Improvement))
        if one.template == "caller-identification"
    ]
    case = seeded.ask(business_case, caller.id, seeded.now.date(), seeded.now)
    filled = {section.key for section in case.sections if section.sentences}
    assert {
        "reasons",
        "options",
        "tried",
        "found",
        "benefits",
        "everyone",
        "costs",
        "risks",
        "forecast",
    } <= filled


def test_the_demo_shows_a_rung_of_many_who_answered_by_their_links(
    seeded: Room, database: Database
) -> None:
    people = rows(database, select(Participation))
    answered = [one for one in people if one.says_works is not None]
    [rung] = {one.iteration_id for one in answered}
    assert seeded.ask(crowd_page, rung).total > ONE_BY_ONE
    assert sum(one.says_works is False for one in answered) == 1


def test_the_demo_shows_a_light_rung_a_file_a_mark_on_a_chart_and_notes_of_each_kind(
    seeded: Room, database: Database, settings: Settings
) -> None:
    [light] = [
        one
        for one in rows(database, select(Iteration))
        if one.metric_id is None and one.state is IterationState.RUNNING
    ]
    taking_part = Participation.iteration_id == light.id
    assert len(rows(database, select(Participation).where(taking_part))) == 1
    assert light.what_changes and light.ends_on and light.expected is None
    assert seeded.now.date() < light.ends_on
    [file] = rows(database, select(ImprovementFile))
    content = seeded.ask(content_of, settings.files, file.id)
    assert b"Hamburg" in content.path.read_bytes()
    [lesson] = rows(database, select(Note).where(Note.text.contains("until noon")))
    there = Metric.primary_of == lesson.improvement_id
    [main] = rows(database, select(Metric).where(there))
    marks = seeded.ask(marks_of, lesson.improvement_id)
    [noted] = [one for one in marks if "noon" in one.words]
    values = seeded.ask(values_of, [main.id])[main.id]
    assert noted.when in {one.day for one in values}
    kinds = {one.kind for one in rows(database, select(Note))}
    assert set(ImprovementNoteKind) - kinds == {ImprovementNoteKind.LINK}


def test_a_second_time_nothing_is_made(seeded: Room) -> None:
    assert seeded.do(tell, "improvements") is False


def test_without_operators_there_are_improvements_all_the_same(
    room: Room, database: Database
) -> None:
    assert room.do(tell, "improvements") is True
    assert {one.owner for one in rows(database, select(Improvement))} == {""}


def test_nothing_of_the_demo_drifts(seeded: Room) -> None:
    assert seeded.ask(lambda session: drifted_among(session, embedded(session))) == []
    assert seeded.do(reopen_drifted) == []
