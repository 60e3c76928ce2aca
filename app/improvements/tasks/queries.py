"""Tasks of an improvement, a finding or a rung, and those of everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.improvements.queries import get_improvement
from app.improvements.tasks.rules import TaskGiven
from app.models.auth import Operator
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Finding, Iteration
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import TaskState
from app.models.people import Person

MOST_TASKS = 500
HAS_LEFT: ColumnElement[bool] = or_(
    Operator.disabled_at.is_not(None), Person.gone_at.is_not(None)
)
"""Tell of a task whether who should do it is not there any more."""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as a list shows it: what it belongs to, and whether who should do it has left."""

    task: ImprovementTask
    improvement: str
    finding: str | None
    rung: int | None
    left: bool

    def late(self, today: date) -> bool:
        """Tell whether it is open and its day is over."""
        due = self.task.due
        return self.task.state is TaskState.OPEN and due is not None and due < today


def given(row: ImprovementTask, **instead: Any) -> TaskGiven:
    """Return a task as the rules see it, with other values instead of its own where said."""
    values: dict[str, Any] = {
        "what": row.what,
        "owner": row.owner,
        "due": row.due,
        **instead,
    }
    return TaskGiven(
        id=row.id or 0,
        place=row.place,
        state=row.state,
        what=values["what"],
        who=values["owner"],
        due=values["due"],
    )


def tasks_of(session: Session, improvement_id: int) -> Sequence[ImprovementTask]:
    """Return all tasks of an improvement in their order."""
    chosen = select(ImprovementTask).where(
        ImprovementTask.improvement_id == improvement_id
    )
    return session.scalars(
        chosen.order_by(ImprovementTask.place, ImprovementTask.id)
    ).all()


def open_tasks_of(session: Session, improvement_id: int) -> list[ImprovementTask]:
    """Return the open tasks of an improvement in their order."""
    found = tasks_of(session, improvement_id)
    return [task for task in found if task.state is TaskState.OPEN]


def first_task_of(session: Session, improvement_id: int) -> ImprovementTask | None:
    """Return the task that is the next step: the first open one with a name and a day."""
    found = open_tasks_of(session, improvement_id)
    return next((task for task in found if given(task).step), None)


def task_lines(session: Session, *where: ColumnElement[bool]) -> list[TaskLine]:
    """Return tasks that fit, those to do first, in their order; ended ones the latest first."""
    rows = session.execute(_lines().where(*where).limit(MOST_TASKS))
    lines = [
        TaskLine(task, title, finding, rung, bool(left))
        for task, title, finding, rung, left in rows
    ]
    going = [line for line in lines if line.task.state is TaskState.OPEN]
    ended = [line for line in lines if line.task.state is not TaskState.OPEN]
    ended.sort(key=lambda line: (line.task.ended_at, line.task.id), reverse=True)
    return going + ended


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ImprovementTask,
            Improvement.title,
            Finding.title,
            Iteration.number,
            HAS_LEFT,
        )
        .join(Improvement, Improvement.id == ImprovementTask.improvement_id)
        .outerjoin(Finding, Finding.id == ImprovementTask.finding_id)
        .outerjoin(Iteration, Iteration.id == ImprovementTask.iteration_id)
        .outerjoin(Operator, Operator.id == ImprovementTask.owner_operator_id)
        .outerjoin(Person, Person.id == ImprovementTask.owner_person_id)
        .order_by(ImprovementTask.place, ImprovementTask.id)
    )


def open_everywhere(session: Session, owner: str = "") -> list[TaskLine]:
    """Return the open tasks of all improvements, or of one person, the most pressing first."""
    where = [ImprovementTask.state == TaskState.OPEN]
    if owner:
        where.append(ImprovementTask.owner == owner)
    found = task_lines(session, *where)
    return sorted(found, key=lambda line: (line.task.due or date.max, line.task.id))


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A task with its improvement."""

    line: TaskLine
    improvement: Improvement

    @property
    def task(self) -> ImprovementTask:
        """Return the task itself."""
        return self.line.task


def task_page(session: Session, task_id: int) -> TaskPage:
    """Load a task. Raises ``NotFound``."""
    task = one(session, ImprovementTask, task_id)
    (line,) = task_lines(session, ImprovementTask.id == task_id)
    return TaskPage(line, get_improvement(session, task.improvement_id))
