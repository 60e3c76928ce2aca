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
from app.core.errors import NotFound
from app.core.said import said
from app.improvements.case.facts import case_facts
from app.improvements.case.records import records_of
from app.improvements.case.rules import Case, Section, Sentence, compose
from app.improvements.case.text import Difference, compare
from app.models.improvements.improvement import BusinessCase, Improvement


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


def business_case(
    session: Session, improvement_id: int, as_of: date, now: datetime
) -> Case:
    """Return the business case as of the end of a day, or as of now.

    Raises ``NotFound`` for a day before it began.
    """
    improvement = one(session, Improvement, improvement_id)
    moment = min(datetime.combine(as_of, time.max, UTC), now)
    if moment < improvement.created_at:
        raise NotFound(
            said(
                "“%(title)s” was raised on %(created_at)s.",
                title=improvement.title,
                created_at=f"{improvement.created_at:%Y-%m-%d}",
            )
        )
    return compose(case_facts(records_of(session, improvement, moment)), moment.date())


def compared(
    session: Session, improvement_id: int, first: date, second: date, now: datetime
) -> tuple[Difference, ...]:
    """Return what changed in the case from one day to another."""
    old, new = (
        business_case(session, improvement_id, day, now)
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
    kept = one(session, BusinessCase, case_id)
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
