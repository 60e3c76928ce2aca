"""Say who has a say in an improvement, where they stand, what was tried; forget it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import (
    cleaned,
    demand,
    demand_revision,
    latest_day,
    one,
    one_locked,
    word,
)
from app.core.errors import Invalid
from app.core.said import said
from app.improvements.events import anybody
from app.improvements.queries import get_improvement
from app.improvements.tasks.rules import MOVES
from app.models.improvements.complaint import Complaint
from app.models.improvements.words import TaskState
from app.models.sponsors.stakeholder import (
    Stakeholder,
    StakeholderAction,
    StakeholderAssessment,
    StakeholderContact,
)
from app.models.sponsors.words import ContactKind, StakeholderKind, Stance
from app.sponsors.events import DiscreetChange, add_discreet, delete_discreet
from app.sponsors.rules import Scores
from app.sponsors.stakeholders.rules import LEVELS

ALLOWED = (
    "name",
    "kind",
    "company",
    "is_sponsor",
    "leads",
    "power",
    "interest",
    "desired",
    "reason",
    "problem",
    "complaint_id",
    "benefit",
    "driver",
    "liaison",
    "agents",
)
SCORE = range(1, 6)


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a stakeholder stood on a day, and why; the day of today unless said."""

    stance: Stance
    day: date | None = None
    reason: str = ""
    scores: Scores = field(default_factory=Scores)


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """How somebody was in touch, what was tried, and what came of it."""

    kind: ContactKind
    day: date | None = None
    who: str = ""
    technique: str = ""
    result: str = ""
    heard: bool = True


@dataclass(frozen=True, slots=True)
class StepDraft:
    """What is to be done with a stakeholder, by whom, until when."""

    what: str
    owner: str = ""
    due: date | None = None


def add_stakeholder(
    act: Acting, improvement_id: int, values: Mapping[str, Any], stood: Stood
) -> Stakeholder:
    """Say who has a say in an improvement and where they stand now.

    Raises ``Invalid`` naming the field.
    """
    get_improvement(act.session, improvement_id)
    made = Stakeholder(
        improvement_id=improvement_id,
        name="",
        stance=stood.stance,
        created_at=act.now,
        created_by=act.by,
    )
    for name, value in _checked(act.session, made, values).items():
        setattr(made, name, value)
    about = f"improvement:{improvement_id}"
    sentence = f"Added a stakeholder of {about}"
    row = add_discreet(act, made, None, "stakeholder.add", sentence)
    _note_stance(act, row, stood)
    return row


def change_stakeholder(
    act: Acting,
    stakeholder_id: int,
    values: Mapping[str, Any],
    began_at: int | None = None,
) -> Stakeholder:
    """Say better who somebody is and what matters to them.

    Raises ``Invalid`` naming the field, ``Conflict`` when others were quicker.
    """
    row = one_locked(act.session, Stakeholder, stakeholder_id)
    demand_revision(row.revision, began_at)
    change = DiscreetChange()
    if change.put(row, _checked(act.session, row, values)):
        change.put(row, {"revision": row.revision + 1})
        change.record(act, row, "stakeholder.change", "Changed a stakeholder")
    return row


def assess(act: Acting, stakeholder_id: int, stood: Stood) -> Stakeholder:
    """Note where somebody stands; what was noted before is kept.

    Raises ``Invalid`` naming the field.
    """
    row = one_locked(act.session, Stakeholder, stakeholder_id)
    _note_stance(act, row, stood)
    return row


def note_contact(
    act: Acting, stakeholder_id: int, draft: ContactDraft
) -> StakeholderContact:
    """Note that somebody was in touch, what was tried and what came of it."""
    about = one_locked(act.session, Stakeholder, stakeholder_id)
    if not draft.technique.strip() and not draft.result.strip():
        why = said("Say what was tried, or what came of it.")
        raise Invalid(why, field="technique")
    made = StakeholderContact(
        stakeholder_id=stakeholder_id,
        day=_past(act, draft.day),
        kind=word(ContactKind, draft.kind, "kind"),
        who=draft.who.strip() or act.by,
        technique=draft.technique.strip(),
        result=draft.result.strip(),
        heard=draft.heard,
        created_at=act.now,
        created_by=act.by,
    )
    sentence = "Noted a contact with a stakeholder"
    return add_discreet(act, made, about, "stakeholder.contact", sentence)


def add_step(act: Acting, stakeholder_id: int, draft: StepDraft) -> StakeholderAction:
    """Say what is to be done with a stakeholder.

    Raises ``Invalid`` without saying what, or with a day that is over.
    """
    about = one_locked(act.session, Stakeholder, stakeholder_id)
    if not draft.what.strip():
        raise Invalid(said("Say what is to be done."), field="what")
    if draft.due is not None and draft.due < act.now.date():
        raise Invalid(said("This day is over already."), field="due")
    made = StakeholderAction(
        stakeholder_id=stakeholder_id,
        what=draft.what.strip(),
        owner=anybody(act.session, draft.owner, "owner").name or act.by,
        due=draft.due,
        state=TaskState.OPEN,
        created_at=act.now,
        created_by=act.by,
    )
    sentence = "Said what is to be done with a stakeholder"
    return add_discreet(act, made, about, "stakeholder.step", sentence)


def end_step(
    act: Acting, action_id: int, to: TaskState, result: str = ""
) -> StakeholderAction:
    """Say that something is done, with what came of it; let go of it, or open it again."""
    to = word(TaskState, to, "to")
    row = one_locked(act.session, StakeholderAction, action_id)
    about = one(act.session, Stakeholder, row.stakeholder_id)
    demand(MOVES.objections(row.state, to))
    values: dict[str, Any] = {"state": to, "ended_at": act.now, "ended_by": act.by}
    if to is TaskState.OPEN:
        values |= {"ended_at": None, "ended_by": ""}
    if result.strip():
        values["result"] = result.strip()
    change = DiscreetChange()
    change.put(row, values)
    sentence = f"What is to be done with a stakeholder: {to}"
    change.record(act, about, "stakeholder.step", sentence)
    return row


def delete_stakeholder(act: Acting, stakeholder_id: int) -> int:
    """Delete a stakeholder for good, with all that was noted; returns of which improvement."""
    row = one_locked(act.session, Stakeholder, stakeholder_id)
    improvement_id = row.improvement_id
    delete_discreet(act, row, row, "stakeholder.delete")
    return improvement_id


def _note_stance(act: Acting, row: Stakeholder, stood: Stood) -> None:
    """Keep where somebody stood; the latest day says where they stand."""
    day = _past(act, stood.day)
    scores = asdict(stood.scores)
    for name, score in scores.items():
        if score is not None and score not in SCORE:
            raise Invalid(said("Give a score from 1 to 5."), field=name)
    change = DiscreetChange()
    change.add(
        act.session,
        StakeholderAssessment(
            stakeholder_id=row.id,
            day=day,
            stance=word(Stance, stood.stance, "stance"),
            reason=stood.reason.strip(),
            created_at=act.now,
            created_by=act.by,
            **scores,
        ),
    )
    latest = act.session.scalars(
        select(StakeholderAssessment)
        .where(StakeholderAssessment.stakeholder_id == row.id)
        .order_by(StakeholderAssessment.day.desc(), StakeholderAssessment.id.desc())
        .limit(1)
    ).one()
    change.put(row, {"stance": latest.stance, "assessed_on": latest.day})
    sentence = "Noted where a stakeholder stands"
    change.record(act, row, "stakeholder.assess", sentence)


def _past(act: Acting, day: date | None) -> date:
    """Return a day, today unless said. Raises ``Invalid`` for one that is still to come."""
    if day is not None and day > latest_day(act.now):
        raise Invalid(said("This day is still to come."), field="day")
    return day or act.now.date()


def _checked(
    session: Session, row: Stakeholder, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return typed values as they are kept, with the person a name means."""
    found = cleaned(Stakeholder, values, ALLOWED)
    name = found.get("name", row.name)
    if not name:
        raise Invalid(said("Say who it is."), field="name")
    for level in ("power", "interest"):
        if found.get(level, LEVELS[0]) not in LEVELS:
            raise Invalid(said("Give a number from 1 to 3."), field=level)
    if found.get("complaint_id"):
        one(session, Complaint, found["complaint_id"])
    kind = found.get("kind", row.kind) or StakeholderKind.PERSON
    if kind is not StakeholderKind.PERSON:
        return found | {"person_id": None}
    if "name" in found and name != row.name:
        who = anybody(session, name, "name")
        found |= {"name": who.name, "person_id": who.person_id}
    return found
