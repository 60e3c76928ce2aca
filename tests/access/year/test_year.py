"""A year of a company of three hundred: two admins, joiners, movers, leavers, some of whom come
back, drift and its repair, exceptions that end, reviews, holidays, failures.

Whatever happens, everybody reaches what was said and nothing else, and what Rung shows at the end
is what its audit trail tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.core import audit
from app.core.audit import AuditEvent
from app.core.settings import Settings
from app.models.access.wave import Switch
from app.models.access.words import SwitchState
from tests.access.year.company import a_company
from tests.access.year.story import Year

WEEKS = 52
HAPPENED = (
    *("refused", "accepted", "repaired", "ended", "left", "back", "proved"),
    *("taken back", "taken out"),
)
"""What a year is without which it proves nothing."""

CONFIRMED = re.compile(r"Confirmed (?P<who>.+) in (?P<wave>wave .+)")
UNDONE = re.compile(r"Undoes the switch of (?P<who>.+) in (?P<wave>wave .+)")


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
    assert [what for what in HAPPENED if not year.did[what]] == [], year.did
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
