"""Raise an improvement, complete it, move it, vote for it; make one of an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import cleaned, demand, one, word
from app.core.errors import Invalid
from app.core.figures import listed
from app.core.said import Grouped, said
from app.improvements.events import NotedChange, anybody, known, locked, tell
from app.improvements.history.actions import onto_now, spoken
from app.improvements.register.queries import facts_of
from app.improvements.register.rules import (
    DRIFT,
    WIP_LIMIT,
    objections,
)
from app.improvements.tasks.actions import (
    TaskDraft,
    change_task,
    lead_with,
    let_go,
)
from app.improvements.tasks.queries import first_task_of
from app.improvements.tasks.rules import NextStep, step_objections
from app.incidents.links.actions import link
from app.models.catalog.service import Service
from app.models.improvements.improvement import Improvement, Vote
from app.models.improvements.words import (
    IMPROVEMENT_ENDED,
    ImprovementSource,
    ImprovementState,
)
from app.models.incidents.incident import Incident
from app.models.incidents.words import LinkKind

LEAST, MOST = 1, 10
SET_ASIDE = (ImprovementState.REJECTED, ImprovementState.DUPLICATE)

LONGEST_TITLE = 200
EDITABLE = (
    "title",
    "kind",
    "parent_id",
    "template",
    "service",
    "audience",
    "objective",
    "owner",
    "sponsor",
    "source",
    "source_text",
    "source_who",
    "vision",
    "where_now",
    "where_to",
    "how",
    "momentum",
    "size",
    "value",
    "urgency",
    "risk",
    "job_size",
    "required_by",
    "nothing_cost",
    "nothing_risk",
    "held_back",
    "confidence",
    "expected_return",
    "desk_involved",
    "desk_note",
    "existing_tool",
    "reuses_tool",
    "later_candidate",
    "tool_limit",
    "channel_fit",
    "budget_hours",
    "funding",
    "funding_note",
    "success_needs",
    "eligible",
    "undo_capacity",
    "saving_unit",
    "saving_assumptions",
    "forecast_shown_on",
    "everyone_has_it_on",
)
"""The fields a person may set; state, next step and what is counted have their own sentences."""

RANGES: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("value", "urgency", "risk", "job_size"), (LEAST, MOST)),
    "confidence": (0, 100),
    "budget_hours": (0, 100_000),
    "eligible": (1, 10_000_000),
    "undo_capacity": (1, 10_000_000),
}


@dataclass(frozen=True, slots=True)
class NotSpent:
    """What stopping early left unspent, as in 12000 and "EUR"."""

    amount: float
    unit: str


def raise_improvement(
    act: Acting, title: str, values: Mapping[str, Any] | None = None
) -> Improvement:
    """Raise an improvement; the title is enough.

    Raises ``Invalid`` naming the field that cannot be used.
    """
    improvement = Improvement(
        title="",
        state=ImprovementState.RAISED,
        since=act.now,
        touched_at=act.now,
        created_at=act.now,
        created_by=act.by,
    )
    found = checked(act.session, None, {"title": title, **(values or {})})
    for name, value in found.items():
        setattr(improvement, name, value)
    change = NotedChange()
    change.add(act.session, improvement)
    tell(
        act,
        improvement,
        "improvement.raise",
        f"Raised “{improvement.title}”",
        change,
    )
    return improvement


def change_improvement(
    act: Acting,
    improvement_id: int,
    values: Mapping[str, Any],
    *,
    revision: int | None = None,
    reason: str = "",
) -> Improvement:
    """Change fields of an improvement.

    ``revision`` is the one the edit started from: what others saved since stays, and where both
    changed the same field, ``Overtaken`` is raised with both texts. Raises ``Invalid`` naming the
    field that cannot be used.
    """
    improvement = locked(act.session, improvement_id)
    wanted = checked(act.session, improvement, values)
    change = NotedChange()
    if change.put(improvement, onto_now(act.session, improvement, wanted, revision)):
        change.put(improvement, {"revision": improvement.revision + 1})
        sentence = f"Changed {listed([spoken(name) for name in change.after if name in EDITABLE])}"
        tell(
            act,
            improvement,
            "improvement.change",
            sentence,
            change,
            reason=reason,
        )
    return improvement


def set_next_step(
    act: Acting,
    improvement_id: int,
    what: str,
    who: str,
    due: date | None,
) -> Improvement:
    """Say what happens next, who does it and until when: at most 14 days ahead. It is the first
    task of the improvement, or that one in other words.

    Raises ``Invalid`` with the field.
    """
    improvement = locked(act.session, improvement_id)
    if due is None:
        raise Invalid(said("Say until when the next step is done."), field="next_due")
    step = NextStep(what.strip(), who.strip(), due)
    found = step_objections(step, act.now.date())
    if found:
        field = (
            "next_what" if not step.what else "next_who" if not step.who else "next_due"
        )
        raise Invalid(found[0], field=field, details=found)
    first = first_task_of(act.session, improvement_id)
    if first is None:
        lead_with(act, improvement, step)
    else:
        change_task(act, first.id, TaskDraft(step.what, step.who, due))
    return improvement


def move(
    act: Acting,
    improvement_id: int,
    to: ImprovementState,
    *,
    reason: str = "",
    not_spent: NotSpent | None = None,
    wip_limit: int = WIP_LIMIT,
) -> Improvement:
    """Move an improvement over the board.

    Raises ``Refused`` with every reason against it as details.

    Stopping asks what was learned (``reason``) and may say what was not spent; of what ended the
    open tasks are let go.
    """
    to = word(ImprovementState, to, "to")
    improvement = locked(act.session, improvement_id)
    demand(
        objections(
            facts_of(act.session, improvement, wip_limit), to, reason, act.now.date()
        )
    )
    values: dict[str, Any] = {
        "state": to,
        "since": act.now,
        "revision": improvement.revision + 1,
    }
    if to is ImprovementState.EMBEDDED:
        values |= {"embedded_on": act.now.date()}
    if to is ImprovementState.STOPPED:
        left = not_spent or NotSpent(0, "")
        values |= {
            "stop_learning": reason.strip(),
            "not_spent": left.amount or None,
            "not_spent_unit": left.unit,
        }
    if to is ImprovementState.REJECTED:
        values |= {"closed_why": reason.strip()}
    elif improvement.state in SET_ASIDE:
        values |= {"closed_why": "", "duplicate_of_id": None}
    change, was = NotedChange(), improvement.state
    change.put(improvement, values)
    if to in IMPROVEMENT_ENDED:
        let_go(act, change, improvement)
    sentence = f"Moved from {was} to {to}"
    tell(act, improvement, "improvement.move", sentence, change, reason=reason)
    return improvement


def begin_role(act: Acting, improvement_id: int) -> None:
    """Let the improvement of a role be in progress, because a plan for its people was approved:
    that plan says who does what next. Nothing happens to one that is in progress.
    """
    improvement = locked(act.session, improvement_id)
    to = ImprovementState.IN_PROGRESS
    if improvement.state is to:
        return
    change, was = NotedChange(), improvement.state
    change.put(improvement, {"state": to, "since": act.now})
    tell(act, improvement, "improvement.move", f"Moved from {was} to {to}", change)


def reopen(act: Acting, improvement_id: int, drift: str, due: date) -> Improvement:
    """Take up an embedded improvement again because its control metric drifted; the next step is to
    look at it.
    """
    improvement = locked(act.session, improvement_id)
    who = improvement.owner or act.by
    lead_with(act, improvement, NextStep(f"{DRIFT}{drift}", who, due))
    return move(act, improvement_id, ImprovementState.IN_PROGRESS, reason=drift)


def vote(act: Acting, improvement_id: int) -> None:
    """Wish that an improvement comes next; once is enough."""
    improvement = locked(act.session, improvement_id)
    if _voted(act.session, improvement_id, act.by) is None:
        act.session.add(
            Vote(improvement_id=improvement_id, voter=act.by, created_at=act.now)
        )
        tell(act, improvement, "improvement.vote", f"{act.by} voted for it")


def unvote(act: Acting, improvement_id: int) -> None:
    """Take a vote back."""
    improvement = locked(act.session, improvement_id)
    if _voted(act.session, improvement_id, act.by) is not None:
        act.session.execute(
            delete(Vote).where(
                Vote.improvement_id == improvement_id, Vote.voter == act.by
            )
        )
        tell(act, improvement, "improvement.unvote", f"{act.by} took the vote back")


def _voted(session: Session, improvement_id: int, by: str) -> int | None:
    return session.scalar(
        select(Vote.id).where(Vote.improvement_id == improvement_id, Vote.voter == by)
    )


def checked(
    session: Session, improvement: Improvement | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return typed values for the columns of an improvement, new or known.

    Raises ``Invalid`` naming the field.
    """
    found = cleaned(Improvement, values, EDITABLE)
    if "title" in found and not 0 < len(found["title"]) <= LONGEST_TITLE:
        raise Invalid(
            said(
                "Give it a title of at most %(longest_title)s characters.",
                longest_title=LONGEST_TITLE,
            ),
            field="title",
        )
    for name, (least, most) in RANGES.items():
        value = found.get(name)
        if value is not None and not least <= value <= most:
            raise Invalid(
                said(
                    "%(capitalize)s goes from %(least)s to %(most)s.",
                    capitalize=spoken(name).capitalize(),
                    least=Grouped(least),
                    most=Grouped(most),
                ),
                field=name,
            )
    if found.get("parent_id") is not None:
        _check_parent(session, improvement, found["parent_id"])
    return found | _people(session, improvement, found)


def _people(
    session: Session, improvement: Improvement | None, found: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the columns of owner and sponsor for those that changed; a name that stays keeps who
    was meant.
    """
    values: dict[str, Any] = {}
    if "owner" in found and found["owner"] != (
        improvement.owner if improvement else ""
    ):
        owner = known(session, found["owner"], "owner")
        if (
            not owner.name
            and improvement is not None
            and improvement.state is ImprovementState.IN_PROGRESS
        ):
            raise Invalid(
                said("What is in progress has exactly one owner; name the new one."),
                field="owner",
            )
        values |= {
            "owner": owner.name,
            "owner_operator_id": owner.operator_id,
            "owner_person_id": owner.person_id,
        }
    if "sponsor" in found and found["sponsor"] != (
        improvement.sponsor if improvement else ""
    ):
        sponsor = anybody(session, found["sponsor"], "sponsor")
        values |= {"sponsor": sponsor.name, "sponsor_person_id": sponsor.person_id}
    return values


def _check_parent(
    session: Session, improvement: Improvement | None, parent_id: int
) -> None:
    above: int | None = parent_id
    while above is not None:
        if improvement is not None and above == improvement.id:
            raise Invalid(
                said("An improvement cannot stand under itself."), field="parent_id"
            )
        found = session.get(Improvement, above)
        if found is None:
            raise Invalid(
                said("There is no improvement %(above)s.", above=above),
                field="parent_id",
            )
        above = found.parent_id


def improve_incident(act: Acting, incident_id: int) -> Improvement:
    """Raise an improvement from an incident, and link them. Raises ``NotFound``."""
    incident = one(act.session, Incident, incident_id)
    service = (
        act.session.get(Service, incident.service_id) if incident.service_id else None
    )
    values = {
        "source": ImprovementSource.INCIDENT,
        "source_text": incident.description or incident.effect or incident.title,
        "source_who": incident.requester,
        "service": service.name if service else "",
    }
    made = raise_improvement(act, incident.title, values)
    link(act, incident_id, f"improvement:{made.id}", LinkKind.CAUSE)
    return made
