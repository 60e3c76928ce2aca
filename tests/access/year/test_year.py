"""A year of a company of three hundred: two admins, joiners, movers, leavers, some of whom come
back, drift and its repair, exceptions that end, reviews, holidays, failures.

Whatever happens, everybody reaches what was said and nothing else, and what Rung shows at the end
is what its audit trail tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from app.core import audit
from app.core.audit import AuditEvent
from app.core.settings import Settings
from app.models.access.wave import Switch
from app.models.access.words import SwitchState
from tests.access.year.company import a_company
from tests.access.year.recount import ladders_told, moved_on, recounted, week_of
from tests.access.year.story import AWAY, Year

FORTNIGHTS = 26
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
    scopes: dict[date, object] = {}
    year.begin()
    for number in range(FORTNIGHTS):
        year.company.clock.forward(days=14)
        year.fortnight(number)
        assert year.company.differences() == [], (number, year.company.happened[-8:])
        assert held_twice(year) == []
        if number not in AWAY:
            now = year.company.clock().date()
            scopes[week_of(now)] = recounted(year.company)["scope"]
    assert confirmed_by_the_trail(year) == confirmed_on_the_pages(year)
    the_programme_is_what_was_counted_beside_it(year, scopes)
    with year.company.world.database.read() as session:
        assert audit.verify(session) is None
    assert [what for what in HAPPENED if not year.did[what]] == [], year.did


def the_programme_is_what_was_counted_beside_it(
    year: Year, scopes: dict[date, object]
) -> None:
    """Demand the figures of the dashboard out of the trail and the directory."""
    told, wanted = year.do("programme"), recounted(year.company)
    roles = told["roles"]
    told["people"] = {one["role"]: one["people"] for one in roles}
    assert {name: told[name] for name in wanted} == wanted
    ready = [one["person"] for one in year.do("programme", "--ready")["ready"]]
    assert len(ready) == wanted["zero_change_today"]
    weeks = {date.fromisoformat(one["week_to"]): one for one in told["weeks"]}
    assert {day: weeks[day]["scope"] for day in scopes} == scopes
    done = {day: one["moved"] for day, one in weeks.items()}
    assert done == {day: moved_on(year.company, day) for day in weeks}
    listed = year.do("exceptions", "list", "--state", "open")["exceptions"]
    assert sum(told["exceptions"].values()) == len(listed) > 0
    ladders = ladders_told(year.company)
    dots = {name: one.dots() for name, one in ladders.items()}
    assert {role["role"]: role["rungs"] for role in roles} == dots
    waiting = {name: one.begun > {*one.decided} for name, one in ladders.items()}
    assert {role["role"]: role["undecided"] for role in roles} == waiting
    assert all(one.count("done") >= 3 for one in dots.values()), dots


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
