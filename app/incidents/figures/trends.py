"""The figures a glance is for: how they stand, how they moved, and against the period before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from app.core.figures import percent
from app.core.said import said
from app.incidents.clocks.rules import in_hours
from app.incidents.figures.rules import LEAST, FiguredIncident

HOUR = timedelta(hours=1)
Cases = Sequence[FiguredIncident]
Measure = Callable[[Cases], float | None]


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure: its value and that of the period before, and by week; ``of`` says of how many.

    ``better`` is None where nothing can be compared: too few incidents, or no change.
    """

    name: str
    definition: str
    value: str
    before: str
    better: bool | None
    of: int
    weeks: tuple[tuple[date, float | None], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is measured, how it is written, and whether less of it is better; None: neither is."""

    name: str
    definition: str
    measure: Measure
    written: Callable[[float], str]
    less: bool | None = True


def trends(cases: Cases, before: Cases) -> list[Trend]:
    """Return the figures of a period beside those of the period before; complaints are apart."""
    now, then = _incidents(cases), _incidents(before)
    weeks = _by_week(now)
    return [_trend(kind, now, then, weeks) for kind in KINDS]


def halves(cases: Cases, middle: datetime) -> tuple[list[FiguredIncident], Cases]:
    """Return what was reported from a moment on, and what was reported before."""
    later = [case for case in cases if case.reported_at >= middle]
    return later, [case for case in cases if case.reported_at < middle]


def _trend(
    kind: Kind, now: Cases, then: Cases, weeks: Sequence[tuple[date, Cases]]
) -> Trend:
    value, earlier = kind.measure(now), kind.measure(then)
    comparable = min(len(now), len(then)) >= LEAST
    better = None
    if comparable and value is not None and earlier is not None and value != earlier:
        better = None if kind.less is None else (value < earlier) is kind.less
    return Trend(
        kind.name,
        kind.definition,
        "–" if value is None else kind.written(value),
        "" if earlier is None or not comparable else kind.written(earlier),
        better,
        len(now),
        tuple((week, kind.measure(group)) for week, group in weeks),
    )


def _incidents(cases: Cases) -> list[FiguredIncident]:
    return [case for case in cases if not case.complaint]


def _by_week(cases: Cases) -> list[tuple[date, Cases]]:
    groups: dict[date, list[FiguredIncident]] = {}
    for case in cases:
        day = case.reported_at.date()
        groups.setdefault(day - timedelta(days=day.weekday()), []).append(case)
    if not groups:
        return []
    first, count = min(groups), (max(groups) - min(groups)).days // 7 + 1
    mondays = [first + timedelta(weeks=place) for place in range(count)]
    return [(monday, groups.get(monday, [])) for monday in mondays]


def _hours(times: Callable[[FiguredIncident], timedelta | None]) -> Measure:
    def typical(cases: Cases) -> float | None:
        held = [time / HOUR for case in cases if (time := times(case)) is not None]
        return median(held) if held else None

    return typical


def _share(
    holds: Callable[[FiguredIncident], bool],
    among: Callable[[FiguredIncident], bool] = lambda case: True,
) -> Measure:
    def part(cases: Cases) -> float | None:
        counted = [holds(case) for case in cases if among(case)]
        return sum(counted) / len(counted) if counted else None

    return part


def _spoken(hours: float) -> str:
    return in_hours(timedelta(hours=hours))


KINDS = (
    Kind(
        said("Incidents reported"),
        said("Reports that came in, without complaints."),
        lambda cases: float(len(cases)),
        lambda count: f"{count:,.0f}",
        less=None,
    ),
    Kind(
        said("Time to restore"),
        said("Half of the incidents worked again within this many business hours."),
        _hours(lambda case: case.restore),
        _spoken,
    ),
    Kind(
        said("Time to own"),
        said("Half of the incidents had somebody by name within this time."),
        _hours(lambda case: case.own),
        _spoken,
    ),
    Kind(
        said("First response"),
        said("Half of the requesters heard from a person within this time."),
        _hours(lambda case: case.response),
        _spoken,
    ),
    Kind(
        said("Solved at first contact"),
        said(
            "Works again after one contact, without a hand-over, and nobody "
            "reopened it."
        ),
        _share(
            lambda case: (
                case.contacts <= 1 and not case.hand_overs and not case.reopened
            ),
            lambda case: case.restore is not None,
        ),
        percent,
        less=False,
    ),
    Kind(
        said("Crossing groups"),
        said("Incidents that more than one team had."),
        _share(lambda case: case.hand_overs > 0),
        percent,
    ),
    Kind(
        "Bounced",
        said("Incidents that came back to a team that had them."),
        _share(lambda case: case.bounces > 0),
        percent,
    ),
    Kind(
        said("Called again"),
        said("Incidents for which somebody had to get in touch again."),
        _share(lambda case: case.contacts > 1),
        percent,
    ),
)
