"""How far all of it is, week by week, and when everybody will have it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Text, func, select, type_coerce
from sqlalchemy.orm import Session

from app.core.audit import AuditEvent
from app.core.said import said
from app.improvements.metrics.queries import series_of
from app.improvements.metrics.standing import MetricStanding, standing
from app.improvements.spread.rules import (
    BurnWeek,
    burn_up,
)
from app.improvements.statistics.forecast import (
    FanWeek,
    Forecast,
    fan,
    forecast,
    refused,
)
from app.improvements.statistics.ladder import (
    LadderStanding,
    RungRecord,
    alike,
    ladder_fan,
    ladder_forecast,
)
from app.improvements.statistics.weeks import WEEK, throughput, week_end
from app.models.improvements.improvement import Improvement, Note
from app.models.improvements.iteration import Decision, Iteration, Participation
from app.models.improvements.metric import Metric
from app.models.improvements.words import (
    IMPROVEMENT_ENDED,
    DecisionKind,
    ImprovementNoteKind,
    ImprovementState,
    MetricRole,
    ParticipationState,
)

ENDED = IMPROVEMENT_ENDED
SHOWN = (ImprovementState.IN_PROGRESS, ImprovementState.EMBEDDED)
AHEAD = 26
UNDONE = ParticipationState.UNDONE
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
    ids = family(session, improvement_id)
    return _burn_up(session, ids, today, improvement_id)


def portfolio_burn_up(session: Session, today: date) -> BurnUp:
    """Return the burn-up of everything that was ever accepted and not stopped: each person once,
    against the largest group that one improvement is for.
    """
    counted = Improvement.state.not_in(
        (
            ImprovementState.RAISED,
            ImprovementState.STOPPED,
            ImprovementState.REJECTED,
            ImprovementState.DUPLICATE,
        )
    )
    ids = session.scalars(select(Improvement.id).where(counted)).all()
    return _burn_up(session, ids, today, None)


@dataclass(frozen=True, slots=True)
class MeasuredImprovement:
    """An improvement that is tried or done, and how its primary metric stands."""

    id: int
    title: str
    state: ImprovementState
    standing: MetricStanding


def measured(session: Session, *, every: bool = False) -> list[MeasuredImprovement]:
    """Return how the primary metric of everything in progress or embedded stands, or with
    ``every`` each metric of it. Five queries.
    """
    chosen = (
        select(Metric, Improvement)
        .join(Improvement, Improvement.id == Metric.improvement_id)
        .where(Improvement.state.in_(SHOWN), Metric.retired_at.is_(None))
        .order_by(
            Improvement.state.desc(),
            Improvement.since.desc(),
            Improvement.id,
            Metric.primary_of.is_(None),
            Metric.role != MetricRole.GUARDRAIL,
            Metric.id,
        )
    )
    if not every:
        chosen = chosen.where(Metric.primary_of.is_not(None))
    rows = session.execute(chosen).all()
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
        .order_by(Improvement.since.desc(), Improvement.id)
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
    session: Session, improvement_ids: Sequence[int], today: date, top: int | None
) -> BurnUp:
    accepted, started = (
        accepted_days(session, improvement_ids),
        _first_start(session, improvement_ids),
    )
    scope = scope_over_time(session, improvement_ids, top)
    total = scope[max(scope)] if scope else 0
    history = throughput(accepted, started, today) if started else []
    ladder = LadderStanding(len(accepted), total, ())
    ahead, steps = _ahead(session, improvement_ids, ladder, history, today)
    return BurnUp(
        weeks=tuple(burn_up(accepted, scope, today)) if started else (),
        forecast=ahead,
        fan=tuple(steps),
        done=len(accepted),
        scope=total,
    )


def _ahead(
    session: Session,
    improvement_ids: Sequence[int],
    ladder: LadderStanding,
    history: Sequence[int],
    today: date,
) -> tuple[Forecast, list[FanWeek]]:
    """Return when everybody has it: by the rungs of the one ladder that is climbed, by people a
    week where rungs are alike; many ladders have no common end.
    """
    climbed = rungs_of(session, improvement_ids)
    if len(climbed) > 1:
        told = said("No forecast of all together: each has its own ladder.")
        return refused(told, ladder.remaining), []
    ((capacity, rungs),) = climbed.values() or ((None, ()),)
    ladder = replace(ladder, rungs=rungs, undo_capacity=capacity)
    by_week = forecast(history, ladder.remaining, today)
    if ladder.scope and not by_week.refusal and alike(ladder):
        return by_week, fan(history, ladder.remaining, AHEAD)
    return ladder_forecast(ladder, today), ladder_fan(ladder, today, AHEAD)


def rungs_of(
    session: Session, improvement_ids: Sequence[int]
) -> dict[int, tuple[int | None, tuple[RungRecord, ...]]]:
    """Return the rungs of each of these improvements that has any, with how many people its undo
    can bring back. Two queries.
    """
    rows = session.execute(
        select(Iteration, Decision.kind, Improvement.undo_capacity)
        .join(Improvement, Improvement.id == Iteration.improvement_id)
        .outerjoin(Decision, Decision.iteration_id == Iteration.id)
        .where(Iteration.improvement_id.in_(improvement_ids))
        .order_by(Iteration.number)
    ).all()
    people = (
        select(Participation.iteration_id, Participation.state, func.count())
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .where(
            Iteration.improvement_id.in_(improvement_ids),
            Participation.left_at.is_(None),
        )
        .group_by(Participation.iteration_id, Participation.state)
    )
    counts: dict[int, Counter[ParticipationState]] = defaultdict(Counter)
    for number, state, count in session.execute(people):
        counts[number][state] = count
    found: dict[int, tuple[int | None, tuple[RungRecord, ...]]] = {}
    for one, kind, capacity in rows:
        _, before = found.get(one.improvement_id, (None, ()))
        rung = rung_record(one, kind, counts[one.id])
        found[one.improvement_id] = (capacity, (*before, rung))
    return found


def rung_record(
    one: Iteration, kind: DecisionKind | None, people: Counter[ParticipationState]
) -> RungRecord:
    """Return a rung as the forecast needs it."""
    return RungRecord(
        people.total() or one.planned_size,
        people[ParticipationState.ACCEPTED],
        one.changed_on,
        one.ended_at.date() if one.ended_at else None,
        kind in (DecisionKind.SCALE, DecisionKind.ADOPT),
        (one.ends_on - one.starts_on).days if one.ends_on and one.starts_on else None,
    )


def accepted_days(session: Session, improvement_ids: Iterable[int]) -> list[date]:
    """Return the day on which each person first accepted, once in all; who went back is left
    out.
    """
    rows = (
        select(
            Participation.person_id,
            Participation.name,
            Participation.state,
            Participation.accepted_at,
        )
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .where(
            Iteration.improvement_id.in_(list(improvement_ids)),
            Participation.left_at.is_(None),
            Participation.state.in_((ParticipationState.ACCEPTED, UNDONE)),
        )
        .order_by(Participation.id)
    )
    first: dict[int | str, datetime] = {}
    for person_id, name, state, at in session.execute(rows):
        key = person_id or name
        if state is UNDONE:
            first.pop(key, None)
        elif at is not None:
            first[key] = min(first.get(key, at), at)
    return sorted(at.date() for at in first.values())


def scope_over_time(
    session: Session, improvement_ids: Iterable[int], top: int | None = None
) -> dict[date, int]:
    """Return for how many people it is in all, from each day on which somebody said so: what the
    improvement at the ``top`` says itself, else the sum of its parts; without a top the largest
    group alone, since the same people stand in many.

    From the audit trail.
    """
    subjects = {f"improvement:{number}": number for number in improvement_ids}
    told = type_coerce(AuditEvent.after, Text).contains('"eligible"')
    rows = select(AuditEvent.at, AuditEvent.subject, AuditEvent.after).where(
        AuditEvent.subject.in_(subjects), told
    )
    each: dict[int, int] = {}
    found: dict[date, int] = {}
    for at, subject, after in session.execute(rows.order_by(AuditEvent.id)):
        if "eligible" in after:
            each[subjects[subject]] = after["eligible"] or 0
            whole = max(each.values()) if top is None else sum(each.values())
            found[at.date()] = each.get(top or 0) or whole
    return found


def _first_start(session: Session, improvement_ids: Sequence[int]) -> date | None:
    chosen = select(func.min(Iteration.changed_on)).where(
        Iteration.improvement_id.in_(improvement_ids)
    )
    return session.scalar(chosen)
