"""Say what is to be done, change it, put it earlier, end it, hand it over."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import demand, one, word
from app.core.errors import Invalid
from app.core.said import said
from app.improvements.events import (
    NotedChange,
    anybody,
    demand_of_it,
    locked,
    tell,
)
from app.improvements.tasks.queries import given, open_tasks_of, tasks_of
from app.improvements.tasks.rules import (
    MOVES,
    NextStep,
    day_objections,
    earlier,
    first_of,
    past_day,
)
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Finding, Iteration
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import ImprovementState, TaskState

LONGEST_TASK = 400


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """What a person typed about a task."""

    what: str
    owner: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class TaskPlace:
    """What a task belongs to, besides its improvement: a finding or a rung."""

    finding_id: int | None = None
    iteration_id: int | None = None


def add_task(
    act: Acting,
    improvement_id: int,
    draft: TaskDraft,
    place: TaskPlace | None = None,
    *,
    first: bool = False,
) -> ImprovementTask:
    """Say what is to be done for an improvement; it goes to the end of the list, or ``first``.

    Raises ``Invalid`` naming the field.
    """
    improvement = locked(act.session, improvement_id)
    task = ImprovementTask(
        improvement_id=improvement_id,
        state=TaskState.OPEN,
        what="",
        owner="",
        place=_place(act.session, improvement_id, first),
        created_at=act.now,
        created_by=act.by,
        **_belongs(act.session, improvement_id, place or TaskPlace()),
    )
    for name, value in _checked(act, improvement, task, draft).items():
        setattr(task, name, value)
    change = NotedChange()
    change.add(act.session, task)
    _tell(act, improvement, change, "task.add", f"To do: {task.what}")
    return task


def change_task(act: Acting, task_id: int, draft: TaskDraft) -> ImprovementTask:
    """Say it better, give it to somebody else or another day. Raises ``Invalid`` with the field."""
    improvement, task = _locked_task(act.session, task_id)
    change = NotedChange()
    if change.put(task, _checked(act, improvement, task, draft)):
        _tell(act, improvement, change, "task.change", f"Changed: {task.what}")
    return task


def move_task(act: Acting, task_id: int, to: TaskState) -> ImprovementTask:
    """Say that a task is done, let go of it, or open it again at the end of the list."""
    to = word(TaskState, to, "to")
    improvement, task = _locked_task(act.session, task_id)
    demand(MOVES.objections(task.state, to))
    change = NotedChange()
    values: dict[str, Any] = {"state": to, "ended_at": act.now, "ended_by": act.by}
    if to is TaskState.OPEN:
        end = _place(act.session, improvement.id, False)
        values |= {"ended_at": None, "ended_by": "", "place": end}
    change.put(task, values)
    _tell(act, improvement, change, "task.move", f"{task.what}: {to}")
    return task


def put_earlier(act: Acting, task_id: int) -> ImprovementTask:
    """Put a task one place up in the list; the first one is the next step."""
    improvement, task = _locked_task(act.session, task_id)
    demand([] if task.state is TaskState.OPEN else [said("It is not open any more.")])
    rows = {row.id: row for row in open_tasks_of(act.session, improvement.id)}
    order = earlier([given(row) for row in rows.values()], task_id)
    change = NotedChange()
    for place, number in enumerate(order, start=1):
        change.put(rows[number], {"place": place})
    _tell(act, improvement, change, "task.order", f"Earlier: {task.what}")
    return task


def hand_over(act: Acting, owner: str, to: str) -> int:
    """Give every open task of one person to another and return how many they were.

    Raises ``Invalid`` naming the field where nobody is meant or nothing is open.
    """
    tasks = act.session.scalars(
        select(ImprovementTask)
        .where(
            func.lower(ImprovementTask.owner) == owner.strip().lower(),
            ImprovementTask.state == TaskState.OPEN,
        )
        .order_by(ImprovementTask.id)
    ).all()
    if not owner.strip() or not tasks:
        why = said("Nothing is open for %(owner)s.", owner=owner.strip() or "-")
        raise Invalid(why, field="owner")
    values = _owner(act.session, to, "to")
    if not values["owner"]:
        raise Invalid(said("Say who takes it over."), field="to")
    for task in tasks:
        improvement = locked(act.session, task.improvement_id)
        change = NotedChange()
        change.put(task, values)
        sentence = f"Handed over to {task.owner}: {task.what}"
        _tell(act, improvement, change, "task.hand-over", sentence)
    return len(tasks)


def lead_with(act: Acting, improvement: Improvement, step: NextStep) -> ImprovementTask:
    """Make a step the first task of an improvement."""
    draft = TaskDraft(step.what, step.who, step.due)
    return add_task(act, improvement.id, draft, first=True)


def let_go(act: Acting, change: NotedChange, improvement: Improvement) -> None:
    """Let go of what is still open of an improvement that ends."""
    ended = {"state": TaskState.DROPPED, "ended_at": act.now, "ended_by": act.by}
    for task in open_tasks_of(act.session, improvement.id):
        change.put(task, ended)
    follow(act.session, change, improvement)


def follow(session: Session, change: NotedChange, improvement: Improvement) -> None:
    """Note on the improvement which task is its next step now."""
    session.flush()
    tasks = [given(row) for row in open_tasks_of(session, improvement.id)]
    first = first_of(tasks)
    values = {
        "next_what": first.what if first else "",
        "next_who": first.who if first else "",
        "next_due": first.due if first else None,
    }
    if change.put(improvement, values) and "revision" not in change.after:
        change.put(improvement, {"revision": improvement.revision + 1})


def _tell(
    act: Acting,
    improvement: Improvement,
    change: NotedChange,
    action: str,
    sentence: str,
) -> None:
    """Tell what was done to a task, with the next step that follows from it."""
    follow(act.session, change, improvement)
    tell(act, improvement, action, sentence, change)


def _locked_task(session: Session, task_id: int) -> tuple[Improvement, ImprovementTask]:
    found = one(session, ImprovementTask, task_id)
    improvement = locked(session, found.improvement_id)
    return improvement, session.get_one(
        ImprovementTask, task_id, populate_existing=True
    )


def _checked(
    act: Acting, improvement: Improvement, task: ImprovementTask, draft: TaskDraft
) -> dict[str, Any]:
    what = draft.what.strip()
    if not 0 < len(what) <= LONGEST_TASK:
        why = said(
            "Say what is to be done, in at most %(longest)s characters.",
            longest=LONGEST_TASK,
        )
        raise Invalid(why, field="what")
    owner: dict[str, Any] = {}
    if draft.owner.strip() != (task.owner or ""):
        owner = _owner(act.session, draft.owner, "owner")
    values = {"what": what, "due": draft.due, **owner}
    who = owner["owner"] if owner else task.owner
    _check_day(act, improvement, task, {**values, "owner": who})
    return values


def _check_day(
    act: Acting, improvement: Improvement, task: ImprovementTask, values: dict[str, Any]
) -> None:
    """Raise ``Invalid`` for a day that is over, or too far away for the next step; a day that
    stays is not asked about again.
    """
    due, today = values["due"], act.now.date()
    if due == task.due:
        return
    if improvement.state is ImprovementState.IN_PROGRESS:
        found = _against(act.session, task, values, today)
    else:
        found = past_day(due, today)
    if found:
        raise Invalid(found[0], field="due", details=found)


def _against(
    session: Session, task: ImprovementTask, values: dict[str, Any], today: date
) -> tuple[str, ...]:
    others = [
        given(row)
        for row in tasks_of(session, task.improvement_id)
        if row.id != task.id
    ]
    wanted = given(task, **values)
    return day_objections(wanted, others, today) or past_day(wanted.due, today)


def _owner(session: Session, text: str, field: str) -> dict[str, Any]:
    who = anybody(session, text, field)
    return {
        "owner": who.name,
        "owner_operator_id": who.operator_id,
        "owner_person_id": who.person_id,
    }


def _belongs(
    session: Session, improvement_id: int, place: TaskPlace
) -> dict[str, int | None]:
    demand_of_it(session, improvement_id, Finding, place.finding_id, "finding_id")
    demand_of_it(session, improvement_id, Iteration, place.iteration_id, "iteration_id")
    return asdict(place)


def _place(session: Session, improvement_id: int, first: bool) -> int:
    places = [row.place for row in tasks_of(session, improvement_id)]
    if not places:
        return 1
    return min(places) - 1 if first else max(places) + 1
