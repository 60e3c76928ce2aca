"""Write down an objection, answer it with something that holds, open it again, forget it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import latest_day, one, one_locked
from app.core.db import Base
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.improvements.events import anybody, demand_of_it
from app.improvements.queries import get_improvement
from app.models.improvements.iteration import Decision, Finding, Iteration
from app.models.improvements.metric import Metric
from app.models.sponsors.objection import Objection
from app.models.sponsors.stakeholder import Stakeholder
from app.models.sponsors.words import (
    AnsweredWith,
    Barrier,
    ContactKind,
    ObjectionState,
)
from app.sponsors.events import DiscreetChange, add_discreet, delete_discreet
from app.sponsors.objections.rules import Rests
from app.sponsors.stakeholders.actions import ContactDraft, note_contact

ANSWER_WITHIN = timedelta(days=7)
LONGEST_OBJECTION = 2_000
RECORDS: dict[AnsweredWith, tuple[type[Base], str]] = {
    AnsweredWith.MEASUREMENT: (Metric, "metric_id"),
    AnsweredWith.FINDING: (Finding, "finding_id"),
    AnsweredWith.DECISION: (Iteration, "decision_id"),
}
"""What has to be of the same improvement for an answer to rest on it, and where that is kept; a
decision is its rung's.
"""


@dataclass(frozen=True, slots=True)
class ObjectionDraft:
    """What was said against it: exact words, by whom, when; what is missing, when it is taken up
    again and by whom.
    """

    words: str
    who: str = ""
    day: date | None = None
    stakeholder_id: int | None = None
    barrier: Barrier | None = None
    follow_up: date | None = None
    owner: str = ""


def add_objection(act: Acting, improvement_id: int, draft: ObjectionDraft) -> Objection:
    """Write down what was said against an improvement, in their words.

    It is followed up within a week unless said. Raises ``Invalid`` naming the field.
    """
    values = _checked(act, improvement_id, draft)
    values["follow_up"] = draft.follow_up or act.now.date() + ANSWER_WITHIN
    return _added(act, improvement_id, values)


def object_by_link(act: Acting, improvement_id: int, who: str, words: str) -> Objection:
    """Take an objection that somebody sent without an account; sent twice it counts once.

    What was said there waits on Today itself; this is taken up again within a week by the owner
    of the improvement. Raises ``Invalid`` without words.
    """
    words = words.strip()
    same = select(Objection).where(
        Objection.improvement_id == improvement_id,
        Objection.state == ObjectionState.OPEN,
        func.lower(Objection.who) == who.strip().lower(),
        Objection.words == words,
    )
    there = act.session.scalars(same.limit(1)).first()
    if there is not None:
        return there
    values = _checked(act, improvement_id, ObjectionDraft(words, who))
    owner = get_improvement(act.session, improvement_id).owner or act.by
    until = act.now.date() + ANSWER_WITHIN
    values |= {"by_link": True, "follow_up": until, "owner": owner}
    return _added(act, improvement_id, values)


def change_objection(
    act: Acting, objection_id: int, draft: ObjectionDraft
) -> Objection:
    """Correct what was noted of an objection. Raises ``Invalid`` naming the field."""
    row = one_locked(act.session, Objection, objection_id)
    values = _checked(act, row.improvement_id, draft)
    change = DiscreetChange()
    if change.put(row, {**values, "follow_up": draft.follow_up or row.follow_up}):
        change.record(act, row, "objection.change", "Changed an objection")
    return row


def answer_objection(
    act: Acting, objection_id: int, rests: Rests | None, answer: str
) -> Objection:
    """Answer an objection with what was measured, found or decided, or in a conversation.

    Raises ``Invalid`` without an answer, or with what is not of this improvement; ``Refused`` when
    it was answered before.
    """
    row = one_locked(act.session, Objection, objection_id)
    if row.state is ObjectionState.ANSWERED:
        raise Refused(said("It was answered before; open it again first."))
    if rests is None:
        raise Invalid(said("Choose what answers it."), field="record")
    if not answer.strip():
        raise Invalid(said("Say what the answer was."), field="answer")
    values: dict[str, Any] = {
        "state": ObjectionState.ANSWERED,
        "answered_with": rests.answered_with,
        "answer": answer.strip(),
        "answered_at": act.now,
        "answered_by": act.by,
        **_link(act, row, rests, answer),
    }
    change = DiscreetChange()
    change.put(row, values)
    sentence = f"Answered an objection by a {rests.answered_with}"
    change.record(act, row, "objection.answer", sentence)
    return row


def reopen_objection(act: Acting, objection_id: int) -> Objection:
    """Say that the answer did not hold; it is followed up within a week."""
    row = one_locked(act.session, Objection, objection_id)
    if row.state is ObjectionState.OPEN:
        raise Refused(said("It is open."))
    change = DiscreetChange()
    change.put(
        row,
        {
            "state": ObjectionState.OPEN,
            "follow_up": act.now.date() + ANSWER_WITHIN,
            "answered_at": None,
            "answered_by": "",
        },
    )
    change.record(act, row, "objection.reopen", "Opened an objection again")
    return row


def delete_objection(act: Acting, objection_id: int) -> int:
    """Delete an objection for good; returns of which improvement."""
    row = one_locked(act.session, Objection, objection_id)
    improvement_id = row.improvement_id
    delete_discreet(act, row, row, "objection.delete")
    return improvement_id


def _added(act: Acting, improvement_id: int, values: dict[str, Any]) -> Objection:
    made = Objection(
        improvement_id=improvement_id,
        state=ObjectionState.OPEN,
        created_at=act.now,
        created_by=act.by,
        **values,
    )
    about = f"improvement:{improvement_id}"
    sentence = f"Wrote down an objection to {about}"
    return add_discreet(act, made, None, "objection.add", sentence)


def _checked(act: Acting, improvement_id: int, draft: ObjectionDraft) -> dict[str, Any]:
    get_improvement(act.session, improvement_id)
    if not 0 < len(draft.words.strip()) <= LONGEST_OBJECTION:
        why = said(
            "Say what was said, in at most %(longest)s characters.",
            longest=LONGEST_OBJECTION,
        )
        raise Invalid(why, field="words")
    if draft.day is not None and draft.day > latest_day(act.now):
        raise Invalid(said("This day is still to come."), field="day")
    demand_of_it(
        act.session,
        improvement_id,
        Stakeholder,
        draft.stakeholder_id,
        "stakeholder_id",
    )
    return {
        "words": draft.words.strip(),
        "who": _who(act.session, draft),
        "day": draft.day or act.now.date(),
        "stakeholder_id": draft.stakeholder_id,
        "barrier": draft.barrier,
        "owner": anybody(act.session, draft.owner, "owner").name or act.by,
    }


def _who(session: Session, draft: ObjectionDraft) -> str:
    if draft.who.strip() or draft.stakeholder_id is None:
        return draft.who.strip()
    return one(session, Stakeholder, draft.stakeholder_id).name


def _link(
    act: Acting, row: Objection, rests: Rests, answer: str
) -> dict[str, int | None]:
    """Return the columns that say what an answer rests on."""
    found: dict[str, int | None] = dict.fromkeys(
        ("metric_id", "finding_id", "decision_id", "contact_id")
    )
    if rests.answered_with is AnsweredWith.CONVERSATION:
        return found | {"contact_id": _conversation(act, row, answer)}
    kind, name = RECORDS[rests.answered_with]
    number = rests.number or 0
    if kind is Iteration:
        number = one(act.session, Decision, number).iteration_id
    demand_of_it(act.session, row.improvement_id, kind, number, "record")
    return found | {name: rests.number}


def _conversation(act: Acting, row: Objection, answer: str) -> int | None:
    """Note the conversation with the stakeholder, so that their clock hears of it."""
    if row.stakeholder_id is None:
        return None
    technique = str(said("Answered an objection"))
    draft = ContactDraft(
        ContactKind.IN_PERSON, technique=technique, result=answer.strip()
    )
    return note_contact(act, row.stakeholder_id, draft).id
