"""Improvements in the database for tests, made by the actions themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, event
from sqlalchemy.orm import Session

from app.core import audit
from app.core.db import Database
from app.core.settings import Settings
from app.improvements.events import NotedChange, locked, tell
from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.metrics import measuring
from app.improvements.metrics.actions import MetricDraft, add_metric
from app.improvements.notes.actions import CostDraft, add_cost
from app.improvements.people import actions as people_actions
from app.improvements.register.actions import move, raise_improvement, set_next_step
from app.improvements.rungs import closing
from app.improvements.rungs.actions import plan_iteration, rehearse_undo, review
from app.improvements.rungs.starting import start
from app.models.auth import Operator
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import (
    DecisionKind,
    Direction,
    FindingKind,
    ImprovementState,
    Level,
    MetricRole,
    MetricScope,
    ParticipationState,
    Period,
    Side,
)
from tests.acting import USUAL as USUAL_SETTINGS
from tests.acting import acting

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The time at which the clock of tests stands still."""

USUAL = (42, 38, 45, 40, 39, 44, 41, 43, 37, 40, 46, 41)
"""Twelve values before the change: mean 41.3333, limits 29.9679 to 52.6988."""

BETTER = (35, 31, 34, 30, 33, 32, 36, 31)
"""Eight values after it: 32.75 on average, unlikely to be chance (lower is better)."""


@dataclass
class Room:
    """The improvements room of a test: what is done in it, in one transaction each, at the time of
    its clock.
    """

    database: Database
    now: datetime = field(default=MONDAY)
    by: str = "anna"
    settings: Settings = USUAL_SETTINGS

    def forward(self, **duration: float) -> datetime:
        """Move the clock on, as in ``room.forward(days=3)``."""
        self.now += timedelta(**duration)
        return self.now

    def do(self, action: Callable[..., Any], *values: Any, **more: Any) -> Any:
        """Run one action in its own transaction, as ``by`` and at ``now`` unless said otherwise."""
        with self.database.write() as session:
            by, now = more.pop("by", self.by), more.pop("now", self.now)
            act = acting(session, by, now, self.settings)
            return action(act, *values, **more)

    def ask(self, query: Callable[..., Any], *values: Any, **more: Any) -> Any:
        """Run one query."""
        with self.database.read() as session:
            return query(session, *values, **more)

    def raised(self, title: str = "Calls are answered faster", **values: Any) -> int:
        """Raise an improvement; its number."""
        return int(self.do(raise_improvement, title, values).id)

    def metric(
        self, improvement_id: int, name: str = "Minutes to answer", **values: Any
    ) -> int:
        """Add a metric where less is better, measured by day on the participants; its number."""
        usual: dict[str, Any] = {
            "direction": Direction.DOWN,
            "unit": "minutes",
            "target": 30,
            "period": Period.DAY,
            "scope": MetricScope.PARTICIPANTS,
        }
        draft = MetricDraft(name, **{**usual, **values})
        return int(self.do(add_metric, improvement_id, draft).id)

    def measured(
        self, metric_id: int, values: Sequence[float] = USUAL, until: date | None = None
    ) -> None:
        """Write down one value a day, the last of them on ``until`` (the day before the clock's
        unless said).
        """
        last = until or self.now.date() - timedelta(days=1)
        days = [
            last - timedelta(days=len(values) - 1 - place)
            for place in range(len(values))
        ]
        text = "\n".join(
            f"{day} {value}" for day, value in zip(days, values, strict=True)
        )
        self.do(measuring.measure_pasted, metric_id, text)

    def begun(
        self, title: str = "Calls are answered faster", **values: Any
    ) -> tuple[int, int]:
        """An improvement in progress with a measured primary metric: the numbers of both."""
        owner = an_operator(self.database, "anna")
        usual = {
            "owner": owner,
            "desk_involved": True,
            "eligible": 80,
            "reuses_tool": True,
            "budget_hours": 40,
        }
        improvement_id = self.raised(title, **{**usual, **values})
        metric_id = self.metric(improvement_id)
        self.measured(metric_id)
        self.next_step(improvement_id)
        self.do(move, improvement_id, ImprovementState.ACCEPTED)
        self.do(
            move,
            improvement_id,
            ImprovementState.IN_PROGRESS,
            reason="There is room for it.",
        )
        return improvement_id, metric_id

    def next_step(self, improvement_id: int, days: int = 7) -> None:
        self.do(
            set_next_step,
            improvement_id,
            "Ask Ada",
            "anna",
            self.now.date() + timedelta(days=days),
        )

    def planned(
        self, improvement_id: int, metric_id: int, *names: str, **values: Any
    ) -> int:
        """Plan an iteration that may start, with these people; its number."""
        usual = {
            "what_changes": "The caller is found before the first question",
            "starts_on": self.now.date(),
            "ends_on": self.now.date() + timedelta(days=14),
            "minimum_points": 8,
            "budget_hours": 4,
            "risk_level": Level.LOW,
            "cost_level": Level.LOW,
            "metric_id": metric_id,
            "expected": 35,
            "confidence": 70,
        }
        iteration_id = int(
            self.do(plan_iteration, improvement_id, {**usual, **values}).id
        )
        self.do(people_actions.invite, iteration_id, names or ["Ada"])
        return iteration_id

    def running(
        self, improvement_id: int, metric_id: int, *names: str, **values: Any
    ) -> int:
        """Plan and start an iteration; its number."""
        iteration_id = self.planned(improvement_id, metric_id, *names, **values)
        self.do(start, iteration_id)
        return iteration_id

    def everybody(
        self, iteration_id: int, *states: ParticipationState, **more: Any
    ) -> None:
        """Take everybody in an iteration through these states."""
        for person_id in self.people(iteration_id):
            for state in states:
                self.do(
                    people_actions.move,
                    person_id,
                    state,
                    confirmed_by="Ada herself",
                    **more,
                )

    def people(self, iteration_id: int) -> list[int]:
        """The numbers of those who take part."""
        with self.database.read() as session:
            chosen = session.query(Participation.id).filter_by(
                iteration_id=iteration_id, left_at=None
            )
            return [number for (number,) in chosen.order_by(Participation.id)]

    def climbed(
        self, improvement_id: int, metric_id: int, *names: str, **values: Any
    ) -> int:
        """Run an iteration until everybody accepted and the numbers are in, and look at it; its
        number.
        """
        iteration_id = self.running(improvement_id, metric_id, *names, **values)
        self.do(rehearse_undo, iteration_id, 90)
        moved = ParticipationState
        self.everybody(iteration_id, moved.PREPARED, moved.SWITCHED, moved.OBSERVING)
        self.forward(days=len(BETTER))
        self.measured(metric_id, BETTER)
        self.everybody(iteration_id, moved.ACCEPTED)
        self.do(review, iteration_id)
        return iteration_id

    def scaled(
        self, improvement_id: int, metric_id: int, *names: str, **values: Any
    ) -> int:
        """Climb a rung and decide to go on; its number."""
        iteration_id = self.climbed(improvement_id, metric_id, *names, **values)
        self.do(closing.decide, iteration_id, DecisionKind.SCALE, "It works.")
        return iteration_id

    def found(
        self, improvement_id: int, kind: FindingKind = FindingKind.FIX, **more: Any
    ) -> int:
        """Raise a finding; its number."""
        draft = FindingDraft("The pop-up hides the number", kind)
        return int(self.do(raise_finding, improvement_id, draft, **more).id)

    def cost(self, improvement_id: int, side: Side = Side.COST, **values: Any) -> int:
        """Add a cost of 12 hours unless said otherwise; its number."""
        draft = CostDraft(
            **{
                "side": side,
                "what": "Setting it up",
                "unit": "hours",
                "planned": 12,
                **values,
            }
        )
        return int(self.do(add_cost, improvement_id, draft).id)

    def put(self, improvement_id: int, **values: Any) -> None:
        """Put an improvement as only a long story would bring it there."""
        with self.database.write() as session:
            one, change = locked(session, improvement_id), NotedChange()
            change.put(one, values)
            tell(
                acting(session, "test", self.now), one, "test", "Put by a test", change
            )

    def iteration(self, iteration_id: int) -> Iteration:
        """The row of an iteration as it is now."""
        with self.database.read() as session:
            return session.get_one(Iteration, iteration_id)


GUARDRAIL = MetricRole.GUARDRAIL


def an_operator(database: Database, name: str) -> str:
    """Make an operator unless there is one; the name."""
    with database.write() as session:
        if session.query(Operator).filter_by(name=name).first() is None:
            session.add(
                Operator(
                    name=name,
                    password_hash="x",
                    permissions=["read", "plan"],
                    created_at=MONDAY,
                    disabled_at=None,
                )
            )
            audit.record(
                session,
                "test",
                "operator.add",
                f"operator:{name}",
                f"Added {name}",
                at=MONDAY,
            )
    return name


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Collect the statements that run inside."""
    statements: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def row(database: Database, kind: type[Any], number: int) -> Any:
    """The row of anything as it is now."""
    with database.read() as session:
        return session.get_one(kind, number)


HAS_ITS_ORDER = re.compile(r"ORDER BY|DISTINCT|GROUP BY|\w\(")


def rows(database: Database, chosen: Any) -> list[Any]:
    """All rows a query finds, in the order they were made unless it names another: a server gives
    those that were changed last.
    """
    if isinstance(chosen, Select) and not HAS_ITS_ORDER.search(str(chosen)):
        chosen = chosen.order_by(*chosen.columns_clause_froms[0].primary_key)
    session: Session
    with database.read() as session:
        return list(session.scalars(chosen))
