"""``drill``: prove the way back on a test account."""

from __future__ import annotations

import click

from app.access.arm.drill import DrillOrder, run_drill
from app.access.commands.data import find_role
from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import CONFLICT, command, emit
from app.directory.queries.overview import find_directory
from app.people.queries import find_person


@command("drill")
@click.argument("directory", metavar="DIRECTORY")
@click.option(
    "--person",
    metavar="TEST",
    help="The test account; the one of the last drill, unless said.",
)
@click.option("--role", metavar="ROLE", help="The role; the first one, unless said.")
def drill(directory: str, person: str | None, role: str | None) -> int:
    """Move a test account up and down through the same engine, and time the undo."""
    with parts().database.read() as session:
        home = find_directory(session, directory).id
        order = DrillOrder(
            directory_id=home,
            person_id=find_person(session, person, home).id if person else None,
            role_id=find_role(session, role) if role else None,
            by=actor(),
        )
    done = run_drill(parts(), order)
    told = f"Up in {done.up_seconds:.1f} s, back in {done.down_seconds:.1f} s."
    content = {
        "wave": done.wave_id,
        "up_seconds": round(done.up_seconds, 3),
        "down_seconds": round(done.down_seconds, 3),
        "trouble": done.trouble,
    }
    emit(content, done.trouble or told)
    return CONFLICT if done.trouble else 0
