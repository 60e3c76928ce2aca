"""``role ladder``: how many people each rung of a role takes, and who comes next."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.orm import Session

from app.access.climb.actions import set_gate, set_sizes
from app.access.climb.queries import RoleLadder, role_ladder
from app.access.climb.rules import GateMode, many, sizes_in
from app.access.commands.data import find_role
from app.access.fit.queries import FitRow
from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import command, emit, table


@command("ladder")
@click.argument("role_name", metavar="ROLE")
@click.option(
    "--sizes",
    metavar="N,N,…",
    help="How many people each rung takes, like 1,1,3,10; the rest follows.",
)
@click.option(
    "--gate",
    "gate",
    type=click.Choice([mode.value for mode in GateMode]),
    help="What a line of the gate that is not met does: report, or stop.",
)
def ladder(role_name: str, sizes: str | None, gate: str | None) -> None:
    """Show the rungs of ROLE and who comes next, or say how many people each rung takes."""
    here = parts()
    if sizes is None and gate is None:
        with here.database.read() as session:
            found = _found(session, find_role(session, role_name))
    else:
        with here.acting(actor()) as act:
            number = find_role(act.session, role_name)
            if sizes is not None:
                set_sizes(act, number, sizes_in(sizes))
            if gate is not None:
                set_gate(act, number, GateMode(gate))
            found = _found(act.session, number)
    emit(ladder_data(found), _lines(found))


def _found(session: Session, role_id: int) -> RoleLadder:
    here = parts()
    return role_ladder(session, role_id, here.now(), here.settings.max_people_per_wave)


def ladder_data(found: RoleLadder) -> dict[str, Any]:
    """Return a ladder as plain data."""
    return {
        "role": found.role,
        "sizes": list(found.sizes),
        "gate": found.gate.value,
        "rung": found.here.number,
        "rungs": [
            {
                "rung": rung.number,
                "size": rung.size,
                "stands": rung.stands.value,
                "wave": rung.wave_id,
                "people": rung.people,
                "version": rung.version or None,
            }
            for rung in found.rungs
        ],
        "zero_change": found.ready,
        "left": found.left,
        "next": [_person(found, row) for row in found.offered],
    }


def _person(found: RoleLadder, row: FitRow) -> dict[str, Any]:
    return {
        "person": row.person.uid,
        "name": row.person.name,
        "zero_change": row.zero_change,
        "missing": row.missing,
        "besides": len(row.besides),
        "joined_lately": row.person.id in found.joined,
    }


def _lines(found: RoleLadder) -> list[str]:
    rungs = [
        (
            str(rung.number),
            f"version {rung.version}" if rung.version else many(rung.size),
            rung.stands.value,
            str(rung.wave or ""),
        )
        for rung in found.rungs
    ]
    people = [
        (
            row.person.uid,
            row.person.name,
            "nothing" if row.zero_change else f"+{row.missing} ={len(row.besides)}",
        )
        for row in found.offered
    ]
    shown = [found.sentence, table(("Rung", "People", "Stands", "Wave"), rungs)]
    return (
        [*shown, table(("Next", "Name", "What changes"), people)] if people else shown
    )
