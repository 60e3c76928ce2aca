"""How few roles, how stable, how quick: suggestions on published data and on made-up companies.

PYTHONPATH=. .venv/bin/python bench/suggest.py [DATA]

DATA is a folder with files of pairs "person right", a line each (the sets of Ene et al., SACMAT
2008: hc, fire2, domino, emea, fire1, apj). Without it only made-up companies are measured.
"""

from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from itertools import combinations, islice
from pathlib import Path

from app.access.suggest.candidates import Group, candidates, groups_of
from app.access.suggest.certificate import smallest_exact
from app.access.suggest.model import few_assignments, price
from app.access.suggest.plan import finishing_plan
from app.access.suggest.relation import Relation, places
from app.access.suggest.worth import Ground, overlap
from tests.access.suggest.company import planted

SETS = ("hc", "fire2", "domino", "emea", "fire1", "apj")
Held = dict[int, set[int]]


def say(*words: object) -> None:
    """Print one line."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def read(file: Path) -> Held:
    """Return who holds what."""
    held: defaultdict[int, set[int]] = defaultdict(set)
    for line in file.read_text().splitlines():
        if len(pair := line.split()) == 2:
            held[int(pair[0])].add(int(pair[1]))
    return dict(held)


def top(
    held: Held, many: int = 20, groups: tuple[Group, ...] = ()
) -> list[frozenset[int]]:
    """Return the rights of the first suggestions."""
    relation = Relation.of(held)
    ground = Ground(relation, candidates(relation, groups))
    return [
        frozenset(right for j in places(worth.rights) for right in relation.rights[j])
        for worth in islice(ground.one_after_the_other(), many)
    ]


def churned(held: Held, seed: int) -> Held:
    """Return the same with 5 % of people gone, 0.5 % of grants dropped, one more for 5 %."""
    dice = random.Random(seed)
    rights = sorted(set().union(*held.values()))
    left: Held = {}
    for person in sorted(held):
        if dice.random() < 0.05:
            continue
        left[person] = {one for one in sorted(held[person]) if dice.random() >= 0.005}
        if dice.random() < 0.05:
            left[person].add(dice.choice(rights))
    return left


def published(folder: Path) -> None:
    """Measure the published sets."""
    needed, stable = 0, []
    for name in SETS:
        held = read(folder / f"{name}.txt")
        began = time.process_time()
        relation = Relation.of(held)
        exact = smallest_exact(relation)
        proven = time.process_time() - began
        pairs = (one & other for one, other in combinations(relation.rows, 2))
        starts = sorted({*relation.rows, *pairs} - {0})
        few = few_assignments(relation, starts)
        plan = finishing_plan(relation, 0.9)
        needed += len(plan.steps)
        first = top(held)
        same = [
            max((overlap(one, other) for other in again), default=0.0)
            for again in (top(churned(held, seed)) for seed in (1, 2, 3))
            for one in first
        ]
        stable.append(sum(same) / len(same))
        say(
            f"{name:8} {len(exact.roles):4} roles, at least {exact.at_least:4} ({proven:.2f} s)",
            f"  roles + assignments {price(relation, few):5}",
            f"  for 90 % {len(plan.steps):4}  stays {stable[-1]:.2f}",
        )
    say(
        f"in all {needed} roles for 90 % of the people;",
        f"what stays, on average {sum(stable) / 6:.2f}",
    )


def found_again(people: int, seed: int) -> None:
    """Measure how many planted roles are found under noise."""
    company = planted(people, seed)
    relation = Relation.of(company.held)
    groups = groups_of(relation, company.marks)
    found = top(company.held, 90, tuple(groups))
    best = [
        max(overlap(one, other) for other in found) for one in company.roles.values()
    ]
    exactly = sum(far == 1 for far in best) / len(best)
    named = _named(company.roles, relation, groups, found)
    say(
        f"{people} people, {len(company.roles)} planted: {len(found)} suggestions,",
        f"overlap {sum(best) / len(best):.3f}, exactly {exactly:.0%}, attribute right {named:.0%}",
    )


def _named(
    roles: dict[str, frozenset[int]],
    relation: Relation,
    groups: list[Group],
    found: list[frozenset[int]],
) -> float:
    """Return for how many planted roles with an attribute its suggestion is named after it."""
    right = {one: j for j, kind in enumerate(relation.rights) for one in kind}
    wanted = [
        (name, one) for name, one in roles.items() if not name.startswith("project")
    ]
    good = 0
    for name, one in wanted:
        best = max(found, key=lambda other: overlap(one, other))
        bits = sum(1 << j for j in {right[each] for each in best})
        members = {
            p for i in places(relation.holders(bits)) for p in relation.people[i]
        }
        group = max(groups, key=lambda each: overlap(members, each.people))
        good += name in group.name
    return good / len(wanted)


def large() -> None:
    """Measure ten thousand people."""
    company = planted(10_000, 1, (1, 1))
    grants = sum(map(len, company.held.values()))
    began = time.process_time()
    relation = Relation.of(company.held)
    sets = candidates(relation, groups_of(relation, company.marks))
    compared = time.process_time() - began
    ground, took = Ground(relation, sets), []
    began = time.process_time()
    for _ in islice(ground.one_after_the_other(), 20):
        took.append(time.process_time() - began)
        began = time.process_time()
    say(
        f"10,000 people, {grants:,} grants: sets {compared:.1f} s,",
        f"first suggestion {took[0]:.2f} s, each next at most {max(took[1:]):.2f} s",
    )


def main() -> None:
    """Measure everything there is data for."""
    if len(sys.argv) > 1:
        published(Path(sys.argv[1]))
    for people, seed in ((1000, 1), (1000, 2), (300, 1)):
        found_again(people, seed)
    large()


if __name__ == "__main__":
    main()
