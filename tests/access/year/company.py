"""A company of three hundred people, its directory, and what happens to them in a year.

What everybody should reach is written down here by hand, beside Rung: whoever joins, moves, leaves,
or is given or loses something by others' hands, changes it, and nobody else.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import ldap3

from app.core import audit
from app.core.settings import Settings
from app.models.directory import Directory
from ldap_sync.demo import accounts
from ldap_sync.dn import fold_or_self
from tests.access.builders import (
    DemoWorld,
    demo_world,
    group_dn,
    person_dn,
)
from tests.chaos.places import reached
from tests.conftest import Clock
from tests.ldap_sync.proxy import ChaosProxy

DEPARTMENTS = ("sales", "desk", "works", "books", "law", "lab")
PEOPLE = 300
KITS = {name: tuple(f"{name}-{part}" for part in "abcd") for name in DEPARTMENTS}
"""The four rights that belong to the work of a department."""

NESTED = DEPARTMENTS[:3]
"""Whose roles stand in the groups of their rights; the others only mark who has them."""

EXTRAS = tuple(f"extra-{number}" for number in range(8))


@dataclass
class Life:
    """One person: where he or she works, what he or she should reach, and whether still here."""

    department: str
    rights: set[str]
    here: bool = True
    role: str = ""
    gained: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    smuggled: set[str] = field(default_factory=set)
    before: set[str] | None = None

    def cut(self, rights: set[str]) -> None:
        """Take rights away that others took, until they are given back."""
        self.lost |= rights & self.rights
        self.rights -= rights

    def mend(self) -> None:
        """Give back what others took."""
        self.rights |= self.lost
        self.lost = set()

    def step_down(self) -> None:
        """Leave the role: what came with it alone goes again, the rest is held directly."""
        self.mend()
        self.rights -= self.gained
        self.role, self.gained = "", set()


@dataclass
class Company:
    """The people, their directory behind a line that can break, and Rung beside it."""

    world: DemoWorld
    line: ChaosProxy
    clock: Clock
    lives: dict[str, Life]
    chance: random.Random
    happened: list[str] = field(default_factory=list)

    def join(self) -> str:
        """Let somebody begin who holds nothing yet."""
        name = f"new{len(self.lives)}"
        department = self.chance.choice(DEPARTMENTS)
        self.lives[name] = Life(department, set())
        shown = {"cn": name.title(), "sn": name.title(), "uid": name}
        shown["departmentNumber"] = department
        with self.world.others() as ldap:
            assert ldap.add(person_dn(name), ["inetOrgPerson"], shown), ldap.result
        self.happened.append(f"{name} joins {department}")
        return name

    def move(self, name: str) -> None:
        """Let somebody go to another department; the rights stay until somebody acts."""
        life = self.lives[name]
        others = [one for one in DEPARTMENTS if one != life.department]
        life.department = self.chance.choice(others)
        self.world.change_person(name, "departmentNumber", life.department)
        self.happened.append(f"{name} moves to {life.department}")

    def leave(self, name: str) -> None:
        """Let somebody leave: the account is switched off and keeps what it holds."""
        self.world.change_person(name, "employeeType", "leaver")
        self.lives[name].here = False
        self.happened.append(f"{name} leaves")

    def give(self, name: str, right: str) -> None:
        """Let others put somebody into a group by hand."""
        if right not in self.direct(name):
            self.world.put_into(name, right)
            self.lives[name].rights.add(right)
            self.happened.append(f"others give {name} {right}")

    def take(self, name: str) -> None:
        """Let others take somebody out of a group by hand."""
        held = sorted(self.direct(name) & {*EXTRAS})
        if held:
            right = self.chance.choice(held)
            self.world.take_out(name, right)
            self.lives[name].rights.discard(right)
            self.happened.append(f"others take {right} from {name}")

    def come_back(self, name: str) -> None:
        """Let somebody who left be here again: the account is switched on."""
        self.world.change_person(name, "employeeType", "")
        self.lives[name].here = True
        self.happened.append(f"{name} comes back")

    def rob(self, name: str) -> None:
        """Let others take somebody out of the role by hand: what it gives alone is lost."""
        life = self.lives[name]
        direct = self.direct(name)
        assert life.role in direct, (name, direct)
        self._role(ldap3.MODIFY_DELETE, life.role, person_dn(name))
        if life.role in NESTED:
            life.cut({*KITS[life.role]} - direct)
        self.happened.append(f"others take {name} out of the role {life.role}")

    def lose(self, name: str) -> None:
        """Let others take a right of the role from somebody whose role only marks the person."""
        life = self.lives[name]
        right = KITS[life.role][0]
        self.world.take_out(name, right)
        life.cut({right})
        self.happened.append(f"others take {right} from {name}")

    def cut_link(self, role: str) -> None:
        """Let others take a role's group out of a right's group: all in it lose the right."""
        right = KITS[role][1]
        with self.world.others() as ldap:
            change = {"member": [(ldap3.MODIFY_DELETE, [role_dn(role)])]}
            assert ldap.modify(group_dn(right), change), ldap.result
        for name, life in self.lives.items():
            if life.role == role and right in life.rights - self.direct(name):
                life.cut({right})
        self.happened.append(f"others cut {role} from {right}")

    def smuggle(self, name: str, role: str) -> None:
        """Let others put somebody into a role's group by hand."""
        self._role(ldap3.MODIFY_ADD, role, person_dn(name))
        self.lives[name].smuggled = {*KITS[role]} - self.lives[name].rights
        self.lives[name].rights |= self.lives[name].smuggled
        self.happened.append(f"others put {name} into the role {role}")

    def _role(self, how: str, role: str, member: str) -> None:
        with self.world.others() as ldap:
            change = {"member": [(how, [member])]}
            assert ldap.modify(role_dn(role), change), ldap.result

    def direct(self, name: str) -> set[str]:
        """Return the rights and roles whose groups list a person now."""
        with self.world.others() as ldap:
            asked = f"(member={person_dn(name)})"
            ldap.search("dc=demo,dc=example", asked, attributes=["cn"])
            return {str(entry.cn) for entry in ldap.entries}

    def reach(self) -> dict[str, set[str]]:
        """Return what everybody reaches now, through whatever group."""
        state = {
            fold_or_self(dn): tuple(fold_or_self(one) for one in members)
            for dn, members in self.world.everything().items()
        }
        names = {fold_or_self(group_dn(right)): right for right in rights()}
        return {
            name: {
                names[dn]
                for dn in reached(state, fold_or_self(person_dn(name)))
                if dn in names
            }
            for name in self.lives
        }

    def differences(self) -> list[str]:
        """Say who reaches less, or more, than was said here."""
        found = self.reach()
        told = []
        for name, life in self.lives.items():
            less, more = life.rights - found[name], found[name] - life.rights
            told += [f"{name} lost {right}" for right in sorted(less)]
            told += [f"{name} gained {right}" for right in sorted(more)]
        return told

    def anybody(self) -> str:
        """Return somebody who works here."""
        return self.chance.choice(
            [name for name, one in self.lives.items() if one.here]
        )


def role_dn(name: str) -> str:
    """Return where the group of a role stands."""
    return f"cn={name},{accounts.ROLES}"


def rights() -> list[str]:
    """Return every right of the company."""
    return [*(right for kit in KITS.values() for right in kit), *EXTRAS]


def population(chance: random.Random) -> dict[str, Life]:
    """Return three hundred people with the rights of their work: one in ten lacks one of them, one
    in eight holds one more.
    """
    found = {}
    for number in range(PEOPLE):
        department = DEPARTMENTS[number % len(DEPARTMENTS)]
        held = set(KITS[department])
        if number >= len(DEPARTMENTS) and chance.random() < 0.1:
            held.discard(chance.choice(sorted(held)))
        if number >= len(DEPARTMENTS) and chance.random() < 0.13:
            held.add(chance.choice(EXTRAS))
        found[f"p{number:03}"] = Life(department, held)
    return found


@contextmanager
def a_company(settings: Settings, seed: int) -> Iterator[Company]:
    """Start the directory and Rung, which reaches it through a line that can break."""
    chance, clock = random.Random(seed), Clock()
    lives = population(chance)
    held: Mapping[str, str] = {
        name: " ".join(one.rights) for name, one in lives.items()
    }
    with (
        demo_world(settings, clock, held) as world,
        ChaosProxy(int(world.server.url().rpartition(":")[2])) as line,
    ):
        _lead_through(world, line.url)
        yield Company(world, line, clock, lives, chance)


def _lead_through(world: DemoWorld, url: str) -> None:
    with world.database.write() as session:
        session.get_one(Directory, world.directory_id).url = url
        audit.record(
            session,
            "test",
            "test.put",
            "directory:1",
            "Leads through a line",
            at=world.now(),
        )
