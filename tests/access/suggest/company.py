"""A made-up company with planted roles: departments, titles, sites, projects, and its disorder.

Every fifth person has moved and kept rights of before; here and there a right is held besides or is
missing. What is planted is known, so that what is found can be judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

SIZES = {"department": 12, "title": 20, "site": 10, "project": 20}
MOVED, BESIDES, MISSING = 0.2, 0.01, 0.02


@dataclass
class Planted:
    """Who holds what, what is known of them, and the roles it was made from."""

    held: dict[int, set[int]] = field(default_factory=dict)
    marks: dict[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    roles: dict[str, frozenset[int]] = field(default_factory=dict)


def planted(
    people: int = 1000, seed: int = 1, rights: tuple[int, int] = (3, 8)
) -> Planted:
    """Return a company of so many people; projects stand in no attribute."""
    dice, company = Random(seed), Planted()
    right = 1
    for kind, many in SIZES.items():
        for number in range(many):
            size = dice.randint(*rights)
            company.roles[f"{kind} {number}"] = frozenset(range(right, right + size))
            right += size
    for person in range(1, people + 1):
        _employ(company, dice, person)
    _disorder(company, dice, right)
    return company


def _employ(company: Planted, dice: Random, person: int) -> None:
    department = dice.randrange(SIZES["department"])
    titles = SIZES["title"]
    title = (department * 2 + dice.randrange(3)) % titles
    site = dice.randrange(SIZES["site"])
    own = [f"department {department}", f"title {title}", f"site {site}"]
    held = set().union(*(company.roles[name] for name in own))
    for project in range(SIZES["project"]):
        if dice.random() < 0.06:
            held |= company.roles[f"project {project}"]
    company.held[person] = held
    marks = zip(("department", "title", "site"), own, strict=True)
    company.marks[person] = tuple(marks)


def _disorder(company: Planted, dice: Random, rights: int) -> None:
    for held in company.held.values():
        if dice.random() < MOVED:
            before = company.roles[f"department {dice.randrange(SIZES['department'])}"]
            held.update(right for right in sorted(before) if dice.random() < 0.5)
        for right in sorted(held):
            if dice.random() < MISSING:
                held.discard(right)
        for right in range(1, rights):
            if dice.random() < BESIDES / 10:
                held.add(right)
