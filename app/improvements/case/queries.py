"""The business case of an improvement as of any day, made from its records; frozen ones; two days
compared.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.canonical import fingerprint
from app.core.changes import one
from app.core.charts import Happened
from app.core.errors import NotFound
from app.core.said import said
from app.improvements.case.facts import case_facts
from app.improvements.case.records import Records, records_of
from app.improvements.case.rules import Case, Section, Sentence, compose
from app.improvements.case.text import Difference, compare
from app.improvements.metrics.marks import marks_of
from app.improvements.metrics.queries import Series
from app.models.improvements.improvement import BusinessCase, CaseAsk, Improvement


@dataclass(frozen=True, slots=True)
class FrozenCase:
    """A frozen case in the list; ``intact`` tells whether its words still have the hash they were
    frozen with.
    """

    id: int
    as_of: datetime
    created_at: datetime
    created_by: str
    hash: str
    intact: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """A business case with the series of its main metric as it was known then."""

    case: Case
    series: Series | None
    changed: date | None
    happened: tuple[Happened, ...]


def business_case(
    session: Session, improvement_id: int, as_of: date, now: datetime
) -> Case:
    """Return the business case as of the end of a day, or as of now.

    Raises ``NotFound`` for a day before it began.
    """
    records = records_then(
        session,
        improvement_id,
        as_of,
        now,
    )
    return compose(case_facts(records), records.moment.date())


def case_page(
    session: Session, improvement_id: int, as_of: date, now: datetime
) -> CasePage:
    """Return the business case of a day with what its chart is drawn from."""
    records = records_then(
        session,
        improvement_id,
        as_of,
        now,
    )
    day = records.moment.date()
    chosen = (one for one in records.series if one.metric.primary_of)
    marks = (one for one in marks_of(session, improvement_id) if one.when <= day)
    case = compose(case_facts(records), day)
    return CasePage(
        case,
        next(chosen, None),
        records.first_start,
        tuple(marks),
    )


def records_then(
    session: Session, improvement_id: int, as_of: date, now: datetime
) -> Records:
    """Return the records of an improvement as of the end of a day, or as of now.

    Raises ``NotFound`` for a day before it began.
    """
    improvement = one(
        session,
        Improvement,
        improvement_id,
    )
    moment = min(
        datetime.combine(
            as_of,
            time.max,
            UTC,
        ),
        now,
    )
    if moment < improvement.created_at:
        raise NotFound(
            said(
                "“%(title)s” was raised on %(created_at)s.",
                title=improvement.title,
                created_at=f"{improvement.created_at:%Y-%m-%d}",
            )
        )
    return records_of(
        session,
        improvement,
        moment,
    )


def asked_now(session: Session, improvement_id: int) -> CaseAsk | None:
    """Return what is asked for and not answered yet."""
    asked = select(CaseAsk).where(CaseAsk.open_of == improvement_id)
    return session.scalars(asked).first()


def compared(
    session: Session, improvement_id: int, first: date, second: date, now: datetime
) -> tuple[Difference, ...]:
    """Return what changed in the case from one day to another."""
    old, new = (
        business_case(
            session,
            improvement_id,
            day,
            now,
        )
        for day in sorted((first, second))
    )
    return compare(old, new)


def frozen_cases(session: Session, improvement_id: int) -> list[FrozenCase]:
    """Return the frozen cases of an improvement, the latest first."""
    chosen = (
        select(BusinessCase)
        .where(BusinessCase.improvement_id == improvement_id)
        .order_by(BusinessCase.id.desc())
    )
    return [
        FrozenCase(
            one.id,
            one.as_of,
            one.created_at,
            one.created_by,
            one.hash,
            fingerprint(one.content) == one.hash,
        )
        for one in session.scalars(chosen)
    ]


def frozen_case(session: Session, case_id: int) -> tuple[FrozenCase, Case]:
    """Return a frozen case with its words as they were. Raises ``NotFound``."""
    kept = one(
        session,
        BusinessCase,
        case_id,
    )
    intact = fingerprint(kept.content) == kept.hash
    return FrozenCase(
        kept.id, kept.as_of, kept.created_at, kept.created_by, kept.hash, intact
    ), _thawed(kept.content)


def _thawed(content: str) -> Case:
    told = json.loads(content)["case"]
    sections = tuple(
        Section(
            one["key"],
            one["title"],
            tuple(Sentence(**each) for each in one["sentences"]),
            one["empty"],
        )
        for one in told["sections"]
    )
    return Case(
        told["title"], told["record"], date.fromisoformat(told["as_of"]), sections
    )
