"""What the programme's figures should be, counted from the audit trail and the directory alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from app.core.audit import AuditEvent
from ldap_sync.dn import fold_or_self
from tests.access.builders import person_dn
from tests.access.year.company import DEPARTMENTS, KITS, Company, role_dn

SENTENCES = {
    "switch.soaking": re.compile(r"(?P<who>\S+) in (?P<wave>wave \d+ of \S+): "),
    "switch.confirm": re.compile(
        r"Confirmed (?P<who>\S+) in (?P<wave>wave \d+ of \S+)"
    ),
    "switch.undone": re.compile(r"(?P<who>\S+) in (?P<wave>wave \d+ of \S+): "),
}
"""What the trail says of somebody's move to a role."""


@dataclass
class MoveTold:
    """One move as the trail tells it."""

    who: str
    role: str
    switched: date
    confirmed: date | None = None
    undone: date | None = None


def moves_told(company: Company) -> list[MoveTold]:
    """Return every move to a role that the trail tells of."""
    moves: dict[tuple[str, str], MoveTold] = {}
    for action, who, wave, at in _told(company):
        role = wave.rpartition(" of ")[2]
        if role not in DEPARTMENTS:
            continue
        move = moves.setdefault((who, wave), MoveTold(who, role, at))
        if action == "switch.confirm":
            move.confirmed = at
        elif action == "switch.undone":
            move.undone = at
    return [*moves.values()]


def _told(company: Company) -> Iterator[tuple[str, str, str, date]]:
    asked = select(AuditEvent.action, AuditEvent.label, AuditEvent.at)
    wanted = asked.where(AuditEvent.action.in_(SENTENCES)).order_by(AuditEvent.id)
    with company.world.database.read() as session:
        for action, label, at in session.execute(wanted):
            if found := SENTENCES[action].match(label):
                yield action, found["who"].lower(), found["wave"], at.date()


def still_direct(company: Company) -> set[str]:
    """Return who is here, holds a right directly and is in no role's group, as the directory has
    it.
    """
    state = company.world.everything()
    listed = {dn: {*map(fold_or_self, members)} for dn, members in state.items()}
    groups = {fold_or_self(role_dn(name)) for name in DEPARTMENTS}
    inside = set[str]().union(
        *(m for dn, m in listed.items() if fold_or_self(dn) in groups)
    )
    direct = set[str]().union(
        *(m for dn, m in listed.items() if fold_or_self(dn) not in groups)
    )
    return {
        name
        for name, life in company.lives.items()
        if life.here and fold_or_self(person_dn(name)) in direct - inside
    }


def recounted(company: Company) -> dict[str, object]:
    """Return what the programme should say."""
    moves = moves_told(company)
    back = [one for one in moves if one.undone]
    standing = [one for one in moves if not one.undone]
    moved = {one.who for one in standing if one.confirmed}
    moving = {one.who for one in standing} - moved
    direct = still_direct(company) - moved - moving
    return {
        "moved": len(moved),
        "moving": len(moving),
        "direct": len(direct),
        "scope": len(moved | moving | direct),
        "moves": len(moves),
        "undone": len(back),
        "undo_rate": len(back) / len(moves),
        "zero_change_today": len(_exact(company, direct)),
        "people": {
            role: len({one.who for one in standing if one.role == role})
            for role in DEPARTMENTS
        },
    }


def _exact(company: Company, direct: set[str]) -> set[str]:
    """Return who of these holds exactly the rights of one department's role."""
    kits = [{*kit} for kit in KITS.values()]
    return {name for name in direct if company.lives[name].rights in kits}


def moved_on(company: Company, day: date) -> int:
    """Return how many people had moved for good by a day."""
    first: dict[str, date] = {}
    for one in moves_told(company):
        if one.confirmed and not one.undone:
            first[one.who] = min(first.get(one.who, one.confirmed), one.confirmed)
    return sum(at <= day for at in first.values())


@dataclass
class LadderTold:
    """The ladder of a role as the trail tells it: the rungs begun, and how each was decided."""

    begun: set[str] = field(default_factory=set)
    decided: dict[str, str] = field(default_factory=dict)

    def dots(self) -> list[str]:
        """Return the dots: what led on is done, one runs, the rest of the usual ladder comes."""
        done = [*self.decided.values()].count("scale")
        return ["done"] * done + ["running"] + ["coming"] * (USUAL_RUNGS - done - 1)


RUNG = re.compile(r"(?P<what>Started|Decided) rung (?P<number>\d+)(: (?P<kind>\w+))?")
USUAL_RUNGS = 5
"""Four sizes and the rest."""


def ladders_told(company: Company) -> dict[str, LadderTold]:
    """Return the ladder of each role, counted from what the trail says of its improvement."""
    asked = select(AuditEvent.subject, AuditEvent.label).order_by(AuditEvent.id)
    about = AuditEvent.subject.startswith("improvement:")
    named = {f"Raised “Role {name}”": name for name in DEPARTMENTS}
    ladders: dict[str, LadderTold] = {}
    role_of: dict[str, str] = {}
    with company.world.database.read() as session:
        for subject, label in session.execute(asked.where(about)):
            if label in named:
                role_of[subject] = named[label]
                ladders[named[label]] = LadderTold()
            elif (found := RUNG.match(label)) and subject in role_of:
                ladder = ladders[role_of[subject]]
                ladder.begun.add(found["number"])
                if found["what"] == "Decided":
                    ladder.decided[found["number"]] = found["kind"]
    return ladders


def week_of(day: date) -> date:
    """Return the last day of the week of a day."""
    return day + timedelta(days=6 - day.weekday())
