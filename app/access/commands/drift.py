"""What became other than promised, on the command line."""

from __future__ import annotations

from datetime import datetime

import click

from app.access.commands.applied import DETACH, take_back
from app.access.commands.data import find_role
from app.access.commands.texts import listed
from app.access.drift.deciding import accept
from app.access.drift.queries import (
    LASTING,
    DriftFilter,
    drift_line,
    drift_lines,
)
from app.access.drift.telling import drift_told
from app.access.single.repairing import repair_differences
from app.access.single.strangers import StrangerSeen, strangers_of, take_out
from app.auth.console import actor
from app.core.errors import Refused
from app.core.parts import parts
from app.core.said import said
from app.core.terminal import CONFLICT, emit, group, table
from app.models.access.wave import Wave
from app.models.access.words import DriftKind, DriftState

STATES, KINDS = [one.value for one in DriftState], [one.value for one in DriftKind]


@group("drift")
def drift() -> None:
    """What others changed about people after their move, and what becomes of it."""


@drift.command("list")
@click.option(
    "--state",
    type=click.Choice(
        [
            *STATES,
            LASTING,
            "all",
        ]
    ),
    default=DriftState.OPEN.value,
    show_default=True,
    help="Which differences: lasting are those open or accepted that are still there.",
)
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    help="Only one kind.",
)
@click.option(
    "--check", is_flag=True, help="End with 3 when something is open, for scripts."
)
def list_drift(state: str, kind: str | None, check: bool) -> int:
    """List what is other than plans promised, the oldest first."""
    wanted = DriftFilter(
        state="" if state == "all" else state,
        kind=kind or "",
    )
    with parts().database.read() as session:
        found = drift_lines(
            session,
            wanted,
        )
    rows = [drift_told(line) for line in found]
    shown = listed(
        "D|Kind|Role|What|State",
        rows,
        *("drift", "kind", "role"),
        *LAST,
    )
    emit(
        {"drift": rows},
        shown or "Everybody who was moved has what was promised.",
    )
    return CONFLICT if check and any(line.is_open for line in found) else 0


LAST = ("sentence", "state")


@drift.command("show")
@click.argument(
    "drift_id",
    metavar="D",
    type=click.IntRange(1),
)
def show(drift_id: int) -> None:
    """Show difference D: since when, who did it as far as is known, what can be done."""
    with parts().database.read() as session:
        line = drift_line(
            session,
            drift_id,
        )
    data = drift_told(line)
    emit(
        data,
        [f"{name}: {value}" for name, value in data.items() if value],
    )


NUMBERS = click.argument(
    "drift_ids",
    metavar="D...",
    nargs=-1,
    required=True,
    type=int,
)


@drift.command("repair")
@NUMBERS
def repair_drift(drift_ids: tuple[int, ...]) -> None:
    """Plan the repair of differences D, a wave a role; single rights are given or taken again."""
    with parts().acting(actor()) as act:
        waves = repair_differences(
            act,
            drift_ids,
        )
        made = [_made(wave) for wave in waves]
    _tell_repairs(made)


def _made(wave: Wave) -> dict[str, int]:
    return {"wave": wave.id, "number": wave.number}


def _tell_repairs(made: list[dict[str, int]]) -> None:
    lines = [f"Planned wave {one['wave']}, which repairs it." for one in made]
    emit(
        {"repairs": made},
        lines,
    )


@drift.command("take-out")
@click.argument("drift_ids", metavar="D...", nargs=-1, type=int)
@click.option("--role", help="All strangers in the group of this role, in place of D.")
@click.option(
    "--preview",
    is_flag=True,
    help="Only say who would leave the role and lose what; nothing is planned.",
)
@click.option(
    "--reason",
    default="",
    help="Why they may not stay.",
)
def take_strangers_out(
    drift_ids: tuple[int, ...], role: str | None, preview: bool, reason: str
) -> None:
    """Plan to take the strangers of differences D, or all of a role, out of the groups of roles."""
    if bool(drift_ids) is bool(role) or (preview and not role):
        raise click.UsageError("Name differences, or a role; --preview needs a role.")
    if role:
        found = _strangers(role)
        if preview:
            _tell_strangers(found)
            return
        drift_ids = tuple(one.drift for one in found if not one.why_not)
    with parts().acting(actor()) as act:
        made = [_made(wave) for wave in take_out(act, drift_ids, reason=reason)]
    _tell_repairs(made)


def _strangers(role: str) -> list[StrangerSeen]:
    with parts().database.read() as session:
        return strangers_of(session, find_role(session, role))


def _tell_strangers(found: list[StrangerSeen]) -> None:
    rows = [
        (one.drift, one.who, one.why_not or ", ".join(one.loses) or "nothing")
        for one in found
    ]
    data = [
        {
            "drift": one.drift,
            "who": one.who,
            "loses": [*one.loses],
            "why_not": one.why_not,
        }
        for one in found
    ]
    shown = table(("D", "Who", "Loses"), rows)
    emit({"strangers": data}, shown if rows else "No strangers in the role.")


@drift.command("undo")
@click.argument(
    "drift_id",
    metavar="D",
    type=click.IntRange(1),
)
@click.option(
    "--reason",
    default="",
    help="Why.",
)
@DETACH
def undo_drift(drift_id: int, reason: str, detach: bool) -> int:
    """Take the person of difference D back down: the undo of the move that promised it."""
    with parts().database.read() as session:
        line = drift_line(
            session,
            drift_id,
        )
    if line.wave_id is None or line.person_id is None:
        raise Refused(
            said(
                "No move stands behind difference %(number)s.",
                number=drift_id,
            )
        )
    return take_back(
        line.wave_id,
        line.person_id,
        on_conflict="skip",
        reason=reason or line.sentence,
        detach=detach,
    )


@drift.command("accept")
@NUMBERS
@click.option(
    "--reason",
    required=True,
    help="Why it may stay as it is.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Until when a direct right that came back is kept; usual: as exceptions.",
)
def accept_drift(
    drift_ids: tuple[int, ...], reason: str, until: datetime | None
) -> None:
    """Accept differences D as they are; nobody is kept from being confirmed by them any more."""
    last = until.date() if until else None
    with parts().acting(actor()) as act:
        rows = accept(
            act,
            drift_ids,
            reason=reason,
            until=last,
        )
        told = [row.id for row in rows]
    emit(
        {"accepted": told},
        f"Accepted {len(told)}.",
    )
