"""A made-up directory of many people and rights in the tables, the same every time."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select

from app.access.plan.actions import default_choices, plan
from app.core.acting import Acting
from app.core.db import Database
from app.core.settings import Settings
from app.models.directory import Entitlement, Lens, MemberKind, Membership
from app.models.people import Person
from tests.access.builders import MONDAY, World, a_world

OF_THE_ROLE, HELD, BESIDES = 20, 10, 3
"""Rights of the role, rights that anybody else holds, and rights besides the role."""
LEAST_RIGHTS = 60


@dataclass(frozen=True)
class Company:
    """A directory of many, the number of its role, and who fits it."""

    world: World
    role: int
    fitting: list[int]


def fill(database: Database, people: int, plans: Path, *, fitting: int) -> Company:
    """Put so many people into a directory, with ten rights each; those who fit the role of twenty
    rights hold all of it, and three more.
    """
    world = a_world(database, {"ada": "mail post"}, plans=plans)
    chance, here = random.Random(7), world.directory_id
    count = max(people // 10, LEAST_RIGHTS)
    with database.write() as session:
        rows = [_person(here, number) for number in range(people)]
        session.execute(insert(Person), rows)
        session.execute(insert(Entitlement), [_right(here, it) for it in range(count)])
        asked = select(Person.id, Person.dn).where(Person.uid != "ada")
        everybody = [(row.id, row.dn) for row in session.execute(asked)]
        named = select(Entitlement.cn, Entitlement.id).order_by(Entitlement.id)
        rights = {row.cn: row.id for row in session.execute(named)}
        world.rights.update(rights)
        names = [name for name in rights if name.startswith("right")]
        common = [rights[name] for name in names[:OF_THE_ROLE]]
        rest = [rights[name] for name in names[OF_THE_ROLE:]]
        held = []
        for number, (person, dn) in enumerate(everybody):
            fits = number < fitting
            more = chance.sample(rest, BESIDES if fits else HELD)
            mine = [*common, *more] if fits else more
            held += [_membership(right, person, dn) for right in mine]
        session.execute(insert(Membership), held)
        session.info["audit_events"] = 1
    role = world.role("Common", " ".join(names[:OF_THE_ROLE]))
    return Company(world, role, [person for person, _dn in everybody[:fitting]])


def planned(company: Company, settings: Settings, people: list[int]) -> int:
    """Plan a wave for people with the usual choices; the number of its row."""
    with company.world.database.write() as session:
        act = Acting(session, "anna", MONDAY, settings)
        choices = default_choices(settings, "Common", "anna", MONDAY.date())
        return plan(act, company.role, people, choices).id


def _person(directory: int, number: int) -> dict[str, object]:
    name = f"p{number:06}"
    dn = f"uid={name},ou=people,dc=acme,dc=test"
    row = {"directory_id": directory, "key": name, "dn": dn, "uid": name, "name": name}
    return {**row, "first_seen": MONDAY, "gone_at": None}


def _right(directory: int, number: int) -> dict[str, object]:
    name = f"right-{number:05}"
    row = {"directory_id": directory, "key": name, "dn": f"cn={name},dc=acme,dc=test"}
    more = {"attribute": "member", "object_classes": [], "first_seen": MONDAY}
    kept = {"lens": Lens.RECURSIVE, "needs_member": True}
    return {**row, **more, **kept, "cn": name, "gone_at": None}


def _membership(right: int, person: int, dn: str) -> dict[str, object]:
    value = {"entitlement_id": right, "person_id": person, "value": dn}
    seen = {"since": MONDAY, "absent_at": MONDAY}
    return {**value, **seen, "kind": MemberKind.PERSON, "attribute": ""}
