"""Plan a visit, note what was heard, let it become something, forget it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.acting import Acting
from app.core.changes import latest_day, one, one_locked
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.improvements.events import anybody
from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.tasks.actions import TaskDraft, add_task
from app.models.people import Site
from app.models.sponsors.stakeholder import Stakeholder
from app.models.sponsors.visit import Visit, VisitHeard
from app.models.sponsors.words import ContactKind, HeardKind, VisitState
from app.sponsors.events import DiscreetChange, add_discreet, delete_discreet
from app.sponsors.objections.actions import ObjectionDraft, add_objection
from app.sponsors.stakeholders.actions import ContactDraft, note_contact


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """Whom somebody goes to, how, when, who goes and why."""

    day: date | None
    whom: str = ""
    kind: ContactKind = ContactKind.VISIT
    site_id: int | None = None
    stakeholder_id: int | None = None
    owner: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class HeardDraft:
    """Something that was heard, what it becomes, in which improvement; who does it until when,
    where it is a task.
    """

    kind: HeardKind
    text: str
    improvement_id: int | None = None
    owner: str = ""
    due: date | None = None


def plan_visit(act: Acting, draft: VisitDraft) -> Visit:
    """Plan a visit to a site, a unit or a stakeholder. Raises ``Invalid`` naming the field."""
    made = Visit(
        **_checked(act, draft),
        state=VisitState.PLANNED,
        created_at=act.now,
        created_by=act.by,
    )
    return add_discreet(act, made, None, "visit.plan", "Planned a visit")


def change_visit(act: Acting, visit_id: int, draft: VisitDraft) -> Visit:
    """Move a planned visit, or say it better. Raises ``Refused`` when it is over."""
    row = _planned(act, visit_id)
    change = DiscreetChange()
    if change.put(row, _checked(act, draft)):
        change.record(act, row, "visit.change", "Changed a visit")
    return row


def hold_visit(act: Acting, visit_id: int, day: date | None, heard: str) -> Visit:
    """Note that a visit was held and what was heard; a stakeholder counts as heard then.

    Raises ``Invalid`` without words or for a day to come.
    """
    row = _planned(act, visit_id)
    if not heard.strip():
        raise Invalid(said("Say what was heard."), field="heard")
    on = day or act.now.date()
    if on > latest_day(act.now):
        raise Invalid(said("This day is still to come."), field="day")
    change = DiscreetChange()
    change.put(row, {"state": VisitState.HELD, "day": on, "heard": heard.strip()})
    change.record(act, row, "visit.hold", "Noted that a visit was held")
    if row.stakeholder_id is not None:
        contact = ContactDraft(row.kind, on, row.owner, row.why, heard.strip())
        note_contact(act, row.stakeholder_id, contact)
    return row


def cancel_visit(act: Acting, visit_id: int) -> Visit:
    """Say that a visit does not take place."""
    row = _planned(act, visit_id)
    change = DiscreetChange()
    change.put(row, {"state": VisitState.CANCELLED})
    change.record(act, row, "visit.cancel", "Cancelled a visit")
    return row


def add_heard(act: Acting, visit_id: int, draft: HeardDraft) -> VisitHeard:
    """Let something that was heard become a finding, an objection or a task of an improvement.

    Raises ``Invalid`` without words or without an improvement, ``Refused`` before it was held.
    """
    row = one_locked(act.session, Visit, visit_id)
    if row.state is not VisitState.HELD:
        raise Refused(said("It was not held yet."))
    text = draft.text.strip()
    if not text:
        raise Invalid(said("Say what was heard."), field="text")
    if draft.improvement_id is None:
        raise Invalid(said("Choose the improvement."), field="improvement_id")
    made = VisitHeard(
        visit_id=visit_id,
        kind=draft.kind,
        text=text,
        created_at=act.now,
        created_by=act.by,
        **_became(act, row, draft.improvement_id, draft),
    )
    return add_discreet(act, made, row, "visit.heard", "Noted what a visit became")


def delete_visit(act: Acting, visit_id: int) -> None:
    """Delete a visit for good; findings, objections and tasks that came of it stay."""
    row = one_locked(act.session, Visit, visit_id)
    delete_discreet(act, row, row, "visit.delete")


def _planned(act: Acting, visit_id: int) -> Visit:
    row = one_locked(act.session, Visit, visit_id)
    if row.state is not VisitState.PLANNED:
        raise Refused(said("It is not planned any more."))
    return row


def _became(
    act: Acting, row: Visit, improvement_id: int, draft: HeardDraft
) -> dict[str, int]:
    text = draft.text.strip()
    if draft.kind is HeardKind.FINDING:
        finding = raise_finding(act, improvement_id, FindingDraft(text))
        return {"finding_id": finding.id}
    if draft.kind is HeardKind.OBJECTION:
        whose = ObjectionDraft(text, row.whom, row.day, owner=draft.owner)
        return {"objection_id": add_objection(act, improvement_id, whose).id}
    task = TaskDraft(text, draft.owner or act.by, draft.due)
    return {"task_id": add_task(act, improvement_id, task).id}


def _checked(act: Acting, draft: VisitDraft) -> dict[str, Any]:
    if draft.day is None:
        raise Invalid(said("Say when."), field="day")
    whom = draft.whom.strip()
    if draft.site_id is not None:
        whom = whom or one(act.session, Site, draft.site_id).name
    if draft.stakeholder_id is not None:
        whom = whom or one(act.session, Stakeholder, draft.stakeholder_id).name
    if not whom:
        raise Invalid(said("Say whom you go to, or choose a site."), field="whom")
    return {
        "whom": whom,
        "kind": draft.kind,
        "site_id": draft.site_id,
        "stakeholder_id": draft.stakeholder_id,
        "why": draft.why.strip(),
        "day": draft.day,
        "owner": anybody(act.session, draft.owner, "owner").name or act.by,
    }
