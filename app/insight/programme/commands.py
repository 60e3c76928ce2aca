"""The programme on the command line."""

from __future__ import annotations

from typing import Any

from app.core.figures import percent
from app.core.parts import parts
from app.core.terminal import command, emit, table
from app.insight.programme.queries import ProgrammePage, programme_page
from app.insight.programme.rules import sentence_of


@command("programme")
def programme() -> None:
    """Say how far the change from single rights to roles is, and when it will be done."""
    here = parts()
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
