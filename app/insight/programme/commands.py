"""The programme on the command line."""

from __future__ import annotations

from typing import Any

import click

from app.core.figures import percent
from app.core.parts import parts
from app.core.terminal import command, emit, table
from app.insight.programme.queries import ProgrammePage, programme_page, ready_lines
from app.insight.programme.rules import sentence_of


@command("programme")
@click.option(
    "--ready",
    is_flag=True,
    help="List who can move today with zero change, over all roles.",
)
def programme(ready: bool) -> None:
    """Say how far the change from single rights to roles is, and when it will be done."""
    here = parts()
    if ready:
        _tell_ready()
        return
    with here.database.read() as session:
        found = programme_page(session, here.now().date())
    rows = [
        (
            role.name,
            f"{role.rungs.people} of {role.rungs.fitting}",
            str(role.ready),
            "now" if role.going else "",
        )
        for role in found.roles
    ]
    shown = table(("Role", "People", "Ready", ""), rows) if rows else "No roles yet."
    emit(programme_data(found), [*_lines(found), "", shown])


def _tell_ready() -> None:
    with parts().database.read() as session:
        found = ready_lines(session)
    rows = [
        (one.uid, one.name, one.department, ", ".join(dict(one.roles).values()))
        for one in found
    ]
    data = [
        {"person": one.uid, "name": one.name, "roles": [*dict(one.roles).values()]}
        for one in found
    ]
    shown = table(("Person", "Name", "Department", "Roles"), rows)
    emit({"ready": data}, shown if rows else "Nobody can move with zero change today.")


def _lines(found: ProgrammePage) -> list[str]:
    count, rate = found.count, found.count.undo_rate
    lines = [
        sentence_of(count),
        f"{found.ready:,} can move today with zero change.",
        found.forecast.sentence,
    ]
    if rate is not None:
        lines.append(f"{percent(rate)} of {count.moves:,} moves were taken back.")
    if found.next_role:
        lines.append(f"Next role: {found.next_role.name}")
    return lines


def programme_data(found: ProgrammePage) -> dict[str, Any]:
    """Return the programme as plain data."""
    count, (early, late) = found.count, found.by
    return {
        "moved": count.moved,
        "moving": count.moving,
        "direct": count.direct,
        "scope": count.scope,
        "zero_change_today": found.ready,
        "next_role": found.next_role.name if found.next_role else None,
        "finish": {
            "half_sure": early,
            "fairly_sure": late,
            "sentence": found.forecast.sentence,
        },
        "moves": count.moves,
        "undone": count.undone,
        "undo_rate": count.undo_rate,
        "exceptions": {age.value: number for age, number in found.exceptions.items()},
        "roles": [
            {
                "role": role.name,
                "people": role.rungs.people,
                "fitting": role.rungs.fitting,
                "zero_change": role.ready,
                "undecided": role.going,
                "rungs": [rung.stands.value for rung in role.ladder],
            }
            for role in found.roles
        ],
        "weeks": [
            {"week_to": week.ends, "moved": week.done, "scope": week.scope}
            for week in found.weeks
        ],
    }


COMMANDS = [programme]
