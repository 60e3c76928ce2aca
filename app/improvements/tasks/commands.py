"""Tasks on the command line: said, listed, ended, handed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group
from app.improvements.queries import get_improvement
from app.improvements.tasks import actions
from app.improvements.tasks.actions import TaskDraft, TaskPlace
from app.improvements.tasks.queries import TaskLine, open_everywhere, task_lines
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import TaskState

DAY = click.DateTime(formats=["%Y-%m-%d"])
NUMBER = click.IntRange(1)


@group("task")
def task() -> None:
    """Tasks of improvements: what is to be done, by whom, until when."""


@task.command("add")
@click.argument("improvement_id", metavar="N", type=NUMBER)
@click.argument("what")
@click.option("--owner", default="", help="Who does it.")
@click.option("--due", type=DAY, help="Until when, as 2026-03-14.")
@click.option("--finding", type=NUMBER, help="The finding it settles.")
@click.option("--iteration", type=NUMBER, help="The rung it belongs to.")
@click.option("--first", is_flag=True, help="Put it first: it is the next step.")
def add(
    improvement_id: int,
    what: str,
    owner: str,
    due: datetime | None,
    finding: int | None,
    iteration: int | None,
    first: bool,
) -> None:
    """Say what is to be done for improvement N."""
    draft = TaskDraft(what, owner, due.date() if due else None)
    place = TaskPlace(finding, iteration)
    with parts().acting(actor()) as act:
        made = actions.add_task(act, improvement_id, draft, place, first=first)
        data = {"task": made.id, "improvement": improvement_id, "what": made.what}
    emit(data, f"Task {data['task']}: {data['what']}")


@task.command("list")
@click.argument("improvement_id", metavar="[N]", type=NUMBER, required=False)
@click.option("--owner", default="", help="Only what this one is to do.")
@click.option("--all", "ended", is_flag=True, help="Those of N that ended, too.")
def list_(improvement_id: int | None, owner: str, ended: bool) -> None:
    """List the open tasks of improvement N, or of all, the most pressing first."""
    with parts().database.read() as session:
        if improvement_id is None:
            lines = open_everywhere(session, owner)
        else:
            get_improvement(session, improvement_id)
            here = ImprovementTask.improvement_id == improvement_id
            lines = [
                line
                for line in task_lines(session, here)
                if (ended or line.task.state is TaskState.OPEN)
                and (not owner or line.task.owner == owner)
            ]
        told = [_told(line) for line in lines]
    emit({"tasks": told}, [_line(one) for one in told] or "Nothing to do.")


@task.command("done")
@click.argument("task_id", metavar="T", type=NUMBER)
def done(task_id: int) -> None:
    """Say that task T is done."""
    _move(task_id, TaskState.DONE)


@task.command("drop")
@click.argument("task_id", metavar="T", type=NUMBER)
def drop(task_id: int) -> None:
    """Let go of task T."""
    _move(task_id, TaskState.DROPPED)


@task.command("reopen")
@click.argument("task_id", metavar="T", type=NUMBER)
def reopen(task_id: int) -> None:
    """Open task T again."""
    _move(task_id, TaskState.OPEN)


@task.command("hand-over")
@click.argument("owner")
@click.argument("to")
def hand_over(owner: str, to: str) -> None:
    """Give every open task of OWNER to TO."""
    with parts().acting(actor()) as act:
        count = actions.hand_over(act, owner, to)
    emit({"handed_over": count, "to": to}, f"Handed over to {to}: {count}.")


def _move(task_id: int, to: TaskState) -> None:
    with parts().acting(actor()) as act:
        row = actions.move_task(act, task_id, to)
        data = {"task": row.id, "what": row.what, "state": row.state.value}
    emit(data, f"Task {data['task']}, {data['what']}: {data['state']}.")


def _told(line: TaskLine) -> dict[str, Any]:
    row = line.task
    return {
        "task": row.id,
        "improvement": row.improvement_id,
        "title": line.improvement,
        "what": row.what,
        "owner": row.owner,
        "left": line.left,
        "due": row.due.isoformat() if row.due else None,
        "state": row.state.value,
        "finding": row.finding_id,
        "iteration": row.iteration_id,
    }


def _line(one: dict[str, Any]) -> str:
    who = one["owner"] or "nobody yet"
    left = " (has left)" if one["left"] else ""
    due = f", until {one['due']}" if one["due"] else ""
    return f"{one['task']} {one['what']}: {who}{left}{due} ({one['title']})"
