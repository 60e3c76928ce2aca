"""Who may approve a plan, and how much one wave may touch (design 5.7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.access.document import PlanDocument
from app.core.said import said
from app.core.spoken_times import said_at


@dataclass(frozen=True, slots=True)
class Approval:
    """What is known when somebody wants to approve.

    ``approver_uid`` is the account of the approver, ``-`` where there is none, empty where nobody
    said. ``approver_since`` is when he became an approver, where that was not at the very
    beginning. ``first`` is who gave the first of two approvals, and ``first_at`` when; empty where
    none was given yet.
    """

    approver: str
    approver_uid: str
    author: str
    people: Collection[str]
    approvers: Collection[str]
    planned_at: datetime
    now: datetime
    cooling: timedelta
    first: str = ""
    first_at: datetime | None = None
    approver_since: datetime | None = None
    zone: str = "UTC"


def objection(asked: Approval) -> str:
    """Return why this approval is not valid, or nothing."""
    if why := unnamed(asked.approver, asked.approver_uid, "approve"):
        return why
    if asked.approver_uid and asked.approver_uid in asked.people:
        return f"{asked.approver} is in this plan and cannot approve it."
    if asked.approver_since and asked.now < (
        ready := asked.approver_since + asked.cooling
    ):
        return said(
            "%(name)s became an approver on %(since)s and may approve from %(ready)s, after the "
            "cooling period.",
            name=asked.approver,
            since=said_at(asked.approver_since, asked.zone),
            ready=said_at(ready, asked.zone),
        )
    if asked.first and asked.approver == asked.first:
        return _once_more(asked)
    if asked.approver != asked.author:
        return ""
    if set(asked.approvers) - {asked.author, asked.first}:
        return f"{asked.author} made this plan; somebody else has to approve it."
    return _cooling(asked, said("made this plan"), asked.first_at or asked.planned_at)


def unnamed(operator: str, uid: str, verb: str) -> str:
    """Return why somebody may not decide about people's access whose own account nobody named, or
    nothing.
    """
    if uid:
        return ""
    return (
        f"Nobody said which account in the directory is {operator}'s own, so {operator} "
        f"cannot {verb}. "
        f"Say it on the operator's page, or with `rung operator change {operator} --person UID` "
        "(- when there is none)."
    )


def is_self_approval(asked: Approval) -> bool:
    """Tell whether author and approver are the same, or one gave both approvals, which the audit
    trail marks.
    """
    return asked.approver in (asked.author, asked.first)


def _once_more(asked: Approval) -> str:
    """Say why the first of two approvers may not be the second too: only where there is nobody
    else.
    """
    others = sorted(set(asked.approvers) - {asked.first})
    if others:
        told = ", ".join(others)
        return f"{asked.first} approved already; a second approver has to look at it ({told})."
    return _cooling(asked, said("approved already"), asked.first_at or asked.planned_at)


def _cooling(asked: Approval, what: str, since: datetime) -> str:
    ready = since + asked.cooling
    if asked.now >= ready:
        return ""
    return said(
        "%(name)s %(what)s and is the only approver: self-approval is possible from %(ready)s, "
        "after the cooling period.",
        name=asked.approver,
        what=what,
        ready=said_at(ready, asked.zone),
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force: people in one wave, share (0–1) of a group that may lose it, values
    deleted in an hour.
    """

    people: int
    share_of_group: float
    deletions_per_hour: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What a plan would touch: people whose own memberships change, values deleted, and for each
    right how many of its holders would lose it.
    """

    people: int
    deletions: int
    losers: Mapping[str, int]


def reach_of(plan: PlanDocument) -> Reach:
    """Count what a plan would touch."""
    deletions = sum(
        len(step.deletes) for person in plan.people for step in person.steps
    )
    lost = Counter(
        loss.right for person in plan.people for loss in person.losses if loss.is_real
    )
    touched = sum(bool(person.steps) for person in plan.people)
    return Reach(touched, deletions, dict(lost))


def exceeded(
    reach: Reach, limits: Limits, holders: Mapping[str, int], deleted_this_hour: int
) -> tuple[str, ...]:
    """Return a sentence with its arithmetic for every limit this plan would exceed.

    ``holders`` counts who holds each right now. A right with fewer than four holders has no
    meaningful share.
    """
    found = []
    if reach.people > limits.people:
        found.append(
            said(
                "%(people)s people in one wave; the limit is %(limit)s.",
                people=reach.people,
                limit=limits.people,
            )
        )
    for right, losers in sorted(reach.losers.items()):
        held = holders.get(right, losers)
        if held >= 4 and losers > held * limits.share_of_group:
            found.append(
                said(
                    "%(losers)s of the %(held)s people in %(right)s would lose it; the limit is "
                    "%(share)s.",
                    losers=losers,
                    held=held,
                    right=right,
                    share=f"{limits.share_of_group:.0%}",
                )
            )
    if deleted_this_hour + reach.deletions > limits.deletions_per_hour:
        found.append(
            said(
                "%(deletions)s values to delete and %(deleted)s deleted in the last hour; "
                "the limit is %(limit)s an hour.",
                deletions=reach.deletions,
                deleted=deleted_this_hour,
                limit=limits.deletions_per_hour,
            )
        )
    return tuple(found)
