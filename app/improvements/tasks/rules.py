"""What is to be done: the first open task with a name and a day is the next step, small enough to
be done within 14 days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.figures import day
from app.core.said import asking, said
from app.improvements.rules import Moves
from app.models.improvements.words import TaskState

STEP_WITHIN = timedelta(days=14)

MOVES: Moves[TaskState] = Moves(
    said("a task"),
    {
        TaskState.OPEN: (TaskState.DONE, TaskState.DROPPED),
        TaskState.DONE: (TaskState.OPEN,),
        TaskState.DROPPED: (TaskState.OPEN,),
    },
)


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing that happens next: what, who does it, until when (at most 14 days ahead when it
    is set).
    """

    what: str
    who: str
    due: date


@dataclass(frozen=True, slots=True)
class TaskGiven:
    """A task as the rules see it; ``place`` is its place in the list."""

    id: int
    place: int
    state: TaskState
    what: str
    who: str
    due: date | None

    @property
    def step(self) -> NextStep | None:
        """Return it as a next step; None while it is not open, or has no name or no day."""
        if self.state is not TaskState.OPEN or not self.who or self.due is None:
            return None
        return NextStep(self.what, self.who, self.due)


def first_of(tasks: Iterable[TaskGiven]) -> TaskGiven | None:
    """Return the task that is the next step, or None where there is none."""
    steps = [task for task in tasks if task.step]
    return min(steps, key=lambda task: (task.place, task.id), default=None)


def earlier(tasks: Iterable[TaskGiven], wanted: int) -> list[int]:
    """Return the open tasks in their order, with one of them taken up one place."""
    going = [task for task in tasks if task.state is TaskState.OPEN]
    order = [task.id for task in sorted(going, key=lambda one: (one.place, one.id))]
    at = order.index(wanted)
    if at:
        order[at - 1 : at + 1] = [wanted, order[at - 1]]
    return order


def step_objections(step: NextStep | None, today: date) -> tuple[str, ...]:
    """Return what is wrong with a next step that is being set."""
    if step is None:
        told = said("Say what the next step is, who does it and until when.")
        return (asking("next_what", told),)
    found = []
    if not step.what.strip():
        found.append(asking("next_what", said("Say what the next step is.")))
    if not step.who.strip():
        found.append(asking("next_who", said("Say who does the next step.")))
    if step.due < today:
        late = said(
            "The next step was due on %(due)s; set a new day.", due=day(step.due)
        )
        found.append(asking("next_due", late))
    if is_far(step, today):
        far = said(
            "The next step is due on %(due)s; make it smaller, so that it "
            "is done within 14 days.",
            due=day(step.due),
        )
        found.append(asking("next_due", far))
    return tuple(found)


def is_far(step: NextStep, today: date) -> bool:
    """Tell whether a next step is more than 14 days away."""
    return step.due > today + STEP_WITHIN


def day_objections(
    task: TaskGiven, others: Sequence[TaskGiven], today: date
) -> tuple[str, ...]:
    """Return what is wrong with the day of a task that is being set, where the improvement is in
    progress; ``others`` are the rest of its tasks.

    The one that stands first is the next step, and that is at most 14 days ahead.
    """
    if task.due is None or task.step is None:
        return ()
    if first_of((*others, task)) == task:
        return step_objections(task.step, today)
    return past_day(task.due, today)


def past_day(due: date | None, today: date) -> tuple[str, ...]:
    """Return the objection against a day that is over."""
    if due is None or due >= today:
        return ()
    return (said("%(due)s is over; give a day that can be kept.", due=day(due)),)
