"""The days of a rung that has started: put right when somebody slipped or a clock was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.core.acting import Acting
from app.core.errors import Invalid, Refused
from app.core.figures import day as day_text
from app.core.said import said
from app.improvements.events import NotedChange, locked_iteration, tell
from app.improvements.gate.queries import Standing, baseline_of, standing_of
from app.models.improvements.iteration import Iteration, Participation

STAMPS = ("prepared_at", "switched_at", "observing_at", "accepted_at", "undone_at")


@dataclass(frozen=True, slots=True)
class WindowDays:
    """From which day a change holds, its last day, the day before which there is no verdict, and
    ``why`` they are put right.
    """

    changed_on: date | None
    ends_on: date | None = None
    verdict_not_before: date | None = None
    why: str = ""


def correct_days(act: Acting, iteration_id: int, wanted: WindowDays) -> Iteration:
    """Put the days of a rung right, with what follows from them: what was usual before, and moments
    that a clock which ran ahead had stamped. What was frozen stays as it was.

    Raises ``Refused`` before the start, and after the end unless its day has not come yet;
    ``Invalid`` naming the field.
    """
    improvement, rung = locked_iteration(act.session, iteration_id)
    standing = standing_of(act.session, improvement, rung, act.now.date())
    _demand_open(rung, act.now.date())
    day = _checked(standing, wanted, act.now.date())
    values: dict[str, Any] = {"changed_on": day, "changed_why": wanted.why.strip()}
    if rung.ended_at is None:
        values["ends_on"] = wanted.ends_on
        values["verdict_not_before"] = wanted.verdict_not_before
    if rung.expected is not None and standing.series is not None:
        values["baseline"] = baseline_of(standing.scene, standing.series, day)
    change = NotedChange()
    change.put(rung, {**values, **_stamps(rung, ("started_at",), act.now)})
    change.put(rung, {"revision": rung.revision + 1})
    for person in standing.scene.people(rung):
        change.put(person, _stamps(person, STAMPS, act.now))
    sentence = f"Put the days of rung {rung.number} right: from {day_text(day)} on"
    tell(act, improvement, "iteration.days", sentence, change, reason=wanted.why)
    return rung


def _demand_open(rung: Iteration, today: date) -> None:
    if rung.changed_on is None:
        raise Refused(said("It has not started; change its plan."))
    if rung.ended_at is not None and rung.changed_on <= today:
        raise Refused(said("It is closed; what it showed stays as it was frozen."))


def _checked(standing: Standing, wanted: WindowDays, today: date) -> date:
    """Return the day of the change. Raises ``Invalid`` naming the field."""
    day, rung = wanted.changed_on, standing.iteration
    if day is None:
        raise Invalid(said("Say from which day on."), field="changed_on")
    if not wanted.why.strip():
        raise Invalid(said("Say why the days are put right."), field="why")
    if rung.ended_at is not None and day > today:
        told = said("That day has not come yet.")
        raise Invalid(told, field="changed_on")
    if rung.ended_at is None and (wanted.ends_on is None or wanted.ends_on <= day):
        told = said("The last day comes after the first.")
        raise Invalid(told, field="ends_on")
    _demand_order(rung, day, standing.scene.iterations)
    return day


def _demand_order(rung: Iteration, day: date, rungs: Iterable[Iteration]) -> None:
    """Raise ``Invalid`` where an earlier rung holds from a later day on, or the other way round."""
    for other in rungs:
        held = other.changed_on
        if held is None or other.id == rung.id:
            continue
        late = other.number < rung.number and held > day
        early = other.number > rung.number and held < day
        if late or early:
            told = said(
                "The change of rung %(number)s holds from %(day)s; rungs follow each other.",
                number=other.number,
                day=day_text(held),
            )
            raise Invalid(told, field="changed_on")


def _stamps(
    row: Iteration | Participation, names: Iterable[str], now: datetime
) -> dict[str, datetime]:
    """Return the moments of a row that have not come yet, as now."""
    moments = ((name, getattr(row, name, None)) for name in names)
    return {name: now for name, at in moments if at is not None and at > now}
