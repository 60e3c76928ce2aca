"""Objections, shaped for their list and their page; and what may answer one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.said import said, word
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Decision, Finding, Iteration
from app.models.improvements.metric import Metric
from app.models.sponsors.objection import Objection
from app.models.sponsors.stakeholder import Stakeholder
from app.models.sponsors.words import ObjectionState


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """An objection in a list, with the improvement it is about."""

    row: Objection
    improvement: str

    def late(self, today: date) -> bool:
        """Tell whether it should have been taken up."""
        day = self.row.follow_up
        is_open = self.row.state is ObjectionState.OPEN
        return is_open and day is not None and day <= today

    def fits(self, text: str) -> bool:
        """Tell whether all words looked for stand anywhere in it."""
        row = self.row
        there = "\n".join((row.who, row.words, row.answer, self.improvement)).lower()
        return all(each in there for each in text.lower().split())


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """One objection, and the name of what its answer rests on."""

    line: ObjectionLine
    rests_on: str

    @property
    def one(self) -> Objection:
        """Return the objection."""
        return self.line.row


def objection_lines(
    session: Session, *where: ColumnElement[bool]
) -> list[ObjectionLine]:
    """Return objections, the open ones first, those to be taken up soonest before others."""
    asked = (
        select(Objection, Improvement.title)
        .join(Improvement, Improvement.id == Objection.improvement_id)
        .where(*where)
        .order_by(
            Objection.state.desc(),
            Objection.follow_up.is_(None),
            Objection.follow_up,
            Objection.id,
        )
    )
    return [ObjectionLine(row, title) for row, title in session.execute(asked)]


def objections_of(session: Session, improvement_id: int) -> list[ObjectionLine]:
    """Return what was said against one improvement."""
    return objection_lines(session, Objection.improvement_id == improvement_id)


def objection_page(session: Session, objection_id: int) -> ObjectionPage:
    """Return one objection. Raises ``NotFound``."""
    row = one(session, Objection, objection_id)
    (line,) = objection_lines(session, Objection.id == objection_id)
    records = dict(may_answer(session, row.improvement_id))
    kept = {
        "metric": row.metric_id,
        "finding": row.finding_id,
        "decision": row.decision_id,
    }
    key = next((f"{name}:{number}" for name, number in kept.items() if number), "")
    return ObjectionPage(line, records.get(key, "") if key else "")


def open_objections(session: Session, improvement_id: int) -> int:
    """Return how many objections to an improvement wait for an answer."""
    asked = select(func.count()).where(
        Objection.improvement_id == improvement_id,
        Objection.state == ObjectionState.OPEN,
    )
    return session.scalar(asked) or 0


def may_answer(session: Session, improvement_id: int) -> list[tuple[str, str]]:
    """Return what was measured, found and decided in an improvement, as something to choose; first
    that it was a conversation.
    """
    metrics = select(Metric.id, Metric.name).where(
        Metric.improvement_id == improvement_id
    )
    found = [("", said("a conversation"))]
    found += [
        (f"metric:{number}", said("measured: %(name)s", name=name))
        for number, name in session.execute(metrics.order_by(Metric.id))
    ]
    return found + found_and_decided(session, improvement_id)


def found_and_decided(session: Session, improvement_id: int) -> list[tuple[str, str]]:
    """Return what was found and decided in an improvement, as something to choose."""
    findings = select(Finding.id, Finding.title).where(
        Finding.improvement_id == improvement_id
    )
    decisions = (
        select(Decision.id, Iteration.number, Decision.kind)
        .join(Iteration, Iteration.id == Decision.iteration_id)
        .where(Iteration.improvement_id == improvement_id)
    )
    found = [
        (f"finding:{number}", said("found: %(name)s", name=name))
        for number, name in session.execute(findings.order_by(Finding.id))
    ]
    found += [
        (
            f"decision:{number}",
            said("decided in rung %(rung)s: %(what)s", rung=rung, what=word(kind)),
        )
        for number, rung, kind in session.execute(decisions.order_by(Decision.id))
    ]
    return found


def may_object(session: Session, improvement_id: int) -> list[tuple[str, str]]:
    """Return the stakeholders of an improvement, to be chosen from; first that it is none."""
    asked = select(Stakeholder.id, Stakeholder.name).where(
        Stakeholder.improvement_id == improvement_id
    )
    rows = session.execute(asked.order_by(func.lower(Stakeholder.name)))
    return [("", "–"), *((str(number), name) for number, name in rows)]
