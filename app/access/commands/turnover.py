"""``turnover``: who joined, moved or left, and what becomes of their rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from app.access.commands.data import Data
from app.access.commands.lookup import told_wave
from app.access.commands.texts import changes_table, plan_lines
from app.access.turnover.actions import (
    RightsDecided,
    give_back,
    note_done,
    plan_leaver,
    plan_mover,
)
from app.access.turnover.queries import (
    TurnoverLine,
    TurnoverPage,
    TurnoverWanted,
    turnover_line,
    turnover_lines,
    turnover_page,
)
from app.access.turnover.rules import PersonTurn
from app.auth.console import actor
from app.core.acting import Acting
from app.core.errors import Invalid, NotFound
from app.core.parts import parts
from app.core.said import said
from app.core.terminal import emit, group, table
from app.directory.actions import bring_up_to_date

NUMBER = click.argument(
    "number",
    metavar="N",
    type=click.IntRange(1),
)


@group("turnover")
def turnover() -> None:
    """Who joined, moved or left lately, and what becomes of their rights."""


@turnover.command("list")
@click.argument(
    "words",
    required=False,
    default="",
)
@click.option(
    "--turn",
    type=click.Choice([turn.value for turn in PersonTurn]),
    help="Only what happened so.",
)
@click.option(
    "--all",
    "also_done",
    is_flag=True,
    help="Also what somebody looked at already.",
)
def list_turnover(words: str, turn: str | None, also_done: bool) -> None:
    """List what readings of the last 90 days saw of people, the newest first, all or those whose
    name or event holds WORDS.
    """
    done = "all" if also_done else ""
    wanted = TurnoverWanted(parts().now(), words, turn or "", done)
    with parts().database.read() as session:
        found = [_line_told(line) for line in turnover_lines(session, wanted)]
    rows = [
        (one["turnover"], one["turn"], one["person"], one["rights"], one["text"])
        for one in found
    ]
    shown = table(("N", "Turn", "Person", "Rights", "What happened"), rows)
    emit({"turnover": found}, shown or "Nobody joined, moved or left.")


@turnover.command("show")
@NUMBER
def show_turnover(number: int) -> None:
    """Show the person of line N: each right held, or usual among the colleagues."""
    page = _page(number)
    rights = [
        {
            "right": one.name,
            "before": one.before,
            "held": one.held,
            "held_by": one.usual.held_by,
            "of": one.usual.of,
            "usual": one.usual.is_usual,
        }
        for one in page.rights
    ]
    data = {
        **_line_told(page.line),
        "account_off": page.is_off,
        "back": page.back,
        "rights_told": rights,
    }
    rows = [
        (
            one["right"],
            "held" if one["before"] else "not held",
            "held" if one["held"] else "not held",
            f"{one['held_by']} of {one['of']} colleagues",
        )
        for one in rights
    ]
    emit(data, [page.line.text, *table(("Right", "Before", "Now", "Colleagues"), rows)])


@turnover.command("done")
@NUMBER
def done_turnover(number: int) -> None:
    """Note that nothing more is to be done about line N."""
    with parts().acting(actor()) as act:
        note_done(act, number)
    emit(_told(number), "Noted; it no longer waits.")


@turnover.command("leave")
@NUMBER
def leave(number: int) -> None:
    """Plan to take off everything that the person of line N, who left, still holds."""
    _planned(number, lambda act: plan_leaver(act, number).id)


@turnover.command("decide")
@NUMBER
@click.option(
    "--stop",
    multiple=True,
    metavar="RIGHT",
    help="Take this right off; may be repeated.",
)
@click.option(
    "--until",
    multiple=True,
    nargs=2,
    metavar="RIGHT DATE",
    help="Keep this right until a day; may be repeated.",
)
@click.option(
    "--give",
    multiple=True,
    metavar="RIGHT",
    help="Give this right; may be repeated.",
)
def decide(
    number: int,
    stop: tuple[str, ...],
    until: tuple[tuple[str, str], ...],
    give: tuple[str, ...],
) -> None:
    """Plan what becomes of the rights of the person of line N, who moved; what is not named goes
    on as it is, and without any option that is noted.
    """
    known = {one.name.lower(): one.right_id for one in _page(number).rights}
    decided = RightsDecided(
        stop=frozenset(_right(known, name) for name in stop),
        until={_right(known, name): day for name, day in _days(until)},
        give=frozenset(_right(known, name) for name in give),
    )

    def plan(act: Acting) -> int | None:
        wave = plan_mover(act, number, decided)
        return wave.id if wave else None

    _planned(number, plan)


@turnover.command("back")
@NUMBER
def back(number: int) -> None:
    """Give back what was taken off when the person of line N left, who is here again."""
    with parts().acting(actor()) as act:
        wave = give_back(act, number)
    parts().ring()
    emit({**_told(number), "wave": wave}, f"Wave {wave} comes back.")


def _planned(number: int, deed: Callable[[Acting], int | None]) -> None:
    by = actor()
    bring_up_to_date(parts(), _page(number).directory_id, by=by)
    with parts().acting(by) as act:
        wave = deed(act)
        told = told_wave(act.session, wave, act.now) if wave else None
    if told is None:
        emit({"wave": None}, "Everything continues; it is noted.")
        return
    emit(told, [*plan_lines(told), changes_table(told["people"])])


def _days(until: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Return the rights with their days as ISO. Raises ``Invalid`` for a day nobody can read."""
    day = click.DateTime(["%Y-%m-%d"])
    try:
        found = [(name, day.convert(text, None, None)) for name, text in until]
    except click.BadParameter as error:
        raise Invalid(said("Say until which day, like 2026-06-30.")) from error
    return [(name, when.date().isoformat()) for name, when in found]


def _right(known: dict[str, int], name: str) -> int:
    if name.lower() not in known:
        raise NotFound(
            said("%(right)s is neither held nor usual among colleagues.", right=name)
        )
    return known[name.lower()]


def _page(number: int) -> TurnoverPage:
    with parts().database.read() as session:
        return turnover_page(session, number, parts().now())


def _told(number: int) -> Data:
    with parts().database.read() as session:
        return _line_told(turnover_line(session, number))


def _line_told(line: TurnoverLine) -> dict[str, Any]:
    return {
        "turnover": line.id,
        "turn": line.turn.value,
        "text": line.text,
        "at": line.at,
        "person": line.uid,
        "name": line.person,
        "department": line.department,
        "rights": line.rights,
        "done_at": line.done_at,
        "done_by": line.done_by,
        "wave": line.wave_id,
    }
