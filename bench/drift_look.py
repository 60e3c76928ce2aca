"""What it costs to look at everybody who was moved, after each reading: 3,000 people, 22 rights.

python -m bench.drift_look [PEOPLE]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import delete, select

from app.access.drift.actions import Verified, verify_reading
from app.access.queries import plan_of
from app.core import audit, schema
from app.core.db import Database
from app.directory.actions.noting import note_changes, note_group
from app.models.access.role import Role
from app.models.access.wave import Wave
from app.models.access.words import SwitchState, WaveState
from app.models.directory import Entitlement, Membership
from ldap_sync.values import DirectoryChange, NewGroup
from tests.access.builders import MONDAY, World, a_world, crowd
from tests.acting import acting

RIGHTS = " ".join(f"right-{number:02}" for number in range(22))
KEY = "clerk-key"


def moved(world: World) -> None:
    """Move everybody into one role, in the tables alone."""
    role = world.role("Clerk", RIGHTS)
    number = world.wave(role, *world.people)
    with world.database.write() as session:
        wave = session.get_one(Wave, number)
        plan = plan_of(wave)
        session.get_one(Role, role).group_key = KEY
        for step in plan.prepare:
            if isinstance(step.change, NewGroup):
                home = world.directory_id
                note_group(session, home, step.change, KEY, MONDAY)
        session.flush()
        changes = [
            replace(step.change, key=step.change.key or KEY)
            for step in plan.steps
            if isinstance(step.change, DirectoryChange)
        ]
        note_changes(session, world.directory_id, changes, MONDAY)
        wave.started_at = MONDAY
        audit.record(session, "bench", "test.put", "wave:1", "Moved", at=MONDAY)
    world.put(number, SwitchState.SOAKING, WaveState.SOAKING)


def look(world: World, what: str) -> None:
    """Verify everybody and print how long that took."""
    wall, own = time.perf_counter(), time.process_time()
    with world.database.write() as session:
        found: Verified = verify_reading(
            acting(session, "bench", MONDAY), world.directory_id
        )
    wall, own = time.perf_counter() - wall, time.process_time() - own
    told = f"{found.new} new, {found.ended} ended"
    sys.stdout.write(f"{what:34} {own:6.2f} s CPU {wall:6.2f} s  {told}\n")


def all_taken_out(world: World) -> None:
    """Empty the role's group, as by another hand."""
    with world.database.write() as session:
        group = session.scalars(select(Entitlement.id).where(Entitlement.key == KEY))
        mine = Membership.entitlement_id == group.one()
        session.execute(
            delete(Membership).where(mine, Membership.person_id.is_not(None))
        )


def main() -> int:
    """Print a line for each look, and the memory it took at most."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "audit_key"
        database = Database(f"sqlite:///{folder}/rung.db", audit_key=key)
        schema.upgrade(database)
        world = a_world(database, crowd(people, RIGHTS), plans=Path(folder) / "plans")
        moved(world)
        for what in ("nothing changed", "nothing changed, again"):
            look(world, what)
        all_taken_out(world)
        for what in ("everybody taken out", "everybody taken out, again"):
            look(world, what)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{people} people, {most} MB at most, the plan included\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
