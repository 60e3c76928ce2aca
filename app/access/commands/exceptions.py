"""``exceptions``: rights with an end, longer or ended before their day."""

from __future__ import annotations

from datetime import date, datetime

import click

from app.access.commands.data import Data
from app.access.exceptions.actions import end_early, extend
from app.access.exceptions.queries import (
    ExceptionsWanted,
    exception_line,
    exception_lines,
)
from app.access.exceptions.rules import ExceptionStands
from app.access.exceptions.telling import exception_told
from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group, table

NUMBER = click.argument(
    "number",
    metavar="N",
    type=click.IntRange(1),
)


@group("exceptions")
def exceptions() -> None:
    """Rights with an end: who holds them, whose they are, and until when."""


@exceptions.command("list")
@click.argument(
    "words",
    required=False,
    default="",
)
@click.option(
    "--state",
    type=click.Choice([state.value for state in ExceptionStands]),
    help="Only those that stand so; open are all in force.",
)
@click.option(
    "--owner",
    default="",
    help="Only those this person answers for.",
)
def list_exceptions(words: str, state: str | None, owner: str) -> None:
    """List exceptions, those that end first at the top, all or those whose person or right holds
    WORDS.
    """
    wanted = ExceptionsWanted(
        _today(),
        words,
        state or "",
        owner,
    )
    with parts().database.read() as session:
        found = [exception_told(line) for line in exception_lines(session, wanted)]
    rows = [
        (
            one["exception"],
            one["right"],
            one["person"],
            one["owner"],
            one["until"],
            _how(one),
        )
        for one in found
    ]
    shown = table(("N", "Right", "Person", "Owner", "Until", "State"), rows)
    emit({"exceptions": found}, shown or "No exceptions.")


@exceptions.command("extend")
@NUMBER
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The last day on which it holds (YYYY-MM-DD).",
)
@click.option(
    "--reason",
    default="",
    help="Why longer.",
)
def extend_exception(number: int, until: datetime, reason: str) -> None:
    """Let exception N hold until another day."""
    with parts().acting(actor()) as act:
        extend(
            act,
            number,
            until.date(),
            reason,
        )
    told = _told(number)
    emit(told, f"{told['right']} of {told['person']} holds until {told['until']}.")


@exceptions.command("end")
@NUMBER
@click.option(
    "--reason",
    required=True,
    help="Why before its day.",
)
def end_exception(number: int, reason: str) -> None:
    """Plan to take the right of exception N off before its day; somebody else approves it."""
    with parts().acting(actor()) as act:
        wave = end_early(
            act,
            number,
            reason,
        ).id
    told = {**_told(number), "wave": wave}
    emit(told, f"Approve it: `rung wave approve {wave} --as OPERATOR`.")


def _told(number: int) -> Data:
    with parts().database.read() as session:
        return exception_told(
            exception_line(
                session,
                number,
                _today(),
            )
        )


def _how(told: Data) -> str:
    return (
        f"{told['state']}: {told['held_up']}" if told["held_up"] else str(told["state"])
    )


def _today() -> date:
    return parts().now().date()
