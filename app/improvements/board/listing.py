"""The register as a list: searched, narrowed down, sorted, page by page; and one line of it by
number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import operators

from app.core.finding import named_like
from app.core.names import called
from app.improvements.board.priority import Estimate
from app.improvements.board.queries import about_many, attention_of, estimate_of
from app.improvements.board.rules import Rungs
from app.models.improvements.improvement import Improvement, Vote
from app.models.improvements.metric import REGROUPED, Measurement, Metric
from app.models.improvements.words import (
    IMPROVEMENT_ENDED,
    Direction,
    ImprovementKind,
    ImprovementSize,
    ImprovementSource,
    ImprovementState,
)

SCORE = (
    (Improvement.value + Improvement.urgency + Improvement.risk)
    * 1.0
    / Improvement.job_size
)
VOTES = (
    select(func.count(Vote.id))
    .where(Vote.improvement_id == Improvement.id)
    .scalar_subquery()
)
RANK = (SCORE.is_(None), -SCORE, Improvement.job_size, Improvement.created_at)
SORTS: dict[str, tuple[Any, ...]] = {
    "rank": RANK,
    "title": (func.lower(Improvement.title),),
    "state": (Improvement.state, *RANK),
    "owner": (func.lower(Improvement.owner), *RANK),
    "votes": (-VOTES, *RANK),
    "due": (Improvement.next_due.is_(None), Improvement.next_due),
    "required": (Improvement.required_by.is_(None), Improvement.required_by),
    "touched": (Improvement.touched_at,),
    "raised": (Improvement.created_at,),
}


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Which improvements are wanted; an empty field leaves all through.

    ``open_only`` leaves out what has ended.
    """

    q: str = ""
    state: str = ""
    kind: str = ""
    source: str = ""
    owner: str = ""
    parent: int = 0
    number: int = 0
    open_only: bool = False

    @property
    def active(self) -> bool:
        """Tell whether anything is narrowed down."""
        return self != RegisterFilter()


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One improvement in the list, with the latest value of its primary metric."""

    id: int
    title: str
    state: ImprovementState
    kind: ImprovementKind
    source: ImprovementSource
    size: ImprovementSize | None
    owner: str
    sponsor: str
    service: str
    objective: str
    estimate: Estimate
    required_by: date | None
    next_what: str
    next_who: str
    next_due: date | None
    since: datetime
    created_at: datetime
    created_by: str
    touched_at: datetime
    parent_id: int | None
    votes: int
    iterations: int
    rungs: Rungs
    attention: tuple[str, ...]
    metric: Latest | None


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest value of a primary metric against its target."""

    name: str
    unit: str
    direction: Direction
    target: float | None
    day: date | None
    value: float | None


def improvement_lines(
    session: Session,
    wanted: RegisterFilter,
    sort: str,
    today: date,
    offset: int = 0,
    limit: int = 50,
) -> list[RegisterLine]:
    """Return the improvements a filter lets through, by a key of ``SORTS``, a minus in front for
    the other way.
    """
    order = [
        _turned(part, sort.startswith("-")) for part in SORTS[sort.removeprefix("-")]
    ]
    rows = session.scalars(
        _chosen(wanted).order_by(*order, Improvement.id).offset(offset).limit(limit)
    ).all()
    about, latest = (
        about_many(session, rows),
        latest_values(session, [one.id for one in rows]),
    )
    return [
        RegisterLine(
            id=one.id,
            title=one.title,
            state=one.state,
            kind=one.kind,
            source=one.source,
            size=one.size,
            owner=one.owner,
            sponsor=one.sponsor,
            service=one.service,
            objective=one.objective,
            estimate=estimate_of(one),
            required_by=one.required_by,
            next_what=one.next_what,
            next_who=one.next_who,
            next_due=one.next_due,
            since=one.since,
            created_at=one.created_at,
            created_by=one.created_by,
            touched_at=one.touched_at,
            parent_id=one.parent_id,
            votes=about[one.id].votes,
            iterations=about[one.id].iterations,
            rungs=about[one.id].climbed(one.eligible),
            attention=attention_of(
                one,
                about[one.id],
                today,
            ),
            metric=latest.get(one.id),
        )
        for one in rows
    ]


def count_improvements(session: Session, wanted: RegisterFilter) -> int:
    """Return how many improvements a filter lets through."""
    return (
        session.scalar(select(func.count()).select_from(_chosen(wanted).subquery()))
        or 0
    )


def latest_values(
    session: Session, improvement_ids: Sequence[int]
) -> dict[int, Latest]:
    """Return the latest value of each improvement's primary metric.

    One query, which reads one row of each.
    """
    corrected = (
        select(Measurement.id)
        .where(Measurement.metric_id == Metric.id, ~_put_elsewhere())
        .order_by(
            Measurement.day.desc(), Measurement.label.desc(), Measurement.attempt.desc()
        )
        .limit(1)
        .correlate(Metric)
        .scalar_subquery()
    )
    rows = (
        select(
            Metric.primary_of,
            Metric.name,
            Metric.unit,
            Metric.direction,
            Metric.target,
            Measurement.day,
            Measurement.value,
        )
        .outerjoin(Measurement, Measurement.id == corrected)
        .where(Metric.primary_of.in_(improvement_ids))
    )
    return {
        improvement_id: Latest(
            name,
            unit,
            direction,
            target,
            day,
            value,
        )
        for improvement_id, name, unit, direction, target, day, value in session.execute(
            rows
        ).all()
        if improvement_id is not None
    }


def _put_elsewhere() -> ColumnElement[bool]:
    """Tell of a value that it went into that of a longer period, under another day."""
    moved = aliased(Measurement)
    return exists().where(
        moved.metric_id == Measurement.metric_id,
        moved.day == Measurement.day,
        moved.label == Measurement.label,
        moved.attempt >= Measurement.attempt,
        moved.origin == REGROUPED,
        moved.value.is_(None),
    )


def _turned(part: Any, downwards: bool) -> ColumnElement[Any]:
    """Return one part of an order the other way round if wanted; what has no value stays last."""
    empties_last = (
        getattr(
            part,
            "operator",
            None,
        )
        is operators.is_
    )
    turned: ColumnElement[Any] = (
        part.desc() if downwards and not empties_last else part.asc()
    )
    return turned


def _chosen(wanted: RegisterFilter) -> Select[Improvement]:
    query = select(Improvement)
    texts = (
        Improvement.title,
        Improvement.vision,
        Improvement.objective,
        Improvement.service,
        Improvement.owner,
    )
    for word in wanted.q.split():
        query = query.where(
            or_(
                called(Improvement, word),
                *(text.icontains(word, autoescape=True) for text in texts),
            )
        )
    if wanted.state in list(ImprovementState):
        query = query.where(Improvement.state == ImprovementState(wanted.state))
    if wanted.kind in list(ImprovementKind):
        query = query.where(Improvement.kind == ImprovementKind(wanted.kind))
    if wanted.source in list(ImprovementSource):
        query = query.where(Improvement.source == ImprovementSource(wanted.source))
    if wanted.owner:
        query = query.where(named_like(Improvement.owner, wanted.owner))
    if wanted.parent:
        query = query.where(Improvement.parent_id == wanted.parent)
    if wanted.number:
        query = query.where(Improvement.id == wanted.number)
    if wanted.open_only:
        query = query.where(Improvement.state.not_in(IMPROVEMENT_ENDED))
    return query
