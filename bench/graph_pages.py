"""What the pages that look at everybody's rights cost: first after a change, and then while nothing
changes. Run ``python -m bench.graph_pages``; the number of people may follow.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.access.fit.queries import FitWanted, fit_page
from app.access.plan.queries import plan_page
from app.access.roles.page import role_page
from app.access.roles.queries import role_lines
from app.core import schema
from app.core.db import Database
from app.insight.report.queries import twins_of
from app.models.directory import Entitlement, GraphMark, MemberKind, Membership
from app.models.people import Person
from tests.access.builders import MONDAY, World, a_world

ROUNDS, RIGHTS_OF_THE_ROLE = 3, 20
RIGHTS, HELD = 10, 10
"""A right for every so many people, and so many rights held by each."""


@dataclass(frozen=True)
class Filled:
    """A directory of many, and who is planned."""

    world: World
    somebody: int


def main(people: int = 20_000) -> None:
    """Fill a directory and print the processor time of each page, anew and kept."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'graph.db'}")
        schema.upgrade(database)
        filled = fill(database, people, Path(folder) / "plans")
        print(
            f"{people} people, {people * HELD} memberships; milliseconds of processor"
        )
        for name, ask in PAGES.items():
            anew = _best(database, ask, filled, change=True)
            kept = _best(database, ask, filled, change=False)
            print(f"  {name:6} after a change {anew:8.1f}   then {kept:8.1f}")
        database.dispose()


def fill(database: Database, people: int, plans: Path) -> Filled:
    """Put so many people into a directory, a tenth of whom hold the rights of a role."""
    world = a_world(database, {"ada": "mail post"}, plans=plans)
    chance, here = random.Random(7), world.directory_id
    with database.write() as session:
        persons = [_person(here, number) for number in range(people)]
        rights = [_right(here, number) for number in range(people // RIGHTS)]
        session.execute(insert(Person), persons)
        session.execute(insert(Entitlement), rights)
        everybody = list(session.scalars(select(Person.id)))
        names = select(Entitlement.cn, Entitlement.id).order_by(Entitlement.id)
        all_rights = dict(session.execute(names).all())
        world.rights.update(all_rights)
        ids = list(all_rights.values())
        common, rest = ids[:RIGHTS_OF_THE_ROLE], ids[RIGHTS_OF_THE_ROLE:]
        held = [
            _membership(right, person)
            for person in everybody
            for right in chance.sample(common if person % 10 == 0 else rest, HELD)
        ]
        session.execute(insert(Membership), held)
        session.info["audit_events"] = 1
    world.role("Common", " ".join(list(all_rights)[:RIGHTS_OF_THE_ROLE]))
    return Filled(world, everybody[10])


def _person(directory: int, number: int) -> dict[str, object]:
    name = f"p{number:06}"
    dn = f"uid={name},ou=people,dc=acme,dc=test"
    row = {"directory_id": directory, "key": name, "dn": dn, "uid": name, "name": name}
    return {**row, "first_seen": MONDAY, "gone_at": None}


def _right(directory: int, number: int) -> dict[str, object]:
    name = f"right-{number:05}"
    row = {"directory_id": directory, "key": name, "dn": f"cn={name},dc=acme,dc=test"}
    more = {"attribute": "member", "object_classes": [], "first_seen": MONDAY}
    return {**row, **more, "cn": name, "gone_at": None}


def _membership(right: int, person: int) -> dict[str, object]:
    value = {"entitlement_id": right, "person_id": person, "value": _dn(person)}
    seen = {"since": MONDAY, "absent_at": MONDAY}
    return {**value, **seen, "kind": MemberKind.PERSON, "attribute": ""}


PAGES: dict[str, Callable[[Session, Filled], object]] = {
    "roles": lambda session, _: role_lines(session),
    "role": lambda session, _: role_page(session, 1),
    "fit": lambda session, _: fit_page(session, 1, FitWanted()),
    "plan": lambda session, filled: plan_page(session, 1, [filled.somebody]),
    "twins": lambda session, filled: twins_of(session, filled.world.directory_id),
}


def _best(
    database: Database,
    ask: Callable[[Session, Filled], object],
    filled: Filled,
    *,
    change: bool,
) -> float:
    figures = []
    for number in range(ROUNDS):
        if change:
            with database.write() as session:
                session.execute(update(GraphMark).values(stamp=str(number)))
        with database.read() as session:
            began = time.process_time()
            ask(session, filled)
            figures.append(time.process_time() - began)
    return min(figures) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 20_000)
