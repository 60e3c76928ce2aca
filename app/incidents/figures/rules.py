"""The desk's figures with their definitions: of teams and services, never of single people."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean, median
from typing import TypeVar

from app.core.figures import percent
from app.core.said import joined, nsaid, said
from app.core.spoken_times import length
from app.incidents.clocks.rules import in_hours

LEAST = 5
"""Fewer incidents than this are told as too few to compare."""


@dataclass(frozen=True, slots=True)
class FiguredIncident:
    """One incident as far as figures care; times are from the report, None: it has not happened."""

    reported_at: datetime
    priority: int
    service: str
    team: str
    own: timedelta | None = None
    own_wall: timedelta | None = None
    response: timedelta | None = None
    response_wall: timedelta | None = None
    restore: timedelta | None = None
    restore_wall: timedelta | None = None
    hand_overs: int = 0
    bounces: int = 0
    contacts: int = 1
    reopened: int = 0
    returned: int = 0
    reclassified: int = 0
    resorted: int = 0
    complaint: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """One open incident: how old, since when untouched, by the wall clock."""

    priority: int
    team: str
    age: timedelta
    untouched: timedelta


@dataclass(frozen=True, slots=True)
class DeskNumber:
    """One figure: what it says, of how many, and how it is defined."""

    name: str
    value: str
    of: str
    definition: str


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One row of a table by team, service or priority."""

    name: str
    cells: tuple[str, ...]


Time = Callable[[FiguredIncident], timedelta | None]
Item = TypeVar("Item")
Key = TypeVar("Key", str, int, date)


def figures_of(cases: Sequence[FiguredIncident]) -> list[DeskNumber]:
    """Return the figures of incidents reported in a period."""
    one = [case for case in cases if not case.complaint]
    done = [case for case in one if case.restore is not None]
    return [
        _times(
            said("Mean time to restore service"),
            one,
            lambda each: each.restore,
            lambda each: each.restore_wall,
            said("From the report until it works again, of those that do."),
        ),
        _times(
            said("Time to own"),
            one,
            lambda each: each.own,
            lambda each: each.own_wall,
            said("From the report until somebody by name took it up."),
        ),
        _times(
            said("First response"),
            one,
            lambda each: each.response,
            lambda each: each.response_wall,
            said(
                "From the report until the first message of a person to the requester."
            ),
        ),
        _share(
            said("First-contact resolution"),
            [_first_contact(case) for case in done],
            said(
                "Works again after one contact, without a hand-over, and nobody "
                "reopened it; of those that work again."
            ),
        ),
        DeskNumber(
            said("Reassignment count"),
            f"{fmean([case.hand_overs for case in one]):.2f}" if one else "–",
            _of(one),
            said("Hand-overs from team to team per incident, on average."),
        ),
        _share(
            said("Crossing groups"),
            [case.hand_overs > 0 for case in one],
            said("Incidents that more than one team had."),
        ),
        _share(
            said("Bounce rate"),
            [case.bounces > 0 for case in one],
            said("Incidents that came back to a team that had them."),
        ),
        _share(
            said("Information-return rate"),
            [case.returned > 0 for case in one],
            said("Incidents sent back because a fact was missing."),
        ),
        _share(
            said("Repeat-contact rate"),
            [case.contacts > 1 for case in one],
            said("Incidents for which somebody had to get in touch again."),
        ),
        _share(
            said("Reopen rate"),
            [
                case.reopened > 0
                for case in one
                if case.reopened or case.restore is not None
            ],
            said(
                "Incidents that were said to work again and were reopened; of "
                "all that were said to."
            ),
        ),
        _share(
            said("Priority override rate"),
            [case.reclassified > 0 for case in one],
            said("Incidents whose priority was worked out anew after intake."),
        ),
        _share(
            said("Re-categorisation rate"),
            [case.resorted > 0 for case in one],
            said("Incidents that turned out to belong to another service."),
        ),
        _share(
            said("Complaints about how people were treated"),
            [case.complaint for case in cases],
            said("A category of its own; it is in no other figure here."),
        ),
    ]


def by_service(cases: Iterable[FiguredIncident]) -> list[TeamLine]:
    """Return per service: incidents, typical time to restore, re-categorised, sent back for a
    fact.
    """
    return [
        TeamLine(
            name,
            (
                str(len(group)),
                _typical([each.restore for each in group]),
                _part([each.resorted > 0 for each in group]),
                _part([each.returned > 0 for each in group]),
            ),
        )
        for name, group in _grouped(
            cases, lambda case: case.service or said("no service")
        )
    ]


def by_team(
    cases: Iterable[FiguredIncident],
    waiting: Iterable[Open],
    projects: Mapping[str, int],
) -> list[TeamLine]:
    """Return per team: incidents, time to first touch, open ones with their age, and the
    improvements it works on.

    Support work stands beside project load, because a group may prefer the one to the other.
    """
    held = dict(_grouped(waiting, lambda each: each.team or said("no team")))
    done = dict(_grouped(cases, lambda case: case.team or said("no team")))
    return [
        TeamLine(
            name,
            (
                str(len(done.get(name, []))),
                _typical([each.own for each in done.get(name, [])]),
                str(len(held.get(name, []))),
                _wall([each.age for each in held.get(name, [])]),
                _wall([each.untouched for each in held.get(name, [])]),
                str(projects.get(name, 0)),
            ),
        )
        for name in sorted({*held, *done})
    ]


def backlog(waiting: Iterable[Open]) -> list[TeamLine]:
    """Return the age of what is open by priority: how many, median, nine of ten, the oldest."""
    return [
        TeamLine(
            said("P%(priority)s", priority=priority),
            (
                str(len(group)),
                _wall([each.age for each in group]),
                length(quantile([each.age for each in group], 0.9)),
                length(max(each.age for each in group)),
            ),
        )
        for priority, group in _grouped(waiting, lambda each: each.priority)
    ]


def weekly(cases: Iterable[FiguredIncident]) -> list[tuple[date, float | None, int]]:
    """Return by week of the report: its Monday, the median business hours to restore, and how many
    it is of.
    """
    groups = dict(_grouped(cases, lambda case: _monday(case.reported_at)))
    if not groups:
        return []
    first, last = min(groups), max(groups)
    weeks = [
        first + timedelta(weeks=place) for place in range((last - first).days // 7 + 1)
    ]
    found = []
    for week in weeks:
        times = [
            case.restore / timedelta(hours=1)
            for case in groups.get(week, ())
            if case.restore is not None
        ]
        found.append((week, median(times) if times else None, len(times)))
    return found


def middle(values: Sequence[timedelta]) -> timedelta:
    """Return the median."""
    return timedelta(seconds=median([each.total_seconds() for each in values]))


def quantile(values: Sequence[timedelta], share: float) -> timedelta:
    """Return the value that this share of all do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(math.ceil(share * len(ranked)) - 1, 0)]


def _times(
    name: str,
    cases: Sequence[FiguredIncident],
    business: Time,
    wall: Time,
    definition: str,
) -> DeskNumber:
    times = [value for case in cases if (value := business(case)) is not None]
    clock = [value for case in cases if (value := wall(case)) is not None]
    if not times:
        return DeskNumber(name, "–", _of(times), definition)
    mean = sum(times, timedelta()) / len(times)
    told = said(
        "mean %(mean)s, median %(times)s, nine of ten within %(times_2)s",
        mean=in_hours(mean),
        times=in_hours(middle(times)),
        times_2=in_hours(quantile(times, 0.9)),
    )
    walls = (sum(clock, timedelta()) / len(clock), middle(clock), quantile(clock, 0.9))
    told = said(
        "%(told)s; by the wall clock %(value)s",
        told=told,
        value=joined([length(each) for each in walls], ", "),
    )
    return DeskNumber(name, told, _of(times), definition)


def _share(name: str, found: Sequence[bool], definition: str) -> DeskNumber:
    return DeskNumber(
        name,
        percent(sum(found) / len(found)) if found else "–",
        said("%(found)s of %(found_2)s", found=sum(found), found_2=_of(found)),
        definition,
    )


def _of(found: Sequence[object]) -> str:
    few = said(", too few to compare") if len(found) < LEAST else ""
    return said(
        "%(incidents)s%(few)s",
        incidents=nsaid("%(number)s incident", "%(number)s incidents", len(found)),
        few=few,
    )


def _first_contact(case: FiguredIncident) -> bool:
    return case.contacts <= 1 and not case.hand_overs and not case.reopened


def _typical(times: Iterable[timedelta | None]) -> str:
    held = [each for each in times if each is not None]
    return in_hours(middle(held)) if held else "–"


def _wall(times: Sequence[timedelta]) -> str:
    return length(middle(times)) if times else "–"


def _part(found: Sequence[bool]) -> str:
    return f"{sum(found)} ({percent(sum(found) / len(found))})"


def _grouped(
    items: Iterable[Item], key: Callable[[Item], Key]
) -> list[tuple[Key, list[Item]]]:
    groups: dict[Key, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return sorted(groups.items(), key=lambda pair: pair[0])


def _monday(moment: datetime) -> date:
    return moment.date() - timedelta(days=moment.weekday())
