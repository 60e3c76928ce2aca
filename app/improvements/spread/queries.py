"""How far all of it is, week by week, and when everybody will have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Text, func, select, type_coerce
from sqlalchemy.orm import Session

from app.core.audit import AuditEvent
from app.improvements.metrics.queries import series_of
from app.improvements.metrics.standing import MetricStanding, standing
from app.improvements.spread.rules import (
    BurnWeek,
    burn_up,
)
from app.improvements.statistics.forecast import FanWeek, Forecast, fan, forecast
from app.improvements.statistics.weeks import WEEK, throughput, week_end
from app.models.improvements.improvement import Improvement, Note
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.metric import Metric
from app.models.improvements.words import (
    ImprovementNoteKind,
    ImprovementState,
    ParticipationState,
)

ENDED = (ImprovementState.EMBEDDED, ImprovementState.STOPPED)
SHOWN = (ImprovementState.IN_PROGRESS, ImprovementState.EMBEDDED)
AHEAD = 26
MOST_WEEKS = 520


@dataclass(frozen=True, slots=True)
class BurnUp:
    """How many people have it, week after week, and when all will; ``weeks`` is empty before the
    first iteration.
    """

    weeks: tuple[BurnWeek, ...]
    forecast: Forecast
    fan: tuple[FanWeek, ...]
    done: int
    scope: int


@dataclass(frozen=True, slots=True)
class FlowCount:
    """How many improvements were raised and closed in all at the end of a week."""

    ends: date
    raised: int
    closed: int


@dataclass(frozen=True, slots=True)
class Spared:
    """An improvement that was stopped with learning: what was learned, and what was not spent."""

    id: int
    title: str
    on: date
    learned: str
    amount: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Success:
    """A success worth telling."""

    improvement_id: int
    title: str
    text: str
    url: str
    on: date


def burn_up_of(session: Session, improvement_id: int, today: date) -> BurnUp:
    """Return the burn-up of an improvement with all that stands under it."""
    return _burn_up(session, family(session, improvement_id), today)


def portfolio_burn_up(session: Session, today: date) -> BurnUp:
    """Return the burn-up of everything that was ever accepted and not stopped: each person once,
    against the largest group that one improvement is for.
    """
    counted = Improvement.state.not_in(
        (ImprovementState.RAISED, ImprovementState.STOPPED)
    )
    ids = session.scalars(select(Improvement.id).where(counted)).all()
    return _burn_up(session, ids, today, once=True)


@dataclass(frozen=True, slots=True)
class MeasuredImprovement:
    """An improvement that is tried or done, and how its primary metric stands."""

    id: int
    title: str
    state: ImprovementState
    standing: MetricStanding


def measured(session: Session) -> list[MeasuredImprovement]:
    """Return how the primary metric of everything in progress or embedded stands. Four queries."""
    rows = session.execute(
        select(Metric, Improvement)
        .join(Improvement, Improvement.id == Metric.primary_of)
        .where(Improvement.state.in_(SHOWN), Metric.retired_at.is_(None))
        .order_by(Improvement.state.desc(), Improvement.since.desc())
    ).all()
    started = _first_starts(session, [one.id for _, one in rows])
    series = series_of(session, [metric for metric, _ in rows])
    return [
        MeasuredImprovement(
            one.id, one.title, one.state, standing(values, started.get(one.id))
        )
        for (_, one), values in zip(rows, series, strict=True)
    ]


def _first_starts(session: Session, ids: Sequence[int]) -> dict[int, date]:
    rows = session.execute(
        select(Iteration.improvement_id, func.min(Iteration.changed_on))
        .where(Iteration.improvement_id.in_(ids), Iteration.changed_on.is_not(None))
        .group_by(Iteration.improvement_id)
    )
    return {number: began for number, began in rows if began}


def flow(session: Session, today: date) -> list[FlowCount]:
    """Return how many improvements were raised and closed in all at the end of each week."""
    rows = session.execute(
        select(Improvement.created_at, Improvement.state, Improvement.since)
    ).all()
    raised = [created.date() for created, _, _ in rows]
    closed = [since.date() for _, state, since in rows if state in ENDED]
    if not raised:
        return []
    ends = max(week_end(min(raised)), week_end(today) - MOST_WEEKS * WEEK)
    weeks = []
    while ends < today + WEEK:
        weeks.append(
            FlowCount(
                ends,
                sum(day <= ends for day in raised),
                sum(day <= ends for day in closed),
            )
        )
        ends += WEEK
    return weeks


def spared(session: Session) -> tuple[list[Spared], dict[str, float]]:
    """Return what was stopped with learning, the latest first, and what was not spent in all, by
    unit.
    """
    chosen = (
        select(Improvement)
        .where(Improvement.state == ImprovementState.STOPPED)
        .order_by(Improvement.since.desc())
    )
    lines = [
        Spared(
            one.id,
            one.title,
            one.since.date(),
            one.stop_learning,
            one.not_spent,
            one.not_spent_unit,
        )
        for one in session.scalars(chosen)
    ]
    sums: dict[str, float] = defaultdict(float)
    for line in lines:
        if line.amount:
            sums[line.unit] += line.amount
    return lines, dict(sums)


def successes(session: Session, limit: int = 50) -> list[Success]:
    """Return the successes worth telling, the latest first."""
    rows = (
        select(Note, Improvement.title)
        .join(Improvement, Improvement.id == Note.improvement_id)
        .where(Note.kind == ImprovementNoteKind.SUCCESS, Note.struck_at.is_(None))
        .order_by(Note.id.desc())
        .limit(limit)
    )
    return [
        Success(
            note.improvement_id,
            title,
            note.text,
            note.url,
            note.happened_on or note.created_at.date(),
        )
        for note, title in session.execute(rows)
    ]


def states(session: Session) -> dict[ImprovementState, int]:
    """Return how many improvements stand where."""
    found = dict(
        session.execute(
            select(Improvement.state, func.count()).group_by(Improvement.state)
        ).all()
    )
    return {state: found.get(state, 0) for state in ImprovementState}


def family(session: Session, improvement_id: int) -> list[int]:
    """Return an improvement with everything that stands under it. One query."""
    under: dict[int | None, list[int]] = defaultdict(list)
    for number, parent_id in session.execute(
        select(Improvement.id, Improvement.parent_id)
    ):
        under[parent_id].append(number)
    found, waiting = [], [improvement_id]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += under[one]
    return found


def _burn_up(
    session: Session, improvement_ids: Sequence[int], today: date, *, once: bool = False
) -> BurnUp:
    accepted, started = (
        accepted_days(session, improvement_ids, once=once),
        _first_start(session, improvement_ids),
    )
    scope = scope_over_time(session, improvement_ids, once=once)
    total = scope[max(scope)] if scope else 0
    history = throughput(accepted, started, today) if started else []
    ahead = forecast(history, max(0, total - len(accepted)), today)
    return BurnUp(
        weeks=tuple(burn_up(accepted, scope, today)) if started else (),
        forecast=ahead,
        fan=tuple(fan(history, max(0, total - len(accepted)), AHEAD))
        if history
        else (),
        done=len(accepted),
        scope=total,
    )


def accepted_days(
    session: Session, improvement_ids: Iterable[int], *, once: bool = False
) -> list[date]:
    """Return the day on which each person first accepted, once per improvement or ``once`` in all;
    who went back is left out.
    """
    rows = (
        select(
            Iteration.improvement_id,
            Participation.person_id,
            Participation.name,
            Participation.accepted_at,
        )
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .where(
            Iteration.improvement_id.in_(list(improvement_ids)),
            Participation.left_at.is_(None),
            Participation.state == ParticipationState.ACCEPTED,
        )
    )
    first: dict[tuple[int, int | str], datetime] = {}
    for improvement_id, person_id, name, at in session.execute(rows):
        key = (0 if once else improvement_id, person_id or name)
        if at is not None and (key not in first or at < first[key]):
            first[key] = at
    return sorted(at.date() for at in first.values())


def scope_over_time(
    session: Session, improvement_ids: Iterable[int], *, once: bool = False
) -> dict[date, int]:
    """Return for how many people it is in all, from each day on which somebody said so; with
    ``once`` the largest group alone, since the same people stand in many.

    From the audit trail.
    """
    subjects = {f"improvement:{number}": number for number in improvement_ids}
    said = type_coerce(AuditEvent.after, Text).contains('"eligible"')
    rows = select(AuditEvent.at, AuditEvent.subject, AuditEvent.after).where(
        AuditEvent.subject.in_(subjects), said
    )
    each: dict[str, int] = {}
    found: dict[date, int] = {}
    for at, subject, after in session.execute(rows.order_by(AuditEvent.id)):
        if "eligible" in after:
            each[subject] = after["eligible"] or 0
            found[at.date()] = max(each.values()) if once else sum(each.values())
    return found


def _first_start(session: Session, improvement_ids: Sequence[int]) -> date | None:
    chosen = select(func.min(Iteration.changed_on)).where(
        Iteration.improvement_id.in_(improvement_ids)
    )
    return session.scalar(chosen)
