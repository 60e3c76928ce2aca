"""What a batch costs, counted: commits, those of them that survive a power cut, and questions to
the directory. The reference on speed says the same figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.access.engine import journal
from app.core.db import Database
from app.core.settings import Settings
from ldap_sync.adapter.answers import FoundEntry, Result
from ldap_sync.adapter.wire import Found, Search, Wire
from tests.access.engine.slapd_world import SlapdWorld, company
from tests.conftest import Clock

RIGHTS = ("mail", "post", "wiki", "cash")
PEOPLE = [f"p{number:02}" for number in range(12)]
GROUPS, PLACES = 1 + len(RIGHTS), 2
"""A batch touches the role's group and those of the rights; groups stand in two places."""


Costs = Callable[[int], dict[str, Counter[str]]]


@pytest.fixture
def costs(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Costs:
    """Return what the way up and the way down cost, with batches of some size."""

    monkeypatch.setattr(
        journal, "HEAR_SECONDS", 600.0
    )  # a slow machine hears more often

    def found(size: int) -> dict[str, Counter[str]]:
        held = dict.fromkeys(PEOPLE, " ".join(RIGHTS))
        with company(replace(settings, batch_size=size), clock, held) as world:
            world.role(*RIGHTS)
            wave = world.approved(*PEOPLE)
            return {
                way: cost(world, monkeypatch, way, wave) for way in ("apply", "undo")
            }

    return found


def cost(
    world: SlapdWorld, monkeypatch: pytest.MonkeyPatch, way: str, wave: str
) -> Counter[str]:
    count: Counter[str] = Counter()
    writing, searching, asking = Database.write, Wire.search, Wire.search_all

    @contextmanager
    def write(database: Database, *, durable: bool = False) -> Iterator[Session]:
        count["commits"] += 1
        count["durable"] += durable
        with writing(database, durable=durable) as session:
            yield session

    def search(wire: Wire, *said: object) -> Iterator[FoundEntry | str | Result]:
        count["alone"] += 1
        return searching(wire, *said)  # type: ignore[arg-type]  # handed on as it came

    def search_all(wire: Wire, searches: Sequence[Search]) -> list[Found]:
        count["together"] += len(searches)
        return asking(wire, searches)

    with monkeypatch.context() as patched:
        patched.setattr(Database, "write", write)
        patched.setattr(Wire, "search", search)
        patched.setattr(Wire, "search_all", search_all)
        world.done("wave", way, wave)
    return count


@pytest.mark.parametrize(("size", "up", "down"), [(25, 2, 1), (4, 4, 3), (1, 12, 12)])
def test_what_a_batch_costs(costs: Costs, size: int, up: int, down: int):
    """Five commits up and six down, two of them durable; each person is looked at three times, and
    each group asked about twice.
    """
    found = costs(size)
    of_people = 3 * len(PEOPLE) * (1 + PLACES)
    of_the_role = 2 * len(RIGHTS)
    for way, batches, commits, others in (("apply", up, 5, 9), ("undo", down, 6, 8)):
        count, of_groups = found[way], 2 * batches * GROUPS
        assert count["commits"] == others + batches * commits
        assert count["durable"] == 1 + batches * 2
        assert count["together"] == of_people + of_the_role + of_groups
        assert count["alone"] <= 6 + 8 * batches
