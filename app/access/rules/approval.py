"""Who may approve a plan: neither its author nor anybody in it; a team of one after a cooling period."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Approval:
    """What is known when somebody wants to approve."""

    approver: str
    approver_uid: str
    author: str
    people: Collection[str]
    approvers: Collection[str]
    planned_at: datetime
    now: datetime
    cooling: timedelta


def objection(asked: Approval) -> str:
    """Return why this approval is not valid, or nothing."""
    if asked.approver_uid and asked.approver_uid in asked.people:
        return f"{asked.approver} is in this plan and cannot approve it."
    if asked.approver != asked.author:
        return ""
    if set(asked.approvers) - {asked.author}:
        return f"{asked.author} made this plan; somebody else has to approve it."
    ready = asked.planned_at + asked.cooling
    if asked.now < ready:
        return (
            f"{asked.author} made this plan and is the only approver: "
            f"self-approval is possible from {ready:%Y-%m-%d %H:%M} UTC, after the cooling period."
        )
    return ""


def is_self_approval(asked: Approval) -> bool:
    """Tell whether author and approver are the same, which the audit trail marks."""
    return asked.approver == asked.author
