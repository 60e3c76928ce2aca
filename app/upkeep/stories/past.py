"""The past of the demo company: readings as everybody's, only earlier, of today's groups with
everything since turned back.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from app.core.parts import Parts
from app.directory.actions import attempt
from app.directory.actions.performing import Loaded, perform
from app.directory.actions.readings import read_from_directory, silent
from ldap_sync.port import Progress
from ldap_sync.values import (
    DirectoryGroup,
    DirectoryPerson,
    DirectorySnapshot,
    Mark,
)


@dataclass(frozen=True, slots=True)
class GroupsChanged:
    """Who was given groups, or had them taken, and how many days ago."""

    ago: int
    groups: tuple[str, ...]
    given: str = ""
    taken: str = ""


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """What was other about a person before, by the names of its facts, and how many days ago."""

    ago: int
    who: str
    was: Mapping[str, str | bool]


def _written() -> dict[str, Any]:
    path = Path(__file__).with_name("past.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


READ_BEFORE: tuple[int, ...] = tuple(_written()["read_before"])
HAPPENED = tuple(
    GroupsChanged(**{**told, "groups": tuple(told["groups"])})
    for told in _written()["happened"]
)

TURNED = tuple(PersonChanged(**told) for told in _written()["turned"])


def earliest_reading(now: datetime) -> datetime:
    """Return when the demo company is read for the first time."""
    return now - timedelta(days=READ_BEFORE[0])


def seed_past(parts: Parts, directory_id: int, *, by: str) -> None:
    """Take over how the demo company was at several times before now, from how it is.

    Raises as a reading does.
    """
    now, today = parts.now(), read_from_directory(parts, directory_id)
    for days in READ_BEFORE:
        then = replace(parts, now=partial(_fixed, now - timedelta(days=days)))
        begun = attempt.begin(then, directory_id, by=by)
        perform(then, begun, partial(_told, as_it_was(today, days)), silent)


def as_it_was(today: DirectorySnapshot, days_ago: int) -> DirectorySnapshot:
    """Return the demo company as it was, from how it is today."""
    groups = {group.cn: group for group in today.groups}
    for told in HAPPENED:
        for name in told.groups if told.ago < days_ago else ():
            if name in groups:
                groups[name] = _turned_back(groups[name], told, today)
    people = tuple(_person_then(person, days_ago) for person in today.people)
    return replace(today, groups=tuple(groups.values()), people=people, mark=Mark())


def _person_then(person: DirectoryPerson, days_ago: int) -> DirectoryPerson:
    """Return a person as the directory would have told of them so many days ago."""
    then = [one for one in TURNED if one.who == person.uid and one.ago < days_ago]
    facts: dict[str, Any] = {}
    for one in then:
        facts.update(one.was)
    return replace(person, **facts)


def _turned_back(
    group: DirectoryGroup, told: GroupsChanged, today: DirectorySnapshot
) -> DirectoryGroup:
    values = _values_of(told.given or told.taken, group, today)
    without = tuple(value for value in group.members if value not in values)
    return replace(group, members=without if told.given else (*without, *values))


def _values_of(
    who: str, group: DirectoryGroup, today: DirectorySnapshot
) -> tuple[str, ...]:
    if group.attribute.lower() == "memberuid":
        return (who,)
    people = (person.dn for person in today.people if person.uid == who)
    return (*people, *(other.dn for other in today.groups if other.cn == who))


def _told(was: DirectorySnapshot, _tell: Progress) -> Loaded:
    return Loaded(was)


def _fixed(moment: datetime) -> datetime:
    return moment
