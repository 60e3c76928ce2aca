"""How much memory and processor the worker needs, with 20,000 people and 200,000 memberships.

    python -m bench.worker_memory              # another number of people may follow

One process does in turn what the worker does: check, read, read again, plan 3,000 people of a role
of twenty rights, plan 500 of them, apply those 500. After each the peak of its memory so far (RSS)
and the processor time of the part are printed.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import update

from app import create_app
from app.access.plan.actions import default_choices
from app.access.plan.asking import ask_plan
from app.access.plan.values import PlanOrder
from app.access.plan.working import run_asked_plans
from app.access.roles.actions import RoleDraft, create_role
from app.access.waves.actions import apply, approve
from app.access.waves.running import run_due_waves
from app.core import schema
from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.directory.actions import add_directory, check_directory, read_now
from app.models.access.asked import AskedPlan
from app.models.access.wave import Wave
from app.models.directory import Entitlement, Lens
from app.models.people import Person
from tests.access.builders import an_operator
from tests.access.engine.slapd_world import PLACEHOLDER, directory_values
from tests.ldap_sync.servers import GROUPS, PEOPLE, Slapd

RIGHTS, OF_THE_ROLE, IN_THE_ROLE, APPLIED = 2_000, 20, 3_000, 500
OTHERS = 140_000
"""Memberships besides those of the role."""
URL = "--of"


def main(people: int = 20_000) -> None:
    """Load a company into slapd, and let a process of its own do what the worker does."""
    with TemporaryDirectory() as folder, Slapd(ldif="".join(company(people))) as server:
        settings = _settings(Path(folder))
        parts: Parts = create_app(settings).extensions[KEY]
        schema.upgrade(parts.database)
        for name in ("anna", "ben"):
            an_operator(parts.database, name)
        values = directory_values(server.connection(), settings, (PLACEHOLDER,))
        with parts.acting("anna") as act:
            add_directory(act, replace(values), parts.trust)
        command = [sys.executable, "-m", "bench.worker_memory", URL, folder]
        subprocess.run(command, check=True)


def company(people: int) -> Iterator[str]:
    """Yield LDIF of people and groups; the first groups are those of the role."""
    chance = random.Random(1)
    names = [f"p{number:06}" for number in range(people)]
    for name in names:
        yield (
            f"dn: uid={name},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: {name}\n"
            f"cn: Person {name}\nsn: {name}\nmail: {name}@acme.test\n"
            f"title: Clerk\nl: Berlin\ndepartmentNumber: {name[-2:]}\n\n"
        )
    each = OTHERS // (RIGHTS - OF_THE_ROLE)
    for number in range(RIGHTS):
        own = number < OF_THE_ROLE
        members = names[:IN_THE_ROLE] if own else chance.sample(names, each)
        lines = "".join(f"member: uid={name},{PEOPLE}\n" for name in members)
        yield (
            f"dn: cn=g{number:04},{GROUPS}\nobjectClass: groupOfNames\n"
            f"cn: g{number:04}\n{lines}\n"
        )


def inside(folder: Path) -> None:
    """Do what the worker does, part after part."""
    parts: Parts = create_app(_settings(folder), ring=lambda: None).extensions[KEY]
    _told("started", lambda: None)
    _told("check", lambda: check_directory(parts, 1, by="anna"))
    _told("read", lambda: read_now(parts, 1, by="anna"))
    _told("read again", lambda: read_now(parts, 1, by="anna"))
    people = _role(parts)
    _told("plan of 3,000", lambda: _plan(parts, people))
    _told("plan of 500", lambda: _plan(parts, people[:APPLIED]))
    with parts.acting("ben") as act:
        approve(act, 2)
    with parts.acting("anna") as act:
        apply(act, 2)
    _told("apply to 500", lambda: run_due_waves(parts))
    with parts.database.read() as session:
        print("the wave is", session.get_one(Wave, 2).state.value)


def _role(parts: Parts) -> list[int]:
    """Make the role and return who holds it, the number of each."""
    with parts.acting("anna") as act:
        act.session.execute(update(Entitlement).values(lens=Lens.RECURSIVE))
        cn, wanted = Entitlement.cn, [f"g{number:04}" for number in range(OF_THE_ROLE)]
        rights = act.session.query(Entitlement).where(cn.in_(wanted))
        reasons = {right.id: "part of the work" for right in rights}
        create_role(act, 1, RoleDraft(name="Common", rights=reasons))
        first = act.session.query(Person.id).order_by(Person.uid)
        return [row.id for row in first.limit(IN_THE_ROLE)]


def _plan(parts: Parts, people: list[int]) -> None:
    choices = default_choices(parts.settings, "Common", "anna", parts.now().date())
    with parts.acting("anna") as act:
        number = ask_plan(act, 1, PlanOrder(tuple(people), choices, "anna")).id
    run_asked_plans(parts)
    with parts.database.read() as session:
        asked = session.get_one(AskedPlan, number)
        if asked.wave_id is None:
            raise SystemExit(f"{asked.state.value}: {asked.reason} {asked.details[:3]}")


def _told(what: str, do: Callable[[], object]) -> None:
    began, wall = time.process_time(), time.perf_counter()
    do()
    spent, took = time.process_time() - began, time.perf_counter() - wall
    line = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
    print(
        f"  {what:14} {int(line) / 1024:6.0f} MB   processor {spent:6.2f} s"
        f"   {took:6.1f} s",
        flush=True,
    )


def _settings(folder: Path) -> Settings:
    return Settings(
        home=folder,
        database_url=f"sqlite:///{folder / 'rung.db'}",
        secret_key="only measured " * 3,
        max_people_per_wave=5_000,
        max_share_of_group=1.0,
        max_deletions_per_hour=10_000_000,
    )


if __name__ == "__main__":
    if URL in sys.argv:
        inside(Path(sys.argv[-1]))
    else:
        main(*map(int, sys.argv[1:]))
