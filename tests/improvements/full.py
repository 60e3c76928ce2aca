"""A register with years in it, written straight into the tables: for measuring speed and counting
queries.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from app.core import audit
from app.core.db import Base, Database
from app.models.improvements.improvement import Improvement, Vote
from app.models.improvements.iteration import (
    Decision,
    Finding,
    Iteration,
    Participation,
)
from app.models.improvements.metric import Measurement, Metric
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import (
    Direction,
    FindingKind,
    FindingState,
    ImprovementKind,
    ImprovementState,
    IterationState,
    MetricRole,
    MetricScope,
    ParticipationState,
    TaskState,
)
from tests.improvements.builders import MONDAY

EACH = 10
VALUES = 250
STATES = (
    ImprovementState.IN_PROGRESS,
    ImprovementState.EMBEDDED,
    ImprovementState.ACCEPTED,
    ImprovementState.RAISED,
    ImprovementState.ON_HOLD,
)
Rows = Iterator[dict[str, Any]]


def fill(database: Database, improvements: int = 200, now: datetime = MONDAY) -> None:
    """Fill empty tables: ten iterations and 250 values for each improvement."""
    makers: list[tuple[type[Base], Rows]] = [
        (Improvement, _improvements(improvements, now)),
        (ImprovementTask, _tasks(improvements, now)),
        (Metric, _metrics(improvements, now)),
        (Iteration, _iterations(improvements, now)),
        (Participation, _participations(improvements, now)),
        (Decision, _decisions(improvements, now)),
        (Finding, _findings(improvements, now)),
        (Measurement, _measurements(improvements, now)),
        (Vote, _votes(improvements, now)),
    ]
    with database.write() as session:
        for kind, rows in makers:
            session.execute(insert(kind), list(rows))
        audit.record(session, "test", "test.fill", "improvement:0", "Filled", at=now)


def _improvements(count: int, now: datetime) -> Rows:
    for number in range(1, count + 1):
        at = now - timedelta(days=VALUES)
        yield {
            "id": number,
            "title": f"Improvement {number}",
            "state": STATES[number % len(STATES)],
            "kind": ImprovementKind.PROCESS,
            "since": now - timedelta(days=20),
            "touched_at": now,
            "created_at": at,
            "created_by": "anna",
            "parent_id": 1 if number % 20 == 3 else None,
            "owner": "anna",
            "eligible": 100,
            "value": number % 10 + 1,
            "urgency": 5,
            "risk": 3,
            "job_size": number % 7 + 1,
            "next_what": "Ask",
            "next_who": "anna",
            "next_due": (now + timedelta(days=number % 9 - 2)).date(),
        }


def _tasks(count: int, now: datetime) -> Rows:
    for number in range(1, count + 1):
        for place in (1, 2):
            yield {
                "improvement_id": number,
                "place": place,
                "state": TaskState.OPEN,
                "what": "Ask" if place == 1 else "Ask again",
                "owner": "anna",
                "due": (now + timedelta(days=number % 9 - 2)).date(),
                "ended_by": "",
                "created_at": now,
                "created_by": "anna",
            }


def _metrics(count: int, now: datetime) -> Rows:
    for number in range(1, count + 1):
        watched = (
            number
            if STATES[number % len(STATES)] is ImprovementState.EMBEDDED
            else None
        )
        yield {
            "id": number,
            "improvement_id": number,
            "primary_of": number,
            "control_of": watched,
            "role": MetricRole.PRIMARY,
            "name": "Minutes",
            "unit": "minutes",
            "direction": Direction.DOWN,
            "target": 30,
            "scope": MetricScope.PARTICIPANTS,
            "created_at": now - timedelta(days=VALUES),
            "created_by": "anna",
        }


def _iterations(count: int, now: datetime) -> Rows:
    for number in range(count * EACH):
        improvement, place = number // EACH + 1, number % EACH + 1
        began = now - timedelta(days=(EACH - place + 1) * 15)
        runs = (
            place == EACH
            and STATES[improvement % len(STATES)] is ImprovementState.IN_PROGRESS
        )
        yield {
            "id": number + 1,
            "improvement_id": improvement,
            "number": place,
            "open_of": improvement if runs else None,
            "state": IterationState.RUNNING if runs else IterationState.DECIDED,
            "what_changes": "Something",
            "started_at": began,
            "ended_at": None if runs else began + timedelta(days=14),
            "metric_id": improvement,
            "expected": 35,
            "confidence": 70,
            "baseline": 41.0,
            "result": None if runs else 34.0,
            "starts_on": began.date(),
            "ends_on": (began + timedelta(days=14)).date(),
            "created_at": began,
            "created_by": "anna",
        }


def _participations(count: int, now: datetime) -> Rows:
    for number in range(count * EACH * 3):
        iteration = number // 3 + 1
        yield {
            "iteration_id": iteration,
            "name": f"Person {number % (EACH * 3)}",
            "state": ParticipationState.ACCEPTED,
            "switched_at": now,
            "accepted_at": now - timedelta(days=number % 140),
            "created_at": now,
            "created_by": "anna",
        }


def _decisions(count: int, now: datetime) -> Rows:
    for number in range(count * EACH):
        if number % EACH < EACH - 1:
            yield {
                "iteration_id": number + 1,
                "kind": "scale",
                "reason": "It works.",
                "gate": [],
                "overrides": [],
                "evidence": [],
                "created_at": now - timedelta(days=1),
                "created_by": "anna",
            }


def _findings(count: int, now: datetime) -> Rows:
    for number in range(count * EACH):
        yield {
            "improvement_id": number // EACH + 1,
            "iteration_id": number + 1,
            "kind": FindingKind.FIX,
            "state": FindingState.VERIFIED,
            "title": f"Finding {number}",
            "created_at": now,
            "created_by": "anna",
        }


def _measurements(count: int, now: datetime) -> Rows:
    chance = random.Random(1)
    for number in range(count * VALUES):
        metric, place = number // VALUES + 1, number % VALUES
        yield {
            "metric_id": metric,
            "day": (now - timedelta(days=VALUES - place)).date(),
            "value": chance.gauss(40, 3),
            "created_at": now,
            "created_by": "anna",
        }


def _votes(count: int, now: datetime) -> Rows:
    for number in range(count):
        yield {
            "improvement_id": number + 1,
            "voter": f"voter {number % 7}",
            "created_at": now,
        }
