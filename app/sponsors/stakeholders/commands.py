"""Stakeholders on the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group
from app.improvements.queries import get_improvement
from app.models.sponsors.stakeholder import Stakeholder
from app.models.sponsors.words import StakeholderKind, Stance
from app.sponsors.stakeholders import actions
from app.sponsors.stakeholders.actions import Stood
from app.sponsors.stakeholders.queries import stakeholder_lines, supports
from app.sponsors.stakeholders.told import told, told_support

NUMBER = click.IntRange(1)
LEVEL = click.IntRange(1, 3)
STANCE = click.Choice([stance.value for stance in Stance])
STOOD = ("stance", "day", "because")
"""What says where somebody stands on a day; all else says who they are."""
TEXTS = {
    "company": "Of which company, where it is not yours.",
    "reason": "Why they stand there.",
    "problem": "The practical problem of theirs that it solves.",
    "benefit": "What is in it for them.",
    "driver": "What pushes them.",
    "liaison": "Who speaks for IT with them.",
    "agents": "Change agents among them, one a line.",
    "leads": "Groups they lead, one a line.",
}
Command = Callable[..., None]


def _described(command: Command) -> Command:
    """Let a command take everything that is kept about somebody; what is left out stays."""
    kinds = click.Choice([kind.value for kind in StakeholderKind])
    options = [
        click.option("--kind", type=kinds, help="What they are."),
        click.option("--power", type=LEVEL, help="How much they can do, 1 to 3."),
        click.option("--interest", type=LEVEL, help="How much it concerns them."),
        click.option("--stance", type=STANCE, help="Where they stand now."),
        click.option("--because", help="What says that they stand there."),
        click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Since when."),
        click.option("--desired", type=STANCE, help="Where they should stand."),
        click.option("--sponsor/--no-sponsor", "is_sponsor", default=None),
        *(click.option(f"--{name}", help=text) for name, text in TEXTS.items()),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@group("stakeholder")
def stakeholder() -> None:
    """Who has a say in improvements, and where they stand."""


@stakeholder.command("list")
@click.argument("improvement_id", metavar="[N]", type=NUMBER, required=False)
@click.option("--text", default="", help="Only where these words stand.")
def list_(improvement_id: int | None, text: str) -> None:
    """List who has a say in improvement N, or in all, and how much support there is."""
    today = parts().now().date()
    with parts().database.read() as session:
        if improvement_id is not None:
            get_improvement(session, improvement_id)
        lines = stakeholder_lines(session, today, improvement_id)
        told_of = supports(session, today, {line.row.improvement_id for line in lines})
    people = [told(line) for line in lines if line.fits(text)]
    support = {str(number): told_support(one) for number, one in told_of.items()}
    said = [_line(one) for one in people]
    said += [_sum(number, one) for number, one in support.items()]
    data = {"stakeholders": people, "support": support}
    emit(data, said or "Nobody is noted yet.")


@stakeholder.command("add")
@click.argument("improvement_id", metavar="N", type=NUMBER)
@click.argument("name")
@_described
def add(improvement_id: int, name: str, **given: Any) -> None:
    """Say that NAME has a say in improvement N, and where they stand."""
    values, stood = _given(given)
    named = {"name": name, **values}
    with parts().acting(actor()) as act:
        made = actions.add_stakeholder(
            act, improvement_id, named, stood or Stood(Stance.UNAWARE)
        )
        data = _short(made)
    emit(data, f"Stakeholder {data['stakeholder']}: {data['name']}")


@stakeholder.command("set")
@click.argument("stakeholder_id", metavar="S", type=NUMBER)
@click.option("--name", help="Who it is.")
@_described
def set_(stakeholder_id: int, **given: Any) -> None:
    """Say better who stakeholder S is, or where they stand now; what was noted is kept."""
    values, stood = _given(given)
    if not values and stood is None:
        raise click.UsageError("Say what to set, such as --stance neutral.")
    with parts().acting(actor()) as act:
        row = actions.change_stakeholder(act, stakeholder_id, values)
        if stood is not None:
            row = actions.assess(act, stakeholder_id, stood)
        data = _short(row)
    emit(data, f"{data['name']}: {data['stance']}.")


@stakeholder.command("remove")
@click.argument("stakeholder_id", metavar="S", type=NUMBER)
def remove(stakeholder_id: int) -> None:
    """Delete stakeholder S for good, with everything that was noted."""
    with parts().acting(actor()) as act:
        number = actions.delete_stakeholder(act, stakeholder_id)
    data = {"stakeholder": stakeholder_id, "improvement": number, "removed": True}
    emit(data, f"Stakeholder {stakeholder_id} is deleted for good.")


def _given(given: dict[str, Any]) -> tuple[dict[str, Any], Stood | None]:
    """Return what was typed about somebody, and where they stand if that was typed."""
    typed = {name: value for name, value in given.items() if value is not None}
    where = {name: typed.pop(name) for name in STOOD if name in typed}
    if where and "stance" not in where:
        raise click.UsageError("--day and --because need --stance.")
    if not where:
        return typed, None
    day: datetime | None = where.get("day")
    because = where.get("because", "")
    stood = Stood(Stance(where["stance"]), day.date() if day else None, because)
    return typed, stood


def _short(row: Stakeholder) -> dict[str, Any]:
    return {
        "improvement": row.improvement_id,
        "stakeholder": row.id,
        "name": row.name,
        "stance": row.stance.value,
        "desired": row.desired.value,
    }


def _line(one: dict[str, Any]) -> str:
    sponsor = ", sponsor" if one["sponsor"] else ""
    weight = f"power {one['power']}, interest {one['interest']}"
    return (
        f"{one['stakeholder']} {one['name']} ({one['kind']}{sponsor}): "
        f"{one['stance']}, should be {one['desired']}; {weight}"
    )


def _sum(number: str, one: dict[str, Any] | None) -> str:
    told_sum = one["arithmetic"] if one else "nobody is noted"
    return f"Support of improvement {number}: {told_sum}"
