"""A year of a company of three hundred: two admins, joiners, movers, leavers, holidays, failures.

Whatever happens, everybody reaches what was said and nothing else, and what Rung shows at the end
is what its audit trail tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.core import audit
from app.core.audit import AuditEvent
from app.core.settings import Settings
from app.core.terminal import CONFLICT
from app.models.access.wave import Switch
from app.models.access.words import SwitchState, WaveState
from app.models.people import Person
from tests.access.builders import an_operator
from tests.access.year.company import DEPARTMENTS, KITS, Company, a_company
from tests.conftest import runner_for
from tests.ldap_sync.proxy import MODIFY

WEEKS = 52
HOLIDAYS = {16, 30, 31, 32, 51}
"""Weeks in which only one of the two admins is there: nothing can be approved."""

AWAY = {9, 23, 40}
"""Weeks in which the directory cannot be reached."""

LADDER = (1, 3, 10, 40)
"""How many move at a time, rung after rung."""
APPROVER = "ben"

CONFIRMED = re.compile(r"Confirmed (?P<who>.+) in (?P<wave>wave .+)")
UNDONE = re.compile(r"Undoes the switch of (?P<who>.+) in (?P<wave>wave .+)")


class Year:
    """Two admins at their terminal, week after week."""

    def __init__(self, company: Company) -> None:
        self.company, self.chance = company, company.chance
        self.rung = runner_for(company.world.app)
        self.moved: dict[str, tuple[str, str]] = {}
        self.gained: dict[str, set[str]] = {}
        self.rungs: Counter[str] = Counter()
        self.last: dict[str, str] = {}
        self.refused = 0

    def begin(self) -> None:
        """Read the directory, and make a role of each department's first person."""
        an_operator(self.company.world.database, APPROVER)
        self.do("sync")
        for number, department in enumerate(DEPARTMENTS):
            first = f"p{number:03}"
            self.do("role", "new", department, "--from-person", first)

    def week(self, number: int) -> None:
        """Let the week's things happen, then work."""
        self.happen()
        if number in AWAY:
            self.company.line.cut_after(0)
            assert self.rung("sync").code == 4
            self.company.line.spare()
            return
        self.do("sync")
        self.look_after_the_moved()
        if number not in HOLIDAYS:
            self.move_on()

    def happen(self) -> None:
        """Let somebody join, move, leave, be given something and be robbed of something."""
        company = self.company
        company.join()
        if self.chance.random() < 0.5:
            company.move(company.anybody())
        if self.chance.random() < 0.4:
            company.leave(company.anybody())
        company.give(company.anybody(), "extra-1")
        company.take(company.anybody())

    def look_after_the_moved(self) -> None:
        """Confirm who was moved a week ago and still works here; take one in ten back."""
        for wave, name in self.waiting():
            if self.chance.random() < 0.1:
                self.take_back(wave, name)
            else:
                self.confirm(wave, name)

    def take_back(self, wave: str, name: str) -> None:
        """Undo somebody's move: what came with the role alone goes again."""
        self.do("wave", "undo", wave, "--person", name, "--reason", "asked for")
        del self.moved[name]
        self.company.lives[name].rights -= self.gained.pop(name)

    def confirm(self, wave: str, name: str) -> None:
        """Confirm somebody; what others changed meanwhile keeps from it until it is accepted."""
        seen = ("wave", "confirm", wave, "--person", name, "--note", "seen")
        if self.rung(*seen).code == CONFLICT:
            for one in self.do("drift", "list")["drift"]:
                number = str(one["drift"])
                self.do("drift", "accept", number, "--reason", "others were told")
            self.refused += 1
            self.do(*seen)

    def move_on(self) -> None:
        """Plan, approve and apply the next rung of one department after the other."""
        for department in DEPARTMENTS:
            names = self.next_of(department)
            if names and self.decided(department):
                self.climb(department, names)

    def decided(self, department: str) -> bool:
        """Decide on the last wave of a department once nobody of it waits; tell whether that is
        done.
        """
        wave = self.last.get(department, "")
        if wave and not self.on(wave):
            self.decide(wave)
            del self.last[department]
        return department not in self.last

    def decide(self, wave: str) -> None:
        """Let more follow, unless nobody is left in the role and that was decided by itself."""
        state = self.do("wave", "show", wave)["state"]
        if state != WaveState.UNDONE.value:
            self.do("wave", "decide", wave, "scale", "--reason", "it works")

    def next_of(self, department: str) -> list[str]:
        """Return who is to move next: who works there and was not moved yet."""
        size = LADDER[min(self.rungs[department], len(LADDER) - 1)]
        there = [
            name
            for name, one in self.company.lives.items()
            if one.here and one.department == department and name not in self.moved
        ]
        return there[:size]

    def climb(self, department: str, names: list[str]) -> None:
        """Move people to the role of a department; sometimes an answer is lost on the way."""
        people = [word for name in names for word in ("--person", name)]
        more = ("--accept-gain", "--reason", "Each department climbs by itself.")
        planned = self.do("wave", "plan", department, *people, *more)
        wave = str(planned["wave"])
        self.do("wave", "approve", wave, "--as", APPROVER)
        if self.chance.random() < 0.2:
            self.company.line.lose_answer(MODIFY, self.chance.randint(1, 3))
        self.apply(wave)
        self.company.line.spare()
        for name in self.on(wave):
            self.moved[name] = (department, wave)
            life = self.company.lives[name]
            self.gained[name] = set(KITS[department]) - life.rights
            life.rights |= self.gained[name]
        self.rungs[department] += 1
        self.last[department] = wave

    def apply(self, wave: str) -> None:
        """Apply a wave, again if the line broke."""
        for _ in range(4):
            if self.rung("wave", "apply", wave).code == 0:
                return
            self.company.clock.forward(minutes=10)
        raise AssertionError(self.rung("wave", "show", wave).out)

    def waiting(self) -> list[tuple[str, str]]:
        """Return who waits to be confirmed, with the wave."""
        soaking = Switch.state == SwitchState.SOAKING
        asked = select(Switch).where(soaking).order_by(Switch.id)
        return [(wave, name) for wave, name in self._people(asked)]

    def on(self, wave: str) -> list[str]:
        """Return who of a wave is moved."""
        asked = select(Switch).where(
            Switch.wave_id == int(wave), Switch.state == SwitchState.SOAKING
        )
        return [name for _, name in self._people(asked)]

    def _people(self, asked: Any) -> list[tuple[str, str]]:
        names = {number: name for name, number in self.numbers().items()}
        with self.company.world.database.read() as session:
            return [
                (str(one.wave_id), names[one.person_id])
                for one in session.scalars(asked)
            ]

    def numbers(self) -> dict[str, int]:
        """Return the numbers of people by name, as Rung read them."""
        with self.company.world.database.read() as session:
            return dict(session.execute(select(Person.uid, Person.id)).all())  # type: ignore[arg-type]

    def do(self, *words: str) -> Any:
        """Run a command that must succeed; what it says."""
        done = self.rung(*words, "--json")
        assert done.code == 0, (words, done.out, done.err, self.company.happened[-8:])
        return done.json


@pytest.fixture
def year(settings: Settings) -> Iterator[Year]:
    with a_company(settings, seed=7) as company:
        yield Year(company)


def test_after_a_year_everybody_reaches_what_was_said_and_the_trail_tells_the_same(
    year: Year,
) -> None:
    year.begin()
    for number in range(WEEKS):
        year.company.clock.forward(days=7)
        year.week(number)
        assert year.company.differences() == [], (number, year.company.happened[-8:])
        assert held_twice(year) == []
    assert year.refused > 0, "nobody was robbed of anything that was promised"
    assert confirmed_by_the_trail(year) == confirmed_on_the_pages(year)
    with year.company.world.database.read() as session:
        assert audit.verify(session) is None


def held_twice(year: Year) -> list[str]:
    """Return who has two open switches."""
    open_ones = select(Switch.open_person_id).where(Switch.open_person_id.is_not(None))
    with year.company.world.database.read() as session:
        counted = Counter(session.scalars(open_ones))
    return [str(person) for person, count in counted.items() if count > 1]


def confirmed_by_the_trail(year: Year) -> set[str]:
    """Return who is confirmed in a role, counted from the audit trail's own sentences."""
    asked = select(AuditEvent.label).order_by(AuditEvent.id)
    found: set[tuple[str, str]] = set()
    with year.company.world.database.read() as session:
        for label in session.scalars(asked):
            if done := CONFIRMED.match(label):
                found.add((done["who"], done["wave"]))
            if back := UNDONE.match(label):
                found.discard((back["who"], back["wave"]))
    return {who for who, _ in found}


def confirmed_on_the_pages(year: Year) -> set[str]:
    """Return who is confirmed, as the lists of waves say it."""
    waves = year.do("wave", "list")["waves"]
    shown = [year.do("wave", "show", str(one["wave"])) for one in waves]
    return {
        person["name"]
        for wave in shown
        for person in wave["people"]
        if person["state"] == SwitchState.CONFIRMED.value
    }
