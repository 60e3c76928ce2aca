"""Two admins at their terminal, week after week: they move people, look after them, repair what
others changed, let owners review, and take off what people who left still hold.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select

from app.access.exceptions.ending import run_due_endings
from app.access.waves.running import run_due_waves
from app.core.terminal import CONFLICT
from app.models.access.review import ReviewQuestion
from app.models.access.wave import Switch
from app.models.access.words import DriftKind, SwitchState, WaveState
from app.models.people import Person
from tests.access.builders import an_operator
from tests.access.year.company import (
    DEPARTMENTS,
    EXTRAS,
    KITS,
    NESTED,
    Company,
    Life,
)
from tests.conftest import runner_for
from tests.ldap_sync.proxy import MODIFY
from tests.pages import Pages

HOLIDAYS = {8, 15, 25}
"""Fortnights in which only one of the two admins is there: nothing can be approved."""

AWAY = {5, 12, 20}
"""Fortnights in which the directory cannot be reached."""

ROBBED, LOSES, CUT, SMUGGLED = {7, 14, 22}, {9, 18}, {10, 19}, {11, 23}
"""Fortnights in which others take somebody out of a role, a right from somebody, a role from a
right, and put a stranger into a role.
"""

UNSEEN = {1, 2, 3, 4, 6, 13, 16}
"""Fortnights in which others do so after the reading, unseen until somebody is to be confirmed."""

REVIEWS, RETURNS = {3, 13, 22}, {6, 17, 24}
LADDER = (1, 3, 10, 40)
"""How many move at a time, rung after rung."""

EACH = 2
"""A department climbs each second time: who joined meanwhile moves together."""

APPROVER, OWNER = "ben", "p001"


class Year:
    """The company's year, as its admins live it, fortnight after fortnight."""

    def __init__(self, company: Company) -> None:
        self.company, self.chance = company, company.chance
        self.rung = runner_for(company.world.app)
        self.moved: dict[str, str] = {}
        self.rungs: Counter[str] = Counter()
        self.last: dict[str, str] = {}
        self.did: Counter[str] = Counter()
        self.seen_ended: set[int] = set()
        self.gone: list[str] = []
        self.to_prove: list[tuple[str, str]] = []

    def begin(self) -> None:
        """Read the directory, and make a role of each department's first person."""
        an_operator(self.company.world.database, APPROVER)
        self.do("sync")
        for number, department in enumerate(DEPARTMENTS):
            first = f"p{number:03}"
            way = "nested" if department in NESTED else "materialised"
            made = "role", "new", department, "--from-person", first
            self.do(*made, "--realise", way)
        for right in EXTRAS:
            self.do("right", "owner", right, OWNER)

    def fortnight(self, number: int) -> None:
        """Let the things of two weeks happen, then work."""
        self.happen(number)
        if number in AWAY:
            self.company.line.cut_after(0)
            assert self.rung("sync").code == 4
            self.company.line.spare()
            return
        self.do("sync")
        self.ends()
        self.look_at_removals()
        if number not in HOLIDAYS:
            self.repair()
            self.look_after_who_left(number)
        self.look_after_the_moved(number)
        if number not in HOLIDAYS:
            self.review(number)
            self.move_on(number)

    def happen(self, number: int) -> None:
        """Let somebody join, move, leave, be given something and be robbed of something."""
        company = self.company
        company.join()
        company.join()
        if self.chance.random() < 0.5:
            company.move(company.anybody())
        if self.chance.random() < 0.4:
            company.leave(self.settled() or company.anybody())
        company.give(company.anybody(), "extra-1")
        company.take(company.anybody())
        if number in ROBBED and (name := self.settled(NESTED)):
            company.rob(name)
        if number in LOSES and (name := self.settled(DEPARTMENTS[3:])):
            company.lose(name)
        if number in CUT:
            company.cut_link(NESTED[number % 3])
        if number in SMUGGLED:
            company.smuggle(self.outside(), NESTED[0])

    def settled(self, roles: tuple[str, ...] = DEPARTMENTS) -> str:
        """Return somebody here who was confirmed in one of these roles, or nobody."""
        waiting = {name for _, name in self.waiting()}
        found = [
            name
            for name, one in self.company.lives.items()
            if one.here and one.role in roles and name not in waiting
        ]
        return self.chance.choice(found) if found else ""

    def outside(self) -> str:
        """Return somebody here who is in no role and works elsewhere."""
        return next(
            name
            for name, one in self.company.lives.items()
            if one.here and not one.role and one.department not in NESTED
        )

    def ends(self) -> None:
        """Let the worker end exceptions whose day has come: their right goes."""
        world = self.company.world
        while run_due_endings(world.parts) | bool(run_due_waves(world.parts)):
            pass
        for one in self.do("exceptions", "list", "--state", "ended")["exceptions"]:
            if one["ending_wave"] and one["exception"] not in self.seen_ended:
                self.seen_ended.add(one["exception"])
                self.company.lives[one["person"]].rights.discard(one["right"])
                self.did["ended"] += 1

    def repair(self) -> None:
        """Decide on what others changed: extra rights may be as they are, all else is repaired."""
        for one in self.open_drift():
            if one["right"] in EXTRAS:
                self.accept(one)
        for role in sorted(
            {one["role"] for one in self.open_drift() if is_stranger(one)}
        ):
            self.take_out(role)
        others = [str(one["drift"]) for one in self.open_drift()]
        for made in self.do("drift", "repair", *others)["repairs"] if others else ():
            self.carry_out(str(made["wave"]))
            self.did["repaired"] += 1
        if others:
            for life in self.company.lives.values():
                life.mend()
            assert self.open_drift() == []

    def open_drift(self) -> list[dict[str, Any]]:
        """Return what is other than promised and waits."""
        found: list[dict[str, Any]] = self.do("drift", "list")["drift"]
        return [one for one in found if not one["repair_id"]]

    def take_out(self, role: str) -> None:
        """Take the strangers in the group of a role out of it, all at once, after a look."""
        out = "drift", "take-out", "--role", role
        strangers = self.do(*out, "--preview")["strangers"]
        loses = {one["who"].lower(): {*one["loses"]} for one in strangers}
        for name, lost in loses.items():
            assert lost - {role} == self.company.lives[name].smuggled, strangers
        for made in self.do(*out)["repairs"]:
            self.carry_out(str(made["wave"]))
        for life in self.company.lives.values():
            life.rights -= life.smuggled
            life.smuggled = set()
        self.did["taken out"] += len(strangers)

    def accept(self, one: dict[str, Any]) -> None:
        """Let a difference be as it is."""
        number = str(one["drift"])
        self.do("drift", "accept", number, "--reason", "others were told")
        self.did["accepted"] += 1

    def look_after_who_left(self, number: int) -> None:
        """Take off what somebody who left still holds; who comes back gets it back."""
        lives = self.company.lives
        if number in RETURNS:
            self.give_back(self.gone.pop())
        for line in self.turnover("left"):
            life = lives[line["person"]]
            if not life.here and life.before is None and life.rights:
                self.take_off(line, life)

    def take_off(self, line: dict[str, Any], life: Life) -> None:
        """Take everything off somebody who left."""
        told = self.do("turnover", "leave", str(line["turnover"]))
        self.carry_out(str(told["wave"]))
        life.before, life.rights = set(life.rights), set()
        self.gone.append(line["person"])
        self.did["left"] += 1

    def give_back(self, name: str) -> None:
        """Let somebody come back, and give back what was taken off."""
        life = self.company.lives[name]
        self.company.come_back(name)
        self.do("sync")
        line = next(one for one in self.turnover("left") if one["person"] == name)
        self.do("turnover", "back", str(line["turnover"]))
        run_due_waves(self.company.world.parts)
        life.rights, life.before = life.before or set(), None
        self.did["back"] += 1

    def turnover(self, turn: str) -> list[dict[str, Any]]:
        """Return who joined, moved or left of late, as the list says."""
        told = self.do("turnover", "list", "--turn", turn, "--all")
        return [one for one in told["turnover"] if one["turn"] == turn]

    def look_after_the_moved(self, number: int) -> None:
        """Confirm who was moved before; take one in ten back."""
        waiting = self.waiting()
        twice = Counter(name for _, name in waiting)
        for wave, name in waiting:
            alone = self.moved.get(name) == wave and twice[name] == 1
            if alone and self.chance.random() < 0.1:
                self.take_back(wave, name)
        if number in UNSEEN:
            self.rob_unseen()
        for wave in dict.fromkeys(wave for wave, _ in waiting):
            if self.on(wave):
                self.confirm(wave)

    def rob_unseen(self) -> None:
        """Let others take a right between the reading and the moment somebody is confirmed."""
        for _, name in self.waiting():
            if self.company.direct(name) & {*EXTRAS}:
                self.company.take(name)
                return

    def take_back(self, wave: str, name: str) -> None:
        """Undo somebody's move: what came with the role alone goes again."""
        self.do("wave", "undo", wave, "--person", name, "--reason", "asked for")
        del self.moved[name]
        self.company.lives[name].step_down()
        self.did["taken back"] += 1

    def confirm(self, wave: str) -> None:
        """Confirm who is left of a wave; what others changed keeps from it until it is decided."""
        seen = "wave", "confirm", wave, "--note", "seen"
        if self.rung(*seen).code == CONFLICT:
            for one in self.open_drift():
                self.accept(one)
            self.did["refused"] += 1
            self.do(*seen)

    def review(self, number: int) -> None:
        """Let the owner of the extra rights answer by link; what is not needed is taken off."""
        if number not in REVIEWS:
            return
        told = self.do("review", "start", OWNER)
        asked = {one["person"].lower(): one["right"] for one in told["questions"]}
        lives = self.company.lives
        stops = [one for one in asked if lives[one].here and not lives[one].role][:2]
        self.answer(told, stops)
        if not stops:
            return
        wave = str(self.do("review", "plan", str(told["review"]))["wave"])
        self.carry_out(wave)
        for name in stops:
            self.company.lives[name].rights.discard(asked[name])
            self.to_prove.append((str(told["review"]), name))

    def answer(self, told: dict[str, Any], stops: list[str]) -> None:
        """Open the link and answer: remove for some, keep for all others."""
        number = ReviewQuestion.review_id == told["review"]
        asked = select(ReviewQuestion.id).where(number).order_by(ReviewQuestion.id)
        with self.company.world.database.read() as session:
            fields = [f"q{one}" for one in session.scalars(asked)]
        says = [
            "remove" if one["person"].lower() in stops else "keep"
            for one in told["questions"]
        ]
        page = "/v/" + told["link"].rpartition("/v/")[2]
        Pages(self.company.world.app).post(page, dict(zip(fields, says, strict=True)))

    def look_at_removals(self) -> None:
        """See that the reading found gone what reviews removed."""
        for review, name in self.to_prove:
            questions = self.do("review", "show", review)["questions"]
            gone = [one["person"].lower() for one in questions if one["gone"]]
            assert name in gone, (review, name, questions)
            self.did["proved"] += 1
        self.to_prove = []

    def move_on(self, number: int) -> None:
        """Plan, approve and apply the next rung of the departments whose week it is."""
        for place, department in enumerate(DEPARTMENTS):
            names = self.next_of(department)
            mine = place % EACH == number % EACH or not self.rungs[department]
            if names and mine and self.decided(department):
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
            if one.here and one.department == department and not one.role
            if not one.smuggled
        ]
        return there[:size]

    def climb(self, department: str, names: list[str]) -> None:
        """Move people to the role of a department; sometimes an answer is lost on the way."""
        people = [word for name in names for word in ("--person", name)]
        more = ("--accept-gain", "--reason", "Each department climbs by itself.")
        planned = self.do("wave", "plan", department, *people, *more)
        wave = str(planned["wave"])
        if self.chance.random() < 0.2:
            self.company.line.lose_answer(MODIFY, self.chance.randint(1, 3))
        self.carry_out(wave)
        self.company.line.spare()
        for name in self.on(wave):
            self.moved[name] = wave
            life = self.company.lives[name]
            life.role = department
            life.gained = {*KITS[department]} - life.rights
            life.rights |= life.gained
        self.rungs[department] += 1
        self.last[department] = wave

    def carry_out(self, wave: str) -> None:
        """Let the other admin approve, and apply, again if the line broke."""
        self.do("wave", "approve", wave, "--as", APPROVER)
        for _ in range(4):
            if self.rung("wave", "apply", wave).code == 0:
                return
            self.company.clock.forward(minutes=10)
        raise AssertionError(self.rung("wave", "show", wave).out)

    def waiting(self) -> list[tuple[str, str]]:
        """Return who waits to be confirmed, with the wave."""
        soaking = Switch.state == SwitchState.SOAKING
        return self._people(select(Switch).where(soaking).order_by(Switch.id))

    def on(self, wave: str) -> list[str]:
        """Return who of a wave is moved and not confirmed yet."""
        asked = select(Switch).where(
            Switch.wave_id == int(wave), Switch.state == SwitchState.SOAKING
        )
        return [name for _, name in self._people(asked)]

    def _people(self, asked: Any) -> list[tuple[str, str]]:
        columns = asked.with_only_columns(Switch.wave_id, Person.uid)
        named = columns.join(Person, Person.id == Switch.person_id)
        with self.company.world.database.read() as session:
            return [(str(wave), name) for wave, name in session.execute(named)]

    def do(self, *words: str) -> Any:
        """Run a command that must succeed; what it says."""
        done = self.rung(*words, "--json")
        assert done.code == 0, (words, done.out, done.err, self.company.happened[-8:])
        return done.json


def is_stranger(one: dict[str, Any]) -> bool:
    """Tell whether a difference is somebody whom others put into a role."""
    return bool(one["kind"] == DriftKind.STRANGER)
