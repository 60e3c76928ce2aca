"""Tasks: the first of them is the next step; they are ended, put in order, handed over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import select

from app.auth.actions import disable_operator
from app.core.db import Database
from app.core.errors import Invalid, Refused
from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.register.actions import move, set_next_step
from app.improvements.tasks import actions
from app.improvements.tasks.actions import TaskDraft, TaskPlace
from app.improvements.tasks.queries import open_everywhere, task_lines
from app.improvements.tasks.rules import TaskGiven, day_objections, earlier, first_of
from app.models.auth import Operator
from app.models.improvements.improvement import Improvement
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import ImprovementState, TaskState
from tests.improvements.builders import MONDAY, Room, an_operator, rows

TODAY = MONDAY.date()


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def draft(what: str, days: int | None = 5, owner: str = "anna") -> TaskDraft:
    return TaskDraft(what, owner, None if days is None else after(days))


def an_id(database: Database, name: str) -> int:
    (found,) = rows(database, select(Operator).where(Operator.name == name))
    return int(found.id)


def add(room: Room, number: int, task: TaskDraft, **more: Any) -> int:
    return int(room.do(lambda act: actions.add_task(act, number, task, **more).id))


def step(room: Room, number: int) -> tuple[str, str, date | None]:
    def asked(session: Any) -> tuple[str, str, date | None]:
        one = session.get_one(Improvement, number)
        return one.next_what, one.next_who, one.next_due

    return room.ask(asked)  # type: ignore[no-any-return]


TASKS = st.lists(
    st.builds(
        TaskGiven,
        id=st.integers(1, 50),
        place=st.integers(-3, 5),
        state=st.sampled_from(TaskState),
        what=st.just("Ask"),
        who=st.sampled_from(["", "anna"]),
        due=st.sampled_from([None, TODAY]),
    ),
    unique_by=lambda task: task.id,
)


@drawn(TASKS)
def test_the_next_step_is_the_first_open_task_with_a_name_and_a_day(
    tasks: list[TaskGiven],
) -> None:
    able = [one for one in tasks if one.state == "open" and one.who and one.due]
    found = first_of(tasks)
    assert (found is None) == (not able)
    assert found is None or all(
        (found.place, found.id) <= (one.place, one.id) for one in able
    )


@drawn(TASKS)
def test_a_task_put_earlier_swaps_with_the_one_before_and_nothing_else(
    tasks: list[TaskGiven],
) -> None:
    going = sorted(
        (one for one in tasks if one.state == "open"), key=lambda x: (x.place, x.id)
    )
    order = [one.id for one in going]
    for at, one in enumerate(going):
        found = earlier(tasks, one.id)
        assert sorted(found) == sorted(order)
        assert found.index(one.id) == max(0, at - 1)


def test_only_the_next_step_has_to_be_near() -> None:
    near = TaskGiven(1, 1, TaskState.OPEN, "Ask", "anna", after(14))
    far = TaskGiven(2, 2, TaskState.OPEN, "Ask", "anna", after(90))
    assert day_objections(far, [near], TODAY) == ()
    assert "make it smaller" in day_objections(far, [], TODAY)[0]


def test_the_next_step_moves_on_with_the_tasks(room: Room) -> None:
    number = room.raised()
    first = add(room, number, draft("Ask Ada"))
    second = add(room, number, draft("Ask Ben", 9, "ben"))
    assert step(room, number) == ("Ask Ada", "anna", after(5))
    room.do(actions.move_task, first, TaskState.DONE)
    assert step(room, number) == ("Ask Ben", "ben", after(9))
    room.do(actions.move_task, first, TaskState.OPEN)
    assert step(room, number)[0] == "Ask Ben", "what is opened again stands last"
    room.do(actions.put_earlier, first)
    assert step(room, number)[0] == "Ask Ada"
    room.do(actions.change_task, second, draft("Ask Cem", 3))
    room.do(actions.move_task, first, TaskState.DROPPED)
    assert step(room, number) == ("Ask Cem", "anna", after(3))
    room.do(actions.move_task, second, TaskState.DONE)
    assert step(room, number) == ("", "", None)


def test_a_next_step_that_is_set_is_the_first_task_in_other_words(room: Room) -> None:
    number = room.raised()
    later = add(room, number, draft("Some day", None))
    room.do(set_next_step, number, "Ask Ada", "anna", after(3))
    room.do(set_next_step, number, "Ask Ada twice", "ben", after(4))
    found = rows(room.database, select(ImprovementTask))
    assert {(task.what, task.owner) for task in found} == {
        ("Some day", "anna"),
        ("Ask Ada twice", "ben"),
    }
    assert later in {task.id for task in found}
    assert step(room, number) == ("Ask Ada twice", "ben", after(4))


def test_what_is_in_progress_wants_a_near_next_step(room: Room) -> None:
    number, _metric = room.begun()
    room.do(set_next_step, number, "Ask Ada", "anna", after(3))
    add(room, number, draft("In spring", 90))
    with pytest.raises(Invalid) as caught:
        add(room, number, draft("First in spring", 90), first=True)
    assert caught.value.field == "due"
    with pytest.raises(Invalid):
        add(room, number, draft("Yesterday", -1))


@pytest.mark.parametrize("to", [ImprovementState.STOPPED])
def test_of_what_ended_the_open_tasks_are_let_go(
    room: Room, to: ImprovementState
) -> None:
    number = room.raised()
    done = add(room, number, draft("Ask Ada"))
    room.do(actions.move_task, done, TaskState.DONE)
    add(room, number, draft("Ask Ben"))
    room.do(move, number, to, reason="Nobody wants it.")
    states = [one.state for one in rows(room.database, select(ImprovementTask))]
    assert states == [TaskState.DONE, TaskState.DROPPED]
    assert step(room, number) == ("", "", None)


def test_a_task_of_a_finding_knows_it_and_is_refused_of_another_improvement(
    room: Room,
) -> None:
    number, other = room.raised(), room.raised("Another")
    finding = room.do(raise_finding, number, FindingDraft("It is slow")).id
    add(room, number, draft("Buy memory"), place=TaskPlace(finding_id=finding))
    (line,) = room.ask(task_lines, ImprovementTask.finding_id == finding)
    assert (line.finding, line.improvement) == (
        "It is slow",
        "Calls are answered faster",
    )
    with pytest.raises(Invalid) as caught:
        add(room, other, draft("Buy"), place=TaskPlace(finding_id=finding))
    assert caught.value.field == "finding_id"


def test_who_left_is_told_and_hands_over(room: Room, database: Database) -> None:
    number = room.raised()
    an_operator(database, "ben")
    an_operator(database, "cem")
    add(room, number, draft("Ask Ada", owner="ben"))
    add(room, number, draft("Ask Cem", owner="ben"))
    assert [line.left for line in room.ask(open_everywhere, "ben")] == [False] * 2
    room.do(disable_operator, an_id(database, "ben"))
    assert all(line.left for line in room.ask(open_everywhere, "ben"))
    assert room.do(actions.hand_over, "Ben", "cem") == 2
    assert step(room, number)[1] == "cem"
    with pytest.raises(Invalid) as caught:
        room.do(actions.hand_over, "ben", "cem")
    assert caught.value.field == "owner"


REFUSALS: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (actions.move_task, (TaskState.DONE,)),
    (actions.put_earlier, ()),
]


@pytest.mark.parametrize(("deed", "values"), REFUSALS)
def test_what_ended_is_not_ended_twice_nor_put_earlier(
    room: Room, deed: Callable[..., Any], values: tuple[Any, ...]
) -> None:
    task = add(room, room.raised(), draft("Ask Ada"))
    room.do(actions.move_task, task, TaskState.DONE)
    with pytest.raises(Refused):
        room.do(deed, task, *values)
